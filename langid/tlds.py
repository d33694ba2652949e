"""Top-level domains of addresses, and the languages that one expects there.

Of countries, those of the European Union and around it are told apart, and so are the domains of
language communities; all others are folded, so that there are few different values. Whoever writes
in whatever language may register a name nearly everywhere: it is evidence, and decides nothing.
"""

from __future__ import annotations

from functools import lru_cache
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

GENERIC = "generic"
"""Any domain that stands for no country and no language: ``com``, ``org``, ``info``, …"""
OTHER = "other"
"""Domains of countries that are not in the table."""

EXPECTED_LANGUAGES = """\
at deu_Latn hrv_Latn hun_Latn slv_Latn
be nld_Latn fra_Latn deu_Latn
bg bul_Cyrl
cy ell_Grek tur_Latn
cz ces_Latn
de deu_Latn frr_Latn
dk dan_Latn deu_Latn fao_Latn kal_Latn
ee ekk_Latn
es spa_Latn ast_Latn cat_Latn eus_Latn glg_Latn oci_Latn
eu
fi fin_Latn swe_Latn
fr fra_Latn
gr ell_Grek
hr hrv_Latn ita_Latn
hu hun_Latn
ie gle_Latn eng_Latn
it ita_Latn deu_Latn fra_Latn slv_Latn
lt lit_Latn
lu ltz_Latn fra_Latn deu_Latn
lv lvs_Latn
mt mlt_Latn eng_Latn
nl nld_Latn fry_Latn
pl pol_Latn csb_Latn deu_Latn lit_Latn
pt por_Latn mwl_Latn
ro ron_Latn
se swe_Latn fin_Latn sme_Latn
si slv_Latn hun_Latn ita_Latn
sk slk_Latn
ad cat_Latn
al als_Latn
ax swe_Latn
ba bos_Latn bos_Cyrl hrv_Latn srp_Cyrl srp_Latn
by bel_Cyrl rus_Cyrl
ch deu_Latn gsw_Latn fra_Latn ita_Latn roh_Latn
fo fao_Latn dan_Latn
gg eng_Latn
gi eng_Latn
gl kal_Latn dan_Latn
im eng_Latn glv_Latn
is isl_Latn
je eng_Latn
li deu_Latn gsw_Latn
mc fra_Latn
md ron_Latn
me cnr_Latn cnr_Cyrl srp_Cyrl srp_Latn bos_Latn hrv_Latn als_Latn
mk mkd_Cyrl als_Latn
no nob_Latn nno_Latn sme_Latn
rs srp_Cyrl srp_Latn hun_Latn hrv_Latn ron_Latn slk_Latn
ru rus_Cyrl
sm ita_Latn
tr tur_Latn
ua ukr_Cyrl
uk eng_Latn cym_Latn gla_Latn gle_Latn
va ita_Latn lat_Latn
bzh bre_Latn
cat cat_Latn
cymru cym_Latn
eus eus_Latn
gal glg_Latn
"""
"""Domains of the 27 states and of the Union, of countries around them, and of communities, each
with the languages that are official in the state or in a part of it.

Official status is that of the Unicode CLDR (``territoryInfo``, as Babel 2.19 has it), and where
that is silent, of law: Article 13 of the constitution of Montenegro, and what protects minorities
in Italy (German, Slovenian), Portugal (Mirandese), Slovenia (Hungarian, Italian) and Sweden
(Sami). Communities are named in their agreements with ICANN.
"""

EXPECTED = MappingProxyType(
    {tld: tuple(codes) for tld, *codes in map(str.split, EXPECTED_LANGUAGES.splitlines())}
)
"""Canonical codes of the languages that are expected, by top-level domain; none of ``eu``."""

_SAME = {
    "gb": "uk", "wales": "cymru",
    "ελ": "gr", "xn--qxam": "gr", "бг": "bg", "xn--90ae": "bg",
    "ευ": "eu", "xn--qxa6a": "eu", "ею": "eu", "xn--e1a4c": "eu",
    "бел": "by", "xn--90ais": "by", "мкд": "mk", "xn--d1alf": "mk", "рф": "ru", "xn--p1ai": "ru",
    "срб": "rs", "xn--90a3ac": "rs", "укр": "ua", "xn--j1amh": "ua",
}  # fmt: skip
"""Other names of domains of the table (root zone database of IANA)."""

# RFC 3986: scheme, "//", user, host, port. Of the host the last label, before a dot of the root.
_AUTHORITY = (
    r"^(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//(?:[^/?#@]*@)?"
    r"[^/?#\[\]@:]*\.(?P<tld>[^/?#\[\]@:.]+)\.?(?::[0-9]*)?(?:[/?#]|$)"
)


def tlds(urls: pa.Array) -> pa.StringArray:
    """Top-level domains of addresses.

    Parameters
    ----------
    urls
        Absolute URLs, string or null.

    Returns
    -------
    pa.StringArray
        A domain of `EXPECTED`, `OTHER`, `GENERIC`, or null where there is no domain: a host that
        is a number, a name without a dot, no URL.

    Examples
    --------
    >>> tlds(pa.array(["https://www.example.mt/a.html", "//example.co.uk:80", None])).to_pylist()
    ['mt', 'uk', None]
    >>> tlds(pa.array(["http://example.jp", "http://example.com", "http://127.0.0.1/"])).to_pylist()
    ['other', 'generic', None]
    """
    found = pc.extract_regex(urls.cast(pa.string()), pattern=_AUTHORITY)
    labels = pc.utf8_lower(pc.struct_field(found, "tld")).dictionary_encode()
    folded = [_fold(label) for label in labels.dictionary.to_pylist()]
    return pa.array(folded, pa.string()).take(labels.indices)


@lru_cache(maxsize=4096)
def _fold(label: str) -> str | None:
    label = _SAME.get(label, label)
    if label in EXPECTED:
        return label
    if label.isascii() and label.isalpha():
        return OTHER if len(label) == 2 else GENERIC
    return OTHER if label.startswith("xn--") or label.isalpha() else None
