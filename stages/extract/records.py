"""Records of a WARC or ARC file that is damaged, odd, or not known to be sound.

Slower than fastwarc but stopped by nothing: after bytes that cannot be read it finds the next
record and goes on, a Content-Length that lies is corrected by where the next record begins, and
every byte that belongs to no record is accounted for.

WARC 1.1: ISO 28500:2017; ARC: Internet Archive, "Arc File Format" (1996).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from eurosift.stages.extract.parts import Part
from eurosift.stages.extract.segments import Container, Segment
from eurosift.stages.source import Account

MAX_HEADER = 1 << 20
"""Longest header of a record, and of an HTTP message in it, in bytes."""

_WARC_START = rb"WARC/\d+\.\d+[ \t]*\r?\n"
# URL, which may have a few spaces, IP date type [result checksum location offset filename] length
_ARC_START = (
    rb"(?P<url>[a-z][a-z0-9+.-]{1,20}:[^ \r\n]*(?: [^ \r\n]+){0,8}?) "
    rb"[^ \r\n]+ (?P<date>\d{12,14}) (?P<type>[^ \r\n]+) "
    rb"(?:[^\r\n]* )?(?P<length>\d+)\r?\n"
)
_START = re.compile(rb"(?:" + _WARC_START + rb"|" + _ARC_START + rb")")
_NEXT = re.compile(rb"\n(?=" + _WARC_START + rb"|" + _ARC_START + rb")")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_BLANK = b"\r\n\0 \t"
# Enough to recognise the start of a record, an ARC line with a long URL included.
_LOOK = 8_192


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC or ARC file.

    Attributes
    ----------
    kind
        WARC-Type in lower case; ARC records are ``response`` or ``warcinfo``.
    headers
        Header fields by lower-case name.
    block
        Content, cut at the reader's limit.
    offset
        Of the record, or of the gzip member or frame that holds it, in the file.
    length
        Bytes in the file; None where records share a member.
    ordinal
        Number of the record in its member; always 0 in plain files.
    """

    kind: str
    headers: Mapping[str, str]
    block: bytes
    offset: int
    length: int | None
    ordinal: int = 0


def text_of(value: bytes) -> str:
    """Decode a header: UTF-8 as WARC wants it, else Latin-1 as HTTP once did."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def header_pairs(lines: bytes) -> Iterator[tuple[str, str]]:
    """Parse ``Name: value`` lines; names in lower case, equal names as often as they are there."""
    name = ""
    parts: list[str] = []  # as a field may go on over a million lines
    for line in lines.split(b"\n"):
        if line[:1] in (b" ", b"\t") and name:
            parts.append(text_of(line.strip()))
            continue
        if name:
            yield name, " ".join(parts)
        key, colon, value = line.partition(b":")
        name = text_of(key.strip()).lower() if colon else ""
        parts = [text_of(value.strip())]
    if name:
        yield name, " ".join(parts)


def header_fields(lines: bytes) -> dict[str, str]:
    """Parse ``Name: value`` lines; names in lower case, the first of equal names counts."""
    fields: dict[str, str] = {}
    for name, value in header_pairs(lines):
        fields.setdefault(name, value)
    return fields


class TolerantReader:
    """Reads the records of a file from some record on, whatever state the file is in.

    Parameters
    ----------
    part
        The file, by itself or inside of a WACZ.
    limit
        Most bytes of a record's content to keep.
    account
        Takes the losses.
    """

    def __init__(self, part: Part, limit: int, account: Account) -> None:
        self.part = part
        self.limit = limit
        self.account = account

    def read(self, start: int) -> Iterator[Record]:
        """Yield the records from the file offset `start` on."""
        size = self.part.size
        with self.part.open() as file:
            container = Container(file, self.part.name, size)
            at = start
            while at < size:
                segment = container.segment(at)
                if segment is None:
                    after = container.next_segment(at + 1, _begins_record)
                    self.account.lose("garbage", at, after - at)
                    at = after
                    continue
                yield from self._records(segment, plain=container.kind == "plain", size=size)
                if segment.end is not None and segment.end > at:
                    at = segment.end
                    continue
                if segment.end is not None:  # shorter than it is said to be
                    self.account.lose("unreadable", at, size - at)
                    return
                after = size
                if segment.damage == "corrupt":
                    after = container.next_segment(at + 1, _begins_record)
                self.account.lose(f"{segment.damage}_member", at, after - at)
                at = after

    def _records(self, segment: Segment, *, plain: bool, size: int) -> Iterator[Record]:
        ordinal = 0
        while True:
            self._skip_blank(segment)
            if not segment.fill(_LOOK):
                return
            here = segment.offset + segment.position if plain else segment.offset
            header = self._header(segment)
            if header is None:
                reason = "truncated_record" if _START.match(segment.buffer) else "no_record"
                lost = self._resync(segment)
                if segment.damage is None:
                    self.account.lose(reason, here, lost if plain else None)
                continue
            kind, fields = header
            block, missing = self._block(segment, fields, plain=plain, size=size)
            if segment.damage == "corrupt" and not segment.buffer:
                # Without a good checksum nothing says where in the member the damage is.
                return
            if missing and plain:
                self.account.lose("truncated_record", here, size - here)
            self._skip_blank(segment)
            length: int | None = None
            if plain:
                length = segment.offset + segment.position - here
            elif ordinal == 0 and not segment.buffer:
                length = (size if segment.end is None else segment.end) - here
            yield Record(kind, fields, block, here, length, 0 if plain else ordinal)
            ordinal += 1

    def _header(self, segment: Segment) -> tuple[str, dict[str, str]] | None:
        """Take the header of a record off the segment; None if there is none."""
        start = _START.match(segment.buffer)
        if start is None:
            return None
        if not segment.buffer.startswith(b"WARC/"):
            url, date, type_, length = map(text_of, start.group("url", "date", "type", "length"))
            segment.drop(start.end())
            kind = "warcinfo" if url.startswith("filedesc:") else "response"
            fields = {"warc-target-uri": url, "warc-date": date, "content-type": type_}
            return kind, {**fields, "content-length": length, "arc": "1"}
        n = _LOOK
        while (end := _HEADER_END.search(segment.buffer)) is None:
            if segment.ended or n > MAX_HEADER:
                return None
            n *= 4
            segment.fill(n)
        fields = header_fields(bytes(segment.buffer[start.end() : end.start()]))
        segment.drop(end.end())
        return fields.get("warc-type", "unknown").lower(), fields

    def _block(
        self, segment: Segment, fields: Mapping[str, str], *, plain: bool, size: int
    ) -> tuple[bytes, bool]:
        """Take the content of a record off the segment; also say whether its end is missing."""
        declared = fields.get("content-length", "")
        length = int(declared) if declared.isascii() and declared.isdigit() else None
        have = segment.fill(min(length if length is not None else self.limit, self.limit) + _LOOK)
        if length is not None and have >= length and length <= self.limit:
            if self._credible(segment, length):
                return self._take(segment, length), False
        elif length is not None and length > self.limit and not segment.ended:
            left = size - segment.offset - segment.position
            if not plain or length <= left:
                block = bytes(segment.buffer[: self.limit])
                return block, segment.drop(length) < length
        # The declared length is missing or wrong: the record ends where the next one begins.
        segment.fill(self.limit)
        following = _NEXT.search(segment.buffer)
        if following is not None:
            return self._take(segment, following.end()).rstrip(b"\r\n"), False
        if not segment.ended:
            block = bytes(segment.buffer[: self.limit if length is None else length])
            if length is None:
                self._resync(segment)
                return block, False
            return block[: self.limit], segment.drop(length) < length
        complete = segment.damage is None and (not plain or segment.buffer.endswith(b"\n\r\n"))
        if length is not None and complete and plain and length < len(segment.buffer):
            return self._take(segment, length), False
        block = self._take(segment, len(segment.buffer))
        return (block.rstrip(b"\r\n") if complete else block), not complete

    @staticmethod
    def _skip_blank(segment: Segment) -> None:
        while segment.fill(1) and segment.buffer[0] in _BLANK:
            segment.drop(len(segment.buffer) - len(segment.buffer.lstrip(_BLANK)))

    @staticmethod
    def _credible(segment: Segment, length: int) -> bool:
        """Whether what follows the declared content is the end of a record."""
        tail = segment.buffer[length : length + _LOOK]
        rest = tail.lstrip(b"\r\n")
        if not rest:
            return segment.damage is None
        return tail.startswith((b"\r\n\r\n", b"\n\n")) or (
            len(rest) < len(tail) and _START.match(rest) is not None
        )

    @staticmethod
    def _take(segment: Segment, n: int) -> bytes:
        block = bytes(segment.buffer[:n])
        segment.drop(n)
        return block

    @staticmethod
    def _resync(segment: Segment) -> int:
        """Skip to the next start of a record or to the end; return the number of bytes skipped."""
        skipped = segment.drop(1)
        while True:
            segment.fill(1 << 18)
            following = _NEXT.search(segment.buffer)
            if following is not None:
                return skipped + segment.drop(following.end())
            if segment.ended:
                return skipped + segment.drop(len(segment.buffer))
            # A start may lie across the border.
            skipped += segment.drop(max(1, len(segment.buffer) - _LOOK))


def _begins_record(segment: Segment) -> bool:
    segment.fill(_LOOK)
    return _START.match(segment.buffer.lstrip(_BLANK)) is not None
