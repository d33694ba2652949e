"""The early language gate: whether a page may be in a wanted language, before it is extracted.

The text outside of the markup is read in windows. A page passes if it looks somewhat like a wanted
language on the whole, or if a single window clearly does: main text in a small language often
stands between menus in a large one. What is asked is the model of `eurosift.langid`, with all of
its labels; only then what it says of the wanted ones is added up. A page of which nothing can be
said passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from html import unescape

import numpy as np

from eurosift.filters.buffers import string_buffers
from eurosift.langid.close import WIDTH
from eurosift.langid.errors import ModelError
from eurosift.langid.model import LanguageModel, as_strings
from eurosift.langid.points import WHOLE, spans
from eurosift.stages.errors import AssetError

GATE_LANGUAGE = "gate_language"
"""Reason of a page that does not pass."""
WINDOW = 200
"""Characters of one window."""
WINDOWS = 20
"""Most windows of a page."""
SINGLE = 0.15
"""Weight of the best window: with a cut of 0.1, a page passes by a window of two thirds."""

_TITLE = re.compile(r"<title\b[^<>]*>", re.IGNORECASE)
_TITLE_END = re.compile(r"</title\b", re.IGNORECASE)
_LANG = re.compile(
    r"<html\b[^<>]*?\slang\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE
)


class Gate:
    """Says how likely pages are in one of the wanted languages.

    Parameters
    ----------
    wanted
        Canonical codes.

    Raises
    ------
    AssetError
        If the embedded model cannot be used.
    """

    def __init__(self, wanted: Iterable[str]) -> None:
        self._model = _model()
        wanted = frozenset(wanted)
        # The last entry, at -1, is for no label.
        self._wanted = np.array([*(code in wanted for code in self._model.languages), False])

    def score(self, rough: str) -> float | None:
        """Probability of the wanted languages, from 0 to 1; None if there is no word.

        That is the mean over all windows, or `SINGLE` of the best one, whichever is more.

        Parameters
        ----------
        rough
            Text of a page outside of its markup, see `eurosift.stages.extract.markup`.
        """
        windows = windows_of(rough)
        lines = self._model.read(spans(string_buffers(as_strings(windows))), WHOLE, 1)
        labels, scores = self._model.classify(lines, WIDTH)
        worded = labels[:, 0] >= 0
        if not worded.any():
            return None
        of_window = (scores * self._wanted[labels]).sum(axis=1, dtype=np.float64)[worded]
        return min(1.0, max(float(of_window.mean()), SINGLE * float(of_window.max())))


@cache
def gate_for(wanted: tuple[str, ...]) -> Gate:
    """The gate for these languages, made once in a process."""
    return Gate(wanted)


@cache
def _model() -> LanguageModel:
    try:
        return LanguageModel()
    except ModelError as error:
        raise AssetError(f"the language gate: {error}") from error


def windows_of(text: str) -> list[str]:
    """Cut a text into windows, or take evenly spread ones of a long text; entities are resolved.

    Examples
    --------
    >>> windows_of(" caf&eacute; ")
    ['café']
    """
    text = text.strip()
    n = len(text)
    if n <= WINDOW * WINDOWS:
        k = -(-n // WINDOW)
        parts = [text[i * n // k : (i + 1) * n // k] for i in range(k)]
    else:
        starts = (i * (n - WINDOW) // (WINDOWS - 1) for i in range(WINDOWS))
        parts = [text[start : start + WINDOW] for start in starts]
    return [unescape(part) if "&" in part else part for part in parts]


def title_and_language(html: str) -> tuple[str | None, str | None]:
    """Title and declared language as they stand in a page that is not parsed.

    Examples
    --------
    >>> title_and_language('<html lang="mt"><title>A &amp; B</title>')
    ('A & B', 'mt')
    """
    title = language = None
    if (start := _TITLE.search(html)) and (end := _TITLE_END.search(html, start.end())):
        title = unescape(html[start.end() : end.start()])
    if declared := _LANG.search(html):
        language = unescape(next(value for value in declared.groups() if value is not None))
    return title, language
