"""The signals stage reads text, profits from the language, and runs without it."""

import dataclasses
import json

import pyarrow as pa
import pytest

from eurosift.filters.signals import ALL_SIGNALS, SCHEMA
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.signals import Signals, SignalsConfig


def stage(**config):
    made = Signals(SignalsConfig(**config), name="signals")
    made.open()
    return made


def test_contract():
    made = Signals(SignalsConfig(), name="signals")
    assert made.active_on == "text"
    assert made.reads == ("text",)
    assert made.reads_if_present == ("language", "seg_langs")
    assert made.adds == SCHEMA
    assert made.default_needs == ("langid", "templates")


def test_stop_words_need_a_language():
    text = pa.array(["the cat and the dog", "il-kelb u l-qattus"], pa.large_string())
    batch = pa.record_batch({"text": text, "language": pa.array(["eng_Latn", "mlt_Latn"])})
    out = stage().process(batch)
    assert out.schema == SCHEMA
    assert out.column("stop_word_count").to_pylist() == [2, 3]
    nothing = pa.record_batch({"text": text, "language": pa.nulls(2)})
    assert stage().process(nothing).column("stop_word_count").to_pylist() == [None, None]
    alone = pa.record_batch({"text": text})
    assert stage().process(alone).column("word_count").to_pylist() == [5, 5]


def test_whitespace_tokens():
    batch = pa.record_batch({"text": ["one, two - three"]})
    assert stage(tokens="whitespace").process(batch).column("token_count").to_pylist() == [4]
    assert stage().process(batch).column("token_count").to_pylist() == [5]


def test_own_stop_words(tmp_path):
    path = tmp_path / "lists.json"
    path.write_text(json.dumps({"eng_Latn": ["cat"]}))
    made = stage(stop_words=path)
    assert "stop_words" not in made.embedded()
    batch = pa.record_batch({"text": ["the cat"], "language": ["eng_Latn"]})
    assert made.process(batch).column("stop_word_count").to_pylist() == [1]


def test_own_stop_words_have_codes_in_any_style(tmp_path):
    path = tmp_path / "lists.json"
    path.write_text(json.dumps({"mt": ["kelb"], "Estonian": ["koer"]}))
    batch = pa.record_batch(
        {"text": ["kelb u koer", "kelb ja koer"], "language": ["mlt_Latn", "ekk_Latn"]}
    )
    assert stage(stop_words=path).process(batch).column("stop_word_count").to_pylist() == [1, 1]


@pytest.mark.parametrize(
    ("lists", "message"),
    [
        ({"mt": [], "mlt": []}, "'mlt': mlt_Latn has a list already"),
        ({"gr": []}, "'gr' is no language code; did you mean 'el'?"),
    ],
)
def test_codes_of_own_stop_words_are_checked(tmp_path, lists, message):
    path = tmp_path / "lists.json"
    path.write_text(json.dumps(lists))
    with pytest.raises(AssetError) as caught:
        stage(stop_words=path)
    assert str(caught.value) == f"stage signals: {path}: {message}"


def test_a_broken_list_is_an_asset_error(tmp_path):
    path = tmp_path / "lists.json"
    path.write_text("[]")
    with pytest.raises(AssetError, match=r"stage signals: .*lists\.json"):
        stage(stop_words=path)


def test_lists_and_versions_are_part_of_the_fingerprint(monkeypatch):
    embedded = Signals(SignalsConfig(), name="signals").embedded()
    assert set(embedded) == {"signals", "phrases", "stop_words"}
    raised = (dataclasses.replace(ALL_SIGNALS[3], version=99), *ALL_SIGNALS[1:])
    monkeypatch.setattr("eurosift.filters.signal_table.ALL_SIGNALS", raised)
    again = Signals(SignalsConfig(), name="signals").embedded()
    assert again["signals"] != embedded["signals"]


def test_agreement_with_the_languages_of_lines():
    batch = pa.record_batch(
        {
            "text": pa.array(["a", "b", None, "d", "e"], pa.large_string()),
            "language": ["mlt_Latn", "mlt_Latn", "mlt_Latn", None, "eng_Latn"],
            "seg_langs": [
                ["mlt_Latn", "und", "eng_Latn", "mlt_Latn"],
                ["und"],
                ["mlt_Latn"],
                ["mlt_Latn"],
                None,
            ],
        }
    )
    agreement = stage().process(batch).column("segment_agreement").to_pylist()
    assert agreement == [pytest.approx(2 / 3), None, None, None, None]
    without = stage().process(batch.select(["text", "language"]))
    assert without.column("segment_agreement").null_count == 5


def test_the_configuration_cannot_differ_by_language():
    overlay = {"mlt_Latn": SignalsConfig(tokens="whitespace")}
    with pytest.raises(StageError, match=r"stage `signals` .*remove `per_language` \(mlt_Latn\)"):
        Signals(SignalsConfig(), name="signals", per_language=overlay)
