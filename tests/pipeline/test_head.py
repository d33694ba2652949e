"""The keys of a recipe."""

import pytest
from pydantic import ValidationError

from eurosift.langid.languages import EU24
from eurosift.pipeline.head import Head, Input, Limits, eu24_code

LEAST = {"version": 1, "name": "x", "input": "in/*.jsonl", "stages": {}}


def test_what_is_not_said_has_a_default():
    head = Head.model_validate(LEAST)
    assert head.input == Input(path=("in/*.jsonl",))
    assert (head.languages, head.limits) == (EU24, Limits())
    assert (head.limits.page_seconds, head.limits.worker_threads) == (60.0, 1)


@pytest.mark.parametrize(
    ("given", "size"),
    [("2GiB", 2 << 30), ("2 GB", 2 * 10**9), (1 << 30, 1 << 30), (None, None)],
)
def test_memory_is_given_in_any_unit(given, size):
    assert Limits(worker_memory=given).worker_memory == size


def test_there_may_be_no_limit_of_time():
    assert Limits(page_seconds=None).page_seconds is None


@pytest.mark.parametrize(
    "more",
    [
        {"limits": {"worker_memory": "1 MB"}},
        {"limits": {"page_seconds": float("inf")}},
        {"limits": {"page_seconds": 1e10}},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused(more):
    with pytest.raises(ValidationError):
        Head.model_validate(LEAST | more)


def test_codes_in_any_style():
    assert [eu24_code(code) for code in ("mt", "mlt", "mlt_Latn")] == ["mlt_Latn"] * 3
    with pytest.raises(ValueError, match="not one of the 24 official EU languages"):
        eu24_code("isl")
