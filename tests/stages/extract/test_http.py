from __future__ import annotations

import pytest

from eurosift.stages.extract.http import media_type, parse_response

BODY = b"<html>body</html>"


@pytest.mark.parametrize(
    ("head", "status", "content_type"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n", 404, "text/html"),
        (b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n", 200, "text/html"),
        (b"HTTP/2 200\r\ncontent-type: text/html\r\n\r\n", 200, "text/html"),
        (b"HTTP/1.0 200 OK\r\nContent-Type: TEXT/html;x\r\n\r\n", 200, "text/html"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", 200, "text/html"),
        (b"HTTTP garbage\r\nfoo\r\n\r\n", None, None),
        (b"HTTP/1.1 20000\r\n\r\n", None, None),
        (b"", None, None),
    ],
)
def test_header_and_body_are_told_apart_however_they_are_written(head, status, content_type):
    response = parse_response(head + BODY)
    assert (response.status, response.content_type) == (status, content_type)
    assert response.body == BODY


def test_blank_lines_in_the_body_do_not_end_the_header_late():
    response = parse_response(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\nfirst\r\n\r\nsecond")
    assert response.body == b"first\r\n\r\nsecond"


@pytest.mark.parametrize(
    ("value", "charset"),
    [
        ("text/html; charset=ISO-8859-2", "ISO-8859-2"),
        ('text/html; Charset="utf-8"', "utf-8"),
        ("text/html;charset = windows-1257 ; x=y", "windows-1257"),
        ("text/html", None),
    ],
)
def test_charset_is_read_from_the_content_type(value, charset):
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {value}\r\n\r\n".encode()
    assert parse_response(head).charset == charset


def test_media_type_without_a_value_is_none():
    assert [media_type(value) for value in (None, "", " ; charset=x")] == [None, None, None]
