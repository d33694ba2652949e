"""A file's bytes follow from its records, and what it says of itself from its bytes."""

from __future__ import annotations

import hashlib

import orjson
import zstandard

from eurosift.pipeline.counts.figures import Sizes
from eurosift.pipeline.export.jsonl import JsonlWriter, Written

RECORDS = [{"id": str(i), "text": "ħelu\n" * (i % 5), "n": i} for i in range(500)]


def write(folder, name="clean/a.jsonl.zst"):
    with JsonlWriter(folder, name) as writer:
        for number, record in enumerate(RECORDS):
            writer.write(record, {"n_words": number % 3, "n_tokens": None, "n_tokens_own": 2})
    return writer.written


def test_what_is_written_is_read_back_and_described(tmp_path):
    written = write(tmp_path)
    content = (tmp_path / "clean/a.jsonl.zst").read_bytes()
    lines = zstandard.ZstdDecompressor().stream_reader(content).read().splitlines()
    assert [orjson.loads(line) for line in lines] == RECORDS
    assert written.md5 == {"clean/a.jsonl.zst": hashlib.md5(content).hexdigest()}
    assert written.file_bytes == len(content)
    texts = [record["text"] for record in RECORDS]
    assert written.sizes == Sizes(
        documents=500,
        bytes=sum(len(text.encode()) for text in texts),
        characters=sum(map(len, texts)),
        words=sum(i % 3 for i in range(500)),
        segments=sum(len(text.split("\n")) for text in texts if text),
    )
    assert written.counts == {"n_words": 499, "n_tokens_own": 1000}
    assert written.keys == {"id": 500, "text": 500, "n": 500}


def test_the_same_records_give_the_same_bytes(tmp_path):
    assert write(tmp_path / "a").md5 == write(tmp_path / "b").md5


def test_closing_twice_changes_nothing(tmp_path):
    with JsonlWriter(tmp_path, "a") as writer:
        writer.write(RECORDS[1])
        writer.close()
    assert writer.written.sizes.documents == 1


def test_files_add_up(tmp_path):
    total = Written()
    total.add(write(tmp_path, "a"))
    total.add(write(tmp_path, "b"))
    assert list(total.md5) == ["a", "b"]
    assert total.sizes.documents == 1000
    assert total.counts == {"n_words": 998, "n_tokens_own": 2000}
