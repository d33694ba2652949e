"""How two runs differ."""

import json
import shutil
from collections import Counter

import pytest

from eurosift.pipeline import diff, verdicts
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.verdicts import Pair, put_side_by_side


def rows(table):
    return [tuple(row[c] for c in table.columns) for row in table.rows]


def test_parameters_that_differ_are_named_with_both_values(twins):
    first, second = twins
    assert rows(diff.parameters(first.open(), second.open())) == [("short", "min_chars", 20, 16)]


def test_digests_are_cut_for_people_alone(twins, monkeypatch):
    first, second = (each.open() for each in twins)
    digests = {
        first.files.folder: "sha256:" + "0a" * 32,
        second.files.folder: "sha256:" + "1b" * 32,
    }
    told = {id(run): {"count": {"tokenizer": digests[run.files.folder]}} for run in (first, second)}
    monkeypatch.setattr(diff, "_configs", lambda run: told[id(run)])
    assert rows(diff.parameters(first, second))[0][2] == "sha256:" + "0a" * 32
    brief = rows(diff.parameters(first, second, brief=True))
    assert brief == [("count", "tokenizer", "sha256:0a0a0a0a0a0a…", "sha256:1b1b1b1b1b1b…")]


def test_a_stage_that_one_run_lacks_is_a_difference(twins):
    first, second = twins
    second.write({"label": None, "length": None, "scrub": None, "upper": None})
    found = rows(diff.parameters(first.open(), second.open()))
    assert [row[:2] for row in found] == [("short", "(stage)")]
    assert found[0][3] is None


def test_counts_that_differ_have_the_change(twins, rerun):
    first, second = twins
    rerun(second, 5)
    found = {(r["stage"], r["language"]): r for r in diff.counts(first.open(), second.open()).rows}
    assert set(found) == {("short", "ekk_Latn"), ("short", "mlt_Latn")}
    row = found["short", "mlt_Latn"]
    assert (row["kept_first"], row["kept_second"], row["kept_change"]) == (2, 3, 1)
    assert (row["rejected_first"], row["rejected_second"]) == (1, 0)
    assert row["characters_second"] - row["characters_first"] == len("mlt_Latn tiny")


def test_all_documents_are_in_the_table_once(rearranged):
    first, second = rearranged
    found = put_side_by_side(first.open(), second.open())
    table = diff.documents(found)
    numbers = dict(rows(table))
    parts = [numbers[row["documents"]] for row in table.rows[: -table.footer]]
    assert sum(parts) == 8 + 2
    assert numbers[diff.NOW_KEPT] > 0


def test_a_rule_that_has_let_go_is_named_with_its_language():
    found = verdicts.Verdicts(
        pairs=Counter(
            {
                Pair(("short:too_short",), (), "mlt_Latn", "mlt_Latn"): 3,
                Pair((), ("q:a", "q:b"), "gle_Latn", "eng_Latn"): 2,
                Pair(("q:a",), ("q:a", "q:c"), "gle_Latn", "gle_Latn"): 1,
                Pair(("q:a",), ("q:a",), "gle_Latn", "gle_Latn"): 9,
            }
        )
    )
    assert rows(diff.verdicts(found)) == [
        ("kept → rejected", "q", "a", "second", "gle_Latn", 2),
        ("kept → rejected", "q", "b", "second", "gle_Latn", 2),
        ("rejected → kept", "short", "too_short", "first", "mlt_Latn", 3),
        ("rejected otherwise", "q", "c", "second", "gle_Latn", 1),
    ]
    assert rows(diff.rules(found))[0] == ("kept → rejected", "q", "a", "second", 2)
    assert [row[1] for row in rows(diff.documents(found))] == [9, 2, 3, 1, 0, 0, 2]
    assert rows(diff.languages(found)) == [("gle_Latn", "eng_Latn", 2)]


def test_the_command(twins, rerun, eurosift):
    first, second = twins
    rerun(second, 5)
    done = eurosift("diff", first.recipe, second.run_folder, "--format", "json", "-n", 1)
    assert (done.code, done.err) == (0, "")
    body = json.loads(done.out)
    assert body["parameters"] == [
        {"stage": "short", "parameter": "min_chars", "first": 20, "second": 5}
    ]
    assert {row["documents"]: row["count"] for row in body["documents"]}["rejected → kept"] == 2
    assert [(r["language"], r["rule"], r["documents"]) for r in body["verdicts"]] == [
        ("ekk_Latn", "too_short", 1),
        ("mlt_Latn", "too_short", 1),
    ]
    assert body["changed"][0] | {"shard": "", "row": 0} == {
        "id": "d0-1",
        "shard": "",
        "row": 0,
        "language": "mlt_Latn",
        "first": "short:too_short",
        "second": "kept",
    }
    text = eurosift("diff", first.recipe, second.recipe).out
    assert "min_chars" in text
    for style in ("md", "markdown", "csv", "tsv", "jsonl"):
        assert eurosift("diff", first.recipe, second.recipe, "--format", style).code == 0


@pytest.mark.parametrize("pair", ["twins", "rearranged"])
def test_documents_that_both_runs_reject_are_counted_and_not_named(request, pair):
    """Whether they are found by row or by id."""
    first, second = request.getfixturevalue(pair)
    short = {"min_chars": 0, "max_chars": 10}
    second.write({"label": None, "length": None, "short": short, "scrub": None, "upper": None})
    shutil.rmtree(second.run_folder)
    second.perform()
    found = put_side_by_side(first.open(), second.open(), listed=100)
    numbers = {row["documents"]: row["count"] for row in diff.documents(found).rows}
    assert numbers[diff.OTHER] > 0
    assert numbers[diff.NOW_REJECTED] > 0
    named = diff.changed(first.open(), found).rows
    assert len(named) == numbers[diff.NOW_REJECTED] + numbers[diff.NOW_KEPT]
    assert all((row["first"] == "kept") != (row["second"] == "kept") for row in named)


def test_a_run_does_not_differ_from_itself(finished, eurosift):
    done = eurosift("diff", finished.recipe, finished.recipe, "--format", "json")
    body = json.loads(done.out)
    assert body["parameters"] == body["counts"] == body["verdicts"] == body["languages"] == []
    assert open_run(finished.run_folder)


def test_what_is_not_up_to_date_is_told(twins, eurosift):
    first, second = twins
    (second.run_folder / "upper" / "00001.parquet").unlink()
    done = eurosift("diff", first.recipe, second.recipe)
    assert done.code == 0
    assert "upper not up to date" in done.err
