"""The policy that chooses keepers is an expression, and nothing but that."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from eurosift.dedup.keeper import KeeperError, parse_keeper

COLUMNS = {
    "quality_score": pa.array([0.5, None, 0.25]),
    "n_chars": pa.array([100, 1_000, 10]),
    "source": pa.array(["web", "curated", None]),
    "date": pa.array([dt.datetime(2024, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3)]),
    "checked": pa.array([True, None, False]),
    "license": pa.array(["CC0-1.0", "none", "CC-BY-4.0"]).dictionary_encode(),
    "rights": pa.array([["noai", "cc0"], None, []], pa.list_(pa.string())),
}


def merits(text):
    return parse_keeper(text).merits(COLUMNS, 3).T.tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("quality_score", [[0.5, -np.inf, 0.25]]),
        ("-n_chars", [[-100, -1000, -10]]),
        ("quality_score, n_chars / 10", [[0.5, -np.inf, 0.25], [10, 100, 1]]),
        ("source == 'curated'", [[0, 1, -np.inf]]),
        ("source in ['curated', 'books']", [[0, 1, -np.inf]]),
        ("license not in ('none',)", [[1, 0, 1]]),
        ("'cc0' in rights", [[1, -np.inf, 0]]),
        ("'cc0' not in rights", [[0, -np.inf, 1]]),
        ("license == '2024-01-01' or source == 'web'", [[1, 0, -np.inf]]),
        ("date in ['2024-01-02']", [[0, 1, 0]]),
        ("date >= '2024-01-02'", [[0, 1, 1]]),
        ("(date > '2024-01-02T00:00:00+00:00') * 2 + 1", [[1, 1, 3]]),
        ("checked and n_chars > 50", [[1, -np.inf, 0]]),
        ("not checked or n_chars > 50", [[1, 1, 1]]),
        ("2 if source == 'web' else 1", [[2, 1, -np.inf]]),
        ("min(n_chars, 50) + max(1, 2) + abs(-1) + log(1)", [[53, 53, 13]]),
        ("max(quality_score, 0)", [[0.5, -np.inf, 0.25]]),
        ("log(n_chars - 100)", [[-np.inf, np.log(900), -np.inf]]),
    ],
)
def test_criteria_are_evaluated(text, expected):
    np.testing.assert_allclose(merits(text), expected)


def test_dates_are_ordered_as_they_came():
    (found,) = merits("date")
    assert found == sorted(found)
    assert found[1] - found[0] == 24 * 3600 * 10**6


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_dates_of_any_unit_are_the_same_moments(unit):
    moments = pa.array([0, 86_400], pa.timestamp("s", "UTC")).cast(pa.timestamp(unit, "UTC"))
    found = parse_keeper("date, date >= '1970-01-02'").merits({"date": moments}, 2)
    assert found.tolist() == [[0, 0], [86_400e6, 1]]


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([0, 253_402_300_799_999_999], pa.timestamp("us", "UTC")),
        pa.array([0, 2**60], pa.timestamp("s")),
        pa.array([1, 1_001], pa.timestamp("ns")),
        pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
        pa.array([dt.date(1, 1, 1), dt.date(9999, 12, 31)], pa.date64()),
    ],
)
def test_dates_that_are_far_away_or_fine_are_ordered(dates):
    early, late = parse_keeper("date").merits({"date": dates}, 2).ravel()
    assert early < late


def test_columns_are_named_once_in_the_order_of_their_use():
    assert parse_keeper("b + a, a * c").columns == ("b", "a", "c")


@pytest.mark.parametrize(
    "text",
    [
        *("", "1", "a +", "a.b", "a[0]", "f(a)", "__import__('os')", "lambda: a", "a ** 2"),
        *("a < b < c", "min(a, key=b)", "abs(a, b)", "log()", "a in b", "[a]", "a is b", "~a"),
        *("a if b", "x" * 2000, "a in [None]", "a in [b'x', 1j]", "a == '\\ud800'"),
        *("a * 1" + "0" * 400, "a in [1" + "0" * 400 + "]", "a * 1e999"),
        *("-" * 900 + "a", "(" * 90 + "a" + ")" * 900, "+".join(["a"] * 400)),
        "a if b else " * 80 + "a",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(KeeperError):
        parse_keeper(text)


@pytest.mark.parametrize(
    "text",
    [
        *("source", "n_chars == 'x'", "source + 1", "source > 1", "log(source)", "not n_chars"),
        *("source in [3, 'web']", "n_chars in ['web']", "rights", "'x' in source", "rights == 'x'"),
        *("date >= '2024-13-45'", "source == checked"),
    ],
)
def test_what_does_not_fit_a_column_is_told(text):
    with pytest.raises(KeeperError, match="does not fit its columns") as found:
        merits(text)
    assert "kernel" not in str(found.value)
    with pytest.raises(KeeperError, match="does not fit its columns"):
        parse_keeper(text).check({name: values.type for name, values in COLUMNS.items()})


def test_a_policy_over_what_is_never_known_is_refused():
    with pytest.raises(KeeperError, match="`quality_score` is unknown of every document"):
        parse_keeper("quality_score, n_chars").check(
            {"quality_score": pa.null(), "n_chars": pa.int64()}
        )


def test_a_column_that_has_no_order_is_told():
    with pytest.raises(KeeperError, match=r"`xs` is list.* cannot rank documents"):
        parse_keeper("xs").merits({"xs": pa.array([[1]])}, 1)
