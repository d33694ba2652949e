"""Parameters that are set on the command line change the recipe, and nothing else."""

import numpy as np
import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.changes import Change, changed_dag, parse_change, settled
from eurosift.pipeline.errors import QueryError, RecipeError

HEAD = "version: 1\nname: x\ninput: a.jsonl\nstages:\n  langid: {}\n  signals: {}\n"


@pytest.fixture
def build(tmp_path):
    def make(quality):
        return build_dag(recipe.parse(f"{HEAD}  quality: {quality}\n", tmp_path))

    return make


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("quality.rules.gopher_short_doc.min=20", ("thresholds", "gopher_short_doc"), 20),
        ("quality.rules.stop_words.min=1", ("thresholds", "gopher_enough_stop_words"), 1),
        ("quality.rules.gopher_stop_words.min=1", ("thresholds", "gopher_enough_stop_words"), 1),
        ("quality.rules.top_2_gram.max.mt=0.9", ("thresholds", "top_2_gram", "mlt_Latn"), 0.9),
        ("quality.thresholds.top_2_gram.default=0.9", ("thresholds", "top_2_gram", "default"), 0.9),
        ("quality.rules.top_2_gram.threshold=null", ("thresholds", "top_2_gram"), None),
        ("quality.disable=[top_2_gram]", ("disable",), ["top_2_gram"]),
        ("quality.rules=gopher", ("rules",), "gopher"),
    ],
)
def test_changes_are_understood(build, text, path, value):
    assert parse_change(text, build("{}")) == Change("quality", path, value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("quality", "must be STAGE.PARAMETER=VALUE"),
        ("quality=3", "must be STAGE.PARAMETER=VALUE"),
        ("qualty.disable=[]", "no stage `qualty`; did you mean `quality`"),
        ("quality.rules.top_2_garm.max=1", "no rule `top_2_garm`; did you mean `top_2_gram`"),
        ("quality.rules.gram.max=1", "`gram` may be top_2_gram or top_3_gram"),
        ("quality.rules.top_2_gram=1", "behind the rule there must be min or max or threshold"),
        ("quality.rules.top_2_gram.min=1", "rule top_2_gram has no min: .* say max"),
        ("quality.rules.gopher_short_doc.max=1", "has no max: .* say min"),
        ("quality.rules.top_2_gram.max.xx=1", "xx"),
        ("quality.rules.top_2_gram.max.mt.x=1", "there may be a language"),
        ("quality.disable=[", "value:"),
    ],
)
def test_what_makes_no_sense_is_told(build, text, message):
    with pytest.raises(QueryError, match=message):
        parse_change(text, build("{}"))


def thresholds(dag, rule, *languages):
    judges = dag.nodes["quality"].step.judges
    return [judges.get(code, judges[""]).rules.find(rule).threshold_for(code) for code in languages]


def test_a_change_is_made_in_a_copy(build):
    old = build("{thresholds: {top_2_gram: {mt: 0.5}}}")
    changes = [parse_change("quality.rules.top_2_gram.max.mlt=0.9", old)]
    new = changed_dag(old, changes)
    assert thresholds(new, "top_2_gram", "mlt_Latn", "spa_Latn") == [0.9, 0.156]
    assert thresholds(old, "top_2_gram", "mlt_Latn", "spa_Latn") == [0.5, 0.156]


def test_a_stage_without_parameters_takes_one(build):
    old = build("")
    new = changed_dag(old, [parse_change("quality.rules.gopher_short_doc.min=7", old)])
    assert thresholds(new, "gopher_short_doc", "mlt_Latn") == [7]


def test_a_threshold_for_one_language_leaves_that_of_all_others(build):
    old = build("{thresholds: {top_2_gram: 0.5}}")
    new = changed_dag(old, [parse_change("quality.rules.top_2_gram.max.mt=0.9", old)])
    assert thresholds(new, "top_2_gram", "mlt_Latn", "spa_Latn") == [0.9, 0.5]


@pytest.mark.parametrize("off", ["null", "0"])
def test_a_threshold_for_one_language_leaves_a_rule_switched_off_for_all_others(build, off):
    old = build(f"{{thresholds: {{top_2_gram: {off}}}}}")
    new = changed_dag(old, [parse_change("quality.rules.top_2_gram.max.mt=0.9", old)])
    assert thresholds(new, "top_2_gram", "mlt_Latn")[0] == 0.9
    assert np.isnan(thresholds(new, "top_2_gram", "spa_Latn", "zxx_Zxxx")).all()


def test_several_changes_of_one_rule_are_one(build):
    old = build("{thresholds: {top_2_gram: null, top_3_gram: {mt: 0.4}}}")
    texts = ("top_2_gram.max.mt=0.9", "top_3_gram.max.mt=0.3", "top_2_gram.max.ga=0.8")
    changes = [parse_change(f"quality.rules.{text}", old) for text in texts]
    assert [str(change) for change in settled(old, changes)] == [
        'stages.quality.thresholds.top_2_gram: {"default": null, "mlt_Latn": 0.9, "gle_Latn": 0.8}',
        "stages.quality.thresholds.top_3_gram.mlt_Latn: 0.3",
    ]
    new = changed_dag(old, changes)
    assert thresholds(new, "top_2_gram", "mlt_Latn", "gle_Latn") == [0.9, 0.8]
    assert np.isnan(thresholds(new, "top_2_gram", "spa_Latn")).all()
    texts = ("top_2_gram.max=0.5", "top_2_gram.max.mt=0.9", "top_2_gram.max.mlt=0.7")
    changes = [parse_change(f"quality.rules.{text}", old) for text in texts]
    assert thresholds(changed_dag(old, changes), "top_2_gram", "spa_Latn", "mlt_Latn") == [0.5, 0.7]
    texts = ("top_2_gram.max.mt=0.9", "top_2_gram.max=0.5")
    changes = [parse_change(f"quality.rules.{text}", build("{}")) for text in texts]
    assert [str(change) for change in settled(build("{}"), changes)] == [
        "stages.quality.thresholds.top_2_gram: 0.5"
    ]


@pytest.mark.parametrize(
    "overlay", ["{thresholds: {top_2_gram: 0.5}}", "{thresholds: {top_2_gram: {mt: 0.5}}}", "{}"]
)
def test_a_threshold_is_changed_where_a_language_has_it(build, overlay):
    old = build(f"{{per_language: {{mt: {overlay}}}}}")
    new = changed_dag(old, [parse_change("quality.rules.top_2_gram.max.mlt=0.9", old)])
    assert thresholds(new, "top_2_gram", "mlt_Latn", "spa_Latn") == [0.9, 0.156]


def test_keys_that_have_values_are_set_as_a_whole(build):
    old = build("{rules: gopher}")
    with pytest.raises(QueryError, match=r"`rules` is `gopher` in the recipe"):
        changed_dag(old, [Change("quality", ("rules", "x"), 1)])


def test_languages_on_the_way_may_be_written_in_another_style(build):
    old = build("{per_language: {mt: {disable: [top_2_gram]}}}")
    new = changed_dag(old, [parse_change("quality.per_language.mlt_Latn.disable=[]", old)])
    assert thresholds(new, "top_2_gram", "mlt_Latn") == [0.949]


def test_a_rule_of_the_recipe_that_is_wrong_is_told_with_its_line(build):
    with pytest.raises(RecipeError, match=r"^recipe\.yaml:9:14: .*rule loud: unknown signal"):
        build("\n    add:\n      loud: {reject_if: uper_ratio > 0.4}")


def test_a_changed_recipe_is_checked_as_any_other(build):
    old = build("{}")
    with pytest.raises(RecipeError, match=r"quality\.disabel: unknown key"):
        changed_dag(old, [parse_change("quality.disabel=[x]", old)])
