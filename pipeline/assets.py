"""Everything that a run needs beside its input, and whether it is there as it should be.

A run asks nothing of any network. What it needs has come with eurosift, with a package that carries
data, or is named by path in the recipe; here all of it is listed, with its digest, its licence and
where it is from. What came in a package is compared with the record that the installer kept; all of
it can be compared with an earlier list, such as one that was made before the files were copied.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from typing import Any

from eurosift.pipeline import digest
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.errors import RunFolderError, first_line
from eurosift.pipeline.plan import PLAN_FILE
from eurosift.pipeline.tables import Table, Value

UNICODE = ("Unicode-3.0", "Unicode Character Database")
OURS = "Apache-2.0"
SHIPPED: Mapping[str, tuple[str, str]] = {
    "langid/data/eu24.ftz": (OURS, "eurosift langid train; sources in langid/data/MODEL_CARD.md"),
    "langid/data/eu24.words": (OURS, "eurosift langid train; sources in langid/data/MODEL_CARD.md"),
    "langid/data/thresholds.yaml": (OURS, "eurosift langid calibrate"),
    "langid/data/train.yaml": (OURS, "recipe of eurosift langid train"),
    "langid/data/letters.json": UNICODE,
    "langid/data/scripts.csv": UNICODE,
    "langid/data/*.yaml": (OURS, "written for eurosift; see langid/data/MODEL_CARD.md"),
    "filters/data/unicode.json": UNICODE,
    "filters/data/stop_words.json": (OURS, "FineWeb-2 (github.com/huggingface/fineweb-2); Gopher"),
    "filters/data/*.json": (OURS, "see the module of that name in filters/"),
    "filters/rulesets/*.yaml": (OURS, "`source` in the file"),
    "stages/extract/data/*.npz": (
        OURS,
        "eurosift extract train; see stages/extract/data/MODEL_CARD.md",
    ),
    "stages/pii/data/*.yaml": (OURS, "written for eurosift; see docs/pii.md"),
}
"""Licence and origin of the data in our packages, by the first pattern that fits."""

PACKAGES: Mapping[str, tuple[str, str]] = {
    "phonenumbers": ("Apache-2.0", "numbering plans of Google's libphonenumber"),
    "python-stdnum": ("LGPL-2.1-or-later", "IBAN registry, check digits of national numbers"),
    "tld": ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "Mozilla's public-suffix list"),
}
"""Packages that carry data which runs use."""


class State(StrEnum):
    """How an asset is found."""

    OK = "ok"
    PRESENT = "present"
    """It is there, and there is nothing to compare it with."""
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True)
class Asset:
    """Something that a run needs.

    Attributes
    ----------
    name
        The same on every machine: a file of our packages, a package, a parameter of the recipe.
    kind
        ``shipped``, ``package``, ``recipe`` or ``run``.
    state
        How it was found.
    size_bytes
        Its size; None if it is missing.
    sha256
        SHA-256 of the file; of a package, of the digests and names of all its files.
    licence, source
        As far as they are known.
    path
        Where it is.
    """

    name: str
    kind: str
    state: State
    size_bytes: int | None = None
    sha256: str = ""
    licence: str = ""
    source: str = ""
    path: str = ""

    @property
    def remedy(self) -> str:
        """What is wrong, and what to do; empty if nothing is."""
        if self.state in {State.OK, State.PRESENT}:
            return ""
        if self.kind in {"shipped", "package"}:
            return f"{self.name}: is {self.state} since it was installed; install eurosift again"
        if self.state is State.MISSING:
            return f"{self.name}: {self.path}: is missing; put it there, or mend the recipe"
        return f"{self.name}: {self.path}: is not the file of the list; copy it again"


def collect(dag: Dag, earlier: Mapping[str, str] | None = None) -> list[Asset]:
    """List all that a run needs, and check it.

    Parameters
    ----------
    dag
        The stages of the recipe.
    earlier
        SHA-256 by name, of an earlier list.

    Returns
    -------
    list of Asset
        With whatever stands in the earlier list alone, as missing.
    """
    found = [*_shipped(), *_packages(), *_of_recipe(dag)]
    if earlier is None:
        return found
    names = {asset.name for asset in found}
    gone = [
        Asset(n, "recipe", State.MISSING, sha256=earlier[n]) for n in sorted({*earlier} - names)
    ]
    return [*(_compared(asset, earlier) for asset in found), *gone]


def _compared(asset: Asset, earlier: Mapping[str, str]) -> Asset:
    if asset.state is State.MISSING or asset.name not in earlier:
        return asset
    if earlier[asset.name] != asset.sha256:
        return replace(asset, state=State.CHANGED)
    return asset if asset.state is State.CHANGED else replace(asset, state=State.OK)


def table(found: list[Asset]) -> Table:
    """One row per asset."""
    rows: list[dict[str, Value]] = [
        {
            "name": a.name,
            "kind": a.kind,
            "state": a.state.value,
            "bytes": a.size_bytes,
            "sha256": a.sha256,
            "licence": a.licence,
            "source": a.source,
            "path": a.path,
        }
        for a in found
    ]
    columns = ("name", "kind", "state", "bytes", "sha256", "licence", "source", "path")
    return Table("assets", columns, rows)


def load(path: Path) -> dict[str, str]:
    """Read an earlier list, as ``eurosift assets --format json`` prints it: SHA-256 by name.

    Raises
    ------
    RunFolderError
        If it is no such list.
    """
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["assets"]
        return {str(row["name"]): str(row["sha256"]) for row in rows if row["kind"] != "run"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunFolderError(
            f"{path}: is no list of assets ({first_line(error)}); make one with "
            "`eurosift assets RECIPE --format json`"
        ) from error


def _shipped() -> Iterator[Asset]:
    recorded = {name: sha for name, sha in _record("eurosift").items() if _origin(name)}
    paths = {
        f"eurosift/{package}/{path.relative_to(root).as_posix()}": path
        for package in ("filters", "langid", "stages")
        for root in [Path(str(files(f"eurosift.{package}")))]
        for path in root.rglob("*")
        if path.is_file()
    }
    for name in sorted({*paths, *recorded}):
        origin = _origin(name)
        if origin is None:
            continue
        if name not in paths:
            yield Asset(name, "shipped", State.MISSING, None, recorded[name], *origin)
            continue
        sha256 = digest.of_file(paths[name])
        state = State.PRESENT
        if name in recorded:
            state = State.OK if recorded[name] == sha256 else State.CHANGED
        yield Asset(name, "shipped", state, paths[name].stat().st_size, sha256, *origin)


def _origin(name: str) -> tuple[str, str] | None:
    """Licence and origin of a file of our packages; None if it is no data."""
    fits = (found for pattern, found in SHIPPED.items() if fnmatch(name, f"eurosift/{pattern}"))
    return next(fits, None)


def _packages() -> Iterator[Asset]:
    for name, (licence, source) in PACKAGES.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            yield Asset(name, "package", State.MISSING, None, "", licence, source)
            continue
        recorded, size, state = _record(name), 0, State.OK
        for file, sha256 in recorded.items():
            try:
                size += _where(name, file).stat().st_size
                if digest.of_file(_where(name, file)) != sha256:
                    state = State.CHANGED
            except OSError:
                state = State.CHANGED
        listed = "".join(f"{sha256}  {file}\n" for file, sha256 in sorted(recorded.items()))
        sha256 = hashlib.sha256(listed.encode()).hexdigest()
        label = f"{name} {package.version}"
        yield Asset(
            label, "package", state if recorded else State.PRESENT, size, sha256, licence, source
        )


def _where(package: str, file: str) -> Path:
    return Path(str(distribution(package).locate_file(file)))


def _record(package: str) -> dict[str, str]:
    """SHA-256 hex of the files that a package was installed with, but for those about itself."""
    try:
        listed = distribution(package).files or []
    except PackageNotFoundError:
        return {}
    return {
        str(file): base64.urlsafe_b64decode(file.hash.value + "=").hex()
        for file in listed
        if file.hash is not None
        and file.hash.mode == "sha256"
        and not str(file).startswith("..")
        and ".dist-info/" not in str(file)
    }


def _of_recipe(dag: Dag) -> Iterator[Asset]:
    for node in dag.nodes.values():
        configs = {"": node.step.config}
        configs |= {
            f"per_language.{code}.": c for code, c in sorted(node.step.per_language.items())
        }
        for prefix, config in configs.items():
            for field, path in config.assets().items():
                yield from _files(f"stages.{node.name}.{prefix}{field}", path)
        yield from _runs(node)


def _files(name: str, path: Path) -> Iterator[Asset]:
    """A file, or each of the files of a folder."""
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        for file in inside:
            yield from _files(f"{name}/{file.relative_to(path).as_posix()}", file)
        return
    where = str(path)
    try:
        sha256, size = digest.of_file(path), path.stat().st_size
    except OSError:
        yield Asset(name, "recipe", State.MISSING, path=where)
        return
    yield Asset(name, "recipe", State.PRESENT, size, sha256, path=where)


def _runs(node: Node) -> Iterator[Asset]:
    """Other runs that a stage reads, such as those that duplicates are looked for in."""
    for field, path in node.step.config.runs().items():
        state = State.PRESENT if (path / PLAN_FILE).exists() else State.MISSING
        yield Asset(f"stages.{node.name}.{field}", "run", state, path=str(path))
