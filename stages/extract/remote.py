"""Files by URL, with as much of the interface of `Path` as readers of inputs use.

What is read comes by ranged requests, each of which is tried again by itself: a connection that is
cut costs one block. A file is never longer or shorter than the store has said: what ends before is
an error, not an end.
"""

from __future__ import annotations

import contextlib
import io
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, overload

from eurosift.stages.extract.stores import (
    LOOK_WAITS,
    READ_WAITS,
    RemoteError,
    filesystem,
    persistently,
)

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_BLOCK = 8 << 20
_BLOCKS = 3
"""How many blocks of a file are kept: readers of WARC files go back to the last records."""
_BUFFER = 1 << 16


class RemoteStat(NamedTuple):
    """What the store says of a file.

    Attributes
    ----------
    st_size
        Bytes.
    version
        Changes whenever the content does: the ETag, or another digest; empty where there is none.
    """

    st_size: int
    version: str


class Remote:
    """A file by URL, or the beginning of the URLs of several.

    It stands for the file as it was at the first look: its `stat` is asked for once.

    Parameters
    ----------
    url
        In whatever store fsspec can open.
    options
        For the library behind it; no credentials, which it finds in the environment.
    known
        What a listing has said of the file.
    """

    def __init__(
        self, url: str, options: Mapping[str, Any], known: RemoteStat | None = None
    ) -> None:
        self.url = url
        self.options = options
        self._stat = known
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self.failure: OSError | None = None
        """What ended the reading: who reads on after it shall not wait for the same again."""

    def __str__(self) -> str:
        return self.url

    def __repr__(self) -> str:
        return f"Remote({self.url!r})"

    def __truediv__(self, name: str) -> Remote:
        return Remote(f"{self.url}{'' if self.url.endswith('/') else '/'}{name}", self.options)

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rsplit("/", 1)[-1]

    def is_dir(self) -> bool:
        """It is a file: folders of HTML are not read by URL."""
        return False

    def stat(self) -> RemoteStat:
        """What the store says of the file.

        Raises
        ------
        FileNotFoundError
            If it is not there.
        RemoteError
            If the store cannot be asked, or does not tell the size.
        """
        if self._stat is None:
            self._stat = self._look(LOOK_WAITS)
        return self._stat

    def _look(self, waits: tuple[float, ...]) -> RemoteStat:
        def ask() -> Mapping[str, Any]:
            found: Mapping[str, Any] = filesystem(self.url, self.options).info(self.url)
            return found

        info = persistently(self.url, waits, ask)
        if info.get("type") == "directory":
            raise RemoteError(self.url, "is a folder")
        if info.get("partial") is False:
            raise RemoteError(self.url, "its server gives no parts of files (Accept-Ranges: none)")
        found = stat_of(info)
        if found is None:
            raise RemoteError(self.url, "its server does not tell how large it is")
        return found

    @overload
    def open(self, mode: Literal["rb"], buffering: Literal[0]) -> io.RawIOBase: ...
    @overload
    def open(self, mode: Literal["rb"] = "rb") -> io.BufferedReader: ...
    def open(self, mode: Literal["rb"] = "rb", buffering: int = -1) -> io.IOBase:
        """Open for reading bytes, seekable.

        Parameters
        ----------
        mode
            As of `Path.open`.
        buffering
            0: every read is one request of just these bytes. Otherwise blocks are read, and the
            last of them kept for all who have opened the file through this object.

        Raises
        ------
        OSError
            As `stat`.
        """
        raw = _Reader(self, self.stat().st_size, whole_blocks=buffering != 0)
        return raw if buffering == 0 else io.BufferedReader(raw, _BUFFER)

    def block(self, number: int, reader: _Reader) -> bytes:
        """A block of the file, which `reader` is asked for if it is not kept."""
        if number not in self._blocks:
            start = number * _BLOCK
            while len(self._blocks) >= _BLOCKS:
                self._blocks.popitem(last=False)
            self._blocks[number] = reader.fetch(start, min(_BLOCK, reader.size - start))
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def handle(self) -> Any:
        """Open with the store's library, which is to buffer nothing."""
        return filesystem(self.url, self.options).open(self.url, "rb", cache_type="none")

    def require_same(self) -> None:
        """Check that the file has not been replaced meanwhile.

        Raises
        ------
        RemoteError
            If it has.
        """
        if self._look(READ_WAITS) != self.stat():
            raise RemoteError(self.url, "has changed while it was read")


Source: TypeAlias = Path | Remote
"""An input, wherever it is."""


def stat_of(info: Mapping[str, Any]) -> RemoteStat | None:
    """Size and version in what fsspec tells of a file; None where it does not tell the size.

    A weak ETag (RFC 9110, section 8.8.1) stands for files of several contents, a time for all that
    were written within its resolution: neither is a version.
    """
    if info.get("size") is None:
        return None
    found = (info.get(name) for name in ("ETag", "etag", "md5Hash", "content_md5", "checksum"))
    version = next((str(value) for value in found if value), "")
    return RemoteStat(int(info["size"]), "" if version.startswith("W/") else version)


class _Reader(io.RawIOBase):
    """The bytes of a remote file."""

    def __init__(self, source: Remote, size: int, *, whole_blocks: bool) -> None:
        self.size = size
        self._source = source
        self._whole_blocks = whole_blocks
        self._at = 0
        self._handle: Any = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As of a local file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError(f"negative seek value {base + offset}")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """As of a local file."""
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill a buffer, or as far as a block or the file goes; 0 at the end of the file.

        Raises
        ------
        RemoteError
            If the bytes cannot be had.
        """
        room = memoryview(buffer).cast("B")[: max(0, self.size - self._at)]
        if not room:
            return 0
        if self._whole_blocks:
            number, begin = divmod(self._at, _BLOCK)
            data = memoryview(self._source.block(number, self))[begin : begin + len(room)]
        else:
            data = memoryview(self.fetch(self._at, len(room)))
        room[: len(data)] = data
        self._at += len(data)
        return len(data)

    def fetch(self, start: int, n: int) -> bytes:
        """Request `n` bytes from `start` on."""
        source = self._source
        if source.failure is not None:
            raise source.failure
        try:
            return persistently(source.url, READ_WAITS, lambda: self._request(start, n))
        except OSError as error:
            source.failure = error
            raise

    def _request(self, start: int, n: int) -> bytes:
        try:
            if self._handle is None:
                self._handle = self._source.handle()
            self._handle.seek(start)
            data = bytes(self._handle.read(n))
        except Exception:
            self._give_up()
            raise
        if len(data) != n:
            self._give_up()
            raise OSError(f"ends after {start + len(data)} of {self.size} bytes")
        return data

    def _give_up(self) -> None:
        self._close_handle()
        self._source.require_same()

    def _close_handle(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(Exception):  # it is of no use any more
                self._handle.close()
            self._handle = None

    def close(self) -> None:
        """Let go of the file."""
        self._close_handle()
        super().close()
