"""Records of any WARC or ARC file: fastwarc while the file is sound, our tolerant reader after.

fastwarc reads twice as fast as Python can, but stops at a corrupt member, ends silently at a
truncated one, swallows the record after a Content-Length that is too large, knows no ARC, and gives
wrong offsets where records share a gzip member. So two records are held back at any time, and
whenever something is not as it should be (also always at the end of the file) the tolerant reader
takes over at the older one of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from typing import BinaryIO

from fastwarc.warc import ArchiveIterator

from eurosift.stages.errors import InputError
from eurosift.stages.extract.parts import Part
from eurosift.stages.extract.records import MAX_HEADER, Record, TolerantReader
from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.segments import DICTIONARY_MAGIC, GZIP_MAGIC, ZSTD_MAGIC
from eurosift.stages.source import Account

_STARTS = (GZIP_MAGIC, ZSTD_MAGIC, b"WARC")


def read_records(source: Source | Part, limit: int, account: Account) -> Iterator[Record]:
    """Yield every record that can be won from a file, in order; losses go into `account`.

    Parameters
    ----------
    source
        ``.warc`` or ``.arc``, plain, gzip (per record or as a whole) or Zstandard.
    limit
        Most bytes of a record's content to keep in memory.
    account
        Takes the losses; a file without any record is one loss, ``not_a_warc``.

    Raises
    ------
    InputError
        If the operating system cannot open or read the file.
    """
    path = source.path if isinstance(source, Part) else source
    try:
        part = source if isinstance(source, Part) else Part.whole(source)
        start = yield from _regular(part, limit)
        noted = len(account.losses)
        rest = TolerantReader(part, limit, account).read(start)
        found = start > 0
        for record in rest:
            found = True
            yield record
        lost = {loss["reason"] for loss in account.losses[noted:]}
        if not found and part.size and lost <= {"garbage", "no_record", "unreadable"}:
            del account.losses[noted:]
            account.lose("not_a_warc", 0, part.size)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _regular(part: Part, limit: int) -> Generator[Record, None, int]:
    """Yield records as long as all is well; return the offset at which to go on."""
    held: deque[Record] = deque()
    with part.open() as file, part.open() as looks:
        try:
            records = ArchiveIterator(
                file, parse_http=False, auto_decode="none", max_header_len=MAX_HEADER
            )
            for record in records:
                at = record.stream_pos
                if not _plausible(looks, at, held):
                    break
                if held:
                    held[-1] = _with_length(held[-1], at)
                if len(held) == 2:
                    yield held.popleft()
                block = record.reader.read(limit)
                size = len(block) if len(block) < limit else limit + record.reader.consume()
                if size != record.content_length:
                    break
                headers: dict[str, str] = {}
                for name, value in record.headers.to_tuples():
                    headers.setdefault(name.lower(), value)
                kind = headers.get("warc-type", "unknown").lower()
                held.append(Record(kind, headers, block, at, None))
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001, S110 # whatever stopped it, the tolerant reader goes on
            pass
    return held[0].offset if held else 0


def _plausible(file: BinaryIO, at: int, held: deque[Record]) -> bool:
    """Whether a record can begin at `at`, after the ones that are held."""
    if held:
        if at <= held[-1].offset:
            return False
    elif at and _peek(file, 0) != DICTIONARY_MAGIC:
        return False
    return _peek(file, at).startswith(_STARTS)


def _peek(file: BinaryIO, at: int) -> bytes:
    file.seek(at)
    return file.read(4)


def _with_length(record: Record, end: int) -> Record:
    return Record(record.kind, record.headers, record.block, record.offset, end - record.offset)
