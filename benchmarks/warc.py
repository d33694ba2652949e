"""Reading WARC files: our reader against datatrove's `WarcReader`, fastwarc and warcio.

All sides read the same files of the development set from disk in the same process, in turns. Speed
is records per second of processor time, of all record types; ours and datatrove's are given twice:
records as they are stored, and pages decoded to text.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from datatrove.pipeline.readers import WarcReader
from fastwarc.warc import ArchiveIterator as FastWarc
from warcio.archiveiterator import ArchiveIterator as WarcIo

from eurosift.stages.extract.body import decode_body
from eurosift.stages.extract.decode import decode_page
from eurosift.stages.extract.http import parse_response
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

TITLE = "WARC reading"
NOTE = """\
Files of the development set (gzip and Zstandard); records of all types per second of processor
time, median of the rounds. `to text`: encodings undone and the charset decoded, as datatrove's
reader always does. Peers are compared on the files that they read to the end: warcio, and datatrove
with it, stop at the first brotli body and at Zstandard. Every ninth page is in a legacy charset,
far more than in a crawl."""
WEB = Path(__file__).parents[2] / "shared/data/web/warc"
ROUNDS = 5
LIMIT = 10_000_000


def eurosift(path: Path) -> int:
    return sum(1 for _ in read_records(path, LIMIT, Account()))


def eurosift_to_text(path: Path) -> int:
    n = 0
    for record in read_records(path, LIMIT, Account()):
        n += 1
        if record.kind == "response":
            response = parse_response(record.block)
            body = decode_body(response.body, response.headers, LIMIT)
            if response.content_type == "text/html":
                decode_page(body, response.charset)
    return n


def fastwarc(path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(r.reader.read()) >= 0 for r in FastWarc(file, parse_http=False))


def warcio(path: Path) -> int:
    with path.open("rb") as file:
        return sum(len(r.content_stream().read()) >= 0 for r in WarcIo(file))


def datatrove_to_text(path: Path) -> int:
    reader = WarcReader(str(path.parent), glob_pattern=path.name)
    return sum(1 for _ in reader())


SIDES: dict[str, Callable[[Path], int]] = {
    "eurosift": eurosift,
    "eurosift, to text": eurosift_to_text,
    "fastwarc": fastwarc,
    "warcio": warcio,
    "datatrove, to text": datatrove_to_text,
}


def measure() -> list[dict[str, Any]]:
    logging.disable(logging.CRITICAL)
    with contextlib.suppress(ImportError):
        from loguru import logger

        logger.remove()
    files = sorted(WEB.iterdir())
    records = {path: eurosift(path) for path in files}
    seconds: dict[tuple[str, Path], list[float]] = {}
    lost: dict[str, str] = {}
    for _ in range(ROUNDS):
        for path in files:
            for side, read in SIDES.items():
                start = time.process_time()
                try:
                    with contextlib.redirect_stderr(io.StringIO()):  # their warnings
                        n = read(path)
                    if n == 0:
                        raise ValueError("no record")  # noqa: TRY301 # as if it had said so
                except Exception as error:  # noqa: BLE001 # peers stop at records that they cannot read
                    lost[f"{side}: {path.name}"] = f"{type(error).__name__}: {error}"
                    continue
                seconds.setdefault((side, path), []).append(time.process_time() - start)
    for where, what in lost.items():
        print(f"{where}: {what}", file=sys.stderr)
    rows = []
    theirs = {path for side, path in seconds if side == "datatrove, to text"}
    for side in SIDES:
        read = {path for path in files if (side, path) in seconds}
        shared = read & theirs
        ratio = _seconds("datatrove, to text", seconds, shared) / _seconds(side, seconds, shared)
        speed = sum(records[path] for path in read) / _seconds(side, seconds, read)
        rows.append(
            {
                "reader": side,
                "files": f"{len(read)} of {len(files)}",
                "records/s": round(speed),
                "times datatrove": round(ratio, 1),
            }
        )
    return rows


def _seconds(side: str, seconds: dict[tuple[str, Path], list[float]], paths: set[Path]) -> float:
    """Sum of the medians."""
    rounds = [sorted(seconds[side, path]) for path in paths]
    return sum(times[len(times) // 2] for times in rounds)


if __name__ == "__main__":
    json.dump(measure(), sys.stdout)
