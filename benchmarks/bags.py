"""Bags of words, by which a text is compared with its gold."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"\w+")


def words(text: str) -> Counter[str]:
    """Words in NFC and lower case, with how often they are there."""
    return Counter(_WORD.findall(unicodedata.normalize("NFC", text).lower()))


def f1(text: str, gold: str) -> float:
    """Of the words; two texts without any are equal."""
    a, b = words(text), words(gold)
    if not a and not b:
        return 1.0
    return 2 * (a & b).total() / (a.total() + b.total())
