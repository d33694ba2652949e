"""Which script a text is written in: the ISO 15924 code that most of its letters have."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from eurosift.langid.languages import UNCODED

TABLE = "data/scripts.csv"
"""The table of letters, relative to this package."""

KANA_SHARE = 0.05
"""From this share of kana among kana and Han letters on, a text is Japanese writing (``Jpan``)."""


@cache
def _table() -> tuple[tuple[str, ...], NDArray[np.uint8]]:
    """Names of the scripts, and the number of the script of each code point (0: no letter)."""
    numbers: dict[str, int] = {"": 0}
    lookup = np.zeros(0x110000, dtype=np.uint8)
    rows = files("eurosift.langid").joinpath(TABLE).read_text(encoding="utf-8")
    for line in rows.splitlines():
        if not line.startswith("#"):
            first, last, script = line.split(",")
            number = numbers.setdefault(script, len(numbers))
            lookup[int(first, 16) : int(last, 16) + 1] = number
    return tuple(numbers), lookup


def dominant_script(text: str) -> str | None:
    """ISO 15924 code of the script of most letters; None if there are no letters.

    Ties go to the script that the table of scripts names first. Kana and Han count together: as
    ``Jpan`` if kana have their share of them, else as ``Hani``.

    Examples
    --------
    >>> dominant_script("Zażółć"), dominant_script("Ελλάδα, EU"), dominant_script("東京の天気")
    ('Latn', 'Grek', 'Jpan')
    >>> dominant_script("12:30 🙂") is None
    True
    """
    names, lookup = _table()
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    counts = np.bincount(lookup[points], minlength=len(names))
    counts[0] = 0
    if not counts.any():
        return UNCODED if any(map(str.isalpha, text)) else None
    kana = [names.index("Hira"), names.index("Kana")]
    han = names.index("Hani")
    n_kana = int(counts[kana].sum())
    total = n_kana + int(counts[han])
    counts[kana] = 0
    counts[han] = total
    best = names[int(counts.argmax())]
    if best == "Hani" and n_kana >= KANA_SHARE * total:
        return "Jpan"
    return best
