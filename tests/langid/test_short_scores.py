"""Scores of short texts: spans that are cut, and scores that keep others out."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.calibrate import Goal, judged
from eurosift.langid.short_scores import SHORTEST, ShortScore, asked, cut, short_scores

LENGTHS = (20, 30, 50)
MALTESE, IRISH, OTHER = "mlt_Latn", "gle_Latn", "cat_Latn"


@given(st.lists(st.text("abcdefgħż", min_size=1, max_size=15), max_size=30).map(" ".join))
def test_spans_are_words_that_follow_each_other_of_the_length_of_their_class(text):
    spans = list(cut(text, LENGTHS))
    assert list(cut(text, LENGTHS)) == spans
    assert all(f" {span} " in f" {text} " for span in spans)
    assert all(SHORTEST <= len(span) < LENGTHS[-1] for span in spans)
    classes = np.searchsorted(LENGTHS, [len(span) for span in spans], side="right").tolist()
    assert classes == sorted(set(classes))


def test_a_long_text_gives_a_span_of_most_classes():
    texts = [f"{k} " + "kull bniedem jitwieled ħieles u ugwali " * 5 for k in range(20)]
    assert sum(len(list(cut(text, LENGTHS))) for text in texts) >= 40


def found(*rows, enough=0):
    """Scores of the classes under 20 and under 30 for rows (label, best, score, characters)."""
    labels, best, scores, characters = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {"language": best, "score": scores, "reason": [None] * len(rows)},
        schema={"language": pl.String, "score": pl.Float64, "reason": pl.String},
    )
    frame = judged(pl.Series(labels), frame, Goal()).with_columns(characters=pl.Series(characters))
    thresholds = {MALTESE: 0.3, IRISH: 0.5}
    return list(short_scores(frame, thresholds, (20, 30), 0.25, enough, frozenset({IRISH})))


def test_the_least_score_that_keeps_others_out():
    others = [(OTHER, MALTESE, score, 10) for score in (0.9, 0.8, 0.7, 0.2)]
    own = [(MALTESE, MALTESE, 0.85, 10), (MALTESE, MALTESE, 0.5, 10)]
    first, second = found(*others, *own)
    # One of four may stay; the fourth is below the threshold of Maltese anyway.
    assert first == (20, 2, 4, 0.75, 0.8001, 0.25, 0.5)
    assert second == (30, 0, 0, None, 0, None, None)


def test_nothing_is_asked_where_few_are_wrong():
    first, _ = found((OTHER, MALTESE, 0.9, 10), *[(OTHER, OTHER, 0.9, 10)] * 3)
    assert (first.score, first.false_positive_rate) == (0, 0.25)


@pytest.mark.parametrize(("characters", "place"), [(19, 0), (20, 1), (29, 1)])
def test_texts_count_in_the_class_of_their_length(characters, place):
    assert [row.n_other for row in found((OTHER, OTHER, 0.9, characters))][place] == 1


def test_languages_that_no_score_makes_sure_do_not_count():
    first, _ = found((OTHER, IRISH, 0.99, 10), (IRISH, IRISH, 0.6, 10), (OTHER, MALTESE, 0.8, 10))
    assert (first.untouched, first.score) == (0.5, 0.8001)
    assert first.recall == 1


def test_no_more_is_asked_than_keeps_enough_of_what_is_right():
    others = [(OTHER, MALTESE, 0.95, 10)] * 2
    own = [(MALTESE, MALTESE, score, 10) for score in (0.9, 0.8, 0.7, 0.6, 0.5)]
    first, _ = found(*others, *own, enough=0.8)
    assert (first.score, first.false_positive_rate, first.recall) == (0.6, 1, 0.8)
    assert found(*others, *own, enough=0)[0].score == 0.9501


def test_languages_of_which_nothing_is_asked_are_kept_and_count_as_such():
    others = [(OTHER, MALTESE, 0.95, 10)] * 2
    own = [(MALTESE, MALTESE, 0.9, 10), *[(IRISH, IRISH, 0.6, 10)] * 3]
    first, _ = found(*others, *own, enough=0.75)
    assert (first.score, first.recall) == (0.9501, 0.75)


def test_no_class_is_asked_less_than_a_longer_one():
    def classes(*scores):
        return [ShortScore(10 * k, 1, 1, 0.1, s, 0.1, 0.9) for k, s in enumerate(scores, 1)]

    assert list(asked(classes(0.7, 0.8, 0.6))) == [(10, 0.8), (20, 0.8), (30, 0.6)]
    assert list(asked(classes(0.0, 0.8, 0.0))) == [(10, 0.8), (20, 0.8)]
    assert list(asked(classes(0.0, 0.0))) == []
