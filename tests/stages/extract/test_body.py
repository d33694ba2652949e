from __future__ import annotations

import gzip
import tracemalloc
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from eurosift.stages.extract.body import dechunk, decode_body

PAGE = b"<html><body>" + b"<p>Some words of a page.</p>\n" * 50 + b"</body></html>"
LIMIT = 100_000


def raw_deflate(data):
    encoder = zlib.compressobj(wbits=-15)
    return encoder.compress(data) + encoder.flush()


def chunked(data, size=100):
    parts = [data[i : i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


CODECS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("encoding", CODECS)
def test_content_encoding_is_undone(encoding):
    assert decode_body(CODECS[encoding](PAGE), {"content-encoding": encoding}, LIMIT) == PAGE


def test_deflate_without_its_wrapper_is_undone():
    assert decode_body(raw_deflate(PAGE), {"content-encoding": "deflate"}, LIMIT) == PAGE


@pytest.mark.parametrize("encoding", [*CODECS, "identity", "unheard-of"])
def test_plain_body_whose_header_lies_comes_back(encoding):
    headers = {"content-encoding": encoding, "transfer-encoding": "chunked"}
    assert decode_body(PAGE, headers, LIMIT) == PAGE


@pytest.mark.parametrize("encoding", [*CODECS, "identity", "deflate, gzip"])
def test_text_without_markup_whose_header_lies_comes_back(encoding):
    text = b"Just plain text without any markup. " * 20
    assert decode_body(text, {"content-encoding": encoding}, LIMIT) == text


@pytest.mark.parametrize("encode", [gzip.compress, zstandard.compress])
@pytest.mark.parametrize("said", [{}, {"content-encoding": "br"}])
def test_compression_that_no_header_mentions_is_undone(encode, said):
    assert decode_body(encode(PAGE), said, LIMIT) == PAGE


@pytest.mark.parametrize("encoding", CODECS)
def test_encoding_in_the_transfer_is_undone(encoding):
    headers = {"transfer-encoding": f"{encoding}, chunked"}
    assert decode_body(chunked(CODECS[encoding](PAGE)), headers, LIMIT) == PAGE


def test_wrong_checksum_costs_no_text():
    body = gzip.compress(PAGE)[:-8] + b"\xff" * 8
    assert decode_body(body, {"content-encoding": "gzip"}, LIMIT) == PAGE


@pytest.mark.parametrize("encoding", CODECS)
def test_trailer_fields_and_extensions_of_chunks_are_no_content(encoding):
    body = chunked(CODECS[encoding](PAGE), 40).replace(b"28\r\n", b"28;a=1\r\n", 1)
    body = body.removesuffix(b"\r\n") + b"Expires: 0\r\nX-Checksum: 1f\r\n\r\n"
    headers = {"transfer-encoding": "chunked", "content-encoding": encoding}
    assert decode_body(body, headers, LIMIT) == PAGE


def test_chunks_that_no_header_mentions_are_joined_if_all_of_the_body_is_chunks():
    assert decode_body(chunked(PAGE), {}, LIMIT) == PAGE
    text = b"2\r\nab\r\nis how chunks look."
    assert decode_body(text, {}, LIMIT) == text
    assert decode_body(b"0\nis a number", {"transfer-encoding": "chunked"}, LIMIT)[:1] == b"0"


def test_members_of_gzip_are_joined_up_to_damage():
    members = [gzip.compress(bytes([n]) * 20_000) for n in range(4)]
    whole = b"".join(members)
    assert decode_body(whole, {"content-encoding": "gzip"}, LIMIT) == gzip.decompress(whole)
    damaged = b"".join([*members[:2], members[2][:-8] + bytes(8), members[3]])
    assert (
        decode_body(damaged, {"content-encoding": "gzip"}, LIMIT)[:40_000]
        == (gzip.decompress(whole)[:40_000])
    )


def test_chunked_and_encodings_nest():
    body = chunked(gzip.compress(brotli.compress(PAGE)))
    headers = {"transfer-encoding": "chunked", "content-encoding": "br, gzip"}
    assert decode_body(body, headers, LIMIT) == PAGE


@pytest.mark.parametrize("encoding", CODECS)
def test_bomb_costs_no_more_than_the_limit(encoding):
    bomb = CODECS[encoding](b"<p>" + b"a" * 30_000_000)
    tracemalloc.start()
    body = decode_body(bomb, {"content-encoding": encoding}, LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(body) == LIMIT + 1
    assert peak < 3_000_000


@pytest.mark.parametrize("encoding", CODECS)
def test_truncated_body_gives_its_beginning(encoding):
    noise = "".join(f"<p>{i * i} words</p>" for i in range(20_000)).encode()
    cut = CODECS[encoding](noise)
    body = decode_body(cut[: len(cut) // 2], {"content-encoding": encoding}, 9_000_000)
    assert len(body) > 10_000
    assert noise.startswith(body)


@given(data=st.binary(max_size=300), size=st.integers(1, 50))
def test_dechunk_undoes_chunking(data, size):
    assert dechunk(chunked(data, size)) == data


@given(data=st.binary(max_size=200), encoding=st.sampled_from([*CODECS, "gzip, br"]))
def test_no_bytes_are_an_error(data, encoding):
    headers = {"content-encoding": encoding, "transfer-encoding": "chunked"}
    assert len(decode_body(data, headers, 500)) <= 501
