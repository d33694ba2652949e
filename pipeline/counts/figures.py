"""What is counted: sizes of texts, and tokens with what makes them mean something."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal

_COMMON_NAMES = ("tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model")

Method = Literal["exact", "sampled", "estimated"]
"""Every text was tokenized; some were, and the rest follows with an interval; none was."""
_LEAST_SURE_FIRST: tuple[Method, ...] = ("estimated", "sampled", "exact")


@dataclass
class Sizes:
    """Sizes of some texts, exactly.

    Attributes
    ----------
    documents
        How many there are.
    bytes
        Of their UTF-8.
    characters
        Code points, blanks among them.
    words
        See `eurosift.filters.words`.
    segments
        Units between newlines; none in an empty text.
    """

    documents: int = 0
    bytes: int = 0
    characters: int = 0
    words: int = 0
    segments: int = 0

    def add(self, other: Sizes) -> None:
        """Add other sizes to these."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


@dataclass(frozen=True)
class Tokens:
    """Tokens of some texts by one tokenizer, without special tokens.

    Attributes
    ----------
    tokenizer
        Its name; for people.
    sha256
        SHA-256 hex of its file, which identifies it; None if no tokenizer has been at work.
    method
        How `count` was come by.
    count
        How many; None where there is nothing to estimate it from.
    low, high
        Bounds of the 95 % interval, if sampled.
    """

    tokenizer: str
    sha256: str | None
    method: Method
    count: int | None
    low: int | None = None
    high: int | None = None


def tokenizer_name(path: Path) -> str:
    """Name of a tokenizer: its file, and the folder where the file is called like all others.

    Examples
    --------
    >>> tokenizer_name(Path("a/gemma/tokenizer.json")), tokenizer_name(Path("a/oellm-256k.json"))
    ('gemma/tokenizer.json', 'oellm-256k.json')
    """
    return f"{path.parent.name}/{path.name}" if path.name in _COMMON_NAMES else path.name


def total(figures: Sequence[Tokens]) -> Tokens:
    """Sum of figures of several labels.

    Samples are independent, so the squares of their margins add up. What cannot be estimated is
    left out. Languages may have tokenizers of their own: all are named.
    """
    methods = {figure.method for figure in figures}
    method: Method = next(m for m in _LEAST_SURE_FIRST if m in methods)
    known = [figure for figure in figures if figure.count is not None]
    count = sum(figure.count or 0 for figure in known) if known else None
    name = ", ".join(dict.fromkeys(figure.tokenizer for figure in figures))
    digests = dict.fromkeys(figure.sha256 for figure in figures if figure.sha256)
    sha256 = ", ".join(digests) or None
    if method != "sampled" or count is None:
        return Tokens(name, sha256, method, count)
    squares = sum(
        ((f.high - f.low) / 2) ** 2 for f in known if f.low is not None and f.high is not None
    )
    margin = math.ceil(math.sqrt(squares))
    return Tokens(name, sha256, method, count, max(0, count - margin), count + margin)
