"""The model: labels as canonical codes, and clear refusals of files that are none."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.errors import ModelError
from eurosift.langid.languages import EU24
from eurosift.langid.model import (
    EMBEDDED,
    WORDS,
    LanguageModel,
    embedded_digest,
    words_beside,
    words_file,
)
from eurosift.langid.points import spans


def test_each_official_language_is_recognised(model, samples):
    found = {code: model.predict(text, 1)[0].language for code, text in samples.items()}
    assert found == {code: code for code in samples}


def test_the_embedded_model_knows_the_24_and_their_neighbours(model):
    neighbours = "bos_Latn nob_Latn nno_Latn srp_Cyrl srp_Latn cat_Latn glg_Latn ukr_Cyrl zxx"
    assert set(EU24) | set(neighbours.split()) <= set(model.languages)


def test_the_embedded_model_is_small(model_path):
    assert model_path.stat().st_size <= 5_000_000


@settings(max_examples=50, deadline=None)
@given(text=st.text(), k=st.integers(1, 5))
def test_scores_are_probabilities_in_falling_order(model, text, k):
    found = model.predict(text, k)
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert math.fsum(scores) <= 1.001
    assert len(found) in (0, k)


@pytest.mark.parametrize("text", ["", "   \n ", "\0", "🙂🙂", "1234", "https://example.org/"])
def test_text_without_words_has_no_label(model, text):
    assert model.predict(text) == []


def test_many_texts_get_what_each_gets_alone(model, samples):
    texts = [*samples.values(), "", "1234", *samples.values()]
    assert model.predict_all(texts, 2) == [model.predict(text, 2) for text in texts]
    assert model.predict_all([]) == []


def test_half_a_character_pair_does_no_harm(model_path):
    """Python strings may hold one, Arrow's may not."""
    model = LanguageModel(model_path, normalised=False)
    assert len(model.predict("half \ud83d a pair")) == 3


def test_line_breaks_do_not_end_the_text(model, samples):
    text = samples["fin_Latn"]
    assert model.predict(text.replace(" ", "\n")) == model.predict(text)


def test_a_label_in_the_text_is_read_as_words(model, samples):
    text = samples["pol_Latn"]
    assert model.predict(f"__label__mlt_Latn {text}", 1)[0].language == "pol_Latn"


def test_other_models_may_write_their_labels_in_any_style(model_path, tmp_path, samples):
    other = tmp_path / "other.ftz"
    data = model_path.read_bytes()
    # Same length, so that nothing else in the file moves; two labels now mean one language.
    data = data.replace(b"__label__ekk_Latn\0", b"__label__est-Latn\0")
    data = data.replace(b"__label__liv_Latn\0", b"__label__est_Latn\0")
    other.write_bytes(data)
    model = LanguageModel(other)
    assert "liv_Latn" not in model.languages
    assert model.predict(samples["ekk_Latn"], 1)[0].language == "ekk_Latn"
    assert len({language for language, _ in model.predict("tere tere liiv", 5)}) == 5


def with_labels(make_model, *labels):
    return LanguageModel(make_model(labels=[f"__label__{label}" for label in labels]))


@pytest.mark.parametrize(
    ("style", "labels", "languages"),
    [
        ("GlotLID v3", ["hrv_Latn", "aai_Latn", "zxx_Zzzz", "zxx_Arab", "und_Xsux", "cmn_Hani"],
         ["aai_Latn", "cmn_Hani", "hrv_Latn", "und", "zxx"]),
        ("OpenLID v2", ["cmn_Hans", "yue_Hant", "pes_Arab", "prs_Arab", "twi_Latn", "taq_Tfng"],
         ["aka_Latn", "cmn_Hani", "fas_Arab", "prs_Arab", "taq_Tfng", "yue_Hani"]),
        ("OpenLID v3", ["hrv_Latn", "other", "zxx_Zxxx"], ["hrv_Latn", "und", "zxx"]),
        ("lid.176", ["hr", "sh", "no", "als", "sq", "nah", "zh"],
         ["als_Latn", "cmn_Hani", "gsw_Latn", "hbs_Latn", "hrv_Latn", "nah_Zzzz", "nob_Latn"]),
        ("NLLB", ["als_Latn", "zho_Hans", "zho_Hant", "est_Latn"],
         ["als_Latn", "cmn_Hani", "ekk_Latn"]),
    ],
)  # fmt: skip
def test_labels_in_the_styles_of_published_models(make_model, style, labels, languages):
    assert list(with_labels(make_model, *labels).languages) == languages, style


def test_a_published_model_is_read_from_its_file(lid176, samples):
    model = LanguageModel(lid176, normalised=False)
    assert len(model.languages) == 176
    assert set(EU24) <= set(model.languages)
    assert {"gsw_Latn", "als_Latn", "hbs_Latn", "nob_Latn", "nno_Latn"} <= set(model.languages)
    found = {code: model.predict(text, 1)[0].language for code, text in samples.items()}
    assert sum(found[code] == code for code in samples) >= len(samples) - 2


def test_lines_of_a_batch_get_labels_and_scores_in_arrays(model, samples):
    rows = spans(string_buffers(pa.array([samples["mlt_Latn"], "", None])))
    labels, scores = model.classify(model.read(rows), 2)
    assert (labels.dtype, scores.dtype, labels.shape) == (np.int32, np.float32, (3, 2))
    assert model.languages[labels[0, 0]] == "mlt_Latn"
    assert labels[1:].tolist() == [[-1, -1]] * 2
    assert scores[1:].tolist() == [[0, 0]] * 2


LONG = 50
"""Texts of so many characters are not looked at a second time."""


def without_words(model_path, folder):
    """The embedded model without its table of known words."""
    path = folder / "alone.ftz"
    path.write_bytes(model_path.read_bytes())
    return LanguageModel(path)


def test_known_words_decide_on_short_texts_only(model, model_path, tmp_path, samples):
    plain = without_words(model_path, tmp_path)
    short = ["il gatto nero", "la maison", "fjorten dage", "hälsa på", "sporočilo", ""]
    longer = [f"{text} {text}" for text in samples.values()]
    assert min(map(len, longer)) >= 2 * LONG
    assert model.predict_all(longer) == plain.predict_all(longer)
    mixed = [text for pair in zip(short, longer, strict=False) for text in pair]
    found = model.predict_all(mixed)
    assert found[0::2] == model.predict_all(short) != plain.predict_all(short)
    assert found[1::2] == plain.predict_all(longer)[: len(short)]


def test_a_short_text_is_one_of_fewer_characters_than_the_limit(model, model_path, tmp_path):
    plain = without_words(model_path, tmp_path)
    text = 3 * "il gatto nero " + "il nero"
    assert len(text) == LONG - 1
    assert model.predict(text) != plain.predict(text)
    assert model.predict(text + "o") == plain.predict(text + "o")


def test_a_table_of_words_beside_a_model_is_used_for_normalised_text(model_path, tmp_path, model):
    plain = without_words(model_path, tmp_path)
    table = words_file(tmp_path / "alone.ftz")
    table.write_bytes(words_file(model_path).read_bytes())
    text = "il gatto nero"
    assert LanguageModel(tmp_path / "alone.ftz").predict(text) == model.predict(text)
    as_it_is = LanguageModel(tmp_path / "alone.ftz", normalised=False).predict(text)
    assert as_it_is == plain.predict(text) != model.predict(text)


def test_a_damaged_table_of_words_is_refused(model_path, tmp_path):
    without_words(model_path, tmp_path)
    words_file(tmp_path / "alone.ftz").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"alone\.words: no table of words"):
        LanguageModel(tmp_path / "alone.ftz")


def test_a_table_of_words_that_cannot_be_read_is_refused(model_path, tmp_path, monkeypatch):
    without_words(model_path, tmp_path)
    words_file(tmp_path / "alone.ftz").touch()

    def fail(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(ModelError, match=r"alone\.words: cannot be read \(Permission denied\)"):
        words_beside(tmp_path / "alone.ftz")


def test_a_model_of_something_else_is_refused(model_path, tmp_path):
    other = tmp_path / "other.ftz"
    data = model_path.read_bytes()
    other.write_bytes(data.replace(b"__label__ekk_Latn\0", b"__label__positive\0"))
    with pytest.raises(ModelError, match="'__label__positive' names no language"):
        LanguageModel(other)


def test_labels_that_only_look_like_codes_are_refused(make_model):
    """Any three letters may be a language; not if all of them are unknown, as of moods."""
    path = make_model(labels=("__label__neg", "__label__neu", "__label__pos"))
    with pytest.raises(ModelError, match=r"'__label__neg', .* is a language that is known here"):
        LanguageModel(path)
    rare = make_model(labels=("__label__neg", "__label__mlt"))
    assert LanguageModel(rare).languages == ("mlt_Latn", "neg_Zzzz")


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.bin: cannot read the language model"):
        LanguageModel(tmp_path / "nowhere.bin")


def test_the_digest_is_that_of_the_file():
    assert len(embedded_digest(EMBEDDED)) == 64
    assert embedded_digest(EMBEDDED) != embedded_digest("data/thresholds.yaml")
    assert Path(EMBEDDED).suffix == ".ftz"
    assert words_file(Path(EMBEDDED)) == Path(WORDS)


@pytest.mark.parametrize("path", [".", "", "no"])
def test_what_is_no_file_has_no_known_words(path):
    assert words_beside(Path(path)) is None
