"""Stages of a recipe, found by entry point, with every parameter and column checked."""

import importlib.metadata

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.errors import RecipeError
from eurosift.stages import registry

HEAD = "version: 1\nname: t\ninput: {path: in/*.jsonl}\nstages:\n"

pytestmark = pytest.mark.usefixtures("tiny_stages")


@pytest.fixture
def build(tmp_path):
    def call(*stages, head=HEAD):
        lines = "".join(f"  {stage}\n" for stage in stages)
        return build_dag(recipe.parse(head + lines, tmp_path))

    return call


@pytest.fixture
def problems(build):
    def call(*stages, head=HEAD):
        with pytest.raises(RecipeError) as error:
            build(*stages, head=head)
        return error.value.problems

    return call


def test_a_stage_of_a_third_party_is_found_by_its_entry_point(build):
    """Neither eurosift nor the recipe says where it comes from."""
    assert importlib.metadata.version("eurosift-tiny") == "1.0"
    assert "upper" in registry.names()
    assert type(build("upper: {}").nodes["upper"].step).__module__ == "tiny_stages"


def test_a_stage_can_be_used_twice_under_other_names(build):
    graph = build("length: {}", "short: {min_chars: 1}", "shorter: {uses: short, min_chars: 9}")
    assert graph.nodes["short"].step.config.min_chars == 1
    assert graph.nodes["shorter"].step.config.min_chars == 9
    assert graph.nodes["shorter"].adds.names == ["shorter_reasons"]


@pytest.mark.parametrize(
    ("stages", "line"),
    [
        (["uper: {}"], "5:3: stages.uper: no stage `uper` is installed; did you mean `upper`?"),
        (["a: {uses: lenght}"], "5:3: stages.a: no stage `lenght` is installed; did you mean"),
        (["mistake: {}"], "5:3: stage `mistake` (tiny_stages:NotAStage) is not a"),
        (["vanished: {}"], "5:3: stage `vanished` (tiny_stages:Vanished) cannot be imported"),
        (
            ["length: {}", "short: {min_char: 1}"],
            "6:11: stages.short.min_char: unknown key; did you mean `min_chars`?",
        ),
        (
            ["length: {}", "short: {min_chars: many}"],
            "6:11: stages.short.min_chars: should be a valid integer",
        ),
        (
            ["length: {}", "short: {min_chars: -1}"],
            "6:11: stages.short.min_chars: should be greater than or equal to 0",
        ),
        (
            ["length: {}", "short: {nedes: length}"],
            "6:11: stages.short.nedes: unknown key; did you mean `needs`?",
        ),
        (
            ["length: {}", "short: {per_language: {mt: {min_char: 1}}}"],
            "6:31: stages.short.per_language.mt.min_char: unknown key; did you mean `min_chars`?",
        ),
        (
            ["upper: {needs: lenght}", "length: {}"],
            "5:11: stages.upper.needs: no stage `lenght`; did you mean `length`?",
        ),
        (
            ["upper: {needs: length}", "length: {needs: scrub}", "scrub: {needs: [upper]}"],
            "5:11: stages go in a circle: upper → length → scrub → upper",
        ),
        (["upper: {needs: upper}"], "5:11: stages go in a circle: upper → upper"),
        (
            ["upper: {}", "loud: {uses: upper}"],
            "6:3: stages.loud: column `upper` is already added by `upper`",
        ),
        (
            ["short: {}"],
            (
                "5:3: stages.short: reads `n_chars`, which no stage before it has; "
                "put `count` before it"
            ),
        ),
        (
            ["length: {}", "short: {needs: extract}"],
            (
                "6:3: stages.short: reads `n_chars`, which no stage before it has; "
                "`length` adds it: let `needs` lead there"
            ),
        ),
        (
            ["dedup: {keep: best_quality}"],
            (
                "5:3: stages.dedup: reads `quality_score`, which no stage before it has; "
                "put `quality` before it"
            ),
        ),
        (
            ["langid: {}", "signals: {}", "quality: {}", "dedup: {keep: best_quality}"],
            "8:11: stages.dedup.keep: `quality_score` is unknown of every document",
        ),
        (
            ["langid: {}", "dedup: {keep_by: url > 3}"],
            (
                "6:11: stages.dedup.keep_by: `url > 3` does not fit its columns: a text is "
                "compared with what is none"
            ),
        ),
        (
            ["extract: {needs: upper}", "upper: {}"],
            "5:13: stages.extract.needs: nothing comes before the documents",
        ),
        (
            ["extract: {}", "again: {uses: extract}"],
            "6:3: `extract` already makes the documents; a recipe has one such stage",
        ),
        (["extract: {format: warc}"], "5:13: stages.extract.format: give it as input.format"),
    ],
)
def test_a_wrong_graph_is_one_line_with_its_place(problems, stages, line):
    found = problems(*stages)
    assert len(found) == 1
    assert found[0].startswith(f"recipe.yaml:{line}"), found


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("{path: in/*}", "input.path: no file matches in/*"),
        ("{path: in/a}", ": cannot tell its format from the name"),
        ("{path: [a.jsonl, b.warc.gz]}", "input.path: mixes jsonl and warc"),
        ("{path: a.jsonl, columns: {txt: content}}", "input.columns: cannot map txt"),
    ],
)
def test_a_wrong_input_is_told_where_the_input_stands(problems, given, line):
    found = problems("upper: {}", head=HEAD.replace("{path: in/*.jsonl}", given))
    assert len(found) == 1
    assert found[0].startswith("recipe.yaml:3:")
    assert line in found[0]


def test_all_mistakes_are_told_at_once(problems):
    assert len(problems("length: {a: 1, b: 2}", "short: {min_chars: x}", "uper: {}")) == 4


def test_a_mistake_in_a_stage_is_not_told_again_for_each_of_its_overlays(problems):
    found = problems("length: {}", "short: {min_char: 1, per_language: {mt: {max_chars: 9}}}")
    assert found == [
        "recipe.yaml:6:11: stages.short.min_char: unknown key; did you mean `min_chars`?"
    ]


def test_overlays_change_single_parameters_for_one_language(build):
    step = (
        build(
            "length: {}",
            "short: {min_chars: 5, max_chars: 50, per_language: {__label__mt: {min_chars: 2}}}",
        )
        .nodes["short"]
        .step
    )
    assert step.config_for("mlt_Latn").model_dump() == {"min_chars": 2, "max_chars": 50}
    assert step.config_for("ekk_Latn").model_dump() == {"min_chars": 5, "max_chars": 50}
    assert step.config_for(None).min_chars == 5


def test_mappings_of_an_overlay_are_put_together_with_those_of_all_languages(build):
    step = (
        build(
            "langid: {}",
            "signals: {}",
            "quality: {thresholds: {gopher_short_doc: {default: 40, ga: 9}, list_ratio: 0.4}, "
            "per_language: {mt: {thresholds: {list_ratio: 0.5, gopher_short_doc: {mt: 7}}}}}",
        )
        .nodes["quality"]
        .step
    )
    assert step.config_for("mlt_Latn").thresholds == {
        "gopher_short_doc": {"default": 40, "gle_Latn": 9, "mlt_Latn": 7},
        "list_ratio": 0.5,
    }
    assert step.config_for("ekk_Latn").thresholds["list_ratio"] == 0.4


def test_stages_run_in_the_order_of_the_recipe_as_far_as_needs_allow(build):
    graph = build("upper: {needs: scrub}", "length: {needs: extract}", "scrub: {needs: length}")
    assert list(graph.nodes) == ["extract", "length", "scrub", "upper"]
    assert graph.nodes["upper"].ancestors == ("scrub", "length", "extract")


def test_a_stage_needs_the_one_before_it_when_nothing_is_said(build):
    graph = build("length: {}", "short: {}", "upper: {}")
    assert [n.needs for n in graph.nodes.values()] == [(), ("extract",), ("length",), ("short",)]


def test_paths_of_assets_are_relative_to_the_recipe(build, tmp_path):
    config = build("upper: {words: lists/w.txt}").nodes["upper"].step.config
    assert config.assets() == {"words": tmp_path / "lists" / "w.txt"}
    assert build("upper: {}").nodes["upper"].step.config.assets() == {}
