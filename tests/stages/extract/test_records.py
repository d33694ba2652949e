from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.parts import Part
from eurosift.stages.extract.records import TolerantReader, header_fields, header_pairs
from eurosift.stages.source import Account


def read(path, *, limit=1_000_000, start=0):
    account = Account()
    return list(TolerantReader(Part.whole(path), limit, account).read(start)), account


@pytest.fixture
def file(tmp_path):
    def write(data, name="x.warc"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def test_offset_and_length_cut_the_record_out_of_the_file(file, make_response):
    data = b"".join(make_response(i) for i in range(3))
    records, account = read(file(data))
    assert [data[r.offset : r.offset + r.length] for r in records] == [
        make_response(i) for i in range(3)
    ]
    assert account == Account()


def test_records_of_one_member_share_its_offset_and_differ_by_ordinal(file, make_response):
    data = gzip.compress(b"".join(make_response(i) for i in range(3)))
    records, _ = read(file(data, "x.warc.gz"))
    assert [(r.offset, r.length, r.ordinal) for r in records] == [(0, None, i) for i in range(3)]


@pytest.mark.parametrize("delta", [-50, 50, 10**12])
def test_wrong_content_length_is_corrected_by_the_next_record(file, make_response, delta):
    right = make_response(1)
    length = len(right.partition(b"\r\n\r\n")[2]) - 4
    wrong = right.replace(b"Content-Length: %d" % length, b"Content-Length: %d" % (length + delta))
    assert wrong != right
    records, account = read(file(make_response(0) + wrong + make_response(2)))
    assert [r.block.count(b"</html>") for r in records] == [1, 1, 1]
    assert records[1].block.endswith(b"</html>")
    assert account.losses == []


@pytest.mark.parametrize("line", [b"", b"Content-Length: abc\r\n", b"Content-Length: -7\r\n"])
def test_record_without_a_usable_length_ends_at_the_next(file, make_response, line):
    head, _, rest = make_response(0).partition(b"Content-Length: ")
    data = head + line + rest.partition(b"\r\n")[2] + make_response(1)
    records, account = read(file(data))
    assert [r.block.endswith(b"</html>") for r in records] == [True, True]
    assert account.losses == []


def test_bytes_that_are_no_record_are_lost_with_offset_and_length(file, make_response):
    junk = b"this is no record\r\nnor is this\r\n"
    first = make_response(0)
    records, account = read(file(first + junk + make_response(1)))
    assert len(records) == 2
    assert account.losses == [{"reason": "no_record", "offset": len(first), "length": len(junk)}]


def test_truncated_plain_record_is_a_loss_that_keeps_what_is_there(file, make_response):
    first, last = make_response(0), make_response(1)
    records, account = read(file(first + last[:-60]))
    assert len(records) == 2
    assert last.startswith(records[1].block, last.index(b"HTTP/1.1"))
    assert account.losses == [
        {"reason": "truncated_record", "offset": len(first), "length": len(last) - 60}
    ]


def test_content_beyond_the_limit_is_skipped_not_kept(file, make_record, make_response):
    data = make_record(b"x" * 3_000_000, kind="resource") + make_response(1)
    records, account = read(file(data), limit=1_000)
    assert [len(r.block) for r in records] == [1_000, len(records[1].block)]
    assert records[1].offset == len(data) - len(make_response(1))
    assert account.losses == []


@pytest.mark.parametrize("url", ["http://a.example/", "http://a.example/a b?c=d e"])
@pytest.mark.parametrize("more", ["", "200 - - 0 x.arc "])
def test_arc_records_are_responses(file, make_page, url, more):
    block = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + make_page(1)
    data = b"filedesc://x.arc 0.0.0.0 20080430204825 text/plain 4\n1 1 \n"
    line = f"{url} 10.0.0.1 20080430204826 text/html {more}{len(block)}\n"
    data += line.encode() + block + b"\n"
    records, account = read(file(data, "x.arc"))
    assert [r.kind for r in records] == ["warcinfo", "response"]
    assert records[1].headers["warc-target-uri"] == url
    assert records[1].headers["warc-date"] == "20080430204826"
    assert records[1].block == block
    assert account.losses == []


def test_header_lines_may_be_folded_and_are_latin_1_if_not_utf_8():
    assert header_fields(b"A: one\r\n two\r\nB: \xe9\r\nA: three") == {"a": "one two", "b": "é"}


def test_header_pairs_are_all_that_are_there():
    lines = b"A: one\r\n two\r\nno field\r\n lost\r\nB:\r\na: three\n  four"
    assert list(header_pairs(lines)) == [("a", "one two"), ("b", ""), ("a", "three four")]


@given(data=st.binary(max_size=400))
def test_every_byte_of_a_plain_file_is_in_a_record_or_a_loss(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.warc"
    path.write_bytes(b"WARC/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n" + data)
    records, account = read(path)
    covered = sum(r.length for r in records)
    covered += sum(x["length"] for x in account.losses if x["reason"] != "truncated_record")
    blank = sum(byte in b"\r\n\0 \t" for byte in data)
    assert covered >= path.stat().st_size - blank - 4
