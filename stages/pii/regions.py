"""The states whose numbers a text may speak of, by its language and by its address."""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

LANGUAGES = MappingProxyType(
    {
        "bul_Cyrl": ("BG",),
        "ces_Latn": ("CZ",),
        "dan_Latn": ("DK",),
        "deu_Latn": ("DE", "AT", "LU", "BE"),
        "ekk_Latn": ("EE",),
        "ell_Grek": ("GR", "CY"),
        "eng_Latn": ("IE", "MT"),
        "fin_Latn": ("FI",),
        "fra_Latn": ("FR", "BE", "LU"),
        "gle_Latn": ("IE",),
        "hrv_Latn": ("HR",),
        "hun_Latn": ("HU",),
        "ita_Latn": ("IT",),
        "lit_Latn": ("LT",),
        "lvs_Latn": ("LV",),
        "mlt_Latn": ("MT",),
        "nld_Latn": ("NL", "BE"),
        "pol_Latn": ("PL",),
        "por_Latn": ("PT",),
        "ron_Latn": ("RO",),
        "slk_Latn": ("SK",),
        "slv_Latn": ("SI",),
        "spa_Latn": ("ES",),
        "swe_Latn": ("SE", "FI"),
        "cat_Latn": ("ES",),
        "eus_Latn": ("ES",),
        "glg_Latn": ("ES",),
        "ltz_Latn": ("LU",),
    }
)
"""States of the Union in which a language is official in the whole state, the largest first."""

STATES: tuple[str, ...] = tuple(sorted({state for s in LANGUAGES.values() for state in s}))
"""ISO 3166 codes of the 27 states."""


@lru_cache(maxsize=4096)
def regions(language: str | None, tld: str | None) -> tuple[str, ...]:
    """States of a text: that of its top-level domain first, then those of its language.

    Parameters
    ----------
    language
        Canonical code, or None.
    tld
        As `eurosift.langid.tlds.tlds` gives it, or None.

    Returns
    -------
    tuple of str
        ISO 3166 codes; empty if nothing is known.
    """
    found: list[str] = []
    if tld is not None and tld.upper() in STATES:
        found.append(tld.upper())
    found += LANGUAGES.get(language or "", ())
    return tuple(dict.fromkeys(found))
