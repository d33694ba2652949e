"""What is predicted is what the changed recipe gives."""

import json
from collections import Counter

import numpy as np
import polars as pl
import pytest

from eurosift.pipeline.changes import changed_dag, parse_change
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.nearest import identify
from eurosift.pipeline.whatif import Preview

RULES = """
name: words
version: 1
source: tests
rules:
  - {name: few_words, reject_if: word_count < threshold, threshold: 4, by_language: {mt: 2}}
  - {name: loud, reject_if: upper_ratio > 0.5}
"""
TEXTS = (
    ("mlt_Latn one two three four", "mlt_Latn tiny", "ekk_Latn A SECRET IS A SECRET FOR EVER"),
    ("no language in this one", "   ", "mlt_Latn ANOTHER TEXT THAT IS LONG ENOUGH"),
    ("ekk_Latn short", "swe_Latn the last of the texts, and not the shortest"),
)


@pytest.fixture
def judged(project):
    """A finished run that counts words, judges by them, and counts again what is kept."""
    (project.folder / "words.yaml").write_text(RULES)
    project.inputs(*TEXTS)
    project.write(
        {
            "label": None,
            "signals": {"needs": "label"},
            "quality": {"rules": "words.yaml", "needs": "signals"},
            "count": {"needs": "quality"},
        }
    )
    project.perform()
    return project


def preview(project, *settings, nearest=3):
    run = open_run(project.recipe)
    changes = [parse_change(text, run.dag) for text in settings]
    return Preview(run, changed_dag(run.dag, changes), changes[0].stage, nearest)


def kept(project):
    """Documents and characters that the stage keeps, by language."""
    table = (
        pl.DataFrame(project.table("quality"))
        .hstack(
            pl.DataFrame(project.table("signals")).select("char_count"),
        )
        .hstack(pl.DataFrame(project.table("label")).select("language"))
    )
    rows = table.filter(pl.col("quality_reasons").list.len() == 0)
    groups = rows.group_by(pl.col("language").fill_null("und"))
    return {
        language: (documents, characters)
        for language, documents, characters in groups.agg(
            pl.len(), pl.col("char_count").sum()
        ).iter_rows()
    }


CHANGES = [
    ("quality.rules.few_words.min=6",),
    ("quality.rules.few_words.min.mt=1",),
    ("quality.rules.few_words.min=0", "quality.rules.loud.max=0.9"),
    ("quality.disable=[loud]",),
    ("quality.add.long={reject_if: char_count > 30}",),
    ("quality.per_language.ekk_Latn={disable: [few_words, loud]}",),
]


@pytest.mark.parametrize("settings", CHANGES)
@pytest.mark.parametrize("is_fresh", [True, False], ids=["reasons", "recomputed"])
def test_predicted_is_what_the_changed_recipe_gives(judged, settings, is_fresh):
    before = kept(judged)
    if not is_fresh:
        for path in (judged.run_folder / "quality").glob("*.parquet"):
            path.unlink()
    seen = preview(judged, *settings)
    found = seen.find()
    assert found.recomputed == (0 if is_fresh else 3)
    dag = seen.run.dag
    data = changed_dag(dag, [parse_change(text, dag) for text in settings]).recipe.document.data
    judged.write(data["stages"])
    judged.perform("label", "signals", "quality")
    after = kept(judged)
    for language, tally in found.tallies.items():
        documents, characters = np.array(after.get(language, (0, 0))) - np.array(
            before.get(language, (0, 0))
        )
        assert tally.kept == before.get(language, (0, 0))[0]
        assert tally.gained - tally.lost == documents
        assert tally.characters == characters
    assert set(after) | set(before) <= set(found.tallies)


def test_documents_near_a_threshold_stand_on_both_sides_of_it(judged):
    found = preview(judged, "quality.rules.few_words.min=5", nearest=2).find()
    sides = Counter(each.fails for each in found.near)
    assert sides == {True: 2, False: 2}
    for each in found.near:
        assert each.fails == (each.value < each.threshold)
    by_side = [[e.distance for e in found.near if e.fails == side] for side in (True, False)]
    assert by_side == [sorted(side) for side in by_side]
    documents = identify(open_run(judged.recipe), found.near, 8)
    assert documents.columns == ["id", "url", "text"]
    assert all(len(text) <= 8 for text in documents["text"])


def test_shards_that_have_no_numbers_are_left_out(judged):
    (judged.run_folder / "signals" / "00001.parquet").unlink()
    assert preview(judged, "quality.disable=[loud]").shards == ["00000", "00002"]
    for path in (judged.run_folder / "signals").glob("*.parquet"):
        path.unlink()
    with pytest.raises(IncompleteError, match="signals: not made yet"):
        preview(judged, "quality.disable=[loud]")


@pytest.mark.parametrize(
    ("setting", "message"),
    [("count.tokenizer=null", "has no rules"), ("signals.tokens=whitespace", "has no rules")],
)
def test_stages_without_rules_have_nothing_to_preview(judged, setting, message):
    with pytest.raises(QueryError, match=message):
        preview(judged, setting)


def test_stages_that_read_text_are_not_previewed(judged):
    run = open_run(judged.recipe)
    with pytest.raises(QueryError, match="stage `label` reads text"):
        Preview(run, changed_dag(run.dag, []), "label")


def test_the_command_prints_changes_and_neighbours(judged, eurosift):
    done = eurosift(
        "whatif", judged.recipe, "--set", "quality.rules.few_words.min=5", "--format", "json"
    )
    assert done.code == 0
    assert "to apply: stages.quality.thresholds.few_words: 5" in done.err
    body = json.loads(done.out)
    total = body["changes"][-1]
    assert total["language"] == "total"
    assert total["gained"] - total["lost"] == total["documents"]
    assert {row["side"] for row in body["nearest"]} == {"passes", "fails"}
    assert all("text" not in row for row in body["nearest"])
    shown = eurosift(
        "whatif", judged.recipe, "--set", "quality.disable=[loud]", "--near", "0", "--excerpts", 9
    )
    assert shown.code == 0
    assert "rule" not in shown.out


def test_a_rule_that_is_switched_off_is_tried_for_one_language(project, eurosift):
    """The others stay without it, in the preview and in what is to be written."""
    (project.folder / "words.yaml").write_text(RULES)
    project.inputs(*TEXTS)
    quality = {"rules": "words.yaml", "needs": "signals", "thresholds": {"few_words": None}}
    stages = {"label": None, "signals": {"needs": "label"}, "quality": quality}
    project.write(stages)
    project.perform()
    setting = "quality.rules.few_words.min.mt=99"
    done = eurosift("whatif", project.recipe, "--set", setting, "--format", "json")
    assert 'thresholds.few_words: {"default": null, "mlt_Latn": 99}' in done.err
    lost = {row["language"]: row["lost"] for row in json.loads(done.out)["changes"]}
    assert lost["ekk_Latn"] == lost["swe_Latn"] == 0 < lost["mlt_Latn"] == lost["total"]
    before = kept(project)
    thresholds = {"few_words": {"default": None, "mlt_Latn": 99}}
    project.write({**stages, "quality": {**quality, "thresholds": thresholds}})
    project.perform()
    after = kept(project)
    for language in before:
        assert before[language][0] - after.get(language, (0, 0))[0] == lost[language]


def test_numbers_of_an_earlier_recipe_are_told(judged, eurosift):
    options = ("whatif", judged.recipe, "--set", "quality.disable=[loud]")
    assert "not up to date" not in eurosift(*options).err
    judged.write(
        {
            "label": None,
            "signals": {"needs": "label", "tokens": "whitespace"},
            "quality": {"rules": "words.yaml", "needs": "signals"},
        }
    )
    done = eurosift(*options)
    assert done.code == 0
    assert "signals: 3 of 3 shards are not up to date: their numbers are those of" in done.err
    assert "label:" not in done.err


def test_the_command_takes_one_stage_at_a_time(judged, eurosift):
    done = eurosift(
        "whatif", judged.recipe, "--set", "quality.disable=[]", "--set", "count.tokenizer=null"
    )
    assert done.code == 2
    assert "one stage at a time" in done.err


def test_without_a_change_an_example_of_the_recipe_is_given(judged, eurosift):
    """It is a command that works."""
    done = eurosift("whatif", judged.recipe)
    assert done.code == 2
    setting = "quality.rules.few_words.min=2"
    assert f"eurosift whatif {judged.recipe} --set {setting} (it is 4 now)" in done.err
    assert eurosift("whatif", judged.recipe, "--set", setting).code == 0
