"""Lines of a JSONL file, plain or compressed, with what cannot be read accounted for."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

import orjson
import zstandard

from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.segments import MAX_WINDOW, ZSTD_READ
from eurosift.stages.source import Account

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PIECE = 1 << 20
"""How much is read at once of what is not kept."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table; `offset` and `length` in the uncompressed file, None for Parquet.

    Of a row that is too large there is no text, and of a line that is too long nothing else.
    """

    values: Mapping[str, Any]
    offset: int | None
    length: int | None
    too_large: bool = False


def read_lines(path: Source, account: Account, max_line: int) -> Iterator[Line]:
    """Yield the objects of a ``.jsonl``, ``.jsonl.gz`` or ``.jsonl.zst`` file.

    Lines of `max_line` bytes and more are too large: they are not kept in memory. Losses, with
    offsets in the uncompressed file: ``bad_json`` (no JSON object), ``damaged_stream`` (the
    compressed rest of the file).

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    at = 0  # in the uncompressed file
    with path.open("rb") as raw, _decompressed(raw, path.name.lower()) as file:
        while True:
            try:
                data = file.readline(max_line)
                size = len(data)
                too_long = size == max_line and not data.endswith(b"\n")
                if too_long:
                    data = b"too long"  # let go of it before the rest is read
                    size += _skip_line(file)
            except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError):
                account.lose("damaged_stream", at)
                return
            if not data:
                return
            if at == 0:
                data = data.removeprefix(codecs.BOM_UTF8)
            if too_long:
                yield Line({}, at, size, too_large=True)
            elif data.strip():
                try:
                    values = orjson.loads(data)
                except orjson.JSONDecodeError:
                    values = None
                if isinstance(values, dict):
                    yield Line(values, at, size)
                else:
                    account.lose("bad_json", at, size)
            at += size


def _skip_line(file: IO[bytes]) -> int:
    """Read to the end of the line; return the number of bytes."""
    size = 0
    while part := file.readline(_PIECE):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size


def _decompressed(raw: BinaryIO, name: str) -> IO[bytes]:
    if name.endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if name.endswith(".zst"):
        return io.BufferedReader(_ZstdFrames(raw))
    return raw


class _ZstdFrames(io.RawIOBase):
    """Content of all frames of a Zstandard file.

    The library's own stream takes a file that is cut off for one that ends there.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        self._frame: zstandard.ZstdDecompressionObj | None = None
        self._compressed = b""
        self._content = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer, as far as one piece of the file goes; 0 at the end.

        Raises
        ------
        EOFError
            If the file ends within a frame.
        """
        while not self._content:
            piece = self._compressed or self._raw.read(ZSTD_READ)
            if not piece:
                if self._frame is not None:
                    raise EOFError("the last frame is cut off")
                return 0
            frame = self._frame or self._decompressor.decompressobj()
            self._content = memoryview(frame.decompress(piece))
            self._frame, self._compressed = frame, b""
            if frame.eof:
                self._frame, self._compressed = None, frame.unused_data
        room = memoryview(buffer)
        n = min(len(room), len(self._content))
        room[:n] = self._content[:n]
        self._content = self._content[n:]
        return n
