"""What is counted with, and what a count comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from eurosift.pipeline import digest
from eurosift.pipeline.counts.figures import Sizes, Tokens, tokenizer_name
from eurosift.pipeline.counts.sources import Findings, Unit
from eurosift.stages.tokenizer import TokenCounter, load_tokenizer


@dataclass(frozen=True)
class Tokenizer:
    """A tokenizer at work.

    Attributes
    ----------
    name
        For people.
    sha256
        SHA-256 hex of its file.
    count
        Numbers of tokens of some texts.
    """

    name: str
    sha256: str
    count: TokenCounter

    @classmethod
    def load(cls, path: Path, *, threads: int = 1) -> Tokenizer:
        """Load a tokenizer from a file.

        Raises
        ------
        AssetError
            If it is missing or none.
        """
        count = load_tokenizer(path, threads=threads)
        return cls(tokenizer_name(path), digest.of_file(path), count)


@dataclass
class Counted:
    """What a source holds.

    Attributes
    ----------
    sizes
        Exact sizes, by label.
    tokens
        By label: one figure for each tokenizer, or one estimate without any.
    files
        By label: names of the files that have texts of it.
    findings
        What came up beside.
    tokenized
        Characters that were tokenized, by label, each tokenizer once.
    draws
        Documents that were drawn, by label, if tokens were sampled.
    """

    sizes: dict[str, Sizes] = field(default_factory=dict)
    tokens: dict[str, list[Tokens]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    tokenized: dict[str, int] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)


class Extent(NamedTuple):
    """Characters of one label in one unit."""

    unit: Unit
    characters: int


def exact_figures(tokenizers: Sequence[Tokenizer], counts: Sequence[int]) -> list[Tokens]:
    """Figures of texts that were all tokenized."""
    pairs = zip(tokenizers, counts, strict=True)
    return [Tokens(t.name, t.sha256, "exact", n) for t, n in pairs]
