"""Write the demo crawl: four WARC files, one per container that the reader must know."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from eurosift.pipeline.demo import warc
from eurosift.pipeline.demo.captures import Capture, captures, truncated

_START = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
_FILES: dict[str, Callable[[bytes], bytes]] = {
    "demo-00000.warc.gz": warc.gzipped,
    "demo-00001.warc": bytes,
    "demo-00002.warc.zst": warc.zstandard_frame,
    "demo-00003.warc.gz": warc.gzipped,
}
TRUNCATED = "demo-00003.warc.gz"
"""The file whose last record is cut off."""


def _exchange(capture: Capture, when: datetime) -> warc.Exchange:
    parts = urlsplit(capture.url)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    request = warc.message(
        f"GET {target} HTTP/1.1",
        [
            ("Host", parts.netloc),
            ("User-Agent", "eurosift-demo"),
            ("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"),
            ("Accept-Encoding", "gzip"),
        ],
    )
    headers = [
        ("Date", format_datetime(when, usegmt=True)),
        ("Server", "nginx"),
        ("Content-Type", capture.content_type),
    ]
    payload = capture.body
    if capture.location:
        headers.append(("Location", capture.location))
    if capture.transfer == "gzip":
        payload = warc.gzipped(payload)
        headers.append(("Content-Encoding", "gzip"))
    if capture.transfer == "chunked":
        payload = warc.chunked(payload)
        headers.append(("Transfer-Encoding", "chunked"))
    else:
        headers.append(("Content-Length", str(len(payload))))
    response = warc.message(f"HTTP/1.1 {capture.status}", headers, payload)
    return warc.Exchange(capture.url, when, request, response, payload)


def _spread() -> dict[str, list[Capture]]:
    """Deal the captures to the files, so that the pages of a site lie in several, as in a crawl."""
    names = list(_FILES)
    dealt: dict[str, list[Capture]] = {name: [] for name in names}

    def key(capture: Capture) -> str:
        return hashlib.blake2b(capture.url.encode()).hexdigest()

    for number, capture in enumerate(sorted(captures(), key=key)):
        dealt[names[number % len(names)]].append(capture)
    dealt[TRUNCATED].append(truncated())
    return dealt


def write_crawl(folder: Path) -> list[Path]:
    """Write the demo crawl; the same bytes each time.

    Parameters
    ----------
    folder
        Where the files go; made if it is missing, files of these names are overwritten.

    Returns
    -------
    list[Path]
        The WARC files, in order. Each record is compressed by itself; the last record of the
        last file is cut off in its middle.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, when = [], _START
    for name, dealt in _spread().items():
        pack = _FILES[name]
        records = [pack(warc.warcinfo(name, when))]
        for capture in dealt:
            when += timedelta(seconds=7)
            records += map(pack, warc.exchange(_exchange(capture, when), name))
        if name == TRUNCATED:
            records[-1] = records[-1][: len(records[-1]) // 2]
        path = folder / name
        path.write_bytes(b"".join(records))
        written.append(path)
    return written
