from __future__ import annotations

import csv
import json
import logging
import sys

import pytest
import trafilatura

from eurosift.stages.extract import ExtractConfig, pages
from eurosift.stages.extract import html as module
from eurosift.stages.extract.html import extract_page
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

ARTICLE = "<p>The council voted on Tuesday to repair the old bridge over the river.</p>" * 8
PAGE = f'<html lang="en-IE"><head><title> A\n title </title></head><body>{ARTICLE}</body></html>'
SMALL = ExtractConfig(max_tags=50, max_depth=5, max_attributes=4)


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL, logger="trafilatura")


@pytest.mark.parametrize("engine", ["trafilatura", "resiliparse"])
def test_page_gives_text_title_and_language(engine):
    page = extract_page(PAGE, ExtractConfig(engine=engine))
    assert page.text.count("repair the old bridge") >= 1
    assert (page.title, page.html_lang, page.engine, page.reasons) == (
        "A title",
        "en-IE",
        engine,
        [],
    )


def test_trafilatura_is_given_the_page_as_it_is():
    assert extract_page(PAGE, ExtractConfig()).text == trafilatura.extract(
        PAGE, include_comments=False
    )


@pytest.mark.parametrize("html", ["", "  \n ", "<html><body></body></html>"])
def test_page_without_text_has_a_reason(html):
    page = extract_page(html, ExtractConfig())
    assert (page.text, page.reasons) == (None, ["no_text"])


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<br>" * 51, "too_many_tags"),
        ("<div>" * 6 + "x" + "</div>" * 6, "too_deep"),
        ("<div " + "abc=1 " * 2_000 + ">x</div>", "too_many_attributes"),
        ("<p>\ufffd\ufffd\x01\x02 x</p>", "undecodable"),
    ],
)
def test_guards_refuse_before_anything_is_parsed(html, reason, monkeypatch):
    monkeypatch.setattr(module, "HTMLTree", None)
    page = extract_page(html, SMALL)
    assert (page.text, page.engine, page.reasons) == (None, None, [reason])


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("".join(f"<b id={i}>" for i in range(400)) + "<p>x" * 9_000, "too_many_tags"),
        (f"<b {' '.join(f'a{i}' for i in range(200))}>" + "<p>x" * 9_000, "too_many_attributes"),
        (f"<b id={'x' * 9_000}>" + "<p>x" * 9_000, "too_large"),
        (f"<i {' '.join(f'a{i}' for i in range(60))}>x</i>" * 9_000, "too_many_attributes"),
    ],
    ids=["elements", "attributes", "bytes", "all together"],
)
def test_pages_that_a_parser_makes_huge_are_refused(html, reason):
    """Elements that are not closed are opened again: 5 MB become 20 GB."""
    assert len(html) < 5_000_000
    assert extract_page(html, ExtractConfig()).reasons == [reason]


def test_exception_of_the_extractor_is_the_reason(monkeypatch):
    def fail(_page):
        raise RecursionError("too deep")

    monkeypatch.setitem(module.ENGINES, "auto", fail)
    page = extract_page(PAGE, ExtractConfig())
    assert (page.text, page.reasons) == (None, ["extractor_error:RecursionError"])


def test_lack_of_memory_is_no_property_of_the_page(monkeypatch):
    def fail(_page):
        raise MemoryError

    monkeypatch.setitem(module.ENGINES, "auto", fail)
    with pytest.raises(MemoryError):
        extract_page(PAGE, ExtractConfig())


def test_zero_characters_do_not_end_the_page():
    assert "river" in extract_page(PAGE.replace("bridge", "\0bridge"), ExtractConfig()).text


def test_text_can_always_be_encoded():
    page = extract_page(PAGE.replace("bridge", "&#xD800; bridge"), ExtractConfig())
    page.text.encode()


@pytest.mark.slow
def test_f1_on_development_pages_is_at_least_point_nine(web):
    sys.path.insert(0, str(web))
    try:
        from score import bag
    finally:
        sys.path.remove(str(web))
    with (web / "gold.jsonl").open(encoding="utf-8") as file:
        every = sorted(map(json.loads, file), key=lambda page: (page["source"], page["id"]))
    gold = {page["id"]: page["text"] for page in every[::6]}
    with (web / "index.csv").open(encoding="utf-8") as file:
        wanted = {row["record_id"]: row["id"] for row in csv.DictReader(file) if row["id"] in gold}
    config = ExtractConfig()
    scores = {}
    for path in sorted((web / "warc").iterdir()):
        for record in read_records(path, 6_000_000, Account()):
            page_id = wanted.get(record.headers.get("warc-record-id", ""))
            if page_id is None or record.kind != "response":
                continue
            response = pages._response(record)
            body = pages.decode_body(response.body, response.headers, config.max_bytes)
            page, *_ = pages._page(response, body, config)
            scores[page_id] = bag(page.text or "", gold[page_id])[2]
    assert len(scores) == len(gold)
    assert sum(scores.values()) / len(scores) >= 0.90
