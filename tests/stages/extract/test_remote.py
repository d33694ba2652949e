"""Files by URL: read by ranges, never cut short, and no other file in between."""

import gzip
import io
import random

import polars as pl
import pytest
import zstandard

from eurosift.stages.errors import InputError
from eurosift.stages.extract import remote
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.remote import Remote, stat_of
from eurosift.stages.extract.stores import RemoteError
from eurosift.stages.extract.tables import lines_of
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

DATA = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Small blocks, and no waits."""
    monkeypatch.setattr(remote, "_BLOCK", 1000)
    monkeypatch.setattr(remote, "_BUFFER", 100)
    monkeypatch.setattr(remote, "READ_WAITS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(remote, "LOOK_WAITS", (0.0,))


@pytest.fixture
def file(web_server):
    web_server.files["x.bin"] = DATA
    return Remote(f"{web_server.url}/x.bin", {})


def gets(server):
    return [asked for method, _, asked in server.requests if method == "GET"]


def test_it_reads_like_a_local_file(file, tmp_path):
    local = tmp_path / "x.bin"
    local.write_bytes(DATA)
    for buffering in (-1, 0):
        with file.open("rb", buffering) as ours, local.open("rb", buffering) as theirs:
            for step in (("read", 10), ("seek", 5000), ("read", 1500), ("seek", -7, 2),
                         ("read", 100), ("read", 1), ("seek", 20_000), ("read", 1), ("tell",),
                         ("seek", 3), ("seek", 4, 1), ("read", 2)):  # fmt: skip
                if buffering == 0 or step[0] != "read":
                    assert getattr(ours, step[0])(*step[1:]) == getattr(theirs, step[0])(*step[1:])
                else:
                    assert ours.read(step[1]) == theirs.read(step[1])
    assert file.stat().st_size == local.stat().st_size
    assert file.name == local.name


def test_blocks_are_requested_once_for_all_who_read(file, web_server):
    with file.open() as first, file.open() as second:
        assert first.read(2500) + first.read(500) == DATA[:3000]
        second.seek(2900)
        assert second.read(50) == DATA[2900:2950]
    assert gets(web_server) == ["bytes=0-999", "bytes=1000-1999", "bytes=2000-2999"]


def test_no_more_blocks_are_kept_than_there_is_room_for(file):
    with file.open() as opened:
        opened.read()
    assert len(file._blocks) == remote._BLOCKS


def test_unbuffered_only_what_is_asked_for_is_requested(file, web_server):
    with file.open("rb", buffering=0) as opened:
        opened.seek(-8, io.SEEK_END)
        assert opened.read(8) == DATA[-8:]
    assert gets(web_server) == [f"bytes={len(DATA) - 8}-{len(DATA) - 1}"]


@pytest.mark.parametrize("fault", ["cut", "503", "429"])
def test_reading_goes_on_after_a_failure_that_passes(file, web_server, fault):
    web_server.faults = [None, fault, None, fault, fault]
    with file.open() as opened:
        assert opened.read() == DATA
    assert gets(web_server).count("bytes=1000-1999") == 2
    assert "bytes=0-9" not in gets(web_server)


@pytest.mark.parametrize(("fault", "tries", "words"), [
    ("503", 4, r"after 4 tries: 503"),
    ("cut", 4, r"after 4 tries: "),
    ("403", 1, r"access is denied"),
    ("404", 1, r"is not there"),
])  # fmt: skip
def test_a_failure_that_lasts_is_told_once(file, web_server, fault, tries, words):
    web_server.faults = [None] + [fault] * 20
    with file.open() as opened:
        opened.read(1000)
        with pytest.raises(OSError, match=words) as error:
            opened.read()
        assert error.value.filename == file.url
        assert gets(web_server).count("bytes=1000-1999") == tries
        with pytest.raises(OSError, match=words):  # at once
            opened.read()
    assert len(gets(web_server)) == 1 + tries


def test_another_file_in_its_place_is_told(file, web_server):
    web_server.faults = [None, "cut"]
    with file.open() as opened:
        opened.read(1000)
        web_server.files["x.bin"] = DATA[::-1]
        with pytest.raises(RemoteError, match="has changed while it was read"):
            opened.read()


def test_a_file_that_has_become_shorter_never_just_ends(file, web_server):
    with file.open() as opened:
        opened.read(1000)
        web_server.files["x.bin"] = DATA[:3500]
        with pytest.raises(RemoteError, match="has changed while it was read"):
            opened.read()


def test_a_server_without_ranges_is_told(file, web_server):
    web_server.ranges = False
    with file.open() as opened:
        opened.seek(2000)
        with pytest.raises(RemoteError, match="range requests"):
            opened.read(1)
    web_server.headers = {"Accept-Ranges": "none"}
    with pytest.raises(RemoteError, match="gives no parts of files"):
        Remote(file.url, {}).stat()


def test_bytes_are_taken_as_they_are_stored(web_server):
    """A server may call a .gz file an encoding, which clients like to undo."""
    data = gzip.compress(DATA, mtime=0)
    web_server.files["x.gz"] = data
    web_server.etags = False
    found = Remote(f"{web_server.url}/x.gz", {})
    found.stat()
    web_server.headers = {"Content-Encoding": "gzip"}
    with found.open() as opened:
        assert opened.read() == data


def test_a_strong_etag_is_a_version():
    assert stat_of({"size": 5, "ETag": '"abc"'}) == (5, '"abc"')
    assert stat_of({"size": 5, "ETag": 'W/"abc"', "LastModified": 1}) == (5, "")
    assert stat_of({"size": None}) is None


@pytest.mark.parametrize("suffix", ["jsonl", "jsonl.gz", "jsonl.zst", "parquet", "warc.gz", "warc"])
@pytest.mark.parametrize("fault", ["503", "cut"])
def test_no_reader_takes_a_failure_for_the_end_or_for_damage(web_server, members, suffix, fault):
    """Whatever it makes of bytes that are wrong: of bytes that are missing it makes an error."""
    web_server.files[f"x.{suffix}"] = content(suffix, members)
    source = Remote(f"{web_server.url}/x.{suffix}", {})
    account = Account()
    assert list(reading(source, suffix, account))
    assert account.losses == []
    web_server.faults = [None, None] + [fault] * 2 + [None] * 2 + [fault] * 100
    source = Remote(f"{web_server.url}/x.{suffix}", {})
    with pytest.raises(InputError, match=rf"x.{suffix}: cannot be read \(after 4 tries"):
        list(reading(source, suffix, account))
    assert account.losses == []


def content(suffix, members):
    words = random.Random(5)  # text that cannot be compressed to nothing
    texts = ["".join(words.choices("abcdefgh ", k=300)) for _ in range(100)]
    lines = "".join(f'{{"text": "{text}"}}\n' for text in texts).encode()
    if suffix == "parquet":
        found = io.BytesIO()
        pl.DataFrame({"text": texts}).write_parquet(found, row_group_size=10)
        return found.getvalue()
    warc = {"warc": b"".join(map(gzip.decompress, members)), "warc.gz": b"".join(members)}
    compress = {"jsonl.gz": gzip.compress, "jsonl.zst": zstandard.compress}
    return warc.get(suffix) or compress.get(suffix, bytes)(lines)


def reading(source, suffix, account):
    if "warc" in suffix:
        return read_records(source, 100_000, account)
    format_ = "parquet" if suffix == "parquet" else "jsonl"
    return lines_of(source, ExtractConfig(format=format_), account)
