"""The graph of the stages: who holds a column, who rejects, which of them are chosen."""

import pytest

from eurosift.pipeline import recipe
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.errors import RecipeError

pytestmark = pytest.mark.usefixtures("tiny_stages")


@pytest.fixture
def build(tmp_path):
    def call(*stages):
        lines = ["version: 1", "name: t", "input: in/*.jsonl", "stages:"]
        lines += [f"  {stage}" for stage in stages]
        return build_dag(recipe.parse("\n".join(lines), tmp_path))

    return call


def test_later_text_is_nearer(build):
    """And text that stays in the input is the last resort."""
    graph = build("scrub: {}", "again: {uses: scrub}", "upper: {}")
    assert graph.holders(graph.nodes["upper"], "text") == ["again", "scrub", "extract"]
    assert graph.holders(graph.nodes["scrub"], "text") == ["extract"]
    assert graph.text_in_place


def test_the_stages_that_reject_rows_are_known(build):
    graph = build("label: {}", "length: {}", "short: {}", "upper: {}")
    names = [node.name for node in graph.deciders(graph.nodes["upper"])]
    assert names == ["extract", "label", "short"]
    assert [n.name for n in graph.deciders(graph.nodes["length"], text_only=True)] == ["extract"]


@pytest.mark.parametrize(
    ("selectors", "names"),
    [
        ([], "extract label length short upper"),
        (["length"], "length"),
        (["+length"], "extract label length"),
        (["length+"], "length short upper"),
        (["+length+"], "extract label length short upper"),
        (["upper", "label"], "label upper"),
        (["+label", "upper"], "extract label upper"),
    ],
)
def test_selectors_choose_stages_in_their_order(build, selectors, names):
    graph = build("label: {}", "length: {}", "short: {}", "upper: {}")
    assert [node.name for node in graph.select(selectors)] == names.split()


@pytest.mark.parametrize("selector", ["lenght", "+lenght", "lenght+"])
def test_an_unknown_selector_gets_a_suggestion(build, selector):
    with pytest.raises(RecipeError, match=r"no such stage; did you mean `length`\?") as error:
        build("length: {}").select([selector])
    assert f"--select {selector!r}:" in str(error.value)
