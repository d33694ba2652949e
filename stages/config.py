"""Configuration of stages: what they have in common, and which paths in them shape the data."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Asset:
    """Marks a path in a configuration: its content is part of the fingerprint, its name is not.

    Parameters
    ----------
    remedy
        What to do where it is missing; put behind the message.
    """

    def __init__(self, remedy: str = "") -> None:
        self.remedy = remedy


AssetPath = Annotated[Path, Asset()]
"""A file that shapes the data (model, list, key, tokenizer), relative to the recipe."""


class Indirect:
    """Marks a field that shapes no data by itself, and is no part of the fingerprint.

    What it leads to has to be among the inputs of work items: how the work is divided, or the
    digests of what other runs have left.
    """


def as_list(value: Any) -> Any:
    """Let one word stand for a list of one."""
    return [value] if isinstance(value, str) else value


Words = Annotated[
    tuple[str, ...], BeforeValidator(as_list, json_schema_input_type=str | tuple[str, ...])
]
"""A list of words, or one."""

RunPaths = Annotated[
    tuple[Path, ...],
    BeforeValidator(as_list, json_schema_input_type=Path | tuple[Path, ...]),
    Indirect(),
]
"""Other runs, or one, relative to the recipe; of what is read there, digests have to be inputs."""


class StageConfig(BaseModel):
    """Base of every stage's configuration: frozen, refuses unknown keys, explains itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def assets(self) -> dict[str, Path]:
        """Files that shape the data, by the name of their field.

        Inside lists and mappings by ``field.0`` and ``field.key``.
        """
        found: dict[str, Path] = {}
        for name in self._asset_fields():
            found |= _paths(name, getattr(self, name))
        return found

    def runs(self) -> dict[str, Path]:
        """Other runs that are read, by the name of their field, as of `assets`."""
        found: dict[str, Path] = {}
        for name in sorted(self.indirect()):
            found |= _paths(name, getattr(self, name))
        return found

    def remedy(self, name: str) -> str:
        """What to do where an asset is missing, by its name in `assets`; empty if not known."""
        info = type(self).model_fields[name.partition(".")[0]]
        marks = [*info.metadata, *_marks(info.annotation)]
        return next((mark.remedy for mark in marks if isinstance(mark, Asset)), "")

    def with_assets(self, change: Callable[[Path], Path]) -> Self:
        """The same configuration with other paths in place of its assets."""
        return self._with_changed(self._asset_fields(), change)

    def indirect(self) -> set[str]:
        """Names of the fields that are no part of the fingerprint by themselves."""
        fields = type(self).model_fields.items()
        return {n for n, f in fields if any(isinstance(mark, Indirect) for mark in f.metadata)}

    def at(self, base: Path) -> Self:
        """Make all paths absolute that are relative to `base`."""
        return self._with_changed([*self._asset_fields(), *self.indirect()], base.joinpath)

    def _with_changed(self, names: Iterable[str], change: Callable[[Path], Path]) -> Self:
        changed = {name: _changed(getattr(self, name), change) for name in names}
        return self.model_copy(update=changed)

    def _asset_fields(self) -> list[str]:
        return [
            name
            for name, info in type(self).model_fields.items()
            if any(isinstance(mark, Asset) for mark in (*info.metadata, *_marks(info.annotation)))
        ]


def _paths(name: str, value: Any) -> dict[str, Path]:
    if isinstance(value, Path):
        return {name: value}
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = value.items()
    elif isinstance(value, tuple):
        inner = enumerate(value)
    found: dict[str, Path] = {}
    for key, part in inner:
        found |= _paths(f"{name}.{key}", part)
    return found


def _changed(value: Any, change: Callable[[Path], Path]) -> Any:
    if isinstance(value, Path):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(part, change) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_changed(part, change) for part in value)
    return value


def _marks(annotation: Any) -> Iterator[Any]:
    """Whatever is annotated anywhere in an annotation."""
    yield from getattr(annotation, "__metadata__", ())
    for part in typing.get_args(annotation):
        yield from _marks(part)
