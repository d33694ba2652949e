"""The plan: which input file is which shard, fixed once and only ever appended to."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from eurosift.pipeline import digest, sealed_json
from eurosift.pipeline.errors import PlanError, first_line
from eurosift.pipeline.inputs import Inputs, find_inputs
from eurosift.pipeline.recipe import Recipe
from eurosift.pipeline.stamp import Stamp
from eurosift.stages.errors import InputError
from eurosift.stages.extract.formats import html_files
from eurosift.stages.extract.remote import Remote, Source
from eurosift.stages.extract.stores import RemoteError

PLAN_FILE = "plan.json"
_REQUESTS = 16
"""How many files by URL are looked at at once."""

K = TypeVar("K")
T = TypeVar("T")


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
    version
        Of a file by URL: its ETag, or another digest that its store keeps; empty if there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shard: str
    path: str
    size_bytes: int
    edges: str
    version: str = ""

    @property
    def fingerprint(self) -> str:
        """Digest of what is known of its content: the same wherever the file is."""
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


def require_unchanged(inputs: Inputs, file: InputFile) -> None:
    """Check that an input is the file that was planned.

    Raises
    ------
    InputError
        If it cannot be read, or is another.
    """
    remedy = "put it back, or take it as it is now with `eurosift run --replan`"
    source = inputs[file.path]
    try:
        same = _is_file(source, file)
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror}; {remedy}") from error
    if not same:
        raise InputError(f"input {file.path} has changed since it was planned; {remedy}")


def _is_file(source: Source, file: InputFile) -> bool:
    """Whether an input is as planned: by its version where the store has one, else by its edges."""
    size = Stamp.of(source).size
    if size != file.size_bytes:
        return False
    version = _version(source)
    if version and file.version:
        return version == file.version
    return _edges(source, size) == file.edges


def _version(source: Source) -> str:
    return source.stat().version if isinstance(source, Remote) else ""


def _edges(source: Source, size: int) -> str:
    if isinstance(source, Remote) or not source.is_dir():
        return digest.of_edges(source, size)
    return digest.of_json(
        [
            [repr(page.relative_to(source).as_posix()), digest.of_edges(page, page.stat().st_size)]
            for page in html_files(source)
        ]
    )


def _each(
    work: Callable[[K, Source], T], inputs: Sequence[tuple[K, Source]]
) -> Iterator[T | OSError]:
    """What some work says of each input, or why it could not be done; files by URL at once."""

    def attempt(given: tuple[K, Source]) -> T | OSError:
        try:
            return work(*given)
        except OSError as error:
            return error

    if not any(isinstance(source, Remote) for _, source in inputs):
        yield from map(attempt, inputs)
        return
    with ThreadPoolExecutor(_REQUESTS) as pool:
        yield from pool.map(attempt, inputs)


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
    known = known or {}
    try:
        found = find_inputs(recipe)
    except PlanError as error:
        if isinstance(error.__cause__, RemoteError):
            raise
        found = {}
    inputs = Inputs(recipe)
    # As they were listed just now: a store that tells versions is not asked once more.
    pairs = [
        (file, source if isinstance(source := found.get(file.path), Remote) else inputs[file.path])
        for file in plan.files
    ]

    def look(file: InputFile, source: Source) -> tuple[Stamp, bool]:
        stamp = Stamp.of(source)
        seen = stamp.tells and known.get(file.path) == (stamp, file.edges)
        return stamp, seen or _is_file(source, file)

    changed, missing = [], []
    for file, looked in zip(plan.files, _each(look, pairs), strict=True):
        if isinstance(looked, RemoteError):
            raise PlanError(f"{looked.filename}: {looked.strerror}") from looked
        if isinstance(looked, OSError):
            missing.append(file.path)
            continue
        stamp, same = looked
        if not same:
            changed.append(file.path)
        elif stamps is not None and stamp.tells:
            stamps[file.path] = stamp
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
    before = {
        file.path: file for file in (*(old.files if old else ()), *(old.removed if old else ()))
    }
    number = len(before)
    found = find_inputs(recipe)

    def look(name: str, source: Source) -> tuple[Stamp, str, str]:
        stamp, version = Stamp.of(source), _version(source)
        return stamp, version, _edges_since(before.get(name), source, stamp.size, version)

    files: list[InputFile] = []
    pairs = list(found.items())
    for (name, source), looked in zip(pairs, _each(look, pairs), strict=True):
        if isinstance(looked, OSError):
            raise PlanError(f"{source}: cannot be read: {looked.strerror}") from looked
        stamp, version, edges = looked
        if stamps is not None and stamp.tells:
            stamps[name] = stamp
        if name in before:
            shard = before[name].shard
        else:
            shard, number = f"{number:05d}", number + 1
        files.append(
            InputFile(shard=shard, path=name, size_bytes=stamp.size, edges=edges, version=version)
        )
    gone = set(before).difference(found)
    return Plan(files=in_order(files), removed=in_order(before[name] for name in gone))


def _edges_since(known: InputFile | None, source: Source, size: int, version: str) -> str:
    """Digest of the edges; another one if the file was replaced by one with the same edges."""
    if known is None or known.size_bytes != size or not (known.version and version):
        return _edges(source, size)
    if known.version == version:
        return known.edges
    edges = _edges(source, size)
    return digest.of_json([edges, version]) if known.edges == edges else edges


def in_order(files: Iterable[InputFile]) -> tuple[InputFile, ...]:
    """By shard number, also beyond the fifth digit."""
    return tuple(sorted(files, key=lambda file: int(file.shard)))
