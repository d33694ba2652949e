"""What is wrong with a recipe, in words: where it stands, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from eurosift.filters.yaml12 import without_prefix
from eurosift.pipeline import yaml12
from eurosift.pipeline.head import MIN_WORKER_BYTES


def problems_of(
    error: ValidationError,
    document: yaml12.Document,
    prefix: yaml12.Path_,
    model: type[BaseModel],
    also: Iterable[str] = (),
    moved: Mapping[str | int, yaml12.Path_] | None = None,
) -> list[str]:
    """One line per problem that pydantic found.

    Parameters
    ----------
    error
        What pydantic raised.
    document
        Where the values stand.
    prefix
        Path of the validated mapping in the document.
    model
        The model, whose field names are offered for misspelt keys.
    also
        Further keys that are allowed there.
    moved
        Paths of the mappings where keys of the model stand that do not stand at `prefix`.
    """
    lines = []
    found = error.errors()
    for problem in found:
        if problem["type"] == "too_short" and _has_problems_within(problem["loc"], found):
            continue  # what is wrong is not counted: that is told already
        loc = tuple(part for part in problem["loc"] if isinstance(part, (str, int)))
        full = (*((moved or {}).get(loc[0], prefix) if loc else prefix), *loc)
        where = document.where(full)
        dotted = ".".join(str(part) for part in full)
        if problem["type"] == "extra_forbidden":
            known = [*_fields_at(model, loc[:-1]), *(also if len(loc) == 1 else ())]
            lines.append(f"{where}: {dotted}: unknown key{suggest(str(loc[-1]), known)}")
        elif problem["type"] == "missing":
            lines.append(f"{where}: {dotted}: is missing")
        elif problem["type"] == "literal_error":
            near = _near(problem["input"], _QUOTED.findall(problem["ctx"]["expected"]))
            lines.append(f"{where}: {dotted}: {_in_words(problem['msg'])}{near}")
        elif problem["type"].startswith("date_"):
            lines.append(f"{where}: {dotted}: should be a date, such as 2026-01-31")
        else:
            lines.append(f"{where}: {dotted}: {_in_words(problem['msg'])}")
    return sorted(set(lines), key=lines.index)


_QUOTED = re.compile(r"'([^']*)'")


def _has_problems_within(loc: tuple[int | str, ...], found: Sequence[ErrorDetails]) -> bool:
    return any(len(e["loc"]) > len(loc) and e["loc"][: len(loc)] == loc for e in found)


_WORDS = {
    "String should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]*$'": "begin with a letter or digit, "
    "go on with those and . _ -",
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
    "valid dictionary or instance of RuleBody": "mapping with `reject_if`",
    "valid dictionary or instance of RuleFile": "mapping with `name` and `rules`",
    "valid dictionary or instance of": "mapping as for",
    "valid dictionary": "mapping",
    "valid tuple": "list",
    "valid list": "list",
    "Tuple should have at least 1 item after validation, not 0": "give at least one",
    f"greater than or equal to {MIN_WORKER_BYTES}": f"at least {MIN_WORKER_BYTES >> 20}MiB",
}
"""What pydantic calls by its Python name, in the words of YAML."""


def _in_words(message: str) -> str:
    message = without_prefix(message)
    for python, words in _WORDS.items():
        message = message.replace(python, words)
    return message[0].lower() + message[1:]


def _fields_at(model: Any, loc: Sequence[str | int]) -> list[str]:
    """Keys that there are at a place below a model, through mappings and lists of models."""
    for part in loc:
        if isinstance(model, type) and issubclass(model, BaseModel):
            field = model.model_fields.get(str(part))
            model = field.annotation if field else None
        else:  # the values of a mapping, the items of a list
            model = next(iter(get_args(model)[::-1]), None)
    is_model = isinstance(model, type) and issubclass(model, BaseModel)
    return list(model.model_fields) if is_model else []


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean `x`?`` or ``; known are …``, to be put behind a message."""
    known = sorted(set(known))
    return _near(word, known) or (f"; known: {', '.join(known)}" if known else "")


def _near(word: object, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""
