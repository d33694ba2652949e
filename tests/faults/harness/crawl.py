"""A crawl so small that a run over it takes seconds, and that has work for every stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from eurosift.pipeline.demo import crawl, warc
from eurosift.pipeline.demo.captures import captures, truncated

LANGUAGES = ("eng_Latn", "gle_Latn", "mlt_Latn")
"""English has every kind of page; all three have near duplicates, exact ones and identifiers."""
PACKS = {
    "small-00000.warc.gz": warc.gzipped,
    "small-00001.warc": bytes,
    "small-00002.warc.zst": warc.zstandard_frame,
}


def write(folder):
    """Write three WARC files; the last record of the last one is cut off."""
    folder.mkdir(parents=True)
    chosen = [c for c in captures() if c.language in {*LANGUAGES, None}]
    when = datetime(2026, 3, 2, 8, tzinfo=UTC)
    for number, (name, pack) in enumerate(PACKS.items()):
        records = [pack(warc.warcinfo(name, when))]
        dealt = chosen[number :: len(PACKS)]
        dealt += [truncated()] if number == len(PACKS) - 1 else []
        for capture in dealt:
            when += timedelta(seconds=7)
            records += map(pack, warc.exchange(crawl._exchange(capture, when), name))
        if number == len(PACKS) - 1:
            records[-1] = records[-1][: len(records[-1]) // 2]
        (folder / name).write_bytes(b"".join(records))
