"""What all configurations of stages have in common."""

from pathlib import Path

import pytest

from eurosift.stages.dedup import DedupConfig
from eurosift.stages.extract import ExtractConfig
from eurosift.stages.langid_config import LangIdConfig
from eurosift.stages.quality_config import QualityConfig


@pytest.mark.parametrize(
    ("kind", "field", "written", "read"),
    [
        (DedupConfig, "against", "../earlier", (Path("../earlier"),)),
        (ExtractConfig, "gate_languages", "mt", ("mlt_Latn",)),
        (LangIdConfig, "recall_first", "mt", ("mlt_Latn",)),
        (QualityConfig, "disable", "gopher_short_doc", ("gopher_short_doc",)),
    ],
)
def test_one_word_is_a_list_of_one(kind, field, written, read):
    assert getattr(kind(**{field: written}), field) == read
    assert getattr(kind(**{field: [written]}), field) == read


def test_earlier_runs_are_relative_to_the_recipe_and_no_part_of_the_fingerprint():
    config = DedupConfig(against="earlier").at(Path("/corpus"))
    assert config.against == (Path("/corpus/earlier"),)
    assert "against" in config.indirect()
