"""Cells that tables of tokens have in common."""

from __future__ import annotations

from eurosift.langid import buckets
from eurosift.langid.languages import UnknownLanguageError
from eurosift.pipeline.counts.figures import Tokens
from eurosift.pipeline.tables import Value

TOKENS = ("tokens", "low", "high", "characters_per_token", "method", "tokenizer", "sha256")
TOTAL = "total"


def token_cells(figure: Tokens, characters: int) -> dict[str, Value]:
    """Cells of a figure, by the names in `TOKENS`."""
    ratio = characters / figure.count if figure.count else None
    return {
        "tokens": figure.count,
        "low": figure.low,
        "high": figure.high,
        "characters_per_token": None if ratio is None else round(ratio, 4),
        "method": figure.method,
        "tokenizer": figure.tokenizer,
        "sha256": figure.sha256,
    }


def label_name(label: str) -> str:
    """English name of a label; empty if it has none."""
    try:
        return "" if label in {TOTAL, "und"} else buckets.name(label)
    except UnknownLanguageError:
        return ""
