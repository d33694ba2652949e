"""Conditions are arithmetic over signals and nothing else."""

import numpy as np
import pytest

from eurosift.filters.errors import RuleError
from eurosift.filters.expressions import parse_condition

SIGNALS = {"a": np.array([1.0, 2.0, np.nan]), "b": np.array([0.0, 4.0, 1.0])}


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("a > threshold", ("a",), [False, True, False]),
        ("a >= threshold", ("a",), [True, True, False]),
        ("b < threshold", ("b",), [True, False, False]),
        ("a + b * 0.5 <= threshold", ("a", "b"), [True, False, False]),
        ("(b - a) / 2 >= threshold", ("b", "a"), [False, True, False]),
        ("a / b > threshold", ("a", "b"), [False, False, False]),
        ("b / a > threshold", ("b", "a"), [False, True, False]),
    ],
)
def test_conditions(text, names, expected):
    condition = parse_condition(text)
    assert condition.signals == names
    assert condition.holds(SIGNALS, np.ones(3)).tolist() == expected


def test_what_is_no_number_is_unknown():
    """Division by 0, and what float32 cannot hold; of neither a rule says anything."""
    signals = {"a": np.array([0.0, 1.0, -1.0, 2.0]), "b": np.array([0.0, 0.0, 0.0, 4.0])}
    values = parse_condition("a / b > threshold").values(signals)
    assert np.isnan(values).tolist() == [True, True, True, False]
    values = parse_condition("a * 2e38 > threshold").values(signals)
    assert np.isnan(values).tolist() == [False, False, False, True]


def test_a_disabled_threshold_never_holds():
    condition = parse_condition("b < threshold")
    assert condition.holds(SIGNALS, np.array([np.nan, 5.0, np.nan])).tolist() == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "literal", "least"),
    [("a > 3", 3.0, False), ("a <= -0.5", -0.5, True), ("a < threshold", None, True)],
)
def test_a_number_may_stand_for_the_threshold(text, literal, least):
    condition = parse_condition(text)
    assert condition.literal == literal
    assert condition.least is least


def test_equality_survives_the_rounding_to_float32():
    """A ratio stored as float32 is not above the threshold that it equals."""
    stored = {"a": np.array([0.3], np.float32).astype(np.float64)}
    threshold = np.array([0.3])
    assert not parse_condition("a > threshold").holds(stored, threshold)[0]
    assert not parse_condition("a < threshold").holds(stored, threshold)[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a > b",
        "threshold < a",
        "a > b > threshold",
        "a == threshold",
        "threshold > threshold",
        "1 > threshold",
        "f(a) > threshold",
        "a.b > threshold",
        "a[0] > threshold",
        "a ** 2 > threshold",
        "-a > threshold",
        "True > threshold",
        "'x' > threshold",
        "__import__('os') > threshold",
        "a > threshold; b",
        "a > threshold\0",
        "a + 1e999 > threshold",
        f"a + 1{'0' * 400} > threshold",
        f"a{' + a' * 20_000} > threshold",
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(RuleError, match=r"condition|no signal"):
        parse_condition(text)
