"""The card follows from the manifest alone, and is what the hub expects."""

from __future__ import annotations

import doctest

import pytest
import yaml

from eurosift.stages.release import card as module
from eurosift.stages.release.card import card


@pytest.fixture
def manifest():
    def figures(name, documents, files=1, **more):
        return {
            "name": name,
            "files": files,
            "documents": documents,
            "bytes": documents * 11,
            "characters": documents * 10,
            "words": documents * 2,
            "tokens": None,
            "pii": {},
            **more,
        }

    return {
        "title": "A corpus: small",
        "languages": {
            "ekk_Latn": figures("Estonian", 1200, files=12, pii={"email": 3}),
            "gle_Latn": figures("Irish", 0, files=0),
            "mlt_Latn": figures("Maltese", 34),
        },
        "rejected": {
            "mlt_Latn": {"files": 1, "documents": 6, "reasons": {"quality:too_short": 6}},
            "nob_Latn": {"files": 1, "documents": 2, "reasons": {"langid:other": 2}},
        },
        "pii": {"modes": ["surrogate"], "types": ["email", "iban"]},
        "rejected_text": False,
        "deciding_stages": ["langid", "quality"],
        "stages": {"langid": {"version": 1, "config_digest": "00ff"}},
        "tokenizers": [],
        "files": [],
    }


def front_matter(text):
    return yaml.safe_load(text.split("---\n")[1])


def test_each_language_with_documents_is_a_configuration_and_all_is_the_default(manifest):
    configs = {c["config_name"]: c for c in front_matter(card(manifest))["configs"]}
    assert list(configs) == ["all", "ekk_Latn", "mlt_Latn"]
    assert [name for name, config in configs.items() if config.get("default")] == ["all"]
    pattern = "data/ekk_Latn/train-*.parquet"
    assert configs["ekk_Latn"]["data_files"] == [{"split": "train", "path": pattern}]
    assert configs["all"]["data_files"][0]["path"] == "data/*/train-*.parquet"


def test_languages_sizes_and_licence_are_those_of_the_hub(manifest):
    matter = front_matter(card(manifest))
    assert matter["language"] == ["et", "mt"]
    assert matter["size_categories"] == ["1K<n<10K"]
    assert matter["multilinguality"] == ["multilingual"]
    assert matter["license"] == "other"


def test_figures_are_not_rounded_and_sum_up(manifest):
    text = card(manifest)
    assert "| `ekk_Latn` | Estonian | 1,200 | 12,000 | 2,400 | n/a | 13,200 |" in text
    assert "|  | **all** | 1,234 | 12,340 | 2,468 | n/a | 13,574 |" in text
    assert "| `mlt_Latn` | 6 | 34 |" in text
    assert "| `quality:too_short` | 6 |" in text


def test_the_card_says_what_scrubbing_does_not_cover(manifest):
    assert "direct structured identifiers only; names are not removed" in card(manifest)
    assert "| `email` | 3 |" in card(manifest)
    assert "Looked for: `email`, `iban`." in card(manifest)
    manifest["pii"] = None
    assert "No personal identifiers were looked for" in card(manifest)


def test_the_card_does_not_call_removed_what_was_only_marked(manifest):
    manifest["pii"]["modes"] = ["spans"]
    assert "was **not** removed" in card(manifest)
    assert "The scrubbing covers" not in card(manifest)
    assert "rejected documents was **not** scrubbed" not in card(manifest)
    manifest["rejected_text"] = True
    assert "rejected documents was **not** scrubbed" in card(manifest)
    manifest["pii"]["modes"] = ["spans", "tag"]
    assert "In some languages" in card(manifest)


def test_the_card_names_the_tokenizer_or_says_that_there_was_none(manifest):
    assert "Tokens were not counted" in card(manifest)
    manifest["tokenizers"] = ["sha256:abcd"]
    assert "with this tokenizer: `sha256:abcd`" in card(manifest)


def test_text_from_outside_cannot_leave_its_table_cell(manifest):
    manifest["rejected"]["mlt_Latn"]["reasons"] = {"x:a`|\n<script>": 1}
    lines = [line for line in card(manifest).splitlines() if "script" in line]
    assert lines == ["| `x:a'/ &lt;script>` | 1 |"]


def test_examples_hold():
    assert doctest.testmod(module) == (0, 1)
