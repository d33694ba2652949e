"""The footer of a file, which says what it was made from: how it is found and read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.errors import InvariantError, first_line
from eurosift.pipeline.seal import read_tail
from eurosift.stages.footer import FOOTER_KEY, Footer

_PAIR = b"\x18" + bytes([len(FOOTER_KEY)]) + FOOTER_KEY + b"\x18"
"""How our pair of the key-value metadata begins: field 1, its length, the key, field 2."""


def read_footer(path: Path) -> Footer | None:
    """Footer of a file; None if there is no such file.

    Raises
    ------
    InvariantError
        If the file is damaged or was not written by eurosift.
    """
    try:
        tail = read_tail(path)
        metadata = pq.read_metadata(path if tail is None else pa.BufferReader(tail)).metadata
    except FileNotFoundError:
        return None
    except (pa.ArrowException, OSError) as error:
        raise InvariantError(f"{path}: is damaged: {first_line(error)}") from error
    footer = parse_footer(path, metadata)
    if tail is None:
        raise InvariantError(f"{path}: is damaged: it has no seal")
    return footer


def parse_footer(path: Path, metadata: Mapping[bytes, bytes] | None) -> Footer:
    """Find our footer in the key-value metadata of a Parquet file.

    Raises
    ------
    InvariantError
        If it is not there, or none of ours.
    """
    if not metadata or FOOTER_KEY not in metadata:
        raise InvariantError(f"{path}: was not written by eurosift (no footer)")
    try:
        return Footer.model_validate_json(metadata[FOOTER_KEY])
    except ValueError as error:
        raise InvariantError(f"{path}: its footer cannot be read: {first_line(error)}") from error


def read_footer_json(path: Path) -> dict[str, Any] | None:
    """Footer of a file, as JSON has it; None if there is no such file.

    A run has many files, so this checks the seal, but neither decodes the rest of the Parquet
    footer nor validates again what was validated when it was written.

    Raises
    ------
    InvariantError
        If the file is damaged or was not written by eurosift.
    """
    try:
        tail = read_tail(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InvariantError(f"{path}: is damaged: {first_line(error)}") from error
    text = None if tail is None else _value(tail)
    try:
        found: dict[str, Any] = orjson.loads(text or b"{}")
    except orjson.JSONDecodeError:
        found = {}
    if found.keys() == Footer.model_fields.keys():
        return found
    footer = read_footer(path)  # which takes its time, and says what is wrong
    return None if footer is None else footer.model_dump(mode="json")


def _value(tail: bytes) -> bytes | None:
    """Value of our key in a Parquet footer; None if it is not where our writer puts it.

    In Thrift's compact protocol a string is its length as a varint and its bytes. Ours is the last
    pair of the metadata, and JSON has no control characters, so that only the pair itself can be
    what is found from the end.
    """
    start = tail.rfind(_PAIR)
    if start < 0:
        return None
    place, shift, length = start + len(_PAIR), 0, 0
    while place < len(tail):
        byte = tail[place]
        length |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            break
    return tail[place : place + length]
