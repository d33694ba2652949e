"""Gzip members, Zstandard frames and plain files as streams of bytes that never overrun memory.

A segment is the smallest part of a file that can be read without what stands before it: one gzip
member, one Zstandard frame, or the rest of a plain file. After damage, reading goes on with the
next segment that begins with a record.
"""

from __future__ import annotations

import re
import zlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import BinaryIO, Literal

import zstandard

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
"""Skippable frame that holds the dictionary of all frames after it (IIPC, WARC with Zstandard)."""

MAX_WINDOW = 1 << 27
"""Largest window of a Zstandard frame that is read, in bytes."""

_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
_READ = 32_768
_BITE = 128
ZSTD_READ = 1_024
"""What the Zstandard decoder is fed at once: a block of 4 bytes can stand for 128 kB, and it has no
limit of output."""
_OUTPUT = 1_048_576
_MAX_DICTIONARY = 1 << 24

Damage = Literal["corrupt", "truncated"]


class Segment(ABC):
    """Bytes of one segment, read forwards.

    Attributes
    ----------
    offset
        Where the segment begins in the file.
    end
        Where it ends in the file; None until the end was reached undamaged.
    damage
        Why it ended early, if it did.
    position
        Number of bytes of the content before `buffer`.
    """

    def __init__(self, file: BinaryIO, offset: int) -> None:
        self.file = file
        self.offset = offset
        self.end: int | None = None
        self.damage: Damage | None = None
        self.ended = False
        self.buffer = bytearray()
        self.position = 0

    @abstractmethod
    def _more(self) -> bytes:
        """Return further content (may be empty), setting `ended` at the end."""

    def fill(self, n: int) -> int:
        """Read until the buffer has `n` bytes or the segment ends; return the buffer's length."""
        while len(self.buffer) < n and not self.ended:
            self.buffer += self._more()
        return len(self.buffer)

    def drop(self, n: int) -> int:
        """Skip `n` bytes, buffered or not; return how many there were."""
        skipped = 0
        while True:
            take = min(n - skipped, len(self.buffer))
            del self.buffer[:take]
            self.position += take
            skipped += take
            if skipped >= n or (self.ended and not self.buffer):
                return skipped
            self.fill(1)


class PlainSegment(Segment):
    """The rest of an uncompressed file."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        super().__init__(file, offset)
        file.seek(offset)

    def _more(self) -> bytes:
        data = self.file.read(_READ)
        if not data:
            self.ended = True
            self.end = self.file.tell()
        return data


class GzipSegment(Segment):
    """One gzip member, checksum verified (RFC 1952)."""

    def __init__(self, file: BinaryIO, offset: int) -> None:
        super().__init__(file, offset)
        file.seek(offset)
        self._decoder = zlib.decompressobj(31)
        self._at = offset

    def _more(self) -> bytes:
        pending = self._decoder.unconsumed_tail
        if not pending:
            self.file.seek(self._at)
            pending = self.file.read(_READ)
            self._at += len(pending)
        if not pending:
            self.ended, self.damage = True, "truncated"
            return self._decoder.flush()
        before = self._decoder.copy()
        try:
            data = self._decoder.decompress(pending, _OUTPUT)
        except zlib.error:
            self.ended, self.damage = True, "corrupt"
            return _decode_in_bites(before, pending)
        if self._decoder.eof:
            self.ended = True
            self.end = self._at - len(self._decoder.unused_data)
        return data


def _decode_in_bites(decoder: zlib._Decompress, data: bytes) -> bytes:
    """Decode what comes before an error; a failing call would give nothing of its input."""
    output = b""
    for start in range(0, len(data), _BITE):
        try:
            output += decoder.decompress(data[start : start + _BITE])
        except zlib.error:
            break
    return output


class ZstdSegment(Segment):
    """One Zstandard frame (RFC 8878); skippable frames are empty."""

    def __init__(
        self, file: BinaryIO, offset: int, dictionary: zstandard.ZstdCompressionDict | None
    ) -> None:
        super().__init__(file, offset)
        file.seek(offset)
        head = file.read(8)
        self._at = offset
        if _SKIPPABLE.match(head):
            self.ended = True
            self.end = offset + 8 + int.from_bytes(head[4:8], "little")
            return
        self._decoder = zstandard.ZstdDecompressor(
            dict_data=dictionary, max_window_size=MAX_WINDOW
        ).decompressobj()

    def _more(self) -> bytes:
        self.file.seek(self._at)
        pending = self.file.read(ZSTD_READ)
        self._at += len(pending)
        if not pending:
            self.ended, self.damage = True, "truncated"
            return b""
        try:
            data = self._decoder.decompress(pending)
        except zstandard.ZstdError:
            self.ended, self.damage = True, "corrupt"
            return b""
        if self._decoder.eof:
            self.ended = True
            self.end = self._at - len(self._decoder.unused_data)
        return data


class Container:
    """A file as a sequence of segments.

    Parameters
    ----------
    file
        Seekable, opened for reading bytes.
    name
        File name; its suffix decides where the first bytes are damaged.
    size
        Size of the file in bytes.
    """

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        self.file = file
        self.size = size
        self._dictionary: zstandard.ZstdCompressionDict | None = None
        head = self._peek(0, 4)
        zstd = head == ZSTD_MAGIC or _SKIPPABLE.match(head) is not None
        named = not zstd and head != b"WARC"
        if head.startswith(GZIP_MAGIC) or (named and name.endswith(".gz")):
            self.kind, self._magic = "gzip", re.compile(rb"\x1f\x8b\x08")
        elif zstd or (named and name.endswith(".zst")):
            self.kind, self._magic = "zstd", re.compile(rb"\x28\xb5\x2f\xfd")
            self._dictionary = self._read_dictionary()
        else:
            self.kind, self._magic = "plain", re.compile(rb"(?!)")

    def segment(self, offset: int) -> Segment | None:
        """Open the segment at `offset`; None if none begins there."""
        if self.kind == "plain":
            return PlainSegment(self.file, offset)
        head = self._peek(offset, 4)
        if self.kind == "gzip" and head.startswith(GZIP_MAGIC):
            return GzipSegment(self.file, offset)
        if self.kind == "zstd" and (head == ZSTD_MAGIC or _SKIPPABLE.match(head)):
            return ZstdSegment(self.file, offset, self._dictionary)
        return None

    def next_segment(self, start: int, accept: Callable[[Segment], bool]) -> int:
        """Find the first segment from `start` that is accepted; the file's size if there is none.

        Magic numbers also occur by chance, so each candidate is tried.
        """
        at = start
        while at < self.size:
            data = self._peek(at, 1 << 20)
            for match in self._magic.finditer(data):
                candidate = self.segment(at + match.start())
                if candidate is not None and accept(candidate):
                    return at + match.start()
            if at + len(data) >= self.size or len(data) <= 3:  # the latter: it has become shorter
                break
            at += len(data) - 3  # a magic number may lie across the border
        return self.size

    def _peek(self, offset: int, n: int) -> bytes:
        self.file.seek(offset)
        return self.file.read(n)

    def _read_dictionary(self) -> zstandard.ZstdCompressionDict | None:
        head = self._peek(0, 8)
        if not head.startswith(DICTIONARY_MAGIC):
            return None
        data = self._peek(8, min(int.from_bytes(head[4:8], "little"), _MAX_DICTIONARY))
        try:
            if data.startswith(ZSTD_MAGIC):
                data = zstandard.ZstdDecompressor().decompress(
                    data, max_output_size=_MAX_DICTIONARY
                )
            dictionary = zstandard.ZstdCompressionDict(data)
            zstandard.ZstdDecompressor(dict_data=dictionary).decompressobj()  # reads its tables
        except (zstandard.ZstdError, MemoryError):
            return None
        return dictionary
