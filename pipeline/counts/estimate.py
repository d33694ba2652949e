"""Tokens without a tokenizer: characters divided by what a token of that language usually has."""

from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any

from eurosift.langid import buckets
from eurosift.pipeline.counts.figures import Tokens


@functools.cache
def table() -> dict[str, Any]:
    """The shipped table: ``tokenizer``, ``source``, ``uncertainty``, ``languages``."""
    text = files("eurosift.pipeline.counts").joinpath("data", "chars_per_token.json").read_text()
    found: dict[str, Any] = json.loads(text)
    return found


def name() -> str:
    """What an estimate calls itself where others name their tokenizer."""
    return f"estimate by characters per token of {table()['tokenizer']}"


def estimate(label: str, characters: int) -> Tokens:
    """Estimate of the tokens of so many characters; ``count`` is None for other languages.

    Parameters
    ----------
    label
        Canonical code of a language, or its label in a bucket.
    characters
        How many there are.
    """
    ratio = table()["languages"].get(buckets.split(label)[0])
    count = None if ratio is None else round(characters / ratio)
    return Tokens(name(), None, "estimated", count)
