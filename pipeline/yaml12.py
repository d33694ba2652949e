"""YAML 1.2 of recipes: `eurosift.filters.yaml12`, with the errors of a recipe."""

from __future__ import annotations

from pathlib import Path

from eurosift.filters import yaml12
from eurosift.filters.errors import YamlError
from eurosift.filters.yaml12 import Document, Path_, Position
from eurosift.pipeline.errors import RecipeError

__all__ = ["Document", "Path_", "Position", "load", "parse"]


def load(path: Path, name: str | None = None) -> Document:
    """Parse a YAML file.

    Parameters
    ----------
    path
        The file.
    name
        What to call it in messages; by default its path.

    Raises
    ------
    RecipeError
        If the file cannot be read, is no YAML, or has a key twice.
    """
    name = name or str(path)
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(yaml12.MAX_CHARS + 1)
    except FileNotFoundError:
        raise RecipeError([f"{name}: no such file; `eurosift init` writes a recipe"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError([f"{name}: cannot be read: {error}"]) from None
    return parse(text, name)


def parse(text: str, name: str) -> Document:
    """Parse YAML text; `name` stands for it in messages. Errors as `load`."""
    try:
        return yaml12.parse(text, name)
    except YamlError as error:
        raise RecipeError(error.problems) from None
