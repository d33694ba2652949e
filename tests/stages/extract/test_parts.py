from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.parts import Part, parts_of_wacz
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def wacz(archives, compression=STORED):
    """A WACZ with these archives and what else is in one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("datapackage.json", b'{"profile": "data-package"}')
        archive.writestr("pages/pages.jsonl", b'{"format": "json-pages-1.0"}\n', DEFLATED)
        archive.writestr("indexes/index.cdx.gz", gzip.compress(b"com,example)/ 2024 {}\n"))
        for name, data in archives.items():
            archive.writestr(f"archive/{name}", data, compression)
    return file.getvalue()


@pytest.fixture
def archives(members, make_response):
    """Twelve pages in two archives, one of which is plain."""
    plain = b"".join(make_response(i) for i in range(5, 12))
    return {"b.warc": plain, "a.warc.gz": b"".join(members[:5])}


@pytest.mark.parametrize("compression", [STORED, DEFLATED])
def test_every_page_of_every_archive_is_a_row(extract, archives, compression):
    outcome = extract(wacz(archives, compression), "crawl/x.wacz", format="auto")
    assert outcome.numbers == list(range(12))
    assert [row["file_path"] for row in outcome.rows] == (
        ["crawl/x.wacz/archive/a.warc.gz"] * 5 + ["crawl/x.wacz/archive/b.warc"] * 7
    )
    assert len({row["id"] for row in outcome.rows}) == 12
    assert outcome.account.losses == []


def test_offsets_are_those_in_the_archive(extract, archives, members):
    rows = extract(wacz(archives), "x.wacz").rows[:5]
    for row, member in zip(rows, members, strict=False):
        assert archives["a.warc.gz"][row["offset"] :][: row["length"]] == member


def test_damage_is_named_with_the_archive(extract, members):
    broken = bytearray(members[1])
    broken[30:70] = bytes(byte ^ 0x5A for byte in broken[30:70])
    data = wacz({"a.warc.gz": members[0] + bytes(broken) + members[2]})
    outcome = extract(data, "x.wacz")
    assert outcome.numbers == [0, 2]
    assert outcome.account.losses == [
        {
            "reason": "corrupt_member",
            "offset": len(members[0]),
            "length": len(broken),
            "member": "archive/a.warc.gz",
        }
    ]


@pytest.mark.parametrize("keep", [0.5, 0.9])
def test_wacz_that_is_cut_off_gives_the_records_that_are_there(extract, members, keep):
    """Its directory was at the end."""
    data = wacz({"a.warc.gz": b"".join(members)})
    outcome = extract(data[: int(keep * len(data))], "x.wacz")
    first = data.index(members[0])
    whole = sum(
        first + len(b"".join(members[: i + 1])) <= int(keep * len(data))
        for i in range(len(members))
    )
    assert outcome.numbers[:whole] == list(range(whole))
    assert "garbage" in {loss["reason"] for loss in outcome.account.losses}


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"no zip file at all" * 9, "not_a_warc"), (wacz({}), "no_archive")],
    ids=["no zip", "no archive"],
)
def test_wacz_without_archive_is_one_loss(extract, data, reason):
    outcome = extract(data, "x.wacz")
    assert outcome.rows == []
    assert outcome.account.losses == [{"reason": reason, "offset": 0, "length": len(data)}]


def test_archive_that_the_zip_file_garbles_costs_no_other(extract, archives):
    data = bytearray(wacz(archives, DEFLATED))
    header = data.index(b"archive/b.warc")
    data[header + 200 : header + 300] = bytes(100)
    outcome = extract(bytes(data), "x.wacz")
    assert set(range(5)) <= set(outcome.numbers)
    assert {loss["member"] for loss in outcome.account.losses} == {"archive/b.warc"}


def test_encrypted_archive_is_a_loss(extract, archives):
    data = bytearray(wacz(archives, DEFLATED))
    at = data.index(b"PK\x01\x02", data.rindex(b"archive/b.warc") - 60)
    data[at + 8] |= 1  # in the directory
    at = data.index(b"archive/b.warc") - 30
    data[at + 6] |= 1  # and in the member's own header
    outcome = extract(bytes(data), "x.wacz")
    assert outcome.numbers == list(range(5))
    assert [(x["reason"], x["member"]) for x in outcome.account.losses] == [
        ("not_a_warc", "archive/b.warc")
    ]


def test_directory_that_promises_too_much_ends_with_the_file(extract, members):
    data = bytearray(wacz({"a.warc.gz": b"".join(members[:3])}))
    at = data.rindex(b"archive/a.warc.gz") - 46
    struct.pack_into("<II", data, at + 20, 10**6, 10**6)
    assert extract(bytes(data), "x.wacz").numbers[:3] == [0, 1, 2]


@given(
    content=st.binary(max_size=300),
    moves=st.lists(st.tuples(st.integers(0, 350), st.integers(0, 400)), max_size=8),
    compression=st.sampled_from([STORED, DEFLATED]),
)
def test_part_reads_as_a_file_of_its_own_does(tmp_path_factory, content, moves, compression):
    path = tmp_path_factory.mktemp("parts") / "x.wacz"
    path.write_bytes(wacz({"a.warc": content}, compression))
    (part,) = parts_of_wacz(path)
    assert part.size == len(content)
    alone = io.BytesIO(content)
    with part.open() as file:
        for at, n in moves:
            file.seek(min(at, len(content)))
            alone.seek(min(at, len(content)))
            assert file.read(n) == alone.read(n)


def test_going_back_a_little_inflates_nothing_again(tmp_path, monkeypatch):
    """Else the time to read a member would be quadratic in its size."""
    content = bytes(range(256)) * (6 << 12)
    path = tmp_path / "x.wacz"
    path.write_bytes(wacz({"a.warc": content}, DEFLATED))
    inflated = 0
    read = zipfile.ZipExtFile.read

    def counted(file, n=-1):
        nonlocal inflated
        data = read(file, n)
        inflated += len(data)
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    (part,) = parts_of_wacz(path)
    with part.open() as file:
        for at in range(0, len(content), 100_000):
            file.seek(at)
            assert file.read(10) == content[at : at + 10]
            file.seek(max(0, at - 1_000_000))
            assert file.read(4) == content[max(0, at - 1_000_000) :][:4]
    assert inflated <= len(content)


def test_going_back_far_begins_anew(tmp_path):
    content = bytes(range(256)) * (6 << 12)
    path = tmp_path / "x.wacz"
    path.write_bytes(wacz({"a.warc": content}, DEFLATED))
    (part,) = parts_of_wacz(path)
    with part.open() as file:
        assert file.seek(0, io.SEEK_END) == len(content)
        for at in (5, len(content) - 7, 300):
            file.seek(at)
            assert file.read(9) == content[at : at + 9]


@given(
    compression=st.sampled_from([STORED, DEFLATED]),
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4), st.integers(0, 99))),
)
def test_no_damage_is_an_error_or_goes_on_for_ever(tmp_path_factory, compression, damage):
    """Bytes overwritten, put in and taken out, in the directory too."""
    record = b"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 2\r\n\r\nab\r\n\r\n"
    data = wacz(
        {"a.warc.gz": gzip.compress(record, mtime=0) * 3, "b.warc": record * 3}, compression
    )
    for place, put_in, taken_out in damage:
        at = int(place * len(data))
        data = data[:at] + put_in + data[at + taken_out :]
    path = tmp_path_factory.mktemp("damaged") / "x.wacz"
    path.write_bytes(data)
    account = Account()
    for part in parts_of_wacz(path):
        found = list(read_records(part, 1000, account))
        assert len(found) <= 6
    assert damage or not account.losses
    assert all(loss["offset"] >= 0 and (loss["length"] or 0) >= 0 for loss in account.losses)


def test_whole_file_is_a_part_too(tmp_path):
    path = tmp_path / "X.WARC"
    path.write_bytes(b"abc")
    part = Part.whole(path)
    assert (part.name, part.size, part.member) == ("x.warc", 3, None)
    with part.open() as file:
        assert file.read() == b"abc"
