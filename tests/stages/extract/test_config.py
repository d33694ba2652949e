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
