"""The seal of a shard: no byte of it changes unnoticed.

Checksums of Parquet cover its pages, not what surrounds them: headers of pages, statistics, index
and footer. So every shard carries two digests between its last page and its Parquet footer, where
readers pass over them: one of the footer, checked whenever that is read, and one of the whole file
but these 40 bytes, for `verify`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Protocol

import xxhash

from eurosift.pipeline.errors import InvariantError

MAGIC = b"eurosift"
PARQUET = b"PAR1"
SIZE = len(MAGIC) + 2 * 16
TAIL = 1 << 16
"""Bytes that are read first, in the hope that the footer is in them."""
_CHUNK = 1 << 20


class SealingFile:
    """File for a Parquet writer that is sealed when it is closed.

    Parameters
    ----------
    file
        Where it goes; written from start to end, and left open.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = xxhash.xxh3_128()
        self._held: bytearray | None = None
        self._written = 0

    closed = False

    def write(self, data: bytes) -> int:
        """Append bytes."""
        view = memoryview(data)
        self._written += view.nbytes
        if self._held is None:
            self._digest.update(view)
            self._file.write(view)
        else:
            self._held += view
        return view.nbytes

    def tell(self) -> int:
        """How many bytes were written."""
        return self._written

    def flush(self) -> None:
        """Hand what is written to the operating system."""
        self._file.flush()

    def close(self) -> None:
        """Nothing: whoever opened the file closes it."""

    def hold(self) -> None:
        """Keep what is written from here on, to be called before the end of the file is."""
        self._held = bytearray()

    def seal(self) -> None:
        """Write what was held, with the seal before the footer."""
        held = bytes(self._held or b"")
        cut = len(held) - 8 - int.from_bytes(held[-8:-4], "little")
        index, footer = held[:cut], held[cut:]
        self._digest.update(index)
        self._digest.update(footer)
        self._file.write(index + MAGIC + _of(footer) + self._digest.digest() + footer)


def read_tail(path: Path) -> bytes | None:
    """Read the Parquet footer of a sealed file; None if the file has no seal.

    Raises
    ------
    InvariantError
        If the footer is not what was sealed.
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        found = _tail(file)
    if found is None:
        return None
    seal, footer = found
    if seal[len(MAGIC) : -16] != _of(footer):
        raise InvariantError(f"{path}: is damaged: its footer is not what was written")
    return footer


class Hash(Protocol):
    """Anything that takes bytes, as those of `hashlib` do."""

    def update(self, data: bytes, /) -> None:
        """Append bytes."""


def check(path: Path, also: Hash | None = None) -> None:
    """Read a whole file and compare it with its seal.

    Parameters
    ----------
    path
        The file.
    also
        Gets all of its bytes, too, so that nobody has to read them again.

    Raises
    ------
    InvariantError
        If it has none, or a byte is not what was written.
    """
    try:
        with path.open("rb") as file:
            found = _tail(file)
            if found is None:
                raise InvariantError(f"{path}: is damaged: it has no seal")
            seal, footer = found
            left = file.seek(0, os.SEEK_END) - len(footer) - SIZE
            file.seek(0)
            digest = xxhash.xxh3_128()
            while left and (chunk := file.read(min(_CHUNK, left))):
                digest.update(chunk)
                if also is not None:
                    also.update(chunk)
                left -= len(chunk)
            digest.update(footer)
            if also is not None:
                also.update(seal + footer)
    except OSError as error:
        raise InvariantError(f"{path}: is missing or damaged: {error.strerror}") from error
    if seal != MAGIC + _of(footer) + digest.digest():
        raise InvariantError(f"{path}: is damaged: a byte is not what was written")


def _of(data: bytes) -> bytes:
    return xxhash.xxh3_128_digest(data)


def _tail(file: BinaryIO) -> tuple[bytes, bytes] | None:
    """Seal and footer; None if the file ends in another way."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - TAIL))
    tail = file.read()
    length = int.from_bytes(tail[-8:-4], "little") + 8
    if tail[-4:] != PARQUET or length + SIZE > size:
        return None
    if length + SIZE > len(tail):
        file.seek(size - length - SIZE)
        tail = file.read()
    seal, footer = tail[-length - SIZE : -length], tail[-length:]
    return (seal, footer) if seal.startswith(MAGIC) else None
