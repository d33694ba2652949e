"""URLs: addresses that lead to the same page, as far as their text tells."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

_PARTS = r"^\s*(?i:https?://)?(?i:www\.)?(?P<host>[^/?#:\s]+)(?P<port>:\d+)?(?P<rest>[^#\s]*)(?:#.*)?\s*$"


def normalise_urls(urls: pa.Array) -> pa.Array:
    """What identifies each page: null where there is no URL.

    Scheme, ``www.``, standard port, fragment, case of the host, and a slash at the end are left
    out.

    Examples
    --------
    >>> normalise_urls(pa.array(["https://www.Example.eu:443/a/#top", ""])).to_pylist()
    ['example.eu/a', None]
    """
    parts = pc.extract_regex(urls, _PARTS)
    host, port, rest = (pc.struct_field(parts, name) for name in ("host", "port", "rest"))
    standard = pc.is_in(port, pa.array([":80", ":443"]))
    return pc.binary_join_element_wise(
        pc.utf8_lower(host), pc.if_else(standard, "", port), pc.utf8_rtrim(rest, "/"), ""
    )
