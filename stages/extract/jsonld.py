"""JSON-LD of a page, read within bounds: what its objects say, in the order of the page.

schema.org, "Getting started with schema.org using Microdata, RDFa, JSON-LD"; W3C, JSON-LD 1.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import orjson

_MAX_CHARS = 500_000
"""Of one script; longer ones are left out."""
# Content systems wrap scripts into comments that once hid them from old browsers.
_OPENINGS = ("<!--", "/*<![CDATA[*/", "//<![CDATA[", "<![CDATA[")
_LAST_COMMA = re.compile(r",(?=\s{0,100}[}\]])")
_CLOSINGS = (";", "-->", "/*]]>*/", "//]]>", "]]>")

Node = Mapping[str, Any]


def nodes_of(script: str, most: int) -> list[Node]:
    """Return the objects in a script, outer ones before those in them.

    A script that is no JSON says nothing. Objects beyond `most` are left out.
    """
    found: list[Node] = []
    waiting: list[Any] = [_parsed(script)]
    while waiting and len(found) < most:
        value = waiting.pop()
        if isinstance(value, dict):
            found.append(value)
            value = list(value.values())
        if isinstance(value, list):
            waiting += [v for v in reversed(value) if isinstance(v, (dict, list))]
    return found


def types_of(node: Node) -> Iterator[str]:
    """Types of an object without the vocabulary's address, such as ``NewsArticle``."""
    types = node.get("@type")
    for type_ in types if isinstance(types, list) else [types]:
        if isinstance(type_, str):
            yield type_.rsplit("/", 1)[-1].removeprefix("schema:")


def strings_of(value: Any, key: str, by_id: Mapping[str, Node]) -> Iterator[str]:
    """Strings that a value stands for: itself, or property `key` of objects, or of those it names.

    Parameters
    ----------
    value
        A string, an object, or a list of these.
    key
        Property of objects, such as ``name``.
    by_id
        Objects of the page by their ``@id``.
    """
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            inner = item.get(key)
            if inner is None and isinstance(item.get("@id"), str):
                inner = by_id.get(item["@id"], {}).get(key)
            for name in inner if isinstance(inner, list) else [inner]:
                if isinstance(name, str):
                    yield name


def _parsed(script: str) -> Any:
    if len(script) > _MAX_CHARS:
        return None
    script = script.strip()
    for opening in _OPENINGS:
        script = script.removeprefix(opening)
    for closing in _CLOSINGS:
        script = script.removesuffix(closing).rstrip()
    try:
        return orjson.loads(script)
    except ValueError:
        # The usual mistakes are line feeds in strings, which this parser forgives, and a comma too
        # many.
        for text in (script, _LAST_COMMA.sub("", script)):
            with suppress(ValueError, RecursionError):
                return json.loads(text, strict=False)
        return None
