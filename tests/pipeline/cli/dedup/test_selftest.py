"""``eurosift dedup selftest`` on the demo run."""

from __future__ import annotations

import json

import pytest


def selftest(command, demo, *options):
    done = command("dedup", "selftest", demo / "recipe.yaml", "--format", "json", *options)
    return json.loads(done.stdout), done.stderr


def test_recall_and_precision_are_told_by_language(command, demo):
    found, told = selftest(command, demo, "--language", "mt", "--language", "deu")
    assert {row["language"] for row in found["recall"]} == {"mlt_Latn", "deu_Latn"}
    assert [row["language"] for row in found["precision"]] == ["mlt_Latn", "deu_Latn"]
    for row in found["recall"]:
        assert abs(row["true_similarity"] - row["similarity"]) < 0.03
        assert abs(row["measured"] - row["expected"]) <= 2 * row["margin"] + 0.5
    assert "bands 14, rows 8" in told


def test_other_parameters_can_be_tried(command, demo):
    options = ("--language", "mt", "--similarity", "0.6", "--bands", "60", "--rows", "2")
    found, told = selftest(command, demo, *options)
    (row,) = found["recall"]
    assert row["expected"] == pytest.approx(1, abs=0.001)
    assert row["measured"] == 1
    assert "bands 60, rows 2" in told


def test_an_unknown_language_is_told(command, demo):
    done = command("dedup", "selftest", demo / "recipe.yaml", "--language", "xx", check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "'xx' is no language code" in done.stderr


def test_all_languages_are_measured_by_default(command, demo):
    found, told = selftest(command, demo, "-n", "1", "--similarity", "0.8")
    assert len(found["precision"]) >= 24
    assert "no documents in" not in told, "languages of which all were rejected are not looked at"


def test_the_same_documents_are_drawn_each_time(command, demo):
    options = ("--language", "mt", "-n", "2")
    assert selftest(command, demo, *options) == selftest(command, demo, *options)


def test_a_language_without_documents_is_told(command, demo):
    done = command(
        "dedup", "selftest", demo / "recipe.yaml", "--language", "is", check=False
    )  # fmt: skip
    assert done.returncode == 3
    assert "no documents in isl_Latn" in done.stderr


def test_documents_that_were_removed_as_duplicates_are_among_them(command, demo):
    """Else the pairs that the documents hold themselves would be those that are not found."""
    found, _ = selftest(command, demo, "--language", "de", "--similarity", "0.8")
    (row,) = found["precision"]
    assert row["documents"] == 4
    assert row["own_found"] == 1


def test_how_many_words_a_sample_needs_is_told(command, demo):
    """The documents of the demo have no more than 150 words."""
    done = command(
        "dedup", "selftest", demo / "recipe.yaml", "--language", "mt", "--similarity", "0.98",
        check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert (
        "nothing planted at 0.98 in mlt_Latn: that takes documents of about 222 words"
        in done.stderr
    )
