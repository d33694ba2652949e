"""Addresses of the same page are the same."""

from __future__ import annotations

import pyarrow as pa
import pytest

from eurosift.dedup.urls import normalise_urls


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.Example.eu:443/a/#top", "example.eu/a"),
        ("HTTP://example.eu/a", "example.eu/a"),
        ("example.eu/a/", "example.eu/a"),
        ("http://example.eu:8080/a", "example.eu:8080/a"),
        ("http://example.eu:8", "example.eu:8"),
        ("http://example.eu", "example.eu"),
        ("http://example.eu/?q=B", "example.eu/?q=B"),
        ("http://example.eu/Path", "example.eu/Path"),
        ("  http://www.example.eu/a ", "example.eu/a"),
        ("https://ta' pinu.example", None),
        ("", None),
        (None, None),
    ],
)
def test_pages_have_one_name(url, expected):
    assert normalise_urls(pa.array([url], pa.string())).to_pylist() == [expected]
