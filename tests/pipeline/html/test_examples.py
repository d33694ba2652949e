"""Samples: of every language and fate, escaped, with identifiers marked."""

import doctest

import pytest

from eurosift.pipeline.html import examples
from eurosift.pipeline.html.examples import Examples, highlight, language_tag
from eurosift.pipeline.html.survey import Survey
from eurosift.pipeline.sampling import Query, draw


def found(run, n=1, scrubbing=()):
    survey = Survey.of(run, None)
    sample = Examples(survey.view, n)
    survey.run([sample])
    return sample.found(scrubbing)


def test_examples():
    assert doctest.testmod(examples).failed == 0


def test_every_language_and_fate_has_its_documents(small):
    sample = found(small, 5)
    fates = {label: {fate: len(d) for fate, d in by.items()} for label, by in sample.items()}
    assert fates == {
        "ekk_Latn": {"kept": 1, "short": 1},
        "mlt_Latn": {"kept": 2, "short": 1},
        "swe_Latn": {"kept": 1},
        "und": {"extract": 1, "label": 1},
    }
    (kept,) = sample["swe_Latn"]["kept"]
    assert kept.text == "swe_Latn the last of the texts, not the shortest"
    (gone,) = sample["ekk_Latn"]["short"]
    assert list(gone.reasons) == ["short:too_short"]


def test_they_are_the_first_that_the_sample_command_draws(small):
    query = Query(language="mt", verdict="kept")
    first = draw(Survey.of(small, None).view, query, 1)
    (own,) = found(small, 1)["mlt_Latn"]["kept"]
    assert own.place == f"{first['shard'][0]}/{first['row'][0]}"


def test_long_texts_are_cut_and_it_is_told_how_much_is_missing(tiny):
    run = tiny([[{"text": f"mlt_Latn {'x' * 1000}"}]], {"label": None})
    (own,) = found(run)["mlt_Latn"]["kept"]
    assert (len(own.text), own.rest) == (600, 409)


@pytest.mark.parametrize(
    ("spans", "shown"),
    [
        ([(0, 2)], "<mark"),
        ([(3, 5), (0, 2)], "<mark"),
        ([(1, 4), (2, 6)], "<mark"),
        ([(90, 99)], "abcdef"),
        ([], "abcdef"),
    ],
)
def test_spans_are_marked_and_no_character_is_lost(spans, shown):
    marked = highlight("abcdef", [{"start": a, "end": b, "type": "x"} for a, b in spans])
    assert marked.striptags() == "abcdef"
    assert shown in marked


def test_only_known_languages_become_an_attribute():
    assert language_tag("srp_Latn") == "sr-Latn"
    assert [language_tag(x) for x in ("und_", "", 'x" onload="alert(1)', "<b>_Latn")] == [""] * 4
