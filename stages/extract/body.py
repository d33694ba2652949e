"""Bodies of HTTP responses: transfer and content encodings undone, also where headers lie.

What a header declares is believed only if the bytes agree; crawlers often store the decoded body
with the original header. Output is bounded before it is produced, so a decompression bomb costs no
more memory than a page of the size limit.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Mapping

import brotli
import zstandard

from eurosift.stages.extract.segments import GZIP_MAGIC, MAX_WINDOW, ZSTD_MAGIC

_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_PIECE = 16_384
_BITE = 64
_SNIFF = 512


def decode_body(body: bytes, headers: Mapping[str, str], limit: int) -> bytes:
    """Undo Transfer-Encoding and Content-Encoding.

    Parameters
    ----------
    body
        As stored.
    headers
        HTTP header by lower-case name.
    limit
        At most ``limit + 1`` bytes are returned; one more than `limit` says that it was cut.

    Returns
    -------
    bytes
        The decoded body; of a damaged one, what could be decoded.
    """
    transfer = headers.get("transfer-encoding", "").lower()
    body = dechunk(body, declared="chunked" in transfer)
    encodings = re.split(r"[,\s]+", f"{headers.get('content-encoding', '').lower()},{transfer}")
    for encoding in reversed(encodings):
        decoded = _decode(body, encoding, limit)
        body = body if decoded is None else decoded
    # Compressed twice, or without saying so.
    if body.startswith(GZIP_MAGIC):
        body = _inflate(body, 31, limit) or body
    elif body.startswith(ZSTD_MAGIC):
        body = _unzstd(body, limit) or body
    return body[: limit + 1]


def dechunk(body: bytes, *, declared: bool = True) -> bytes:
    """Join the chunks of a chunked body; bytes that are not chunked come back as they are.

    Parameters
    ----------
    declared
        Whether the header says that the body is chunked. If it does not, only a body that is so
        from its first byte to its last chunk is taken for one.
    """
    parts: list[bytes] = []
    at = 0
    while (head := _CHUNK.match(body, at)) is not None:
        size = int(head.group(1), 16)
        end = head.end() + size
        if not size and (parts or not body[end:].strip()):
            return b"".join(parts)  # what follows are trailer fields
        if end < len(body) and body[end : end + 1] not in (b"\r", b"\n"):
            break
        parts.append(body[head.end() : end])
        at = end + (2 if body[end : end + 2] == b"\r\n" else 1)
    return b"".join(parts) + body[at:] if parts and declared else body


def _decode(body: bytes, encoding: str, limit: int) -> bytes | None:
    """Undo one content encoding; None if the bytes are not of that encoding."""
    match encoding:
        case "gzip" | "x-gzip":
            return _inflate(body, 31, limit) if body.startswith(GZIP_MAGIC) else None
        case "deflate":  # RFC 9110 means zlib; some servers send the bare stream
            return _inflate(body, 15, limit) or (
                None if _plain(body) else _inflate(body, -15, limit)
            )
        case "br":
            return None if _plain(body) else _unbrotli(body, limit)
        case "zstd":
            return _unzstd(body, limit) if body.startswith(ZSTD_MAGIC) else None
        case _:
            return None


def _plain(body: bytes) -> bool:
    """Whether a body that is said to be compressed is markup already."""
    return body[:_SNIFF].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _inflate(body: bytes, wbits: int, limit: int) -> bytes | None:
    output = bytearray()
    at = 0
    while at < len(body) and len(output) <= limit:
        room = limit + 1 - len(output)
        try:
            member, end = _inflate_member(body, at, wbits, room)
        except zlib.error:
            # A wrong checksum or late damage spoils only the end: take it in small bites.
            output += _inflate_in_bites(body[at:], wbits, room)
            break
        output += member
        at = end
        if not body.startswith(GZIP_MAGIC, at):
            break
    return bytes(output) or None


def _inflate_member(body: bytes, at: int, wbits: int, room: int) -> tuple[bytes, int]:
    """Return at most `room` bytes of the member at `at`, and where in `body` it ends.

    In pieces: with the whole rest at once, a body of many small members takes quadratic time.
    """
    decoder = zlib.decompressobj(wbits)
    output = bytearray()
    while at < len(body) and len(output) < room:
        piece = body[at : at + _PIECE]
        output += decoder.decompress(piece, room - len(output))
        at += len(piece) - len(decoder.unused_data)
        if decoder.eof:
            return bytes(output), at
    return bytes(output), len(body)


def _inflate_in_bites(body: bytes, wbits: int, limit: int) -> bytes:
    decoder = zlib.decompressobj(wbits)
    output = bytearray()
    step = _BITE
    at = 0
    while at < len(body) and len(output) < limit:
        before = decoder.copy()
        try:
            output += decoder.decompress(body[at : at + step])
        except zlib.error:
            if step == 1 or not at:  # bytes that are no stream at all begin like one at times
                break
            decoder, step = before, 1
        else:
            at += step
    return bytes(output[:limit])


def _unbrotli(body: bytes, limit: int) -> bytes | None:
    decoder = brotli.Decompressor()
    output = bytearray()
    pending = body
    try:
        while len(output) <= limit and not decoder.is_finished():
            data = decoder.process(pending, output_buffer_limit=limit + 1 - len(output))
            if not data and not pending:
                break
            output += data
            pending = b""
    except brotli.error:
        pass  # what came before the damage is kept; nothing at all means that it is not Brotli
    return bytes(output) or None


def _unzstd(body: bytes, limit: int) -> bytes | None:
    decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    output = bytearray()
    try:
        with decoder.stream_reader(io.BytesIO(body), read_across_frames=True) as reader:
            while len(output) <= limit and (data := reader.read(min(65_536, limit + 1))):
                output += data
    except zstandard.ZstdError:
        pass  # as for Brotli
    return bytes(output) or None
