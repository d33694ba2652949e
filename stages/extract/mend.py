"""Mends texts whose letters came out wrong before the page was stored.

Mojibake (UTF-8 that somebody read as a legacy charset) by ftfy: Speer, "ftfy" (2019),
doi:10.5281/zenodo.2591652. Romanian ş and ţ with cedilla, which old charsets had in place of the
letters with comma (SR 13392:2004). Unicode NFC (UAX #15).
"""

from __future__ import annotations

import re
import unicodedata

from ftfy import TextFixerConfig, fix_encoding
from ftfy.badness import is_bad

_MOJIBAKE = TextFixerConfig(explain=False)
_CEDILLA = str.maketrans("ŞşŢţ", "ȘșȚț")
_WITH_CEDILLA = re.compile("[ŞşŢţ]")
# In the company of ş, ă is written by Romanian alone. The others are of languages that have ş too
# (Turkish, Azerbaijani, Gagauz, Crimean Tatar, Turkmen, Kurdish), or ţ, or that quote them.
_ROMANIAN = re.compile("[ăĂ]")
_FOREIGN = re.compile("[ıİğĞəƏöÖüÜäÄçÇñÑêÊûÛýÝ]")
_SHARE = 3


def mend(text: str) -> tuple[str, list[str]]:
    """Return a text with its letters put right, and what was mended.

    Parameters
    ----------
    text
        Text of a page, a paragraph a line.

    Returns
    -------
    tuple[str, list[str]]
        Text in NFC, with as many lines; of ``mojibake``, ``cedilla`` and ``nfc`` those that
        changed it.

    Examples
    --------
    >>> mend("Jâ€™ai dÃ©jÃ mangÃ©.")
    ('J’ai déjà mangé.', ['mojibake'])
    """
    if text.isascii():
        return text, []
    mended: list[str] = []
    for name, step in (("mojibake", _undo_mojibake), ("cedilla", _to_commas), ("nfc", _compose)):
        before, text = text, step(text)
        if text != before:
            mended.append(name)
    return text, mended


def _undo_mojibake(text: str) -> str:
    """Line by line, as one page may hold text from several sources."""
    if not is_bad(text):
        return text
    lines = text.split("\n")
    return "\n".join(fix_encoding(line, _MOJIBAKE) if is_bad(line) else line for line in lines)


def _to_commas(text: str) -> str:
    """Only in Romanian text, and there not in lines that quote other languages."""
    if _WITH_CEDILLA.search(text) is None or not _is_romanian(text):
        return text
    lines = text.split("\n")
    return "\n".join(
        line if _foreign(line) > len(_ROMANIAN.findall(line)) else line.translate(_CEDILLA)
        for line in lines
    )


def _is_romanian(text: str) -> bool:
    return len(_ROMANIAN.findall(text)) > _SHARE * _foreign(text)


def _foreign(text: str) -> int:
    return len(_FOREIGN.findall(text))


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)
