"""The model: labels as canonical codes, and clear refusals of files that are none."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.errors import ModelError
from eurosift.langid.languages import EU24
from eurosift.langid.model import EMBEDDED, LanguageModel, embedded_digest


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


def test_a_model_of_something_else_is_refused(model_path, tmp_path):
    other = tmp_path / "other.ftz"
    data = model_path.read_bytes()
    other.write_bytes(data.replace(b"__label__ekk_Latn\0", b"__label__positive\0"))
    with pytest.raises(ModelError, match="'__label__positive' names no language"):
        LanguageModel(other)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"nowhere\.bin: cannot read the language model"):
        LanguageModel(tmp_path / "nowhere.bin")


def test_the_digest_is_that_of_the_file():
    assert len(embedded_digest(EMBEDDED)) == 64
    assert embedded_digest(EMBEDDED) != embedded_digest("data/thresholds.yaml")
    assert Path(EMBEDDED).suffix == ".ftz"
