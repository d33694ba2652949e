"""What a launch will take."""

import pytest

from eurosift.pipeline import site
from eurosift.pipeline.arrays import Arrays, PhaseArray
from eurosift.pipeline.outlook import START_S, Outlook, Rates

SIZES = {"00000": 1000, "00001": 3000}


def done(stage, key, seconds):
    return {"event": "shard_done", "stage": stage, "key": key, "seconds": seconds}


def look(*phases, rates, workers=1):
    where = site.load("generic").model_copy(update={"element_cores": 8, "time": 60})
    return Outlook(Arrays(where, workers, phases), SIZES, rates)


def test_rates_are_by_byte_for_shards_and_by_item_for_all_else():
    rates = Rates.of([done("a", "00000", 5), done("a", "00001", 15), done("b", "mlt", 3)], SIZES)
    assert rates.seconds("a", 2000) == 10
    assert rates.seconds("b", None) == 3
    assert rates.seconds("c", 2000) is None
    assert rates.per_byte == {"a": 20 / 4000, "b": 3 / 4000}
    assert Rates.of([], SIZES).per_byte == {}


def test_what_cannot_be_listed_yet_is_reckoned_by_what_goes_into_it():
    """A few files were run; now there are many more, of which nothing is extracted yet."""
    rates = Rates({"a": 0.1, "b": 1.8}, {"a": 1.0, "b": 1.0})
    a, b = PhaseArray("a", "", 1, ("00001",), ()), PhaseArray("b", "", 2, None, ("a",))
    found = look(a, b, rates=rates)
    assert found.coming_bytes == 3000
    assert found.node_hours(b) == pytest.approx((2 * START_S + 1.8 * 3000) / 3600 * 0.5)
    assert found.expected == pytest.approx(found.node_hours(a) + found.node_hours(b))
    assert look(b, rates=rates).coming_bytes == 4000


def test_node_hours_are_those_of_all_elements():
    """Each with its start, its share of the work, and the part of a node that it is charged for."""
    rates = Rates({"a": 3.59}, {"a": 1.0})
    found = look(PhaseArray("a", "", 2, tuple(SIZES), ()), rates=rates)
    assert found.expected == pytest.approx((2 * START_S + 3.59 * 4000) / 3600 * 0.5)
    assert found.most_node_hours == 1.0
    # With two workers, but no shard is divided.
    found = look(PhaseArray("a", "", 1, tuple(SIZES), ()), rates=rates, workers=2)
    assert found.expected == pytest.approx((START_S + 3.59 * 3000) / 3600 * 0.5)


def test_what_is_not_known_is_not_told():
    a, b = PhaseArray("a", "", 1, ("00000",), ()), PhaseArray("b", "", 1, None, ("a",))
    found = look(a, b, rates=Rates({"a": 1.0}, {"a": 1.0}))
    assert found.expected is None
    arrays, whole = found.tables()
    assert [(r["array"], r["items"], r["input_bytes"]) for r in arrays.rows] == [
        ("a", 1, 1000),
        ("b", None, None),
    ]
    assert arrays.rows[1]["node_hours"] is None
    row = whole.rows[0]
    assert (row["elements"], row["jobs"], row["cores"], row["input_bytes"]) == (2, 3, 8, 4000)
    assert (row["node_hours"], row["node_hours_at_most"], row["files"]) == (None, 1.0, 15)
