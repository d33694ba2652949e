"""What a recipe may say of quality."""

from eurosift.stages.quality_config import QualityConfig


def test_a_path_is_an_asset_and_a_name_is_not(tmp_path):
    """The runtime makes paths absolute and digests them; it must leave names alone."""
    assert QualityConfig(rules="gopher").rules == "gopher"
    several = QualityConfig(rules=["gopher", str(tmp_path / "x.yaml")])
    assert several.rules == ("gopher", tmp_path / "x.yaml")
    assert several.assets() == {"rules.1": tmp_path / "x.yaml"}
    assert QualityConfig(rules=str(tmp_path / "x.yaml")).rules == tmp_path / "x.yaml"
