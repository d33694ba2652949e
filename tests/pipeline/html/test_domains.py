"""Documents by registrable domain."""

import doctest

import polars as pl
import pytest

from eurosift.pipeline.html import domains
from eurosift.pipeline.html.domains import Domains, domain_of

ROWS = [
    ("mlt_Latn", True, "https://www.gov.example.mt/a"),
    ("mlt_Latn", False, "http://example.mt:8080/b"),
    ("gle_Latn", True, "https://user:pass@blog.example.mt/"),
    ("gle_Latn", True, "https://news.example.co.uk/?q=https://example.mt"),
    ("gle_Latn", True, None),
    ("gle_Latn", True, "javascript:alert(1)"),
]


def counted(*blocks, **options):
    found = Domains(**options)
    for rows in blocks:
        schema = {"label": pl.String, "kept": pl.Boolean, "url": pl.String}
        found.add(pl.DataFrame(rows, schema=schema, orient="row"))
    return found


def table(found):
    return {row["domain"]: row for row in found.grid().rows}


def test_examples():
    assert doctest.testmod(domains).failed == 0


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("WWW.Example.MT.", "example.mt"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("me.blogspot.com", "me.blogspot.com"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("a.b.example.invalidtld", "example.invalidtld"),
        ("xn--bcher-kva.example.de", "example.de"),
        ("<script>", "<script>"),
    ],
)
def test_a_host_belongs_to_what_was_registered(host, domain):
    assert domain_of(host) == domain


def test_documents_are_counted_by_domain_with_those_that_are_kept():
    found = table(counted(ROWS))
    assert list(found) == ["example.mt", "example.co.uk"]
    first = found["example.mt"]
    assert (first["documents"], first["kept"], first["share"]) == (3, 2, 2 / 3)
    assert first["languages"] == "mlt_Latn, gle_Latn"


def test_blocks_add_up():
    parts = table(counted(*([row] for row in ROWS)))
    assert parts == table(counted(ROWS))


def test_the_first_domains_of_a_language_are_those_with_the_most_kept_documents():
    rows = {row["language"]: row for row in counted(ROWS).by_language().rows}
    assert rows["gle_Latn"]["best"] == "example.co.uk (1), example.mt (1)"
    assert (rows["mlt_Latn"]["domains"], rows["mlt_Latn"]["share"]) == (1, 1)


def test_memory_is_bounded_and_the_most_frequent_domains_stay():
    many = [("mlt_Latn", True, f"https://d{i}.example") for i in range(50)]
    often = [("mlt_Latn", True, "https://often.example")] * 9
    found = counted(often, many, often, most=20)
    assert found.forgotten
    assert table(found)["often.example"]["documents"] == 18
    assert not counted(often, most=20).forgotten


def test_without_addresses_there_is_no_table():
    assert counted(ROWS[4:]).grid() is None
    assert counted(ROWS[4:]).by_language() is None
