import gzip
import io
from datetime import UTC, datetime

import zstandard
from fastwarc.warc import ArchiveIterator
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.demo import warc

WHEN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@given(st.binary(max_size=5000))
def test_containers_give_back_what_went_in(data):
    assert gzip.decompress(warc.gzipped(data)) == data
    assert zstandard.ZstdDecompressor().decompress(warc.zstandard_frame(data)) == data


def test_gzip_headers_carry_neither_time_nor_name():
    assert warc.gzipped(b"x")[3:8] == bytes(5)


def test_chunks_end_with_the_empty_one():
    assert warc.chunked(b"abcde", 2) == b"2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"


def test_an_exchange_is_two_records_that_refer_to_each_other():
    response = warc.message("HTTP/1.1 200 OK", [("Content-Type", "text/html")], b"<p>x")
    request = warc.message("GET / HTTP/1.1", [("Host", "a.example")])
    one = warc.Exchange("https://a.example/", WHEN, request, response, b"<p>x")
    data = warc.warcinfo("a.warc", WHEN) + b"".join(warc.exchange(one, "a.warc"))
    info, asked, answered = list(ArchiveIterator(io.BytesIO(data), parse_http=False))
    assert asked.headers["WARC-Concurrent-To"] == answered.headers["WARC-Record-ID"]
    assert answered.headers["WARC-Warcinfo-ID"] == info.headers["WARC-Record-ID"]
    assert answered.headers["WARC-Date"] == "2026-03-02T08:00:00Z"
