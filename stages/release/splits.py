"""Which split a document belongs to: a keyed hash of its id decides, and nothing else.

So a document is in the same split whatever else is in the corpus, in every later release with the
same key, and in releases of other corpora that have the document, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from eurosift.stages.release.columns import TRAIN

_RANGE = 1 << 64


def splits_of(ids: Sequence[str], shares: Mapping[str, float], key: str) -> list[str]:
    """Split of each document.

    Parameters
    ----------
    ids
        The documents.
    shares
        Share of the documents that each split gets; the rest is ``train``.
    key
        At most 64 bytes of UTF-8; another key gives other splits.

    Examples
    --------
    >>> splits_of(["a", "b", "c"], {"test": 0.5}, "eurosift")
    ['test', 'test', 'train']
    """
    if not shares:
        return [TRAIN] * len(ids)
    limits, total = [], 0.0
    for name, share in shares.items():
        total += share
        limits.append((int(total * _RANGE), name))
    return [_split(name, limits, key.encode()) for name in ids]


def _split(name: str, limits: Sequence[tuple[int, str]], key: bytes) -> str:
    data = name.encode("utf-8", "surrogatepass")
    place = int.from_bytes(blake2b(data, digest_size=8, key=key).digest(), "big")
    return next((split for limit, split in limits if place < limit), TRAIN)
