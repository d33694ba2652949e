"""Distinct errors: grouped by where they were raised, counted, newest first."""

import traceback

import pytest

from eurosift.pipeline import errorlog


def fail(how):
    if how == "cause":
        try:
            {}["key"]
        except KeyError as error:
            raise ValueError("no such key") from error
    raise ValueError(how)


def caught(how):
    try:
        fail(how)
    except ValueError as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError


def failure(key, how="one", time="1", stage="langid", *, trace=True):
    return {
        "event": "shard_failed",
        "stage": stage,
        "key": key,
        "time": time,
        "error": f"ValueError: {how}",
        "traceback": caught(how) if trace else None,
    }


def test_frames_begin_where_the_error_was_raised():
    found = errorlog.frames(caught("one"))
    assert [frame.function for frame in found] == ["fail", "caught"]
    assert found[0].source == "raise ValueError(how)"
    assert str(found[0]).startswith(f"{__file__}:")


@pytest.mark.parametrize("text", ["", "ValueError: x", "Traceback (most recent call last):\n"])
def test_what_is_no_traceback_has_no_frames(text):
    assert errorlog.frames(text) == errorlog.causes(text) == []


def test_a_cause_is_told_with_its_place():
    text = caught("cause")
    assert errorlog.frames(text)[0].source == 'raise ValueError("no such key") from error'
    (cause,) = errorlog.causes(text)
    assert cause.startswith("KeyError: 'key', at ")
    assert cause.endswith(" in fail")


def test_failures_with_one_origin_are_one_group_whatever_they_say():
    events = [failure(f"{i:05d}", how=f"file {i}", time=f"{i:03d}") for i in range(100)]
    (group,) = errorlog.group(events, [("langid", "00007")])
    assert (group.times, len(group.items), group.open) == (100, 100, 1)
    assert (group.error, group.first, group.last) == ("ValueError: file 99", "000", "099")


def test_groups_differ_by_stage_origin_and_the_newest_is_first():
    events = [
        failure("a", time="1"),
        failure("a", time="2", stage="pii"),
        failure("a", how="cause", time="3"),
        failure("b", time="4"),
        {"event": "shard_done", "stage": "langid", "key": "a"},
    ]
    found = errorlog.group(events, [])
    assert [(g.stage, g.times, g.last) for g in found] == [
        ("langid", 2, "4"),
        ("langid", 1, "3"),
        ("pii", 1, "2"),
    ]


def test_without_a_traceback_errors_are_told_apart_by_their_words():
    events = [failure(k, how=how, trace=False) for k, how in (("a", "x"), ("b", "x"), ("c", "y"))]
    assert sorted(g.times for g in errorlog.group(events, [])) == [1, 2]


def test_a_group_is_described_with_its_origin_first():
    events = [failure(f"{i:05d}") for i in range(7)] + [failure("00000", time="2")]
    (group,) = errorlog.group(events, [("langid", "00000"), ("langid", "00001")])
    lines = errorlog.describe(group).splitlines()
    assert lines[0] == "langid: ValueError: one"
    assert lines[1] == "  7 items, 8 times, last 2; 2 of them to be done"
    assert lines[2].startswith("  at ")
    assert lines[2].endswith(" in fail")
    assert lines[3].strip() == "raise ValueError(how)"
    assert lines[4].startswith("  by ")
    assert lines[-1] == "  items: 00000, 00001, 00002, 00003, 00004 and 2 more"


def test_a_table_holds_the_traceback_for_programs():
    (row,) = errorlog.table(errorlog.group([failure("a")], [])).rows
    assert row["traceback"].startswith("Traceback (most recent call last):")
    assert row["origin"].endswith(" in fail")
    assert (row["items"], row["open"], row["times"]) == (1, 0, 1)
