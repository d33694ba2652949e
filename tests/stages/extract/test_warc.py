from __future__ import annotations

import csv
import gzip

import pytest
import zstandard

from eurosift.stages.errors import InputError
from eurosift.stages.extract.parts import Part
from eurosift.stages.extract.records import TolerantReader
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

LIMIT = 6_000_000


def test_both_readers_see_the_same_in_a_sound_file(tmp_path, make_response):
    for name, compress in (("a.warc.gz", gzip.compress), ("a.warc.zst", zstandard.compress)):
        path = tmp_path / name
        path.write_bytes(b"".join(compress(make_response(i)) for i in range(5)))
        account = Account()
        assert list(read_records(path, LIMIT, account)) == list(
            TolerantReader(Part.whole(path), LIMIT, account).read(0)
        )
        assert account.losses == []


@pytest.mark.parametrize("sizes", [[3, 3, 3], [1, 2, 1], [1, 1, 3], [2, 1, 1]])
@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_records_that_share_members_come_back_once_each(tmp_path, make_response, sizes, compress):
    data, n = b"", 0
    for size in sizes:
        data += compress(b"".join(make_response(n + i) for i in range(size)))
        n += size
    path = tmp_path / "shared.warc.gz"
    path.write_bytes(data)
    found = list(read_records(path, LIMIT, Account()))
    assert [r.headers["warc-target-uri"] for r in found] == [
        f"http://ex{i}.example/" for i in range(n)
    ]
    assert len({(r.offset, r.ordinal) for r in found}) == n


def test_nineteen_of_twenty_come_back_after_a_corrupt_member(extract, members):
    broken = bytearray(members[10])
    broken[30:70] = bytes(byte ^ 0x5A for byte in broken[30:70])
    outcome = extract(b"".join([*members[:10], bytes(broken), *members[11:]]))
    assert outcome.numbers == [i for i in range(20) if i != 10]
    assert outcome.lost == [("corrupt_member", sum(map(len, members[:10])))]
    assert outcome.account.losses[0]["length"] == len(broken)


def test_garbage_between_members_costs_no_record(extract, members):
    outcome = extract(b"".join([*members[:3], b"\xfe garbage \x1f\x8b\x08", *members[3:]]))
    assert outcome.numbers == list(range(20))
    assert outcome.lost == [("garbage", sum(map(len, members[:3])))]


def test_truncated_last_record_is_a_loss_with_its_offset(extract, members):
    outcome = extract(b"".join(members)[:-100])
    assert outcome.numbers[:19] == list(range(19))
    assert outcome.lost == [("truncated_member", sum(map(len, members[:-1])))]


def test_empty_file_has_no_rows_and_no_losses(extract):
    outcome = extract(b"")
    assert (outcome.rows, outcome.account) == ([], Account())


@pytest.mark.parametrize(
    "data",
    [b"<html><p>hello</p></html>" * 99, gzip.compress(b"hello" * 99)],
    ids=["html", "gzip"],  # the bytes hold the time, and workers have to find the same names
)
def test_file_without_any_record_is_one_loss(extract, data):
    outcome = extract(data)
    assert outcome.rows == []
    assert outcome.account.losses == [{"reason": "not_a_warc", "offset": 0, "length": len(data)}]


def test_missing_file_is_one_clear_error(tmp_path):
    with pytest.raises(InputError, match=r"gone\.warc: cannot be read"):
        list(read_records(tmp_path / "gone.warc", LIMIT, Account()))


def test_long_header_is_read(extract, make_response):
    outcome = extract(gzip.compress(make_response(1, headers=(("Set-Cookie", "a" * 200_000),))))
    assert outcome.numbers == [1]


# What the best of fastwarc 2.0 and warcio 1.8 gives, and 19 where one member is corrupt.
FEWER = {"02": 11, "03": 12, "04": 19, "05": 19, "06": 19, "31": 1, "40": 8}
OTHER_TEXT = {"69", "70", "71", "72", "73", "74", "75", "76", "83"}


def test_malformed_files_give_what_the_best_reader_gives(web, extract):
    short = {}
    for path in sorted((web / "malformed_warc").iterdir()):
        outcome = extract(path, path.name)
        number = path.name[:2]
        if number in OTHER_TEXT:
            continue
        whole = sum("article" in (text or "") for text in outcome.texts)
        whole += sum(row["extract_reasons"] == ["http_status"] for row in outcome.rows)
        if whole < FEWER.get(number, 20):
            short[path.name] = whole
    assert short == {}


def test_real_files_are_read_to_the_end(web, extract):
    expected = {"clipped.warc.gz": ["truncated_member"]}
    for path in sorted((web / "real_warc").iterdir()):
        if path.stat().st_size > 600_000:
            continue
        outcome = extract(path, path.name)
        assert outcome.rows
        assert [x["reason"] for x in outcome.account.losses] == expected.get(path.name, [])


def test_every_page_of_a_development_file_is_a_row(web, extract):
    name = "dev-00002-ia.warc.gz"
    with (web / "index.csv").open(encoding="utf-8") as file:
        wanted = {row["url"] for row in csv.DictReader(file) if row["warc"] == name}
    outcome = extract(web / "warc" / name, name)
    assert wanted <= {row["url"] for row in outcome.rows}
    assert len({row["id"] for row in outcome.rows}) == len(outcome.rows)
    assert outcome.account.losses == []
