from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.demo.prose import site
from eurosift.stages.errors import AssetError
from eurosift.stages.extract import ExtractConfig, gate
from eurosift.stages.extract.gate import Gate, title_and_language, windows_of
from eurosift.stages.extract.html import extract_page

CUT = ExtractConfig().gate_cut


def prose(code, n=6):
    pages = site(code).pages
    return [paragraph for page in pages for paragraph in page.paragraphs][:n]


def page(*paragraphs, lang="en"):
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f'<html lang="{lang}"><title>A &amp; B</title><article>{body}</article></html>'


@pytest.mark.parametrize("code", ["mlt_Latn", "gle_Latn", "ekk_Latn", "hrv_Latn", "bul_Cyrl"])
def test_pages_in_the_wanted_language_score_high_and_others_low(code):
    wanted = Gate([code])
    assert wanted.score(" ".join(prose(code))) > 0.5
    assert wanted.score(" ".join(prose("eng_Latn"))) < CUT


def test_score_is_the_sum_of_all_wanted_languages():
    texts = [" ".join(prose(code)) for code in ("mlt_Latn", "ekk_Latn", "eng_Latn")]
    both = Gate(["mlt_Latn", "ekk_Latn"])
    assert [both.score(text) > 0.5 for text in texts] == [True, True, False]


def test_one_clear_passage_in_a_page_of_another_language_passes():
    """The mean of the windows would not: it is below the cut."""
    english = " ".join(prose("eng_Latn", 9) * 2)
    maltese = " ".join(prose("mlt_Latn", 4))[:350]
    half = len(english) // 2
    mixed = f"{english[:half]} {maltese} {english[half:]}"
    assert CUT <= Gate(["mlt_Latn"]).score(mixed) < 0.3
    assert Gate(["mlt_Latn"]).score(english) < CUT


@pytest.mark.parametrize("rough", ["", "  ", "1 2 3 4", "https://example.org/"])
def test_where_there_is_no_word_nothing_is_said(rough):
    assert Gate(["mlt_Latn"]).score(rough) is None


@given(st.text(max_size=300))
def test_score_is_a_probability_or_nothing_whatever_the_text(text):
    score = Gate(["mlt_Latn", "gle_Latn"]).score(text)
    assert score is None or 0 <= score <= 1


@given(st.text(st.characters(exclude_characters="&"), max_size=20_000))
def test_windows_are_bounded_and_short_texts_are_read_to_the_end(text):
    windows = windows_of(text)
    assert len(windows) <= gate.WINDOWS
    assert all(len(window) <= gate.WINDOW for window in windows)
    if len(text.strip()) <= gate.WINDOW * gate.WINDOWS:
        assert "".join(windows) == text.strip()


def test_long_texts_are_read_from_the_first_to_the_last_character():
    windows = windows_of("a" * 200 + "b" * 9_600 + "c" * 200)
    assert (windows[0], windows[-1]) == ("a" * 200, "c" * 200)


def test_gated_page_keeps_what_it_says_of_itself_and_is_not_extracted(monkeypatch):
    def fail(_page):
        raise AssertionError

    monkeypatch.setitem(extract_page.__globals__["ENGINES"], "trafilatura", fail)
    found = extract_page(page(*prose("deu_Latn")), ExtractConfig(gate_languages=["mt", "et"]))
    assert (found.text, found.engine, found.reasons) == (None, None, ["gate_language"])
    assert (found.title, found.html_lang) == ("A & B", "en")
    assert found.gate_score < CUT


def test_declared_language_decides_nothing():
    gated = ExtractConfig(gate_languages=["mt"])
    assert extract_page(page(*prose("mlt_Latn"), lang="de"), gated).text
    assert extract_page(page(*prose("deu_Latn"), lang="mt"), gated).reasons == ["gate_language"]


def test_page_without_words_outside_of_markup_passes():
    gated = ExtractConfig(gate_languages=["mt"])
    found = extract_page("<html><img alt='no text at all'></html>", gated)
    assert (found.gate_score, found.reasons) == (None, ["no_text"])


@pytest.mark.parametrize("code", ["mlt_Latn", "gle_Latn"])
@pytest.mark.parametrize("engine", ["trafilatura", "auto"])
def test_pages_that_pass_have_the_text_that_they_have_without_the_gate(code, engine):
    html = page(*prose(code))
    free = extract_page(html, ExtractConfig(engine=engine, gate_languages=[]))
    found = extract_page(html, ExtractConfig(engine=engine, gate_languages=[code]))
    assert found.text == free.text
    assert free.gate_score is None


def test_cut_decides_how_sure_it_must_be():
    html = page(*prose("eng_Latn", 5), *prose("mlt_Latn", 1))
    for cut, reasons in ((0.0, []), (1.0, ["gate_language"])):
        config = ExtractConfig(gate_languages=["mt"], gate_cut=cut)
        assert extract_page(html, config).reasons == reasons


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", (None, None)),
        ("<title>a", (None, None)),
        ("<html class=x lang=ga><head><TITLE class=y>a\nb</TITLE>", ("a\nb", "ga")),
        ("<html lang='et' xml:lang='en'>", (None, "et")),
        ("<html data-lang=x>", (None, None)),
    ],
)
def test_title_and_language_are_read_without_parsing(html, expected):
    assert title_and_language(html) == expected


def test_model_that_cannot_be_used_is_told_of(monkeypatch):
    def broken():
        raise gate.ModelError("eu24.ftz: is truncated")

    gate._model.cache_clear()
    monkeypatch.setattr(gate, "LanguageModel", broken)
    with pytest.raises(AssetError, match=r"the language gate: eu24\.ftz: is truncated"):
        Gate(["mlt_Latn"])
