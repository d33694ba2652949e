"""A release by itself, where there is nothing but its folder: whether it is what it says it is.

The manifest may have been made elsewhere, so nothing that it says is believed: paths in it may not
lead out of the folder, and every figure is added up again from the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.pipeline import manifests
from eurosift.pipeline.audit import Hashes, id_hashes
from eurosift.pipeline.digest import of_file
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.reread import Reread
from eurosift.pipeline.shards import read_batches
from eurosift.stages.release import figures as sums
from eurosift.stages.release.card import contents_row, further_names
from eurosift.stages.release.figures import Figures
from eurosift.stages.release.front_matter import filled_languages
from eurosift.stages.release.manifest import (
    NAME,
    SUMS,
    add_kept,
    add_rejected,
    empty,
    no_rejects,
)
from eurosift.stages.release.markdown import one_line
from eurosift.stages.release.parts import folder_of
from eurosift.stages.types import type_name

SHOWN = 5
"""How many documents are named of each kind."""
_FOLDERS = ("data", "rejected")


@dataclass
class Inspection:
    """What was found.

    Attributes
    ----------
    files, rows
        Parquet files and rows that were read.
    problems
        Everything that is not as it should be, each naming its file.
    unlisted
        Further files in the folder, which the manifest says nothing of.
    sha256
        Of the manifest, which vouches for all the rest.
    """

    files: int = 0
    rows: int = 0
    problems: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    sha256: str = ""


def is_release(folder: Path) -> bool:
    """Whether a folder is that of a release, and not of a run."""
    return (folder / NAME).is_file() and not (folder / "plan.json").exists()


def inspect(folder: Path) -> Inspection:
    """Read a release as a whole, each file once, and compare everything in it with everything else.

    Checked are: the manifest by its own digest; the SHA-256 of all files, and that there are no
    others in ``data/`` and ``rejected/``; seals and content digests, so that damage is told from
    another file under the same name; schemas; that rows are in the folder of their language; that
    no id is there twice, in two splits least of all; and that the figures of rows, footers,
    manifest and card are the same.
    """
    found = Inspection()
    try:
        manifest = manifests.read(folder)
    except InvariantError as error:
        found.problems += str(error).splitlines()
        return found
    found.sha256 = of_file(folder / NAME)
    found.problems += _attached(folder, manifest)
    _find_unlisted(folder, manifest, found)
    audit = _Audit(folder, manifest, found)
    for entry in manifest["files"]:
        audit.read(entry)
    audit.compare()
    found.problems = list(dict.fromkeys(found.problems))
    return found


def _attached(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Card, Croissant and checksums against the manifest."""
    for name, written in manifest["attached"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name}: is in the manifest but missing"
        elif of_file(path) != written:
            told = f"{name}: is not what was written with {NAME}"
            missing = _missing_lines(name, path, manifest)
            yield told + (f"; other figures, or none, of {', '.join(missing)}" if missing else "")


def _missing_lines(name: str, path: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Of what an attached file should have a line, and has not."""
    wanted: dict[str, str] = {}
    if name == "README.md":
        languages = filled_languages(manifest)
        further = further_names(languages)
        wanted = {
            label: contents_row(label, figures, further) for label, figures in languages.items()
        }
    elif name == SUMS:
        wanted = {e["path"]: f"{e['sha256']}  {e['path']}" for e in manifest["files"]}
    lines = set(path.read_text("utf-8", errors="replace").splitlines())
    return [what for what, line in wanted.items() if line not in lines]


def _find_unlisted(folder: Path, manifest: Mapping[str, Any], found: Inspection) -> None:
    listed = {e["path"] for e in manifest["files"]} | {NAME, *manifest["attached"]}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in listed or path.is_dir() or any(p.startswith(".") for p in name.split("/")):
            continue
        if name.split("/", 1)[0] in _FOLDERS:
            found.problems.append(f"{one_line(name)}: is not in the manifest: remove it")
        else:
            found.unlisted.append(one_line(name))


class _Audit:
    """The files, one after the other, and what they come to."""

    def __init__(self, folder: Path, manifest: Mapping[str, Any], found: Inspection) -> None:
        self._folder = folder
        self._manifest = manifest
        self._found = found
        self._whole = True
        self._languages: dict[str, dict[str, Any]] = {}
        self._rejected: dict[str, dict[str, Any]] = {}
        self._ids: list[Hashes] = []
        self._read: list[Mapping[str, Any]] = []

    def read(self, entry: Mapping[str, Any]) -> None:
        """Read one file, and add up its rows."""
        before = len(self._found.problems)
        name, path = entry["path"], self._folder / entry["path"]
        self._found.files += 1
        try:
            self._found.problems += self._check(name, path, entry)
        except InvariantError as error:
            told = str(error).removeprefix(f"{path}: ")
            self._found.problems.append(f"{name}: {told}")
        self._whole = self._whole and len(self._found.problems) == before

    def _check(self, name: str, path: Path, entry: Mapping[str, Any]) -> Iterator[str]:
        if not path.is_file():
            yield f"{name}: is in the manifest but missing"
            return
        size = path.stat().st_size
        if size != entry["size_bytes"]:
            kind = "cut off" if size < entry["size_bytes"] else "longer than it was"
            yield f"{name}: is {kind}: {size:,} bytes, but {entry['size_bytes']:,} in the manifest"
            return
        hashed = hashlib.sha256()
        reread = Reread(path, None, hashed)
        if hashed.hexdigest() != entry["sha256"]:
            yield f"{name}: is whole, but not the file that the manifest describes"
            return
        columns = self._manifest["columns"][name.split("/", 1)[0]]
        schema = {each.name: type_name(each.type) for each in reread.schema}
        if list(schema.items()) != list(columns.items()):
            yield f"{name}: has other columns than the manifest: {_difference(schema, columns)}"
            return
        figures, labels, ids = Figures(), set(), []
        for batch in reread.batches():
            figures.add(batch)
            labels.update(pc.unique(batch.column("language")).to_pylist())
            ids.append(id_hashes(batch.column("id")))
        self._ids += ids
        self._read.append(entry)
        rows = sum(map(len, ids))
        self._found.rows += rows
        if rows != entry["rows"]:
            yield f"{name}: has {rows:,} rows, but {entry['rows']:,} in the manifest"
        yield from self._judge(name, entry, figures, labels, reread.footer.facts)

    def _judge(
        self,
        name: str,
        entry: Mapping[str, Any],
        figures: Figures,
        labels: set[str | None],
        facts: Mapping[str, Any],
    ) -> Iterator[str]:
        kept, label = "split" in entry, entry["language"]
        for other in sorted({folder_of(each) for each in labels} - {buckets.split(label)[0]}):
            yield f"{name}: holds documents of {other}"
        counted = figures.facts(kept=kept)
        for figure, value in counted.items():
            said = facts.get(figure)
            if said != value:
                yield f"{name}: {figure} is {value} by its rows, but {said} by its footer"
        counted["split"] = entry.get("split", "")
        if kept:
            add_kept(self._languages.setdefault(label, empty(label)), counted)
        else:
            add_rejected(self._rejected.setdefault(label, no_rejects()), counted)

    def compare(self) -> None:
        """Compare the sums with the manifest, and look for ids that repeat."""
        self._found.problems += self._repeated()
        if not self._whole:  # what is missing was told; sums would only say it again
            return
        for label, told in self._manifest["languages"].items():
            self._found.problems += _other(label, told, self._languages.get(label))
        for label, told in self._manifest["rejected"].items():
            self._found.problems += _other(f"rejected {label}", told, self._rejected.get(label))
        for label in sorted(self._languages.keys() - self._manifest["languages"].keys()):
            self._found.problems.append(f"{NAME}: has no figures of {label}")
        for label in sorted(self._rejected.keys() - self._manifest["rejected"].keys()):
            self._found.problems.append(f"{NAME}: has no figures of rejected {label}")

    def _repeated(self) -> Iterator[str]:
        hashes = np.concatenate([*self._ids, np.empty(0, np.uint64)])
        hashes.sort()
        suspects = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
        if not suspects.size:
            return
        places: dict[str, list[Mapping[str, Any]]] = {}
        for entry in self._read:
            for batch in read_batches(self._folder / entry["path"], ["id"]):
                ids = batch.column(0)
                for index in np.flatnonzero(np.isin(id_hashes(ids), suspects)):
                    places.setdefault(str(ids[int(index)]), []).append(entry)
        repeated = {name: where for name, where in sorted(places.items()) if len(where) > 1}
        for name in list(repeated)[:SHOWN]:
            where = repeated[name]
            splits = sorted({str(e["split"]) for e in where if "split" in e})
            told = f", in the splits {' and '.join(splits)}" if len(splits) > 1 else ""
            files = ", ".join(dict.fromkeys(str(e["path"]) for e in where))
            yield f"document {one_line(name)} is there {len(where)} times{told}: {files}"
        if len(repeated) > SHOWN:
            yield f"{len(repeated) - SHOWN} more documents are there several times"


def _other(label: str, told: Mapping[str, Any], counted: Mapping[str, Any] | None) -> Iterator[str]:
    """Figures of a language that are not what its rows come to."""
    if counted is None:
        empty = {**sums.nothing(), "files": 0, "splits": {}, "reasons": {}}
        counted = {name: empty.get(name) for name in told}
    for figure, value in told.items():
        if figure != "name" and counted.get(figure) != value:
            yield (
                f"{NAME}: says {figure} of {label} is {value}, but the files come to "
                f"{counted.get(figure)}"
            )


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    parts = [f"{name} is missing" for name in wanted if name not in found]
    parts += [f"{name} is more" for name in found if name not in wanted]
    parts += [
        f"{name} is {found[name]}, not {kind}"
        for name, kind in wanted.items()
        if name in found and found[name] != kind
    ]
    return "; ".join(parts) or "they are in another order"
