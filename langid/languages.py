"""The table of languages, and the one place that understands every style of writing their codes.

A canonical code is ISO 639-3 plus ISO 15924, joined by an underscore (``mlt_Latn``), as in
FineWeb-2 and HPLT. Macro-languages give way to the member that is meant: Estonian is ``ekk_Latn``,
Latvian ``lvs_Latn``. ``und`` (undetermined) and ``zxx`` (no language) stand without a script.
Only the standard library is imported here: the command line needs it at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from types import MappingProxyType
from typing import NamedTuple

from eurosift.langid.world import WORLD

EU = """\
bul|Cyrl|bg||Bulgarian
ces|Latn|cs|cze|Czech
dan|Latn|da||Danish
deu|Latn|de|ger|German
ekk|Latn|et|est|Estonian
ell|Grek|el|gre|Greek
eng|Latn|en||English
fin|Latn|fi||Finnish
fra|Latn|fr|fre|French
gle|Latn|ga||Irish
hrv|Latn|hr|scr|Croatian
hun|Latn|hu||Hungarian
ita|Latn|it||Italian
lit|Latn|lt||Lithuanian
lvs|Latn|lv|lav|Latvian
mlt|Latn|mt||Maltese
nld|Latn|nl|dut|Dutch
pol|Latn|pl||Polish
por|Latn|pt||Portuguese
ron|Latn|ro|rum mol mo|Romanian
slk|Latn|sk|slo|Slovak
slv|Latn|sl||Slovenian
spa|Latn|es||Spanish
swe|Latn|sv||Swedish
"""
"""The 24 official languages of the European Union (Regulation No 1, Article 1)."""

UNCODED = "Zzzz"
"""ISO 15924 code of a script that is not known."""


LONGEST = 80
"""So many characters are told of a text that names no language; nothing longer is meant for one."""


class UnknownLanguageError(ValueError):
    """A text that names no language; the message suggests what may have been meant."""


class Language(NamedTuple):
    """One row of the table.

    Attributes
    ----------
    code
        Canonical code, ``ekk_Latn``.
    iso639_1
        Two-letter code, or empty.
    others
        Further codes that mean the same: macro-language, ISO 639-2/B, deprecated.
    name
        English name.
    """

    code: str
    iso639_1: str
    others: tuple[str, ...]
    name: str

    @property
    def iso639_3(self) -> str:
        """Three-letter code of the individual language."""
        return self.code[:3]

    @property
    def script(self) -> str:
        """ISO 15924 code of the script."""
        return self.code[4:]


def _rows(table: str) -> list[Language]:
    rows = []
    for line in table.splitlines():
        iso639_3, script, iso639_1, others, english = line.split("|")
        code = f"{iso639_3}_{script}" if script else iso639_3
        rows.append(Language(code, iso639_1, tuple(others.split()), english))
    return rows


_EU_ROWS = _rows(EU)
EU24: tuple[str, ...] = tuple(row.code for row in _EU_ROWS)
"""Canonical codes of the 24 official languages of the EU, sorted."""

LANGUAGES = MappingProxyType({row.code: row for row in [*_EU_ROWS, *_rows(WORLD)]})
"""All languages of the table, by canonical code."""


def _index() -> tuple[dict[str, str], dict[str, str]]:
    """Map codes without a script, and names, to canonical codes; the first row of a code wins."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for row in LANGUAGES.values():
        for code in (row.iso639_3, row.iso639_1, *row.others):
            if code:
                codes.setdefault(code, row.code)
        names[row.name.casefold()] = row.code
    return codes, names


_CODES, _NAMES = _index()
_NAMES["slovene"] = "slv_Latn"

_MISTAKEN = {
    "at": "de", "cz": "cs", "dk": "da", "ger": "de", "gr": "el", "ie": "ga", "jp": "ja", "ua": "uk",
    "български": "bg", "čeština": "cs", "dansk": "da", "deutsch": "de", "eesti": "et",
    "ελληνικά": "el", "español": "es", "suomi": "fi", "français": "fr", "gaeilge": "ga",
    "hrvatski": "hr", "magyar": "hu", "italiano": "it", "lietuvių": "lt", "latviešu": "lv",
    "malti": "mt", "nederlands": "nl", "polski": "pl", "português": "pt", "română": "ro",
    "slovenčina": "sk", "slovenščina": "sl", "svenska": "sv",
}  # fmt: skip
"""Country codes and own names that are often written for a language; only ever a suggestion."""

# Language, script, region, variants (BCP 47, section 2.1, as far as codes of languages need it).
_TAG = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_](?:[a-z]{2}|\d{3}))?(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
)
_FASTTEXT = "__label__"


def canonical(text: str, *, known: bool = False) -> str:
    """Canonical code of a language written in any usual style.

    Understood are ISO 639-1, 639-2/B, 639-3 and macro-language codes, with or without a script,
    BCP 47 tags (region and variant are dropped), fastText labels and English names, in any case.
    A script that is not given is the usual one of the language; a well-formed three-letter code
    outside the table keeps its code, with ``Zzzz`` if its script is not given.

    Parameters
    ----------
    text
        ``et``, ``est``, ``est_Latn``, ``ekk_Latn``, ``pt-PT``, ``__label__hr``, ``Maltese``, …
    known
        Refuse well-formed codes that are not in the table, too: right for what a person typed.

    Raises
    ------
    UnknownLanguageError
        If the text cannot be a language code.

    Examples
    --------
    >>> canonical("__label__et"), canonical("lav"), canonical("sr-Latn-RS"), canonical("maltese")
    ('ekk_Latn', 'lvs_Latn', 'srp_Latn', 'mlt_Latn')
    """
    code = lookup(text, known=known)
    if code is None:
        raise UnknownLanguageError(explain(text))
    return code


def lookup(text: str, *, known: bool = False) -> str | None:
    """As `canonical`, but None where that raises: explaining takes a thousand times as long.

    Examples
    --------
    >>> lookup("en-GB"), lookup("<?=lang?>")
    ('eng_Latn', None)
    """
    plain = _plain(text)
    if plain in _NAMES:
        return _NAMES[plain]
    match = _TAG.fullmatch(plain)
    if match is None:
        return None
    language, script = match[1], match[2]
    found = _CODES.get(language)
    if found is None and len(language) == 2:
        return None
    code = found or f"{language}_{UNCODED}"
    if script is not None and len(code) > 3 and script.title() not in _ALIKE.get(code[4:], ()):
        code = f"{code[:3]}_{script.title()}"
    return None if known and code not in LANGUAGES else code


def _plain(text: str) -> str:
    return text.strip().removeprefix(_FASTTEXT).casefold()


_ALIKE = {
    "Hani": ("Hani", "Hans", "Hant"),
    "Jpan": ("Jpan", "Hira", "Kana", "Hrkt"),
    "Hang": ("Hang", "Kore"),
}
"""Scripts of tags that say no more than the table's: ``zh-Hant`` is ``cmn_Hani``."""


def pattern(codes: Iterable[str]) -> str:
    """Regular expression for every text that `canonical` understands as one of these languages.

    It is in the dialect that Python and JSON Schema share, which cannot ignore case: each letter
    stands in both.

    Parameters
    ----------
    codes
        Canonical codes of the table.
    """
    tags, words = [], []
    for code in codes:
        row = LANGUAGES[code]
        short = "|".join(sorted(c for c, full in _CODES.items() if full == code))
        tags.append(f"(?:{short})(?:[-_](?:{row.script}))?".lower())
        words += [word for word, full in _NAMES.items() if full == code]
    region, variants = "(?:[-_](?:[a-z]{2}|[0-9]{3}))?", "(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    anyhow = f"(?:{'|'.join(tags)}){region}{variants}|{'|'.join(words)}"
    # Ranges first: a letter of a range must not be doubled once more.
    doubled = re.sub(
        r"a-z|[a-z]", lambda m: "a-zA-Z" if len(m[0]) > 1 else f"[{m[0]}{m[0].upper()}]", anyhow
    )
    return rf"^\s*(?:{_FASTTEXT})?(?:{doubled})\s*$"


def name(code: str) -> str:
    """English name of a language; the code itself where the table has none.

    Raises
    ------
    UnknownLanguageError
        If the text cannot be a language code.

    Examples
    --------
    >>> name("ekk_Latn"), name("hr"), name("xyz_Latn")
    ('Estonian', 'Croatian', 'xyz_Latn')
    """
    full = canonical(code)
    row = LANGUAGES.get(full)
    return row.name if row else full


def explain(text: str) -> str:
    """Message for a text that names no language, with the nearest thing that does.

    Examples
    --------
    >>> explain("cz")
    "'cz' is no language code; did you mean 'cs'?"
    """
    plain = _plain(text)
    hint = _MISTAKEN.get(plain)
    if hint is None and len(text) <= LONGEST:
        # Codes are too short for similarity to mean much, so those of the 24 are asked first.
        for pool in (
            [*EU24, *(row.name.casefold() for row in _EU_ROWS)],
            [*(code for code in LANGUAGES if len(code) > 3), *_NAMES],
            [row.iso639_3 for row in _EU_ROWS] + [row.iso639_1 for row in _EU_ROWS],
        ):
            near = get_close_matches(plain, pool, n=1, cutoff=0.6)
            if near:
                hint = near[0]
                break
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    problem = f"{shown!r} is no language code"
    if hint is None:
        return f"{problem}; give one like 'mlt_Latn', 'mlt' or 'mt'"
    return f"{problem}; did you mean {hint!r}?"
