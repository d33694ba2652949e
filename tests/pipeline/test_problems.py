"""Problems in words; those of a whole recipe are in cli/test_mistakes.py."""

import pytest
from pydantic import ValidationError

from eurosift.pipeline import yaml12
from eurosift.pipeline.head import Limits
from eurosift.pipeline.problems import problems_of, suggest
from eurosift.stages.quality_config import QualityConfig


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("thresold", "; did you mean `threshold`?"),
        ("zzz", "; known: min, threshold"),
    ],
)
def test_a_misspelt_word_gets_a_suggestion(word, says):
    assert suggest(word, ["threshold", "min"]) == says


def test_every_problem_has_its_place_and_its_words():
    text = "limits:\n  page_seconds: -1\n  worker_threads: many\n  threads: 2\n"
    document = yaml12.parse(text, "r.yaml")
    with pytest.raises(ValidationError) as raised:
        Limits.model_validate(document.data["limits"])
    assert problems_of(raised.value, document, ("limits",), Limits) == [
        "r.yaml:2:3: limits.page_seconds: should be greater than 0",
        "r.yaml:3:3: limits.worker_threads: should be a valid integer",
        "r.yaml:4:3: limits.threads: unknown key; did you mean `worker_threads`?",
    ]


def test_keys_of_what_stands_in_a_mapping_are_offered_there():
    text = "add:\n  loud: {reject: upper_ratio > 0.5}\n  calm: upper_ratio < 0.5\n"
    document = yaml12.parse(text, "r.yaml")
    with pytest.raises(ValidationError) as raised:
        QualityConfig.model_validate(document.data)
    unknown, no_mapping = (
        line
        for line in problems_of(raised.value, document, (), QualityConfig, ["needs"])
        if "missing" not in line
    )
    assert unknown == "r.yaml:2:10: add.loud.reject: unknown key; did you mean `reject_if`?"
    assert no_mapping == "r.yaml:3:3: add.calm: should be a mapping with `reject_if`"
