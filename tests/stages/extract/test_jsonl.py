from __future__ import annotations

import gzip

import orjson
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract import jsonl
from eurosift.stages.extract.jsonl import Line, read_lines
from eurosift.stages.source import Account

ROWS = [{"id": str(i), "text": f"text {i}"} for i in range(20)]
PLAIN = b"".join(orjson.dumps(row) + b"\n" for row in ROWS)


def read(tmp_path, data, name="x.jsonl", max_line=1 << 20):
    path = tmp_path / name
    path.write_bytes(data)
    account = Account()
    return list(read_lines(path, account, max_line)), account.losses


@pytest.mark.parametrize(
    ("name", "compress"),
    [("x.jsonl", bytes), ("x.jsonl.gz", gzip.compress), ("x.jsonl.zst", zstandard.compress)],
)
def test_compression_does_not_matter(tmp_path, name, compress):
    lines, losses = read(tmp_path, compress(PLAIN), name)
    assert [line.values for line in lines] == ROWS
    assert [PLAIN[x.offset : x.offset + x.length] for x in lines] == PLAIN.splitlines(keepends=True)
    assert losses == []


@pytest.mark.parametrize("bad", [b"{not json\n", b"[1]\n", b'"text"\n', b'{"text": "\xff"}\n'])
def test_bad_line_is_a_loss_with_its_offset(tmp_path, bad):
    lines, losses = read(tmp_path, PLAIN + bad + PLAIN)
    assert len(lines) == 40
    assert losses == [{"reason": "bad_json", "offset": len(PLAIN), "length": len(bad)}]


def test_blank_lines_are_nothing(tmp_path):
    lines, losses = read(tmp_path, b"\n \n" + PLAIN + b"\r\n")
    assert (len(lines), losses) == (20, [])


def test_last_line_needs_no_newline(tmp_path):
    assert len(read(tmp_path, PLAIN[:-1])[0]) == 20


@pytest.mark.parametrize("end", [b"\n", b""])
def test_line_over_the_limit_is_too_large_and_the_next_one_is_read(tmp_path, monkeypatch, end):
    """However many pieces it is read in, and whether or not it is the last one."""
    monkeypatch.setattr(jsonl, "_PIECE", 100)
    long = orjson.dumps({"text": "x" * 1_000}) + end
    lines, losses = read(tmp_path, PLAIN + long + (PLAIN if end else b""), max_line=64)
    assert len(lines) == (41 if end else 21)
    assert losses == []
    assert lines[20] == Line({}, len(PLAIN), len(long), too_large=True)
    assert [line.offset for line in lines if line.too_large] == [len(PLAIN)]
    assert not end or lines[21].offset == len(PLAIN) + len(long)


def test_a_line_just_below_the_limit_is_read(tmp_path):
    line = orjson.dumps({"text": "x" * 1_000}) + b"\n"
    assert [found.too_large for found in read(tmp_path, line, max_line=len(line))[0]] == [False]
    assert [found.too_large for found in read(tmp_path, line, max_line=len(line) - 1)[0]] == [True]


@pytest.mark.parametrize(
    ("name", "compress"), [("x.jsonl.gz", gzip.compress), ("x.jsonl.zst", zstandard.compress)]
)
def test_damaged_stream_is_a_loss_after_what_could_be_read(tmp_path, name, compress):
    data = compress(b"".join(orjson.dumps({"n": i * i}) + b"\n" for i in range(99_999)))
    lines, losses = read(tmp_path, data[: len(data) // 2] + b"\0" * 99, name)
    assert 0 < len(lines) < 99_999
    assert losses
    assert {loss["reason"] for loss in losses} <= {"bad_json", "damaged_stream"}


@pytest.mark.parametrize(
    ("name", "compress"), [("x.jsonl.gz", gzip.compress), ("x.jsonl.zst", zstandard.compress)]
)
@pytest.mark.parametrize("frames", [1, 2])
def test_stream_that_is_cut_off_is_a_loss_wherever_it_ends(tmp_path, name, compress, frames):
    """Also where what could be read is whole lines, or no line at all."""
    data = compress(PLAIN) * frames
    start = len(data) - len(compress(PLAIN))
    for cut in range(start + 1, len(data)):
        lines, losses = read(tmp_path, data[:cut], name)
        assert [loss["reason"] for loss in losses] == ["damaged_stream"], cut
        assert losses[0]["offset"] == sum(line.length for line in lines)


def test_frames_follow_each_other_and_some_are_to_be_skipped(tmp_path):
    skipped = b"\x50\x2a\x4d\x18\x03\0\0\0any"
    data = zstandard.compress(PLAIN) + skipped + zstandard.compress(PLAIN[:-1])
    lines, losses = read(tmp_path, data, "x.jsonl.zst")
    assert ([line.values for line in lines], losses) == (ROWS * 2, [])


@given(rows=st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=9)), max_size=9))
def test_objects_come_back(tmp_path_factory, rows):
    data = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    lines, losses = read(tmp_path_factory.getbasetemp(), data, "any.jsonl")
    assert ([line.values for line in lines], losses) == (rows, [])
