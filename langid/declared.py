"""The language that a page declares for itself, as far as it can be understood.

It is evidence, and weak: templates are copied with their ``<html lang>``, and what stands there is
often no language at all. So it is counted beside the label and decides nothing.
"""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa

from eurosift.langid.languages import lookup

UNKNOWN = "unknown"
"""Declared is something that names no language of the table; crawls hold millions of such."""
LONGEST = 64
"""Characters of a declaration that is looked up at all; tags of languages are far shorter."""


def declared_languages(html_lang: pa.Array) -> pa.StringArray:
    """Canonical codes of declared languages.

    Parameters
    ----------
    html_lang
        Values of ``<html lang>``, string or null; bytes that are no UTF-8 do no harm.

    Returns
    -------
    pa.StringArray
        A code of `eurosift.langid.languages.LANGUAGES`, `UNKNOWN`, or null where nothing is
        declared.

    Examples
    --------
    >>> declared_languages(pa.array(["et-EE", "xx", " ", None])).to_pylist()
    ['ekk_Latn', 'unknown', None, None]
    """
    values = html_lang.cast(pa.string()).dictionary_encode()
    written = values.dictionary.cast(pa.large_binary()).to_pylist()
    codes = [_code(value.decode("utf-8", "replace")) for value in written]
    return pa.array(codes, pa.string()).take(values.indices)


@lru_cache(maxsize=4096)
def _code(value: str) -> str | None:
    if not value.strip():
        return None
    found = lookup(value, known=True) if len(value) <= LONGEST else None
    # ``und`` and ``zxx`` have no script, and name no language.
    return found if found is not None and "_" in found else UNKNOWN
