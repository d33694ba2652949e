"""Lines of a JSONL file, plain or compressed, with what cannot be read accounted for."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import orjson
import zstandard

from eurosift.stages.base import Account
from eurosift.stages.extract.segments import MAX_WINDOW

_MAX_LINE = 64 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table; `offset` and `length` in the uncompressed file, None for Parquet."""

    values: Mapping[str, Any]
    offset: int | None
    length: int | None


def read_lines(path: Path, account: Account) -> Iterator[Line]:
    """Yield the objects of a ``.jsonl``, ``.jsonl.gz`` or ``.jsonl.zst`` file.

    Losses, with offsets in the uncompressed file: ``bad_json`` (no JSON object),
    ``line_too_long`` (more than 64 MiB), ``damaged_stream`` (the compressed rest of the file).

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    at = 0  # in the uncompressed file
    with path.open("rb") as raw, _decompressed(raw, path.name.lower()) as file:
        while True:
            try:
                data = part = file.readline(_MAX_LINE)
                size = len(data)
                while len(part) == _MAX_LINE and not part.endswith(b"\n"):
                    part = file.readline(_MAX_LINE)
                    size += len(part)
            except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError):
                account.lose("damaged_stream", at)
                return
            if not data:
                return
            if at == 0:
                data = data.removeprefix(codecs.BOM_UTF8)
            if size > _MAX_LINE:
                account.lose("line_too_long", at, size)
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


def _decompressed(raw: BinaryIO, name: str) -> IO[bytes]:
    if name.endswith(".gz"):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if name.endswith(".zst"):
        decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
        return io.BufferedReader(decoder.stream_reader(raw, read_across_frames=True))
    return raw
