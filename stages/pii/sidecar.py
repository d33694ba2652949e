"""Side-car records of what was found, in the shape that OpenEuroLLM keeps beside its data.

Source of the shape: OpenEuroLLM's pii-masking (one JSON object per find: ``id``, ``name``,
``value``, ``start_pos``, ``end_pos``). There, ``value`` is the identifier in clear; here it is a
keyed hash, which tells equal ones from others and gives nothing away without the key.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from typing import TypedDict

import pyarrow as pa

from eurosift.stages.pii.candidates import find
from eurosift.stages.pii.detector import Match
from eurosift.stages.pii.stage import Pii

_PURPOSE = "eurosift side-car 1"
"""Keeps these hashes apart from those that surrogates are drawn from."""


class Record(TypedDict):
    """One find: places are code points of the text before it was scrubbed, end exclusive."""

    id: str
    name: str
    value: str
    start_pos: int
    end_pos: int


def hashed(match: Match, key: bytes) -> str:
    """HMAC-SHA256 of an identifier's type and canonical value, 64 hexadecimal digits."""
    message = f"{_PURPOSE}\0{match.type}\0{match.value}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, message, "sha256").hex()


def records(stage: Pii, batch: pa.RecordBatch, key: bytes) -> Iterator[Record]:
    """Yield what a stage finds and masks in a batch, in order.

    Parameters
    ----------
    stage
        Opened; its policy decides what is found.
    batch
        ``id``, ``text``, and ``language`` and ``url`` if there are such.
    key
        The secret key.
    """
    ids = batch.column("id")
    for candidate in stage.candidates(batch):
        for match in find(candidate.text, candidate.hits, candidate.scope).masked:
            yield Record(
                id=ids[candidate.row].as_py(),
                name=match.detector,
                value=hashed(match, key),
                start_pos=match.start,
                end_pos=match.end,
            )
