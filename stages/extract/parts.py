"""The archives in an input file: the file itself, or the members of a WACZ, read in place.

WACZ: Web Archive Collection Zipped 1.1.1 (Webrecorder, specs.webrecorder.net). It stores its WARC
files uncompressed in a zip file, so that each can be read where it lies.
"""

from __future__ import annotations

import contextlib
import errno
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, BinaryIO

from eurosift.stages.extract.formats import is_archive
from eurosift.stages.extract.remote import Source

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LOCAL_HEADER = 30
_BUFFER = 1 << 16
_KEPT = 2 << 20
"""Bytes before its place, at least, that a compressed member can go back to at once."""
# What a damaged, encrypted or oddly compressed zip file raises.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@contextlib.contextmanager
def _damage_is_bad_zip() -> Iterator[None]:
    """Turn whatever zip files raise because of their bytes into `BadZipFile`."""
    try:
        yield
    except _UNREADABLE as error:
        raise zipfile.BadZipFile(str(error)) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning of the file
            raise
        raise zipfile.BadZipFile(str(error)) from error


@dataclass(frozen=True, slots=True)
class Part:
    """A WARC or ARC file, by itself or inside of a WACZ.

    Attributes
    ----------
    path
        The file, on disk or by URL.
    name
        File name, whose suffix tells the compression.
    size
        Bytes of the archive.
    member
        Name inside of the WACZ; None for a file by itself.
    start
        Where in the file its bytes begin; None where the zip file compresses them.
    """

    path: Source
    name: str
    size: int
    member: str | None = None
    start: int | None = 0

    @classmethod
    def whole(cls, path: Source) -> Part:
        """The part that is all of a file."""
        return cls(path, path.name.lower(), path.stat().st_size)

    def open(self) -> BinaryIO:
        """Open for reading bytes, seekable.

        Raises
        ------
        OSError
            If the file cannot be opened.
        """
        if self.member is None:
            return self.path.open("rb")
        if self.start is None:
            return io.BufferedReader(_Inflated(self.path, self.member), _BUFFER)
        return io.BufferedReader(_Slice(self.path, self.start, self.size), _BUFFER)


def parts_of_wacz(path: Source) -> Iterator[Part]:
    """Yield the archives of a WACZ in the order of their names.

    A zip file whose directory is damaged or cut off is one part: its WARC members stand between
    other bytes, and the tolerant reader finds them.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    try:
        with path.open("rb") as file, _damage_is_bad_zip(), zipfile.ZipFile(file) as archive:
            found = {info.filename: info for info in archive.infolist()}
            members = [name for name in sorted(found) if is_archive(name)]
            parts = [_part(path, found[name], file) for name in members]
    except zipfile.BadZipFile:
        parts = [Part(path, f"{path.name.lower()}.gz", path.stat().st_size)]
    yield from parts


def _part(path: Source, info: zipfile.ZipInfo, file: BinaryIO) -> Part:
    name = info.filename.rsplit("/", 1)[-1].lower()
    if info.compress_type != zipfile.ZIP_STORED:
        return Part(path, name, info.file_size, info.filename, None)
    # The local header repeats the name, and may have other extra fields than the directory.
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER)
    if not header.startswith(b"PK\x03\x04") or len(header) < _LOCAL_HEADER:
        raise zipfile.BadZipFile(f"no member at {info.header_offset}")
    skipped = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    start = info.header_offset + _LOCAL_HEADER + skipped
    return Part(path, name, info.file_size, info.filename, start)


class _Inflated(io.RawIOBase):
    """A member that the zip file compresses; it ends where it is damaged.

    What was read last is kept: readers of WARC files go back to the last records time and again,
    and a zip file can only be inflated from the beginning of the member.
    """

    def __init__(self, path: Source, member: str) -> None:
        self._file: IO[bytes] = io.BytesIO()
        self._whole = path.open("rb")
        with (
            contextlib.suppress(zipfile.BadZipFile),
            _damage_is_bad_zip(),
            zipfile.ZipFile(self._whole) as archive,
        ):
            self._file = archive.open(member)  # outlives `archive`
        self._at = 0
        self._kept = bytearray()
        self._end = 0  # of what is kept

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is, at the cost of reading again from the beginning if it goes far back."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of a file of its own, but not beyond its end."""
        if whence == io.SEEK_END:
            while self._inflate():
                pass
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        target = max(0, base + offset)
        if target < self._end - len(self._kept):
            with contextlib.suppress(zipfile.BadZipFile), _damage_is_bad_zip():
                self._file.seek(0)
            self._kept, self._end = bytearray(), 0
        while self._end < target and self._inflate():
            pass
        self._at = min(target, self._end)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer; 0 at the end, or where the rest cannot be read."""
        room = memoryview(buffer)
        if self._at == self._end:
            self._inflate()
        begin = self._at - (self._end - len(self._kept))
        data = self._kept[begin : begin + len(room)]
        room[: len(data)] = data
        self._at += len(data)
        return len(data)

    def _inflate(self) -> int:
        """Read on; number of bytes, 0 at the end or where the rest cannot be read."""
        try:
            with _damage_is_bad_zip():
                data = self._file.read(_BUFFER)
        except zipfile.BadZipFile:
            return 0
        self._kept += data
        self._end += len(data)
        if len(self._kept) > 2 * _KEPT:
            del self._kept[:-_KEPT]
        return len(data)

    def close(self) -> None:
        """Close the member, and the file beneath."""
        self._file.close()
        self._whole.close()
        super().close()


class _Slice(io.RawIOBase):
    """A stretch of a file as a file."""

    def __init__(self, path: Source, start: int, size: int) -> None:
        self._file = path.open("rb")
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of a file of its own."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer as far as the stretch goes; 0 at its end."""
        room = memoryview(buffer)[: max(0, self._size - self._at)]
        self._file.seek(self._start + self._at)
        n = self._file.readinto(room) or 0
        self._at += n
        return n

    def close(self) -> None:
        """Close the file beneath."""
        self._file.close()
        super().close()
