"""What stages noted of a document: shown where it is set, to people and to programs."""

import json

import pytest

from eurosift.pipeline.api import Run
from eurosift.pipeline.particulars import particulars

SPAN = {"start": 0, "end": 7, "type": "email"}


def test_what_says_nothing_is_left_out():
    nothing = {"quality_failed": [], "duplicate_of": None, "template_lines": 0, "pii": None}
    assert not list(particulars(nothing))
    assert not list(particulars({}))


def test_rules_stand_with_what_they_compared():
    failed = [
        {"rule": "short", "value": 8.0, "threshold": 50.0},
        {"rule": "listed", "value": None, "threshold": None},
    ]
    assert list(particulars({"quality_failed": failed})) == [
        "failed short: 8 for a threshold of 50, listed"
    ]


def test_identifiers_are_counted_by_detector():
    row = {
        "pii": [SPAN | {"detector": name} for name in ("iban", "email", "iban")],
        "pii_counted": [{"detector": "vat", "n": 3}],
    }
    assert list(particulars(row)) == [
        "personal identifiers: email 1, iban 2",
        "only counted: vat 3",
    ]


@pytest.fixture
def lines(noted, eurosift):
    """What the command shows of a document, but for its text."""

    def call(*options):
        found = eurosift("sample", noted.recipe, "-n", "20", "--chars", "1", *options)
        return [line.strip() for line in found.out.splitlines() if line.startswith("  ")]

    return call


def test_people_see_them_where_they_are_set(lines):
    kept = lines("--verdict", "kept")
    assert kept.count("personal identifiers: email 2") == 4
    assert kept.count("only counted: pl.nip 1") == 4
    assert kept.count("template lines removed: 1") == 3
    assert not any("failed" in line or "duplicate" in line for line in kept)
    assert "failed short: 8 for a threshold of 10" in lines("--reason", "short")
    assert "duplicate of p0" in lines("--stage", "dedup", "--verdict", "rejected")


def test_markdown_and_programs_have_them(noted, eurosift):
    shown = eurosift("sample", noted.recipe, "-n", "20", "--format", "md").out
    assert shown.count("- `personal identifiers: email 2`") == 4
    rows = eurosift("sample", noted.recipe, "-n", "20", "--format", "jsonl").out.splitlines()
    found = {row["id"]: row for row in map(json.loads, rows)}
    assert found["p5"]["quality_failed"] == [{"rule": "short", "value": 8.0, "threshold": 10.0}]
    assert len(found["p1"]["pii"]) == 2
    assert found["p1"]["pii_counted"] == [{"detector": "pl.nip", "n": 1}]
    assert found["p4"]["duplicate_of"] == "p0"


def test_notebooks_show_them(noted):
    sample = Run(noted.recipe).sample(n=20)
    assert {"pii", "duplicate_of", "quality_failed", "template_lines"} <= {*sample.frame.columns}
    page = sample._repr_html_()
    assert page.count("personal identifiers: email 2") == 4
    assert "duplicate of p0" in page
    assert "failed short: 8 for a threshold of 10" in page
