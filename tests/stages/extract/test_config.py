from __future__ import annotations

import pytest
from pydantic import ValidationError

from eurosift.stages.extract import ExtractConfig


def test_only_known_columns_can_be_mapped():
    with pytest.raises(ValidationError, match="cannot map body; columns that can be mapped: id"):
        ExtractConfig(columns={"body": "text"})


def test_every_setting_explains_itself():
    assert all(field.description for field in ExtractConfig.model_fields.values())


def test_unknown_settings_are_refused():
    with pytest.raises(ValidationError, match="timeout_s"):
        ExtractConfig(timeout_s=3)


def test_languages_of_the_gate_are_understood_in_every_style():
    config = ExtractConfig(gate_languages=["mt", "gle", "est_Latn", "ga"])
    assert config.gate_languages == ("ekk_Latn", "gle_Latn", "mlt_Latn")


@pytest.mark.parametrize(
    ("languages", "message"),
    [(["xx"], "'xx' is no language"), (["tur"], "tur_Latn: not one of the 24")],
)
def test_gate_knows_the_24_languages_only(languages, message):
    with pytest.raises(ValidationError, match=message):
        ExtractConfig(gate_languages=languages)
