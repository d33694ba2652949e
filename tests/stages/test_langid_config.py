"""What a recipe may say of language identification."""

import pytest
from pydantic import ValidationError

from eurosift.stages.langid_config import LangIdConfig


def test_a_model_does_not_agree_with_itself():
    with pytest.raises(ValidationError, match="`embedded` is the model already"):
        LangIdConfig(agree_with="embedded")
    with pytest.raises(ValidationError, match="is the `model`, which always agrees with itself"):
        LangIdConfig(model="a.bin", agree_with="a.bin")
    assert LangIdConfig(model="a.bin", agree_with="a.bin", normalised=True).agree_with


def test_a_language_that_does_not_exist_is_refused_in_the_configuration():
    with pytest.raises(ValidationError, match="did you mean 'el'"):
        LangIdConfig(thresholds={"gr": 0.5})


def test_lines_without_labels_cannot_be_salvaged():
    with pytest.raises(ValidationError, match="set `segments: true`, or `salvage_letters: null`"):
        LangIdConfig(recall_first=("mt",), segments=False)


@pytest.mark.parametrize(
    ("option", "of"),
    [
        ({"near_score": 0.1}, "recall_first"),
        ({"salvage_letters": None}, "recall_first"),
        ({"salvage_share": 0.5}, "recall_first"),
        ({"normalised": True}, "model"),
        ({"agree_normalised": True}, "agree_with"),
    ],
)
def test_an_option_without_effect_is_refused(option, of):
    with pytest.raises(ValidationError, match=rf"{next(iter(option))} is of `{of}`"):
        LangIdConfig(**option)


def test_the_embedded_model_may_be_named():
    assert LangIdConfig(model="embedded") == LangIdConfig()


def test_languages_to_recall_are_understood_in_any_style_once():
    assert LangIdConfig(recall_first=("mt", "Maltese", "gle")).recall_first == (
        "mlt_Latn", "gle_Latn",
    )  # fmt: skip
    with pytest.raises(ValidationError, match="no language code"):
        LangIdConfig(recall_first=("xx",))
