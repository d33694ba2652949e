"""How two runs differ."""

import json
import shutil
from collections import Counter

import pytest

from eurosift.pipeline import diff, verdicts
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.verdicts import Pair, put_side_by_side

STAGES = {"label": None, "length": None, "scrub": None, "upper": None}


def stages(min_chars):
    return {"label": None, "length": None, "short": {"min_chars": min_chars}, **STAGES}


def rerun(project, min_chars, **head):
    from eurosift.pipeline import recipe
    from eurosift.pipeline.launch import Launch

    project.write(stages(min_chars), **head)
    shutil.rmtree(project.run_folder, ignore_errors=True)
    project.perform()
    Launch.create(recipe.load(project.recipe))


@pytest.fixture
def twins(finished, make_project, tmp_path_factory):
    """The second run rejects fewer documents for being short: 16 characters instead of 20."""
    folder = tmp_path_factory.mktemp("twin")
    shutil.copytree(finished.folder, folder, dirs_exist_ok=True)
    second = make_project(folder)
    rerun(second, 16)
    return finished, second


def rows(table):
    return [tuple(row[c] for c in table.columns) for row in table.rows]


def oracle(first, second):
    """The same by another route: whole tables of both runs as dictionaries."""

    def fates(project):
        found = {}
        layers = [project.table(name) for name in ("extract", "label", "short")]
        languages = layers[1]["language"].to_pylist()
        for row, document in enumerate(layers[0]["id"].to_pylist()):
            reasons = [
                f"{name}:{reason}"
                for name, layer in zip(("extract", "label", "short"), layers, strict=True)
                for reason in layer[f"{name}_reasons"][row].as_py() or ()
            ]
            found[document] = (tuple(sorted(reasons)), languages[row] or "und")
        return found

    one, other = fates(first), fates(second)
    both = [d for d in one if d in other]
    pairs = Counter(Pair(one[d][0], other[d][0], one[d][1], other[d][1]) for d in both)
    return pairs, len(one) - len(both), len(other) - len(both)


def test_parameters_that_differ_are_named_with_both_values(twins):
    first, second = twins
    assert rows(diff.parameters(first.open(), second.open())) == [("short", "min_chars", 20, 16)]


def test_a_stage_that_one_run_lacks_is_a_difference(twins):
    first, second = twins
    second.write(STAGES)
    found = rows(diff.parameters(first.open(), second.open()))
    assert [row[:2] for row in found] == [("short", "(stage)")]
    assert found[0][3] is None


def test_counts_that_differ_have_the_change(twins):
    first, second = twins
    found = rows(diff.counts(first.open(), second.open()))
    assert ("short", "ekk_Latn", 1, 2, 1, 0, 1) not in found  # a text of 14 characters
    assert {row[0] for row in found} == {"short", "scrub", "upper"} or found == []


@pytest.mark.parametrize("min_chars", [5, 16, 40])
def test_verdicts_are_those_of_whole_tables(finished, make_project, tmp_path_factory, min_chars):
    folder = tmp_path_factory.mktemp("twin")
    shutil.copytree(finished.folder, folder, dirs_exist_ok=True)
    second = make_project(folder)
    rerun(second, min_chars)
    found = put_side_by_side(finished.open(), second.open(), listed=100)
    pairs, only_first, only_second = oracle(finished, second)
    assert (found.pairs, found.only_first, found.only_second) == (pairs, only_first, only_second)
    assert (found.by_row, found.by_id) == (8, 0)
    assert len(found.changed) == sum(n for p, n in pairs.items() if p.before != p.after)


@pytest.fixture
def rearranged(twins):
    """The second run has the same documents in other files, one less, and two of its own."""
    first, second = twins
    lines = [
        line
        for path in sorted((second.folder / "in").glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    for path in (second.folder / "in").glob("*.jsonl"):
        path.unlink()
    own = [json.dumps({"id": f"new-{i}", "text": "mlt_Latn of my own"}) for i in range(2)]
    kept = [*reversed(lines[1:]), *own]
    (second.folder / "in" / "all.jsonl").write_text("".join(f"{line}\n" for line in kept))
    rerun(second, 5)
    return first, second


@pytest.mark.parametrize("partition", [1, 3, 1_000])
def test_documents_in_other_files_are_found_by_their_ids(rearranged, monkeypatch, partition):
    first, second = rearranged
    monkeypatch.setattr(verdicts, "PARTITION_ROWS", partition)
    found = put_side_by_side(first.open(), second.open(), listed=3)
    pairs, only_first, only_second = oracle(first, second)
    assert (found.pairs, found.only_first, found.only_second) == (pairs, 1, 2)
    assert (only_first, only_second) == (1, 2)
    assert (found.by_row, found.by_id) == (0, 8)


def test_which_documents_are_named_does_not_depend_on_how_they_are_joined(rearranged, monkeypatch):
    first, second = rearranged
    found = []
    for partition in (1, 1_000):
        monkeypatch.setattr(verdicts, "PARTITION_ROWS", partition)
        places = put_side_by_side(first.open(), second.open(), listed=100).changed
        found.append(places)
    assert found[0] == found[1]
    assert found[0]


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
    assert [row[1] for row in rows(diff.documents(found))] == [9, 2, 3, 1, 0, 0, 2]
    assert rows(diff.languages(found)) == [("gle_Latn", "eng_Latn", 2)]


def test_the_command(twins, eurosift):
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
    for style in ("md", "csv", "tsv", "jsonl"):
        assert eurosift("diff", first.recipe, second.recipe, "--format", style).code == 0


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
