"""What follows from the death of a worker."""

import pytest

from eurosift.pipeline import quarantine
from eurosift.pipeline.child import Cause, Death
from eurosift.pipeline.deaths import Deaths
from eurosift.pipeline.plan import InputFile
from eurosift.pipeline.states import Task


def task(key="00000", fingerprint="old"):
    return Task("extract", "", key, f"extract/{key}.parquet", 1, {}, {}, fingerprint)


def file(shard):
    return InputFile(shard=shard, path=f"{shard}.warc", size_bytes=1, edges="x")


@pytest.fixture
def deaths(tmp_path):
    return Deaths(tmp_path, file, lambda old: task(old.key, "new"))


def test_who_is_killed_from_outside_accuses_no_page(deaths, tmp_path):
    death = Death(Cause.KILLED, "out of memory or killed", "page")
    assert deaths.again(task(), death, 1) == task()
    assert deaths.again(task(), death, 2) is None
    assert quarantine.load(tmp_path, file("00000")) == {}


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        ("time", "time_limit"),
        ("stalled", "time_limit"),
        ("memory", "memory_limit"),
        ("crash", "crash"),
    ],
)
def test_the_page_of_two_deaths_is_quarantined_and_the_item_goes_on(
    deaths, tmp_path, cause, reason
):
    death = Death(Cause(cause), "words", "page")
    assert deaths.again(task(), death, 1) == task()
    assert quarantine.load(tmp_path, file("00000")) == {}
    assert deaths.again(task(), death, 2) == task(fingerprint="new")
    assert quarantine.load(tmp_path, file("00000")) == {"page": reason}


def test_an_item_that_goes_on_dying_of_a_quarantined_page_is_given_up(deaths):
    """As if what was noted were only the beginning of an id, which no page has."""
    death = Death(Cause.CRASH, "words", "page")
    assert [deaths.again(task(), death, n) is None for n in (1, 2, 3)] == [False, False, True]


def test_deaths_on_different_pages_and_items_are_counted_apart(deaths):
    for page in "abc":
        assert deaths.again(task(), Death(Cause.CRASH, "words", page), 1) == task()
    assert deaths.again(task("00001"), Death(Cause.CRASH, "words", "a"), 1) == task("00001")


def test_a_death_outside_of_any_page_is_one_of_the_item(deaths):
    death = Death(Cause.MEMORY, "words", "")
    assert deaths.again(task(), death, 1) == task()
    assert deaths.again(task(), death, 2) is None
