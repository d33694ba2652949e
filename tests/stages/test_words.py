"""The words stage counts words of lists."""

import pyarrow as pa
import pytest

from eurosift.stages.errors import AssetError
from eurosift.stages.words import Words, WordsConfig


def test_words_are_counted_by_language(tmp_path):
    (tmp_path / "mt").write_text("ħażin\n", "utf-8")
    stage = Words(WordsConfig(lists=tmp_path), name="words")
    stage.open()
    batch = pa.record_batch(
        {"text": ["Ħażin! ħażin.", "tajjeb"], "language": ["mlt_Latn", "deu_Latn"]}
    )
    out = stage.process(batch)
    assert out.schema == stage.adds
    assert out.to_pylist() == [
        {"bad_word_count": 2, "bad_words": ["ħażin"]},
        {"bad_word_count": None, "bad_words": None},
    ]


def test_files_of_no_language_are_told(tmp_path):
    """The published lists have one for Klingon, and one for the French of Quebec."""
    for name in ("fr", "fr-CA-u-sd-caqc", "tlh", "LICENSE"):
        (tmp_path / name).write_text("mot\n")
    stage = Words(WordsConfig(lists=tmp_path), name="words")
    stage.open()
    assert list(stage.lists) == ["fra_Latn"]
    assert list(stage.remarks()) == [
        f"{tmp_path}/{name}: is named by no language that is known, and is passed over"
        for name in ("fr-CA-u-sd-caqc", "tlh")
    ]


def test_a_folder_that_cannot_be_used_is_an_error_of_the_stage(tmp_path):
    with pytest.raises(AssetError, match="stage words: "):
        Words(WordsConfig(lists=tmp_path), name="words").open()
