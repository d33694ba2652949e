"""What the model sees of a text: one function for training and for inference.

A model holds for the normalisation that it was trained with, so a change here means a new model.
This is the definition; whole batches go through kernels that give the same
(`eurosift.langid.excerpts`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import regex

from eurosift.langid.letters import read_table

WINDOW = 100
"""Characters of one window of a long text."""
WINDOWS = 20
"""Number of windows; a text of up to ``WINDOW * WINDOWS`` characters is taken whole.

Many small windows: of texts of which a third is in another language, 20 of 100 characters give the
label of the whole text where 4 of 500 in one case of twenty do not, in the same time (see
``benchmarks/langid_windows.py``).
"""

# Addresses and attributes of markup are no language: runs of ASCII that hold one are dropped whole.
# (One pattern for both would be quadratic in the length of a run.)
_ADDRESS = re.compile(r"://|www\.|@|=\"")
_ASCII_RUN = re.compile(r"[!-~]+")
# A word is letters with their marks, and what joins letters within a word.
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['\u2019\u02bc·\-\u200c]+[\p{L}\p{M}]+)*+")
_PART = regex.compile(r"[\p{L}\p{M}]+")
SLUG_HYPHENS = 3
"""A word of so many hyphens or more, and no other joiners, is the last part of an address."""


@cache
def _newer() -> re.Pattern[str]:
    """Characters that are not in Unicode 14, on which versions of Python disagree."""
    ranges = (f"\\U{first:08x}-\\U{last:08x}" for first, last in read_table()["assigned"])
    return re.compile(f"[^{''.join(ranges)}]")


def normalise(text: str) -> str:
    r"""NFC, lower case, words of letters only, single spaces; no digits, addresses, attributes.

    The result holds no newline, NUL, underscore or other character to which fastText gives a
    meaning. Characters that came after Unicode 14 are no letters. Normalising it again changes
    nothing but modifier letter apostrophes at the edges of words (letters the first time, plain
    apostrophes the second) and joiners beside them.

    Examples
    --------
    >>> normalise("L\u2019État, c'est moi — 1655!\nwww.example.org __label__en")
    "l'état c'est moi label en"
    >>> normalise('<p class="lead">/why-is-the-sky-blue')
    'p why is the sky blue'
    """
    if _ADDRESS.search(text):
        text = _ASCII_RUN.sub(_without_address, text)
    text = _newer().sub("\ufffd", text)
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())
    words = (_without_hyphens(word) if "-" in word else word for word in _WORD.findall(text))
    return " ".join(words).replace("\u2019", "'").replace("\u02bc", "'")


def _without_hyphens(word: str) -> str:
    """The parts of a word as words of their own, if it is the last part of an address."""
    parts = word.split("-")
    is_slug = len(parts) > SLUG_HYPHENS and all(map(_PART.fullmatch, parts))
    return " ".join(parts) if is_slug else word


def _without_address(run: re.Match[str]) -> str:
    return " " if _ADDRESS.search(run[0]) else run[0]


def sample(text: str, window: int = WINDOW, windows: int = WINDOWS) -> str:
    """The text itself, or evenly spread windows of a long one, the first and last at its ends.

    Nothing is random: the same text always gives the same sample. A window begins and ends at
    white space where it holds some.

    Parameters
    ----------
    text
        Of any length.
    window, windows
        Characters per window, and number of windows.
    """
    if len(text) <= window * windows:
        return text
    parts = []
    for k in range(windows):
        start = k * (len(text) - window) // max(1, windows - 1)
        part = text[start : start + window]
        if k > 0:
            part = part.split(None, 1)[-1] if not part[0].isspace() else part
        if k < windows - 1 and not part[-1:].isspace():
            part = (part.rsplit(None, 1) or [part])[0]
        parts.append(part)
    return "\n".join(parts)
