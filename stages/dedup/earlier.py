"""Earlier runs: what their sign phase has left is all that a new crawl is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.stages.errors import StageError
from eurosift.stages.footer import FOOTER_KEY
from eurosift.stages.sizes import BATCH_BYTES, rows_that_fit

BATCH_ROWS = 1024
NEEDED_FOR = {"urls": "urls", "shingles": "verify"}
VERSION_OF = ("format", "tables")
"""What the version of eurosift decides about signatures, not the recipe."""
NAMES = ("dedup/sign", "sign", "../dedup/sign", ".")
"""Where signatures are, seen from a run, its stage, its release, or their own folder."""
INSIDE = ("release", "dedup", "sign")
"""Folders of a run that do not say which run it is."""
PLAN = "plan.json"
"""The plan of a run, in its folder: `files`, each with its `shard`."""


class EarlierRun:
    """The signatures of a run that is finished.

    Parameters
    ----------
    path
        Folder of the run, of its release, of its stage `dedup`, or of the signatures themselves.
    name
        What tables call it.

    Raises
    ------
    StageError
        If there are no signatures, a file is none, or the run has other shards.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        if not path.exists():
            raise StageError(f"against: {path}: is not there; paths are relative to the recipe")
        folders = [path / place for place in NAMES]
        files: list[Path] = []
        for folder in folders:
            files = sorted(folder.glob("[0-9]*.parquet"))
            if files and "scheme" in _facts(files[0]):
                break
        else:
            below = min((run.parents[1] for run in path.glob("runs/*/dedup/sign")), default=None)
            meant = f"; did you mean {below}?" if below else ""
            raise StageError(
                f"against: {path}: no signatures there; name the folder of a run that has done "
                f"`dedup`, and keep its dedup/sign/*.parquet{meant}"
            )
        self._files = {file.stem: file for file in files}
        _check_shards(path, files)
        self.facts: Mapping[str, Mapping[str, Any]] = {
            shard: _facts(file) for shard, file in self._files.items()
        }

    def check(self, scheme: Mapping[str, Any]) -> None:
        """Refuse signatures that were made in another way than those of this run.

        Parameters
        ----------
        scheme
            What has to be the same; of ``held``, what must not be less.

        Raises
        ------
        StageError
            If a shard has others.
        """
        for shard, facts in self.facts.items():
            theirs = facts.get("scheme", {})
            lead = f"against: {self.name}: shard {shard} was signed"
            if any(theirs.get(name) != scheme[name] for name in VERSION_OF):
                raise StageError(
                    f"{lead} by a version of eurosift whose signatures cannot be compared with "
                    "those of this one; sign that run again with this version, or leave it out"
                )
            lacking = [name for name, held in scheme["held"].items() if held > theirs["held"][name]]
            if lacking:
                raise StageError(
                    f"{lead} without {lacking[0]}, which `{NEEDED_FOR[lacking[0]]}` needs; sign it "
                    "with that, or leave it out here"
                )
            other = sorted(n for n in scheme if n != "held" and theirs.get(n) != scheme[n])
            if other:
                differing = ", ".join(f"{n} {theirs.get(n)!r} (here {scheme[n]!r})" for n in other)
                remedy = ", ".join(f"{n}: {theirs.get(n)}" for n in other)
                raise StageError(
                    f"{lead} with {differing}: signatures cannot be compared; set `{remedy}` here, "
                    "or sign that run again"
                )

    def read(
        self, shard: str, columns: Sequence[str], row_groups: Sequence[int]
    ) -> Iterator[pa.RecordBatch]:
        """Read columns of some row groups of the signatures of a shard.

        Raises
        ------
        StageError
            If the file is damaged.
        """
        path = self._files[shard]
        try:
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                for group in row_groups:
                    fitting = rows_that_fit(
                        file.metadata.row_group(group), columns, BATCH_ROWS, BATCH_BYTES
                    )
                    for batch in file.iter_batches(fitting, [group], list(columns)):
                        yield batch.select(list(columns))
        except (pa.ArrowException, OSError) as error:
            raise StageError(f"against: {path}: is missing or damaged: {error}") from error


def _check_shards(path: Path, files: Sequence[Path]) -> None:
    """Refuse signatures that are not of all shards of their run, where that is still there."""
    plan = files[0].parents[2] / PLAN
    if files[0].parent.name != "sign" or not plan.exists():
        return
    try:
        planned = {file["shard"] for file in orjson.loads(plan.read_bytes())["files"]}
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise StageError(f"against: {plan}: cannot be read: {error}") from error
    differing = sorted(planned ^ {file.stem for file in files})
    if differing:
        what = "no signatures" if differing[0] in planned else "signatures, but it is not planned"
        raise StageError(
            f"against: {path}: of shard {differing[0]} there are {what} ({len(differing)} such "
            "shards): run it to its end first"
        )


def _facts(path: Path) -> Mapping[str, Any]:
    try:
        footer = orjson.loads(pq.read_metadata(path).metadata[FOOTER_KEY])
    except (pa.ArrowException, OSError, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise StageError(f"against: {path}: is no file of signatures: {error}") from error
    facts: Mapping[str, Any] = footer["facts"]
    return facts


@lru_cache(maxsize=64)
def _open(path: Path, name: str) -> EarlierRun:
    return EarlierRun(path, name)


def names_of(paths: Sequence[Path]) -> list[str]:
    """What tables call earlier runs: the name of each one's folder.

    Of a folder inside of a run, such as its release, that of the run.

    Raises
    ------
    StageError
        If two have the same.
    """
    names = [_run_of(path).name for path in paths]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise StageError(
            f"against: several folders are called {repeated[0]!r}; tables name earlier runs by "
            "their folders, so give them names of their own"
        )
    return names


def _run_of(path: Path) -> Path:
    while path.name in INSIDE and path.parent.name:
        path = path.parent
    return path


def refusals(paths: Sequence[Path], scheme: Mapping[str, Any]) -> Iterator[StageError]:
    """Why earlier runs cannot be compared with, each with its place in the configuration.

    Parameters
    ----------
    paths
        Their folders.
    scheme
        What has to be the same in them.
    """
    try:
        names = names_of(paths)
    except StageError as error:
        yield StageError(str(error), at=("against",))
        return
    for number, (path, name) in enumerate(zip(paths, names, strict=True)):
        try:
            _open(path, name).check(scheme)
        except StageError as error:
            yield StageError(str(error), at=("against", number))


def open_earlier(paths: tuple[Path, ...], scheme: Mapping[str, Any]) -> tuple[EarlierRun, ...]:
    """Open earlier runs; remembered, as they are finished.

    Raises
    ------
    StageError
        If a run has no signatures, or they were made in another way.
    """
    for error in refusals(paths, scheme):
        raise error
    return tuple(_open(path, name) for path, name in zip(paths, names_of(paths), strict=True))
