"""The score is near 1 for what is usual in a language, and falls with the distance to it."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.errors import MediansError
from eurosift.filters.score import (
    SCORED,
    Medians,
    Spread,
    load_medians,
    measure_spread,
    score,
)
from eurosift.filters.signals import SCHEMA

UPPER = Medians({"mlt_Latn": {"upper_ratio": Spread(0.1, 0.05)}})


def scores(medians, languages, **signals):
    columns = {name: pa.array(values, pa.float32()) for name, values in signals.items()}
    return score(medians, columns, pa.array(languages, pa.string()))


def test_all_signals_that_count_exist():
    assert set(SCORED) <= set(SCHEMA.names)


def test_the_median_and_better_give_one_and_three_spreads_one_half():
    found = scores(UPPER, ["mlt_Latn"] * 3, upper_ratio=[0.1, 0.0, 0.25])
    assert found.tolist() == pytest.approx([1, 1, 0.5])


def test_sides_are_those_of_the_signal():
    both = Medians({"mlt_Latn": {"mean_word_length": Spread(5, 1), "word_count": Spread(5, 1)}})
    usual = math.expm1(5)
    lengths = scores(both, ["mlt_Latn"] * 2, mean_word_length=[2, 8], word_count=[usual, usual])
    assert lengths.tolist() == pytest.approx([math.sqrt(0.5)] * 2)
    counts = scores(
        both, ["mlt_Latn"] * 2, mean_word_length=[5, 5], word_count=[math.expm1(2), math.expm1(8)]
    )
    assert counts.tolist() == pytest.approx([math.sqrt(0.5), 1])


def test_languages_without_medians_and_unknown_signals_have_no_score():
    found = scores(UPPER, ["deu_Latn", None, "mlt_Latn"], upper_ratio=[0.1, 0.1, None])
    assert np.isnan(found).all()


def test_a_signal_that_does_not_vary_says_nothing():
    medians = Medians({"mlt_Latn": {"upper_ratio": Spread(0.1, 0.0)}})
    assert np.isnan(scores(medians, ["mlt_Latn"], upper_ratio=[0.9])).all()


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=20))
def test_scores_are_between_0_and_1_and_fall_with_the_distance(values):
    ordered = sorted(values)
    found = scores(UPPER, ["mlt_Latn"] * len(ordered), upper_ratio=ordered).tolist()
    assert all(0 <= each <= 1 for each in found)
    assert found == sorted(found, reverse=True)


def test_spreads_are_robust():
    rng = np.random.default_rng(1)
    values = rng.normal(10, 2, 10_000)
    spread = measure_spread("mean_word_length", values)
    assert spread.median == pytest.approx(10, abs=0.1)
    assert spread.spread == pytest.approx(2, rel=0.05)
    values[:400] = 1e6
    assert measure_spread("mean_word_length", values).spread == pytest.approx(2, rel=0.25)


def test_a_signal_that_is_mostly_0_has_a_spread_by_its_percentiles():
    values = np.array([0.0] * 80 + [0.1] * 20)
    assert measure_spread("hash_ratio", values).spread == pytest.approx(0.1 / 2.5632)


def test_unknown_values_do_not_count():
    assert measure_spread("hash_ratio", np.full(3, np.nan)) is None
    assert measure_spread("hash_ratio", np.array([np.nan, 0.5])) == Spread(0.5, 0)


HEAD = "kind: medians\nversion: 1\nlanguages:\n"


def test_a_file_is_read_with_codes_in_any_style(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_text(HEAD + "  mt: {documents: 3, signals: {upper_ratio: [0.1, 0.05]}}\n")
    found = load_medians(path, {"mt": "mlt_Latn"}.__getitem__)
    assert found == UPPER
    assert found.signals == ("upper_ratio",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("junk\n", r"m\.yaml:1:1: no medians: file: should be a mapping$"),
        ("kind: rules\n", r"m\.yaml:1:1: no medians: kind"),
        (HEAD + "  mt: {documents: 3, signals: {loud: [0, 1]}}\n", "'loud' is no signal"),
        (HEAD + "  mt: {documents: 3, signals: {upper_ratio: [0]}}\n", r"m\.yaml:4:32"),
        (HEAD + "  mt: {documents: 3, signals: {upper_ratio: [0, -1]}}\n", "that can be used"),
        (HEAD + "  mt: {documents: 3, signals: {upper_ratio: [.nan, 1]}}\n", "that can be used"),
        (HEAD + "  mt: {\n", r"m\.yaml:"),
    ],
)
def test_files_that_are_wrong_are_told_with_their_place(tmp_path, text, message):
    path = tmp_path / "m.yaml"
    path.write_text(text)
    with pytest.raises(MediansError, match=message):
        load_medians(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(
        MediansError, match=r"none\.yaml: cannot be read: No such file or directory$"
    ):
        load_medians(tmp_path / "none.yaml")
