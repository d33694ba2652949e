from __future__ import annotations

import gzip
import io
import struct

import pytest
import zstandard

from eurosift.stages.extract.segments import Container, GzipSegment

CONTENT = b"".join(b"line %d of the content\n" % i for i in range(5_000))


def container(data, name="x"):
    return Container(io.BytesIO(data), name, len(data))


def content(segment):
    output = b""
    while segment.fill(1):
        output += bytes(segment.buffer)
        segment.drop(len(segment.buffer))
    return output


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, bytes])
def test_segment_gives_the_content_and_where_it_ends(compress):
    data = compress(CONTENT)
    segment = container(data).segment(0)
    assert content(segment) == CONTENT
    assert (segment.end, segment.damage) == (len(data), None)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_segment_ends_where_the_next_one_begins(compress):
    first, second = compress(b"one"), compress(b"two")
    both = container(first + second)
    segment = both.segment(0)
    assert content(segment) == b"one"
    assert segment.end == len(first)
    assert content(both.segment(segment.end)) == b"two"


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_cut_segment_is_truncated_not_corrupt(compress):
    segment = container(compress(CONTENT)[:-5]).segment(0)
    content(segment)
    assert (segment.end, segment.damage) == (None, "truncated")


def test_content_before_a_corrupt_byte_is_kept():
    data = bytearray(gzip.compress(CONTENT, 1))
    data[len(data) // 2 : len(data) // 2 + 40] = b"\xa5" * 40
    segment = container(bytes(data)).segment(0)
    got = content(segment)
    assert segment.damage == "corrupt"
    assert len(got) > len(CONTENT) // 4
    assert got[: len(CONTENT) // 4] == CONTENT[: len(CONTENT) // 4]


def test_wrong_checksum_is_damage():
    data = bytearray(gzip.compress(CONTENT))
    data[-6] ^= 1
    segment = container(bytes(data)).segment(0)
    content(segment)
    assert segment.damage == "corrupt"


def test_bomb_is_inflated_in_bounded_bites():
    bomb = gzip.compress(b"a" * 50_000_000)
    segment = GzipSegment(io.BytesIO(bomb), 0)
    segment.fill(1_000)
    assert len(segment.buffer) < 2_000_000
    assert segment.drop(50_000_000) == 50_000_000


def test_frames_use_the_embedded_dictionary():
    dictionary = zstandard.train_dictionary(
        2_048, [b"WARC/1.0 response number %d of the crawl" % i * 4 for i in range(400)]
    )
    head = struct.pack("<II", 0x184D2A5D, len(dictionary.as_bytes())) + dictionary.as_bytes()
    frame = zstandard.ZstdCompressor(dict_data=dictionary).compress(b"WARC/1.0 response number 7")
    file = container(head + frame)
    skipped = file.segment(0)
    assert content(skipped) == b""
    assert skipped.end == len(head)
    assert content(file.segment(len(head))) == b"WARC/1.0 response number 7"


@pytest.mark.parametrize("at", [9, 20, 60])
def test_damaged_dictionary_leaves_frames_that_cannot_be_read(at):
    samples = [f"WARC/1.0 response number {n}".encode() * 3 for n in range(500)]
    dictionary = bytearray(zstandard.train_dictionary(2_048, samples).as_bytes())
    whole = zstandard.ZstdCompressionDict(bytes(dictionary))
    frame = zstandard.ZstdCompressor(dict_data=whole).compress(b"WARC/1.0 response number 7")
    dictionary[at : at + 8] = b"\xff" * 8
    data = struct.pack("<II", 0x184D2A5D, len(dictionary)) + dictionary + frame
    segment = container(data, "x.warc.zst").segment(8 + len(dictionary))
    assert content(segment) == b""
    assert segment.damage == "corrupt"


def test_magic_bytes_by_chance_are_not_taken_for_a_member():
    real = gzip.compress(b"WARC/1.0")
    data = b"\x1f\x8b\x08garbage\x1f\x8b\x08" + real
    file = container(data, "x.gz")
    found = file.next_segment(1, lambda s: s.fill(8) >= 8 and s.buffer.startswith(b"WARC"))
    assert found == len(data) - len(real)
