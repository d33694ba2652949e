"""What a recipe may say of quality."""

import pytest
from pydantic import ValidationError

from eurosift.stages.quality_config import QualityConfig


def test_a_path_is_an_asset_and_a_name_is_not(tmp_path):
    """The runtime makes paths absolute and digests them; it must leave names alone."""
    assert QualityConfig(rules="gopher").rules == "gopher"
    several = QualityConfig(rules=["gopher", str(tmp_path / "x.yaml")])
    assert several.rules == ("gopher", tmp_path / "x.yaml")
    assert several.assets() == {"rules.1": tmp_path / "x.yaml"}
    assert QualityConfig(rules=str(tmp_path / "x.yaml")).rules == tmp_path / "x.yaml"


@pytest.mark.parametrize("rules", [None, 3, {"a": "b"}, ["gopher", None]])
def test_what_names_no_rule_set_is_told_in_words(rules):
    with pytest.raises(ValidationError) as caught:
        QualityConfig(rules=rules)
    assert [each["msg"] for each in caught.value.errors()] == [
        "Value error, should be the name of a rule set, the path of a file, or a list of them"
    ]
