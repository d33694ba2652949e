"""Pages of a sentence each, and the records of a crawl that have them."""

from __future__ import annotations


def html(number: int, sentence: str, language: str) -> str:
    """A page of four paragraphs."""
    paragraphs = f"<p>{number}. {sentence}</p>" * 4
    return f"<html lang={language}><title>T{number}</title><article>" + paragraphs


def record(number: int, sentence: str, language: str, kind: str = "response") -> bytes:
    """A record with the page, or with the sentence as the text of one (`conversion`)."""
    block, type_ = f"{number}. {sentence}".encode(), "text/plain"
    if kind == "response":
        page = html(number, sentence, language)
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page.encode()
        type_ = "application/http; msgtype=response"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://ex.example/{number}\r\n"
        f"WARC-Date: 2024-05-06T07:08:09Z\r\nContent-Type: {type_}\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"
