"""Files of JSON lines, compressed, whose bytes follow from the records alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self, cast

import orjson
import zstandard

from eurosift.pipeline.counts.figures import Sizes
from eurosift.pipeline.export.records import segments

LEVEL = 3
"""Of compression; with one thread and fixed settings the bytes are the same everywhere."""


WORDS = "n_words"
"""Column of the words."""


@dataclass
class Written:
    """What is in a file, or in several.

    Attributes
    ----------
    sizes
        Of the texts; words are 0 where they were not counted.
    keys
        In how many records each key is.
    counts
        Sums of what was counted of the texts before, by the name of its column: those of words and
        tokens.
    md5
        MD5 hex of each file, by its path.
    file_bytes
        Size of the files.
    """

    sizes: Sizes = field(default_factory=Sizes)
    keys: Counter[str] = field(default_factory=Counter)
    counts: dict[str, int] = field(default_factory=dict)
    md5: dict[str, str] = field(default_factory=dict)
    file_bytes: int = 0

    def add(self, other: Written) -> None:
        """Add what is in other files."""
        self.sizes.add(other.sizes)
        self.keys.update(other.keys)
        self._count(other.counts)
        self.md5 |= other.md5
        self.file_bytes += other.file_bytes

    def add_record(self, record: Mapping[str, Any], counts: Mapping[str, int | None]) -> None:
        """Add a record, of whose text so much was counted."""
        text = record["text"]
        self.sizes.add(
            Sizes(
                documents=1,
                bytes=len(text.encode()),
                characters=len(text),
                words=counts.get(WORDS) or 0,
                segments=segments(text),
            )
        )
        self.keys.update(record.keys())
        self._count(counts)

    def _count(self, counts: Mapping[str, int | None]) -> None:
        for name, number in counts.items():
            if number is not None:
                self.counts[name] = self.counts.get(name, 0) + number


class JsonlWriter:
    """Writes one file.

    Parameters
    ----------
    root, name
        Folder of the collection, and path of the file in it.
    """

    def __init__(self, root: Path, name: str) -> None:
        self.written = Written()
        self._name = name
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("wb")
        self._hashed = _Hashed(self._file)
        compressor = zstandard.ZstdCompressor(level=LEVEL, threads=0, write_checksum=True)
        self._stream: Any = compressor.stream_writer(cast("IO[bytes]", self._hashed), closefd=False)

    def write(
        self, record: Mapping[str, Any], counts: Mapping[str, int | None] | None = None
    ) -> None:
        """Append a record; `counts` is what was counted of its text, see `Written.counts`."""
        self._stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        self.written.add_record(record, counts or {})

    def close(self) -> None:
        """Finish the file; nothing if that was done already."""
        if self._file.closed:
            return
        self._stream.close()
        self._file.close()
        self.written.md5[self._name] = self._hashed.md5.hexdigest()
        self.written.file_bytes = self._hashed.size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Hashed:
    """Passes bytes on to a file, with their number and MD5."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.md5 = hashlib.md5(usedforsecurity=False)
        self.size = 0

    def write(self, data: bytes) -> int:
        self.md5.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()
