"""The plan: which input file is which shard, fixed once and only ever appended to."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eurosift.pipeline import digest, sealed_json
from eurosift.pipeline.errors import PlanError, first_line
from eurosift.pipeline.recipe import Recipe
from eurosift.pipeline.stamp import Stamp
from eurosift.stages.errors import InputError
from eurosift.stages.extract.formats import html_files, is_html

PLAN_FILE = "plan.json"
_GLOB = set("*?[")


class InputFile(BaseModel):
    """One input file, or one folder of HTML files.

    Attributes
    ----------
    shard
        Key of the shard that it becomes: ``"00017"``.
    path
        Relative to the input root, with ``/``.
    size_bytes
        Its size; of a folder, that of its HTML files.
    edges
        xxh128 hex of its first and last mebibyte; of a folder, of what its HTML files are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shard: str
    path: str
    size_bytes: int
    edges: str

    @property
    def fingerprint(self) -> str:
        """Digest of what is known of the file."""
        return digest.of_json([self.path, self.size_bytes, self.edges])


class Plan(BaseModel):
    """All input files of a run; removed ones keep their shard numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = 1
    files: tuple[InputFile, ...]
    removed: tuple[InputFile, ...] = ()

    @functools.cached_property
    def shards(self) -> tuple[str, ...]:
        """Keys of all shards, in order."""
        return tuple(file.shard for file in self.files)

    def file(self, shard: str) -> InputFile:
        """The input of a shard."""
        return self._by_shard[shard]

    @functools.cached_property
    def _by_shard(self) -> dict[str, InputFile]:
        return {file.shard: file for file in self.files}


def input_root(recipe: Recipe) -> Path:
    """Folder that the names of input files are relative to."""
    if recipe.head.input.root is not None:
        return Path(os.path.normpath(recipe.base / recipe.head.input.root))
    fixed = [_split(recipe.base, pattern)[0] for pattern in recipe.head.input.path]
    return Path(os.path.commonpath(fixed))


def _split(base: Path, pattern: str) -> tuple[Path, str]:
    """Folder where a pattern begins, and the rest; `base` may hold what looks like a pattern."""
    parts = Path(os.path.normpath(pattern)).parts
    n = next((i for i, part in enumerate(parts) if _GLOB & set(part)), len(parts) - 1)
    return Path(os.path.normpath(base.joinpath(*parts[:n]))), str(Path(*parts[n:]))


def first_match(recipe: Recipe, pattern: str) -> str | None:
    """Name of the first file that a pattern matches, in order; None if there is none."""
    folder, rest = _split(recipe.base, pattern)
    found = sorted(path.name for path in folder.glob(rest) if path.is_file())
    return found[0] if found else None


def find_inputs(recipe: Recipe) -> list[str]:
    """Names of all files that match the recipe, relative to the input root, sorted.

    Where HTML is read, folders match too; those without HTML files are left out, and so are other
    files where a pattern says nothing of their suffix.

    Raises
    ------
    PlanError
        If a pattern matches nothing, or a file lies outside of the root.
    """
    root = input_root(recipe)
    folders = recipe.head.input.format == "html"
    names: set[str] = set()
    for pattern in recipe.head.input.path:
        folder, rest = _split(recipe.base, pattern)
        where = recipe.problem(("input", "path"), "")
        if not folders and (folder / rest).is_dir():
            example = Path(pattern, "*.warc.gz")
            raise PlanError(
                f"{where}`{pattern}` is a folder: write {example}, or what its files are; of a "
                "folder of HTML files, set input.format to html"
            )
        found = []
        any_name = bool(_GLOB & set(Path(rest).name)) and not Path(rest).suffix
        for path in [folder] if rest == "." else folder.glob(rest):
            if path.is_file() and folders and any_name and not is_html(path.name):
                continue
            if path.is_file() or (folders and _has_pages(path)):
                found.append(path)
            elif path.is_symlink() and not path.exists():
                raise PlanError(f"input {path}: is a link to nothing; mend or remove it")
        if not found:
            raise PlanError(f"{where}no file matches {pattern} (looked in {recipe.base})")
        for path in found:
            if not path.is_relative_to(root):
                raise PlanError(f"{path} is outside of the input root {root}; set input.root")
            name = path.relative_to(root).as_posix()
            try:
                name.encode()
            except UnicodeEncodeError:
                raise PlanError(f"{name!r} in {root}: its name is no UTF-8; rename it") from None
            names.add(name)
    if folders:
        _refuse_nested(root, sorted(names))
    return sorted(names)


def _has_pages(folder: Path) -> bool:
    try:
        return bool(html_files(folder))
    except OSError as error:
        raise PlanError(f"input {error.filename}: {error.strerror}; mend or remove it") from error


def _refuse_nested(root: Path, names: Sequence[str]) -> None:
    """Look for folders that lie in others, or are the same by another name."""
    real: dict[Path, str] = {}
    for name in names:
        other = real.setdefault((root / name).resolve(), name)
        if other != name:
            raise PlanError(f"{name} is the same as {other}: its pages would be there twice; "
                            "narrow input.path")  # fmt: skip
    for path, name in real.items():
        outer = next((real[parent] for parent in path.parents if parent in real), None)
        if outer is not None:
            raise PlanError(
                f"{name} lies in {outer}, which is an input too: its pages would be there twice; "
                "narrow input.path"
            )


def load(folder: Path) -> Plan | None:
    """The plan of a run folder; None if there is none yet."""
    path = folder / PLAN_FILE
    try:
        return Plan.model_validate(sealed_json.load(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        remedy = "restore it, or remove it and run again: shards are then numbered anew"
        raise PlanError(f"{path}: is damaged: {first_line(error)}; {remedy}") from error


def save(folder: Path, plan: Plan) -> None:
    """Write the plan into the run folder."""
    sealed_json.save(folder / PLAN_FILE, plan.model_dump(mode="json"))


def require_unchanged(root: Path, file: InputFile) -> None:
    """Check that an input is the file that was planned.

    Raises
    ------
    InputError
        If it cannot be read, or is another.
    """
    remedy = "put it back, or take it as it is now with `eurosift run --replan`"
    try:
        same = _is_file(root, file)
    except OSError as error:
        path = root / file.path
        raise InputError(f"{path}: cannot be read: {error.strerror}; {remedy}") from error
    if not same:
        raise InputError(f"input {file.path} has changed since it was planned; {remedy}")


def _is_file(root: Path, file: InputFile) -> bool:
    path = root / file.path
    size = Stamp.of(path).size
    return size == file.size_bytes and _edges(path, size) == file.edges


def _edges(path: Path, size: int) -> str:
    if not path.is_dir():
        return digest.of_edges(path, size)
    return digest.of_json(
        [
            [repr(page.relative_to(path).as_posix()), digest.of_edges(page, page.stat().st_size)]
            for page in html_files(path)
        ]
    )


class Survey(BaseModel):
    """How the files on disk compare with the plan. Names are relative to the input root."""

    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unplanned: tuple[str, ...] = ()


def survey(
    recipe: Recipe,
    plan: Plan,
    known: Mapping[str, tuple[Stamp, str]] | None = None,
    stamps: dict[str, Stamp] | None = None,
) -> Survey:
    """Compare the plan with what is there now.

    Parameters
    ----------
    recipe, plan
        The recipe and its plan.
    known
        Stamps of inputs, with the digests that they had: who has not changed is not read again.
    stamps
        Takes up the stamps, from before they were read, of the inputs that are as planned.
    """
    root, known = input_root(recipe), known or {}
    changed, missing = [], []
    for file in plan.files:
        try:
            stamp = Stamp.of(root / file.path)
            same = known.get(file.path) == (stamp, file.edges) or _is_file(root, file)
        except OSError:
            missing.append(file.path)
            continue
        if not same:
            changed.append(file.path)
        elif stamps is not None:
            stamps[file.path] = stamp
    try:
        found = find_inputs(recipe)
    except PlanError:
        found = []
    planned = {file.path for file in plan.files}
    unplanned = [name for name in found if name not in planned]
    return Survey(changed=tuple(changed), missing=tuple(missing), unplanned=tuple(unplanned))


def make(recipe: Recipe, old: Plan | None = None, stamps: dict[str, Stamp] | None = None) -> Plan:
    """Plan the inputs as they are now; shards of `old` keep their numbers.

    Parameters
    ----------
    recipe
        The recipe.
    old
        The plan so far.
    stamps
        Takes up the stamps of the inputs, from before they were read.

    Raises
    ------
    PlanError
        If there is no input, or one cannot be read.
    """
    root = input_root(recipe)
    before = {
        file.path: file for file in (*(old.files if old else ()), *(old.removed if old else ()))
    }
    number = len(before)
    found = find_inputs(recipe)
    files: list[InputFile] = []
    for name in found:
        path = root / name
        try:
            stamp = Stamp.of(path)
            edges = _edges(path, stamp.size)
        except OSError as error:
            raise PlanError(f"{path}: cannot be read: {error.strerror}") from error
        if stamps is not None:
            stamps[name] = stamp
        if name in before:
            shard = before[name].shard
        else:
            shard, number = f"{number:05d}", number + 1
        files.append(InputFile(shard=shard, path=name, size_bytes=stamp.size, edges=edges))
    gone = set(before).difference(found)
    return Plan(files=in_order(files), removed=in_order(before[name] for name in gone))


def in_order(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """By shard number, also beyond the fifth digit."""
    return tuple(sorted(files, key=lambda file: int(file.shard)))
