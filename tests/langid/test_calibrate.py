"""Thresholds from labelled text."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.calibrate import Goal, judged, reliability, thresholds
from eurosift.langid.errors import LabelledTextError
from eurosift.langid.languages import EU24

FRENCH, SPANISH, OTHER = "fra_Latn", "spa_Latn", "cat_Latn"


def frame(*rows, goal=None, reason=None):
    """Judged text of rows (label, best label, score)."""
    labels, best, scores = zip(*rows, strict=True)
    found = pl.DataFrame(
        {"language": best, "score": scores, "reason": [reason] * len(rows)},
        schema={"language": pl.String, "score": pl.Float64, "reason": pl.String},
    )
    return judged(pl.Series(labels), found, goal or Goal())


def threshold(rows, goal, language=FRENCH):
    return next(x for x in thresholds(frame(*rows, goal=goal), goal) if x.language == language)


def right(*scores):
    return [(FRENCH, FRENCH, score) for score in scores]


def wrong(*scores, label=SPANISH):
    return [(label, FRENCH, score) for score in scores]


def test_the_least_score_from_which_on_the_target_is_reached():
    rows = right(0.9, 0.8, 0.7, 0.6, 0.3) + wrong(0.5, 0.4)
    found = threshold(rows, Goal(precision=0.8, min_texts=1, lowest=0))
    # Between 0.4 and 0.5 one of five is wrong.
    assert found == (FRENCH, 5, 7, 5 / 7, 0.4001, 0.8, 0.8, "reached")
    assert threshold(rows, Goal(precision=0.81, min_texts=1, lowest=0)).threshold == 0.5001
    assert threshold(rows, Goal(precision=0.7, min_texts=1, lowest=0)).threshold == 0


def test_a_threshold_is_not_less_than_the_lowest():
    rows = right(0.9, 0.2)
    assert threshold(rows, Goal(min_texts=1)).threshold == 0.5
    assert threshold(rows, Goal(min_texts=1, lowest=0.25)).threshold == 0.25


def test_a_target_that_nothing_reaches_falls_back_to_the_best_f1():
    rows = right(0.9, 0.8) + wrong(0.95, 0.7)
    found = threshold(rows, Goal(min_texts=1))
    assert (found.threshold, found.outcome) == (0.7001, "best_f1")
    assert (found.precision, found.recall) == (2 / 3, 1.0)


def test_a_threshold_that_rejects_too_much_does_not_reach_the_target():
    rows = right(0.99, 0.8, 0.8, 0.8) + wrong(0.9)
    assert threshold(rows, Goal(min_texts=1, recall=0.2)).threshold == 0.9001
    found = threshold(rows, Goal(min_texts=1, recall=0.3))
    assert (found.threshold, found.outcome) == (0.5, "best_f1")


def test_of_thresholds_that_are_equally_good_the_lowest_is_taken():
    rows = right(*[0.9] * 200, 0.6) + wrong(0.95, *[0.95] * 60, 0.7)
    # At 0.7001 one wrong text less is kept than at 0.5, and one right one: the F1 are alike.
    found = threshold(rows, Goal(min_texts=1))
    assert (found.threshold, found.outcome) == (0.5, "best_f1")
    # An F1 of 0.859 and one of 0.866: two hundred texts cannot tell.
    rows = right(*[0.9] * 200, 0.6) + wrong(*[0.95] * 61, *[0.7] * 5)
    assert threshold(rows, Goal(min_texts=1)).threshold == 0.5
    rows = right(*[0.9] * 200, 0.6) + wrong(*[0.95] * 60, *[0.7] * 20)
    assert threshold(rows, Goal(min_texts=1)).threshold == 0.7001


def test_a_fall_back_keeps_enough_of_the_texts_too():
    rows = right(0.9, 0.6) + wrong(0.95, *[0.7] * 4)
    found = threshold(rows, Goal(min_texts=1, recall=0.5))
    assert (found.threshold, found.recall, found.outcome) == (0.7001, 0.5, "best_f1")
    found = threshold(rows, Goal(min_texts=1, recall=0.9))
    assert (found.threshold, found.recall, found.outcome) == (0.5, 1.0, "best_f1")


@pytest.mark.parametrize("rows", [right(0.9), [(FRENCH, SPANISH, 0.9)] * 60])
def test_without_enough_text_there_is_the_default(rows):
    found = threshold(rows, Goal(default=0.4, lowest=0.3))
    assert (found.threshold, found.outcome) == (0.4, "default")
    assert threshold(rows, Goal(default=0.4, lowest=0.95)).threshold == 0.95


def test_every_language_of_the_24_has_a_threshold():
    found = list(thresholds(frame(*right(0.9)), Goal()))
    assert [x.language for x in found] == list(EU24)
    assert found[0][1:] == (0, 0, None, 0.5, None, None, "default")


def test_texts_that_are_rejected_anyhow_count_for_recall_only():
    goal = Goal(min_texts=1)
    rejected = frame(*wrong(0.9, 0.9), goal=goal, reason="script")
    both = pl.concat([frame(*right(0.8), goal=goal), rejected])
    found = next(x for x in thresholds(both, goal) if x.language == FRENCH)
    assert (found.n_labelled, found.precision, found.threshold) == (1, 1.0, 0.5)


def test_other_text_has_the_share_that_it_is_given():
    rows = right(*[0.9] * 8) + wrong(0.9, 0.9, label=OTHER)
    assert threshold(rows, Goal(min_texts=1)).untouched == 0.8
    found = threshold(rows, Goal(min_texts=1, other_share=0.5, precision=0.5))
    assert found.untouched == pytest.approx(0.5)
    assert (found.outcome, found.recall) == ("reached", 1.0)


@pytest.mark.parametrize(
    ("rows", "missing"),
    [(right(0.9), "none of the 24"), (wrong(0.9, label=OTHER), "any of the 24")],
)
def test_a_share_cannot_be_given_to_text_that_is_not_there(rows, missing):
    with pytest.raises(LabelledTextError, match=missing):
        frame(*rows, goal=Goal(other_share=0.3))


def test_bins_compare_scores_with_what_is_right():
    rows = right(0.92, 0.94, 1.0000001) + wrong(0.93) + [(SPANISH, SPANISH, 0.2)]
    found = list(reliability(frame(*rows)))
    assert [(x.language, x.low, x.high, x.n) for x in found] == [
        (None, 0.0, 0.5, 1), (None, 0.9, 0.95, 3), (None, 0.99, 1.0, 1),
        (FRENCH, 0.9, 0.95, 3), (FRENCH, 0.99, 1.0, 1), (SPANISH, 0.0, 0.5, 1),
    ]  # fmt: skip
    assert (found[1].mean_score, found[1].right) == pytest.approx((0.93, 2 / 3))


texts = st.tuples(
    st.sampled_from([FRENCH, SPANISH, OTHER]),
    st.sampled_from([FRENCH, SPANISH, OTHER]),
    st.floats(0, 1, width=32),
)


@given(st.lists(texts, min_size=1, max_size=50), st.sampled_from([0.5, 0.8, 0.99]))
def test_thresholds_do_what_is_said_of_them(rows, target):
    """Checked against a plain count of the texts that a threshold keeps."""
    goal = Goal(precision=target, recall=0.0, min_texts=1, lowest=0.0)
    for found in thresholds(frame(*rows, goal=goal), goal):

        def precision(threshold, code=found.language):
            kept = [label == code for label, best, s in rows if best == code and s >= threshold]
            return sum(kept) / len(kept) if kept else None

        assert found.precision == precision(found.threshold)
        if found.outcome == "reached":
            assert found.precision >= target - 1e-9
            steps = {0, *(int(s * 10_000) / 10_000 for _, _, s in rows)}
            assert all(precision(step) < target for step in steps if step < found.threshold)
