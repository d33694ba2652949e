"""The head of the card is what the hub and `datasets` expect."""

from __future__ import annotations

import doctest

import yaml

from eurosift.stages.release import front_matter as module


def front_matter(manifest):
    return yaml.safe_load(module.front_matter(manifest).split("---\n")[1])


def test_each_language_with_documents_is_a_configuration_and_all_is_the_default(manifest):
    configs = {c["config_name"]: c for c in front_matter(manifest)["configs"]}
    assert list(configs) == ["all", "ekk_Latn", "mlt_Latn"]
    assert [name for name, config in configs.items() if config.get("default")] == ["all"]
    pattern = "data/ekk_Latn/train-*.parquet"
    assert configs["ekk_Latn"]["data_files"] == [{"split": "train", "path": pattern}]
    assert configs["all"]["data_files"][0]["path"] == "data/*/train-*.parquet"


def test_languages_sizes_and_licence_are_those_of_the_hub(manifest):
    matter = front_matter(manifest)
    assert matter["language"] == ["et", "mt"]
    assert matter["size_categories"] == ["1K<n<10K"]
    assert matter["multilinguality"] == ["multilingual"]
    assert matter["license"] == "other"


def test_splits_are_listed_under_every_configuration_that_has_them(manifest):
    manifest["languages"]["mlt_Latn"]["splits"] = {"test": 4, "train": 30}
    configs = {c["config_name"]: c["data_files"] for c in front_matter(manifest)["configs"]}
    assert configs["all"] == [
        {"split": "train", "path": "data/*/train-*.parquet"},
        {"split": "test", "path": "data/*/test-*.parquet"},
    ]
    assert [entry["split"] for entry in configs["mlt_Latn"]] == ["train", "test"]
    assert [entry["split"] for entry in configs["ekk_Latn"]] == ["train"]


def test_a_title_from_outside_stays_a_value(manifest):
    manifest["title"] = "x\nlicense: mit\n---\n# <script>"
    found = front_matter(manifest)
    assert found["pretty_name"] == "x license: mit --- # <script>"
    assert found["license"] == "other"


def test_examples_hold():
    assert doctest.testmod(module) == (0, 1)
