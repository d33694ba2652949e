from __future__ import annotations

import pytest

from eurosift.langid.languages import EU24
from eurosift.stages.errors import AssetError
from eurosift.stages.pii import context, policy
from eurosift.stages.pii.detectors import TYPE_OF
from eurosift.stages.pii.policy import Rule
from eurosift.stages.pii.regions import LANGUAGES, STATES, regions


@pytest.fixture
def load(tmp_path):
    def write(text):
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        return policy.load(path)

    return write


def test_the_shipped_policy_has_a_rule_for_every_identifier_and_no_other():
    assert set(policy.shipped().general) == set(TYPE_OF)


def test_numbers_of_companies_are_counted_only():
    for name, rule in policy.shipped().general.items():
        assert rule.action == ("count" if TYPE_OF[name] == "company_id" else "mask")


def test_every_state_has_a_number_that_is_looked_for_or_one_that_is_off():
    states = {name.partition(".")[0].upper() for name in policy.shipped().general if "." in name}
    assert states == set(STATES)
    assert len(STATES) == 27


def test_every_language_has_states_and_words():
    assert set(EU24) <= set(LANGUAGES)
    words = context.source().decode()
    assert all(words.count(f"{code}:") >= 3 for code in EU24)


def test_what_needs_words_has_words():
    for name, rule in policy.shipped().general.items():
        if rule.evidence in ("separator", "context") and "." in name:
            assert name in context.names(), name


def test_the_address_comes_before_the_language():
    assert regions("deu_Latn", "at")[:2] == ("AT", "DE")
    assert regions(None, "generic") == ()


def test_a_policy_changes_only_what_it_says(load):
    mine = load(
        "version: 1\nidentifiers:\n"
        "  pl.pesel: {evidence: context, languages: {Maltese: {action: count}}}\n"
    )
    assert mine.rules("pol_Latn")["pl.pesel"] == Rule("context", "mask")
    assert mine.rules("mlt_Latn")["pl.pesel"] == Rule("context", "count")
    assert mine.rules("mlt_Latn")["email"] == policy.shipped().general["email"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\nidentifiers:\n  pl.pesl: {}\n", r"mine.yaml:3:3: .*did you mean `pl.pesel`"),
        ("version: 1\nidentifiers:\n  email: {action: hide}\n", r"mine.yaml:3:\d+: .*'mask' or"),
        ("version: 1\nidentifiers:\n  email: {languages: {xq: {}}}\n", r"mine.yaml:3:\d+: "),
        ("version: 2\nidentifiers: {}\n", "mine.yaml:1:"),
        ("version: 1\nidentifiers: {}\nmode: x\n", "mine.yaml:3:"),
        ("version: [", "mine.yaml:"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(load, text, problem):
    with pytest.raises(AssetError, match=problem):
        load(text)


def test_a_policy_that_is_not_there_is_told(tmp_path):
    with pytest.raises(AssetError, match="cannot read"):
        policy.load(tmp_path / "none.yaml")
