from __future__ import annotations

import logging
import re

import numpy as np
import pytest
import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree
from trafilatura import utils

from eurosift.stages.errors import AssetError
from eurosift.stages.extract import Extract, ExtractConfig, engines
from eurosift.stages.extract.blocks import classifier
from eurosift.stages.extract.blocks.classifier import Found
from eurosift.stages.extract.blocks.scan import scan
from eurosift.stages.extract.blocks.votes import agreement
from eurosift.stages.extract.gold import read_gold
from eurosift.stages.extract.html import extract_page

LINES = [
    f"The council voted on Tuesday to repair bridge number {n} over the river." for n in "abcdef"
]
ARTICLE = "".join(f"<p>{line}</p>" for line in LINES)
PAGE = (
    '<html><head><title>t</title></head><body><nav><a href="/">Home</a></nav>'
    f"<article>{ARTICLE}</article></body></html>"
)
TEASED = PAGE.replace("<p>", "<div class='teaser'><p>Read more about the bridge.</p></div><p>", 1)
"""Of which trafilatura takes more where it favours recall."""


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.CRITICAL, logger="trafilatura")


def run(engine, html=PAGE, **settings):
    source = engines.Source(html, HTMLTree.parse(html), ExtractConfig(**settings))
    return engines.ENGINES[engine](source)


def test_trees_that_cannot_be_used_stop_the_stage_and_lose_no_page(monkeypatch):
    def broken():
        raise AssetError("no trees")

    monkeypatch.setattr(classifier, "shipped", broken)
    with pytest.raises(AssetError, match="no trees"):
        Extract(ExtractConfig(engine="auto"), name="extract").open()
    Extract(ExtractConfig(engine="trafilatura"), name="extract").open()
    with pytest.raises(AssetError, match="no trees"):
        extract_page(PAGE, ExtractConfig(engine="auto"))


def test_a_page_that_grows_in_the_parser_is_refused_by_its_size():
    """Tags that are not closed are opened again in each paragraph, with their attributes."""
    html = f'<p><b title="{"x" * 2000}">' + "<p>one" * 200
    assert len(html) < 20_000
    page = extract_page(html, ExtractConfig(engine="auto", max_bytes=20_000))
    assert (page.text, page.reasons) == (None, ["too_large"])


def test_each_engine_says_who_it_is():
    found = {name: run(name).engine for name in engines.ENGINES}
    assert found == {"auto": "blocks"} | {n: n for n in ("trafilatura", "resiliparse", "plain")}
    assert all("bridge number c" in run(name).text for name in engines.ENGINES)


def test_plain_is_all_visible_text():
    assert "Home" in run("plain").text


def test_auto_is_sure_where_the_engines_agree():
    found = run("auto")
    assert found.text.splitlines() == LINES
    assert found.confidence > 0.8


def unsure(html, score=0.6):
    """What a classifier that finds all blocks equally likely says, and of which it takes none."""
    blocks = scan(str(HTMLTree.parse(html)))
    n = len(blocks.table)
    return Found("something else", 0.6, blocks, np.zeros(n, bool), np.full(n, score))


def test_auto_hears_trafilatura_where_it_is_unsure_and_the_engines_differ(monkeypatch):
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure(TEASED))
    found = run("auto", TEASED)
    assert found.engine == "blocks+trafilatura"
    expected = trafilatura.extract(TEASED, include_comments=False, favor_recall=True)
    assert found.text == expected != run("trafilatura", TEASED).text
    assert found.confidence == 0.6
    assert run("auto", min_agreement=0).engine == "blocks"


def test_trafilaturas_text_is_taken_whole_where_no_block_is(monkeypatch):
    found = unsure(STRUCTURED)._replace(text="", promise=0.0)
    monkeypatch.setattr(engines, "main_text", lambda *_: found)
    won = run("auto", STRUCTURED, markdown=True)
    settings = {"include_comments": False, "favor_recall": True}
    assert won.engine == "trafilatura"
    assert won.text == trafilatura.extract(STRUCTURED, **settings)
    html = trafilatura.extract(STRUCTURED, output_format="html", **settings)
    assert won.markdown == engines.of_html(html)
    assert won.confidence == 0


def thread(n_comments):
    comment = (
        "<li class='comment'><p>I have seen this bridge and I do think that it is old, {}.</p>"
    )
    return (
        "<html><body><article><p>Tell us of the bridge.</p></article><div id='comments'><ol>"
        f"{''.join(map(comment.format, range(n_comments)))}</ol></div></body></html>"
    )


def test_comments_are_text_where_there_is_little_else(monkeypatch):
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure(thread(40), score=0.3))
    found = run("auto", thread(40))
    assert found.engine == "blocks+trafilatura"
    assert "Tell us of the bridge." in found.text
    assert found.text.count("I have seen this bridge") == 40


def test_comments_are_no_text_below_an_article(monkeypatch):
    html = thread(8).replace("<p>Tell us", f"{ARTICLE}<p>Tell us")
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure(html, score=0.3))
    found = run("auto", html)
    assert LINES[0] in found.text
    assert "I have seen this bridge" not in found.text


def test_markdown_of_doubtful_pages_is_the_pages_own(monkeypatch):
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure(STRUCTURED))
    found = run("auto", STRUCTURED, markdown=True)
    assert found.engine == "blocks+trafilatura"
    assert "```\nif bridge:\n    repair(bridge)\n```" in found.markdown  # indents, unlike its own
    assert "## The \\*old\\* bridge" in found.markdown


@pytest.mark.parametrize("text", ["something else", ""])
def test_auto_keeps_its_text_if_trafilatura_finds_none(monkeypatch, text):
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure(PAGE)._replace(text=text))
    monkeypatch.setattr(trafilatura, "extract", lambda *_, **__: " ")
    monkeypatch.setattr(trafilatura, "bare_extraction", lambda *_, **__: None)
    assert run("auto")[:2] == (text, "blocks")


def test_auto_keeps_its_text_if_no_block_has_trafilaturas(monkeypatch):
    monkeypatch.setattr(engines, "main_text", lambda *_: unsure("<p>a page", score=0.0))
    assert run("auto")[:2] == ("something else", "blocks")


def test_auto_refuses_what_a_parser_multiplies():
    """Tags that are not closed are opened again in every paragraph."""
    html = "<p>" + "".join(f"<font size={n}>" for n in range(40)) + "<p>x</p>" * 40
    assert extract_page(html, ExtractConfig(engine="auto", max_tags=130)).reasons == [
        "too_many_tags"
    ]
    page = extract_page(html, ExtractConfig(engine="auto"))
    assert page.reasons == []


@pytest.mark.parametrize("html", ["", " ", "<p></p>", "<script>x", "<!--", "<html><head></head>"])
def test_auto_finds_no_text_where_there_is_none(html):
    page = extract_page(html, ExtractConfig(engine="auto"))
    assert (page.text, page.reasons) == (None, ["no_text"])


def test_auto_reads_a_page_without_a_body():
    html = f"<title>t</title>{ARTICLE}"
    assert LINES[3] in extract_page(html, ExtractConfig(engine="auto")).text


def test_auto_is_guarded_like_the_others():
    deep = "<div>" * 20_000 + "x" + "</div>" * 20_000
    assert extract_page(deep, ExtractConfig(engine="auto")).reasons == ["too_deep"]
    deeper = "<div>" * 100_000 + "x" + "</div>" * 100_000
    assert extract_page(deeper, ExtractConfig(engine="auto")).reasons == ["too_many_tags"]


def test_engines_leave_the_tree_as_it_is():
    tree = HTMLTree.parse(PAGE)
    before = str(tree)
    for engine in engines.ENGINES.values():
        engine(engines.Source(PAGE, tree, ExtractConfig()))
    assert str(tree) == before


@pytest.mark.slow
def test_trafilatura_and_resiliparse_give_their_own_text_on_gold_pages(web):
    """Trafilatura, which is slow, on every fourth."""
    pages = list(read_gold(web, web / "gold.jsonl"))
    assert len(pages) == 752
    for page in pages[::4]:
        found = run("trafilatura", page.html).text
        assert found == (trafilatura.extract(page.html, include_comments=False) or "")
    for page in pages:
        expected = extract_plain_text(page.html, main_content=True, alt_texts=False, comments=False)
        assert run("resiliparse", page.html).text == expected


@pytest.mark.slow
def test_auto_gives_the_same_text_each_time(web):
    for page in list(read_gold(web, web / "gold.jsonl"))[::10]:
        assert run("auto", page.html) == run("auto", page.html)


def test_the_caches_of_trafilatura_stay_small(monkeypatch):
    """They hold lines of any length for good; with 1,024 long ones, gigabytes."""
    monkeypatch.setattr(engines, "_CACHED_CHARS", 20_000)
    caches = [utils.trim, utils.line_processing]

    def entries():
        return [cache.cache_info().currsize for cache in caches]

    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(engines._Caches, "chars", 0)
    seen = []
    for number in range(20):
        line = f"<p>The council voted on Tuesday to repair bridge number {number}.{{}}</p>"
        html = f"<html><body>{''.join(map(line.format, range(60)))}</body></html>"
        assert extract_page(html, ExtractConfig(engine="trafilatura")).text
        seen.append(entries())
    assert max(map(max, seen)) >= 60
    assert max(map(max, seen)) <= 6 * 60  # not the thousand entries that the 20 pages would leave
    assert any(sizes == [0, 0] for sizes in seen)


STRUCTURED = (
    f"<html><head><title>t</title></head><body><article><h2>The *old* bridge</h2>{ARTICLE}"
    f"<ul><li>{LINES[0]}<li>{LINES[1]}</ul>"
    "<table><tr><th>year<th>price<tr><td>2024<td>12 euro<tr><td>2025<td>13 euro</table>"
    f"<pre>if bridge:\n    repair(bridge)</pre>{ARTICLE}</article></body></html>"
)


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_paragraphs_are_lines_of_the_text(engine):
    found = [text for text in run(engine).text.splitlines() if text.strip()]
    assert [text for text in found if text != "Home"] == LINES


@pytest.mark.parametrize("engine", engines.ENGINES)
def test_markdown_is_the_text_with_its_structure(engine):
    found = run(engine, STRUCTURED, markdown=True)
    lines = found.markdown.splitlines()
    assert "## The \\*old\\* bridge" in lines
    if engine != "resiliparse":  # which takes lists for menus
        assert lines[lines.index(f"- {LINES[0]}") + 1] == f"- {LINES[1]}"
    rows = lines[lines.index("| year | price |") + 2 :]
    assert rows[:2] == ["| 2024 | 12 euro |", "| 2025 | 13 euro |"]
    if engine != "trafilatura":  # which takes indents away
        assert "```\nif bridge:\n    repair(bridge)\n```" in found.markdown
    assert [text for text in lines if text in LINES] == LINES * 2
    plain = run(engine, STRUCTURED)
    assert (plain.text, plain.markdown) == (found.text, None)


def test_a_page_without_text_has_no_markdown():
    for engine in engines.ENGINES:
        page = extract_page("<p></p>", ExtractConfig(engine=engine, markdown=True))
        assert (page.text, page.markdown, page.reasons) == (None, None, ["no_text"])


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["auto", "resiliparse", "plain"])
def test_markdown_has_the_words_of_the_text_on_gold_pages(web, engine):
    """Of resiliparse's text without the numbers and bullets that it gives to items."""
    for page in list(read_gold(web, web / "gold.jsonl"))[::10]:
        found = run(engine, page.html, markdown=True, min_agreement=0)
        words = agreement(bare(found.markdown), bare(found.text))
        assert words == 1 if engine == "auto" else words > 0.9


def bare(text):
    return " ".join(re.findall(r"[^\W\d_]+", text))
