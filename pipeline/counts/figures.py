"""What is counted: sizes of texts, and tokens with what makes them mean something."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Method = Literal["exact", "sampled", "estimated"]
"""Every text was tokenized; some were, and the rest follows with an interval; none was."""


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
