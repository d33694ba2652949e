"""datatrove blocks run as stages, with the verdicts that they give by themselves."""

from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest

from eurosift.stages.datatrove import DatatroveConfig, DatatroveFilter
from eurosift.stages.errors import StageError

FILTERS = "datatrove.pipeline.filters"
GOPHER = f"{FILTERS}.gopher_quality_filter.GopherQualityFilter"
PROSE = (
    "The committee met on Tuesday and agreed that the bridge of the old town would be repaired with"
    " stone from the same quarry, which the builders of that time had used for the walls and the"
    " tower."
)
TEXTS = [
    f"{PROSE} {PROSE}",
    "too short",
    "# # # # " + PROSE,
    " ".join(["zzzzzzzzzzzzzzzz"] * 60),
    PROSE.replace(" the ", " ").replace(" and ", " ").replace(" that ", " ") * 2,
    "",
]


class Explodes:
    """Fails on some documents, as third-party code does."""

    def filter(self, document):
        if "boom" in document.text:
            raise ZeroDivisionError
        return document.metadata.get("language") != "xxx_Latn"

    def format(self, text):
        if "boom" in text:
            raise KeyError(text)
        return text.replace("a", "b")


def stage(**config):
    made = DatatroveFilter(DatatroveConfig(**config), name="adapted")
    made.open()
    return made


def batch(texts, **columns):
    ids = [f"doc-{i}" for i in range(len(texts))]
    return pa.record_batch({"id": ids, "text": pa.array(texts, pa.string()), **columns})


@pytest.fixture
def explodes(monkeypatch):
    """The path of a block that fails on some documents."""
    module = type(sys)("blocks_of_a_third_party")
    module.Explodes = Explodes
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return f"{module.__name__}:Explodes"


@pytest.mark.parametrize(
    ("block", "arguments"),
    [
        (GOPHER, {"min_doc_words": 20}),
        (f"{FILTERS}.gopher_repetition_filter:GopherRepetitionFilter", {}),
        (f"{FILTERS}.regex_filter.RegexFilter", {"regex_exp": "quarry"}),
    ],
)
def test_verdicts_and_reasons_are_those_of_the_block_run_directly(block, arguments):
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        GopherQualityFilter,
        GopherRepetitionFilter,
        RegexFilter,
    )

    classes = {c.__name__: c for c in (GopherQualityFilter, GopherRepetitionFilter, RegexFilter)}
    direct = classes[block.replace(":", ".").rpartition(".")[2]](**arguments)
    expected = []
    for i, text in enumerate(TEXTS):
        result = direct.filter(Document(text=text, id=f"doc-{i}"))
        kept, reason = result if isinstance(result, tuple) else (result, type(direct).__name__)
        expected.append([] if kept else [reason])
    got = stage(block=block, arguments=arguments).process(batch(TEXTS))
    assert got.column("adapted_reasons").to_pylist() == expected
    assert [] in expected
    assert any(expected)


def test_a_filter_without_a_reason_is_recorded_under_its_class_name():
    regex = stage(block=f"{FILTERS}.regex_filter.RegexFilter", arguments={"regex_exp": "x"})
    assert regex.process(batch(["x", "y"])).to_pydict() == {
        "adapted_reasons": [["RegexFilter"], []]
    }


def test_an_exception_inside_the_block_is_a_reason_of_that_document_alone(explodes):
    reasons = stage(block=explodes).process(batch(["fine", "boom", "fine"]))
    assert reasons.to_pydict() == {"adapted_reasons": [[], ["error:ZeroDivisionError"], []]}


def test_the_block_sees_the_columns_that_are_there_as_metadata(explodes):
    both = batch(["a", "b", "c"], language=["xxx_Latn", None, "mlt_Latn"], url=pa.nulls(3))
    assert stage(block=explodes).process(both).to_pydict() == {
        "adapted_reasons": [["Explodes"], [], []]
    }


def test_a_formatter_adds_text_only_where_it_changed_something(explodes):
    formatter = stage(block=explodes, kind="formatter")
    assert formatter.adds.names == ["adapted_reasons", "text"]
    result = formatter.process(batch(["cat", "dog", "boom", None]))
    assert result.schema.equals(formatter.adds)
    assert result.to_pydict() == {
        "adapted_reasons": [[], [], ["error:KeyError"], []],
        "text": ["cbt", None, None, None],
    }


def test_a_stock_formatter_is_recognised_by_its_path():
    lines = stage(
        block="datatrove.pipeline.formatters.SymbolLinesFormatter",
        arguments={"symbols_to_remove": ["|"]},
    )
    changed = lines.process(batch(["one\n|\ntwo", "three"])).column("text").to_pylist()
    assert changed == ["one\ntwo", None]


def test_zero_rows_in_give_zero_rows_out():
    regex = stage(block=f"{FILTERS}.regex_filter.RegexFilter", arguments={"regex_exp": "x"})
    result = regex.process(batch([]))
    assert result.num_rows == 0
    assert result.schema.equals(regex.adds)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"block": "datatrove.pipeline.filters.NoSuchFilter"}, "NoSuchFilter"),
        ({"block": "no_such_package.Thing"}, "no_such_package"),
        ({"block": f"{FILTERS}.RegexFilter", "arguments": {"regexp": "x"}}, "regexp"),
        ({"block": f"{FILTERS}.RegexFilter", "kind": "formatter"}, "no formatter"),
    ],
)
def test_a_block_that_cannot_be_used_is_an_error_that_names_it(config, message):
    with pytest.raises(StageError, match=message) as caught:
        stage(**config)
    assert config["block"] in str(caught.value)
    assert "adapted" in str(caught.value)


def test_a_path_that_is_no_class_is_refused_by_the_configuration():
    with pytest.raises(ValueError, match=r"package\.module\.Class"):
        DatatroveConfig(block="GopherQualityFilter")


def test_declaring_the_stage_does_not_import_datatrove():
    code = (
        "import sys\n"
        "from eurosift.stages.datatrove import DatatroveConfig, DatatroveFilter\n"
        f"stage = DatatroveFilter(DatatroveConfig(block={GOPHER!r}), name='gopher')\n"
        "assert stage.adds.names == ['gopher_reasons']\n"
        "assert 'datatrove' not in sys.modules, 'datatrove was imported'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
