"""What pages say of licences and reservations of rights, in a few words from a closed list.

The documents layer keeps the evidence as it stands on the page, where it may name people. A release
has of it what can be said in these words; of none of them is anything decided. Sources: TDM
Reservation Protocol of the W3C community group, Content-Usage (IETF AIPREF drafts), Content-Signal
(contentsignals.org), X-Robots-Tag and robots (Google; `noai`: DeviantArt), schema.org, Creative
Commons.
"""

from __future__ import annotations

import re
from types import MappingProxyType

import pyarrow as pa

from eurosift.stages.extract.rights import LICENCES

_ROBOTS = ("noai", "noimageai", "noindex")
_DIRECTIVE = re.compile(r"[^,;:\s]+")
_TRAIN_AI = re.compile(r"(?<![\w-])train-ai\s*=\s*n(?!\w)")
_AI_TRAIN = re.compile(r"(?<![\w-])ai-train\s*=\s*no(?!\w)")
_CREATIVE_COMMONS = re.compile(
    r"creativecommons\.org/(?:licenses/(by(?:-nc)?(?:-nd|-sa)?)(?![\w-])|publicdomain/(zero|mark))"
)
_OPEN = tuple(part for part in LICENCES if "creativecommons" not in part)
_WORDS = ("license", "licence")

MEANING = MappingProxyType(
    {
        "tdm-reservation": "TDM Reservation Protocol: rights are reserved",
        "train-ai=n": "Content-Usage: not for the training of AI",
        "ai-train=no": "Content-Signal: not for the training of AI",
        "noai": "robots directive `noai`",
        "noimageai": "robots directive `noimageai`",
        "noindex": "robots directive `noindex`",
        "not-free": "schema.org `isAccessibleForFree` is false",
        "cc-by": "link to Creative Commons BY",
        "cc-by-sa": "link to Creative Commons BY-SA",
        "cc-by-nd": "link to Creative Commons BY-ND",
        "cc-by-nc": "link to Creative Commons BY-NC",
        "cc-by-nc-sa": "link to Creative Commons BY-NC-SA",
        "cc-by-nc-nd": "link to Creative Commons BY-NC-ND",
        "cc0": "link to Creative Commons Zero",
        "public-domain-mark": "link to the Public Domain Mark",
        "open-licence": "link to another well-known open licence",
        "other-licence": "another statement of a licence",
    }
)
"""All signals, in the order in which they are listed."""
RESERVATIONS = ("tdm-reservation", "train-ai=n", "ai-train=no", "noai")
"""Those that reserve text from being used for training."""


def signals(rights: pa.Array) -> pa.ListArray:
    """Signals of each document.

    Parameters
    ----------
    rights
        Evidence: list<struct<source, name, value>>, as the stage `extract` gives it.

    Returns
    -------
    list<string>, shape (n_rows,): each signal once, in the order of `MEANING`; null where there was
    nothing to look at.
    """
    if not pa.types.is_list(rights.type):
        return pa.nulls(len(rights), pa.list_(pa.string()))
    known: dict[tuple[str, str, str], str | None] = {}
    order = {name: number for number, name in enumerate(MEANING)}
    found: list[list[str] | None] = []
    for entries in rights.to_pylist():
        if entries is None:
            found.append(None)
            continue
        said = set()
        for entry in entries:
            key = (entry["source"] or "", entry["name"] or "", entry["value"] or "")
            if key not in known:
                known[key] = signal(*key)
            said.add(known[key])
        found.append(sorted((name for name in said if name), key=order.__getitem__))
    return pa.array(found, pa.list_(pa.string()))


def signal(source: str, name: str, value: str) -> str | None:
    """What one piece of evidence says; None if nothing that is listed.

    Examples
    --------
    >>> signal("http", "x-robots-tag", "gptbot: noai, noindex")
    'noai'
    >>> signal("footer a", "license", "https://creativecommons.org/licenses/by-sa/4.0/")
    'cc-by-sa'
    >>> signal("json-ld", "ImageObject.license", "https://example.org/terms") is None
    True
    """
    name, value = name.lower(), value.lower()
    if source == "json-ld":
        kind, _, name = name.rpartition(".")
        if name == "isaccessibleforfree":
            return "not-free" if value == "false" else None
        if kind.startswith(("image", "video", "audio", "media")):
            return None
    elif source in ("http", "meta"):
        if name == "tdm-reservation":
            return "tdm-reservation" if value.strip() == "1" else None
        if _TRAIN_AI.search(value):
            return "train-ai=n"
        if _AI_TRAIN.search(value):
            return "ai-train=no"
        directives = _DIRECTIVE.findall(value)
        for word in _ROBOTS:
            if word in directives:
                return word
    return _licence(name, value)


def _licence(name: str, value: str) -> str | None:
    match = _CREATIVE_COMMONS.search(value)
    if match is not None:
        public = {"zero": "cc0", "mark": "public-domain-mark"}
        return public[match[2]] if match[2] else f"cc-{match[1]}"
    if any(part in value for part in _OPEN):
        return "open-licence"
    return "other-licence" if any(word in name for word in _WORDS) else None
