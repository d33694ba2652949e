"""What shapes a stage's data is the content of its files, wherever they are."""

import shutil

import pytest

from eurosift.pipeline.staleness import fingerprint_config
from eurosift.stages.errors import AssetError
from eurosift.stages.quality import Quality
from eurosift.stages.quality_config import QualityConfig
from eurosift.stages.urls import Urls, UrlsConfig


def urls(folder):
    return fingerprint_config(Urls(UrlsConfig(lists={"ut1": folder}), name="urls"))


def test_folders_of_lists_count_by_their_content(tmp_path):
    (tmp_path / "a" / "adult").mkdir(parents=True)
    (tmp_path / "a" / "adult" / "domains").write_text("bad.example\n")
    first = urls(tmp_path / "a")
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert urls(tmp_path / "b") == first
    (tmp_path / "b" / "adult" / "domains").write_text("worse.example\n")
    assert urls(tmp_path / "b") != first


def test_rule_files_in_a_list_count_by_their_content(tmp_path):
    path = tmp_path / "own.yaml"

    def found(text):
        path.write_text(text)
        return fingerprint_config(Quality(QualityConfig(rules=["gopher", path]), name="quality"))

    first = found("one")
    assert first["rules"][0] == "gopher"
    assert first["rules"][1].startswith("sha256:")
    assert found("two")["rules"][1] != first["rules"][1]


def test_a_missing_file_is_named_by_its_place_in_the_configuration(tmp_path):
    stage = Quality(QualityConfig(rules=["gopher", tmp_path / "none.yaml"]), name="quality")
    with pytest.raises(AssetError, match=r"^rules\.1: .*none\.yaml: cannot be read"):
        fingerprint_config(stage)


def test_a_missing_list_is_named_by_its_name(tmp_path):
    with pytest.raises(AssetError, match=r"^lists\.ut1: "):
        urls(tmp_path / "none")
