"""The second decision among close languages."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.close import CloseLanguages
from eurosift.langid.lexicon import LexiconFile, build_lexicon, load_lexicon, weigh
from eurosift.langid.short import characters_of

CODES = ("bos_Latn", "deu_Latn", "hrv_Latn", "slv_Latn", "srp_Latn")


def group(**changes):
    read = {
        "version": 1,
        "languages": {"h": "hrv_Latn", "b": "bos_Latn", "s": "srp_Latn", "c": "cnr_Latn"},
        "temper": 1,
        "prior": {"c": -1},
        "like": {"c": "bs"},
        "classes": {},
        "pairs": (),
        "forms": "h 3 | tko\nbsc 3 | ko",
    }
    return CloseLanguages(CODES, LexiconFile(**(read | changes)))


def decide(close, text, scores):
    """Labels and scores after the decision, for a model that gives these scores."""
    order = sorted(scores, key=lambda code: -scores[code])
    labels = np.full((1, 8), -1, np.int32)
    best = np.zeros((1, 8), np.float32)
    for i, code in enumerate(order):
        labels[0, i], best[0, i] = close.codes.index(code), scores[code]
    lines = string_buffers(pa.array([text]))
    close.decide(lines, characters_of(lines), labels, best)
    return {
        close.codes[label]: float(score)
        for label, score in zip(labels[0], best[0], strict=True)
        if label >= 0
    }


def by_words(text):
    """What the shipped lexicon of Croatian and its neighbours decides where the model does not."""
    close = CloseLanguages(CODES, load_lexicon("data/bcms.yaml"))
    return decide(close, text, dict.fromkeys(("hrv_Latn", "bos_Latn", "srp_Latn"), 0.3))


def test_words_overrule_what_the_model_says_of_the_group():
    scores = {"bos_Latn": 0.5, "hrv_Latn": 0.3, "slv_Latn": 0.1}
    assert next(iter(decide(group(), "tko to zna", scores))) == "hrv_Latn"
    assert next(iter(decide(group(), "ko to zna", scores))) == "bos_Latn"


def test_the_group_keeps_what_it_had_and_others_keep_their_scores():
    found = decide(group(), "tko to zna", {"bos_Latn": 0.5, "hrv_Latn": 0.3, "slv_Latn": 0.1})
    assert found["slv_Latn"] == pytest.approx(0.1)
    assert sum(found.values()) == pytest.approx(0.9)


def test_the_group_wins_together_where_it_was_split():
    scores = {"slv_Latn": 0.4, "hrv_Latn": 0.3, "bos_Latn": 0.25}
    assert list(decide(group(), "tko", scores))[:2] == ["hrv_Latn", "slv_Latn"]


def test_where_another_language_is_likeliest_nothing_changes():
    scores = {"slv_Latn": 0.6, "hrv_Latn": 0.3, "bos_Latn": 0.05}
    assert decide(group(), "ko", scores) == pytest.approx(scores)


def test_a_language_that_the_model_does_not_know_can_be_found():
    close = group(forms="c 4 | sjutra")
    assert "cnr_Latn" not in CODES
    assert next(iter(decide(close, "sjutra", {"srp_Latn": 0.9}))) == "cnr_Latn"


def test_temper_weakens_the_model():
    scores = {"bos_Latn": 0.9, "hrv_Latn": 0.02}
    assert next(iter(decide(group(temper=1), "tko", scores))) == "bos_Latn"
    assert next(iter(decide(group(temper=0.3), "tko", scores))) == "hrv_Latn"


@pytest.mark.parametrize(("length", "language"), [(29, "bos_Latn"), (30, "hrv_Latn")])
def test_short_texts_have_a_prior_of_their_own(length, language):
    close = group(prior={"h": 0.5, "c": -9}, short_prior={"h": -0.5})
    scores = {"bos_Latn": 0.3, "hrv_Latn": 0.3, "srp_Latn": 0.2}
    assert next(iter(decide(close, "ž" * length, scores))) == language
    # Of the others it is the same.
    assert decide(close, "ž" * length, scores).get("cnr_Latn", 0) < 0.01


def test_a_row_without_labels_stays_so():
    assert decide(group(), "", {}) == {}


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(CODES), st.floats(0.01, 0.3), max_size=5),
            st.sampled_from(["tko", "ko", "ko tko", "", "nešto drugo"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rows_stay_sorted_keep_their_mass_and_do_not_depend_on_each_other(rows):
    close = group()
    labels = np.full((len(rows), 8), -1, np.int32)
    scores = np.zeros((len(rows), 8), np.float32)
    for row, (given_scores, _) in enumerate(rows):
        for i, code in enumerate(sorted(given_scores, key=lambda c: -given_scores[c])):
            labels[row, i], scores[row, i] = close.codes.index(code), given_scores[code]
    mass = scores.sum(axis=1)
    lines = string_buffers(pa.array([text for _, text in rows]))
    close.decide(lines, characters_of(lines), labels, scores)
    assert (np.diff(scores, axis=1) <= 0).all()
    assert scores.sum(axis=1) == pytest.approx(mass, abs=1e-5)
    for row, (given_scores, text) in enumerate(rows):
        alone = decide(close, text, given_scores)
        assert [close.codes[i] for i in labels[row] if i >= 0] == list(alone)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tijekom tjedna tisuće ljudi putuju vlakom u europske gradove", "hrv_Latn"),
        ("tokom sedmice hiljade ljudi putuju vozom u evropske gradove", "bos_Latn"),
        ("tokom nedelje hiljade ljudi putuju vozom u evropske gradove pre leta", "srp_Latn"),
        ("sjutra će u podgorici biti saopšteno nijesu znali da ljudi iz opštine", "cnr_Latn"),
    ],
)
def test_the_shipped_lexicon_tells_the_four_apart(text, language):
    assert next(iter(by_words(text))) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("dogovor s drugom stranom", "hrv_Latn"),
        ("mogu da vam kažem", "bos_Latn"),  # or Serbian, but not Croatian
        ("institucije u bih nisu plaćene", "bos_Latn"),
        ("rado bih kupio kartu", "hrv_Latn"),  # "I would", not the country
        ("razgovor sa sinom", "hrv_Latn"),  # which all of them say
    ],
)
def test_the_shipped_lexicon_knows_constructions(text, language):
    assert next(iter(by_words(text))) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("otvorena izložba u crnoj gori", "cnr_Latn"),
        ("koncert u herceg novom", "cnr_Latn"),
        ("utakmica u pljevljima", "cnr_Latn"),
        ("susret u novom sadu", "srp_Latn"),
        ("direktor nikola petrović", "srp_Latn"),
        ("govori džordž buš", "srp_Latn"),  # as it is said, not as it is written
        ("trener senad hadžić", "bos_Latn"),
        ("izložba u čitluku", "bos_Latn"),
        ("glumac iz daruvara", "hrv_Latn"),
        ("objavljeno u narodnim novinama", "hrv_Latn"),
        ("objavljuju narodne novine", "hrv_Latn"),
        ("objavljuju službene novine", "bos_Latn"),
        ("nestanak vode u baošićima", "cnr_Latn"),
        ("koncert u škabrnji", "hrv_Latn"),
        ("izložba u bosanskohercegovačkom gradu", "bos_Latn"),
        ("susret u kovačičkoj kući", "srp_Latn"),
    ],
)
def test_names_tell_where_a_text_comes_from(text, language):
    assert next(iter(by_words(text))) == language


@pytest.mark.parametrize(
    ("names", "words"),
    [("sarajevo", "tijekom tjedna"), ("zagreb", "opština"), ("podgorica", "glazba i kazalište")],
)
def test_words_outweigh_a_name(names, words):
    alone, both = by_words(words), by_words(f"{names} {words}")
    assert (next(iter(both)) == "hrv_Latn") == (next(iter(alone)) == "hrv_Latn")


@pytest.mark.parametrize("word", ["prihvatiti", "shvatio", "baština", "dominira"])
def test_words_that_all_of_them_use_speak_for_none(word):
    lexicon = load_lexicon("data/bcms.yaml")
    read = build_lexicon(lexicon)
    data = np.frombuffer(word.encode(), np.uint8)
    total = np.zeros(len(lexicon.languages), np.float32)
    seen = np.full(len(read.weights) + len(read.pairs), -1, np.int64)
    weigh(read, data, 0, data.size, seen, 0, total)
    assert not total.any()


def test_sa_speaks_against_croatian_but_before_a_sibilant():
    usual, before_sibilant = (by_words(f"razgovor sa {word}") for word in ("ocem", "sinom"))
    assert usual["hrv_Latn"] < before_sibilant["hrv_Latn"]
