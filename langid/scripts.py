"""Which script a text is written in: the ISO 15924 code that most of its letters have."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Int64s, UInt8s
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import kernel
from eurosift.filters.unicode import ALPHA, character_classes
from eurosift.langid.languages import UNCODED
from eurosift.langid.points import Spans, longest, read_points, spans

TABLE = "data/scripts.csv"
"""The table of letters, relative to this package."""

KANA_SHARE: Final = 0.05
"""From this share of kana among kana and Han letters on, a text is Japanese writing (``Jpan``)."""

COMMON = "Zyyy"
"""ISO 15924 code of a text without letters."""
NO_SCRIPT: Final = 0
"""Number of that code."""

_ALSO_WRITTEN = {"Jpan": frozenset({"Hani", "Hira", "Kana"}), "Hani": frozenset({"Bopo"})}


@cache
def _table() -> tuple[tuple[str, ...], UInt8s]:
    """Codes of scripts by number, and the number of the script of each letter (0: none)."""
    numbers: dict[str, int] = {COMMON: NO_SCRIPT}
    lookup = np.zeros(0x110000, dtype=np.uint8)
    rows = files("eurosift.langid").joinpath(TABLE).read_text(encoding="utf-8")
    for line in rows.splitlines():
        if not line.startswith("#"):
            first, last, script = line.split(",")
            number = numbers.setdefault(script, len(numbers))
            lookup[int(first, 16) : int(last, 16) + 1] = number
    lookup.setflags(write=False)
    return (*numbers, "Jpan", UNCODED), lookup


def script_names() -> tuple[str, ...]:
    """ISO 15924 codes by the numbers that `scripts_of` gives."""
    return _table()[0]


@kernel
def find_scripts(
    data: UInt8s,
    begins: Int64s,
    ends: Int64s,
    classes: UInt8s,
    lookup: UInt8s,
    special: Int64s,
) -> UInt8s:
    """See `scripts_of`; `special` are the numbers of Hani, Hira, Kana, Jpan and Zzzz."""
    scripts = np.empty(begins.size, np.uint8)
    hani, hira, kana, japanese, uncoded = special
    points = np.empty(longest(begins, ends), np.int32)
    counts = np.empty(256, np.int64)
    for row in range(begins.size):
        n = read_points(data, begins[row], ends[row], points, 0)
        counts[:] = 0
        for i in range(n):
            counts[lookup[points[i]]] += 1
        if counts[NO_SCRIPT] == n:
            scripts[row] = NO_SCRIPT
            for i in range(n):
                if classes[points[i]] & ALPHA:
                    scripts[row] = uncoded
            continue
        counts[NO_SCRIPT] = 0
        n_kana = counts[hira] + counts[kana]
        counts[hira] = counts[kana] = 0
        counts[hani] += n_kana
        best = counts.argmax()
        if best == hani and n_kana >= KANA_SHARE * counts[hani]:
            best = japanese
        scripts[row] = best
    return scripts


def scripts_of(rows: Spans) -> UInt8s:
    """Number of the script of most letters of each text, see `script_names`; 0 without letters.

    Ties go to the script that the table of scripts names first. Kana and Han count together: as
    ``Jpan`` if kana have their share of them, else as ``Hani``.

    Parameters
    ----------
    rows
        Texts, of which all is read.

    Returns
    -------
    uint8, shape (n_rows,).
    """
    names, lookup = _table()
    special = [names.index(code) for code in ("Hani", "Hira", "Kana", "Jpan", UNCODED)]
    return find_scripts(*rows, character_classes(), lookup, np.array(special, np.int64))


def dominant_script(text: str) -> str | None:
    """ISO 15924 code of the script of most letters of a whole text; None if there are no letters.

    Examples
    --------
    >>> dominant_script("Zażółć"), dominant_script("Ελλάδα, EU"), dominant_script("東京の天気")
    ('Latn', 'Grek', 'Jpan')
    >>> dominant_script("12:30 🙂") is None
    True
    """
    row = pa.array([text.encode("utf-8", "replace").decode()], pa.large_string())
    (number,) = scripts_of(spans(string_buffers(row)))
    return None if number == NO_SCRIPT else script_names()[number]


def is_written_in(language: str, script: str) -> bool:
    """Whether text mainly in a script can be in a language; True if its script is not known."""
    own = language[4:]
    return own in ("", UNCODED, script) or script in _ALSO_WRITTEN.get(own, ())
