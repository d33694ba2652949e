"""Counts of personal identifiers: from footers alone, and what the rows say."""

import csv
import io
import json
from collections import Counter

import pytest

from eurosift.pipeline import identifiers


def test_each_language_and_identifier_has_a_row_and_each_type_a_sum(noted):
    assert [tuple(row.values()) for row in identifiers.table(noted.open()).rows] == [
        ("pol_Latn", "company_id", "pl.nip", 0, 4),
        ("pol_Latn", "email", "email", 8, 0),
        ("total", "company_id", "", 0, 4),
        ("total", "email", "", 8, 0),
        ("total", "", "", 8, 4),
    ]


def test_the_figures_are_those_of_the_rows(noted):
    rows = noted.table("pii").to_pylist()
    spans = Counter(span["detector"] for row in rows for span in row["pii"] or ())
    counted = Counter()
    for row in rows:
        for each in row["pii_counted"] or ():
            counted[each["detector"]] += each["n"]
    table = [row for row in identifiers.table(noted.open()).rows if row["identifier"]]
    assert {r["identifier"]: r["found"] for r in table if r["found"]} == spans
    assert {r["identifier"]: r["only_counted"] for r in table if r["only_counted"]} == counted


def test_a_run_without_such_a_stage_has_none(finished):
    assert [tuple(row.values()) for row in identifiers.table(finished.open()).rows] == [
        ("total", "", "", 0, 0)
    ]


@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv", "tsv", "md"])
def test_every_format_has_them_and_no_identifier(noted, eurosift, style):
    found = eurosift("report", noted.recipe, "--by", "pii", "--format", style)
    assert "pl.nip" in found.out
    assert "poczta" not in found.out
    if style == "json":
        assert json.loads(found.out)["pii"][0]["only_counted"] == 4
    if style == "csv":
        rows = list(csv.DictReader(io.StringIO(found.out)))
        assert (rows[1]["language"], rows[1]["type"], rows[1]["found"]) == (
            "pol_Latn",
            "email",
            "8",
        )


def test_they_are_among_all_tables(noted, eurosift):
    assert json.loads(eurosift("report", noted.recipe, "--format", "json").out)["pii"]


def test_verify_counts_them_again(noted, eurosift):
    assert eurosift("verify", noted.recipe).code == 0
