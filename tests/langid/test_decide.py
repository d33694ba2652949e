"""What is said of a text, and why it is rejected."""

# Languages in other scripts look like Latin by nature.

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.decide import Decider, is_code_switching, is_written_in
from eurosift.langid.languages import EU24

UKRAINIAN = "Усі люди народжуються вільними і рівними у своїй гідності та правах."


@pytest.fixture(scope="module")
def decide(model):
    return Decider(model, EU24, lambda _: 0.5)


def test_a_plain_text_is_kept(decide, samples):
    verdict = decide(samples["mlt_Latn"])
    assert (verdict.language, verdict.script, verdict.reasons) == ("mlt_Latn", "Latn", ())
    assert verdict.score == verdict.top[0].score > 0.5
    assert len(verdict.top) == 3
    assert verdict.segments == ("mlt_Latn",)
    assert verdict.code_switching is False


def test_a_language_that_is_not_wanted_keeps_its_label(decide):
    verdict = decide(UKRAINIAN)
    assert (verdict.language, verdict.reasons) == ("ukr_Cyrl", ("other",))


def test_wanting_fewer_languages_changes_reasons_and_never_scores(model, decide, samples):
    one = Decider(model, ["mlt_Latn"], lambda _: 0.5)
    for text in [*samples.values(), UKRAINIAN]:
        all24, alone = decide(text), one(text)
        assert alone.top == all24.top
        assert ("other" in alone.reasons) == (alone.language != "mlt_Latn")


def test_a_score_below_the_threshold_of_the_label_is_unsure(model, samples):
    strict = Decider(model, EU24, lambda code: 1.01 if code == "fra_Latn" else 0.0)
    assert strict(samples["fra_Latn"]).reasons == ("unsure",)
    assert strict(samples["ita_Latn"]).reasons == ()


def test_every_reason_is_recorded(model):
    assert Decider(model, EU24, lambda _: 1.01)(UKRAINIAN).reasons == ("other", "unsure")


@pytest.mark.parametrize("text", ["", " \n ", "🙂🙂🙂", "12:30 – 13:45", "\0\0", "\ufffd" * 9])
def test_text_without_letters_has_no_language(decide, text):
    verdict = decide(text)
    assert (verdict.language, verdict.script, verdict.score) == ("und", "Zyyy", 0)
    assert (verdict.top, verdict.reasons) == ((), ("no_letters",))
    assert set(verdict.segments) == {"und"}


def test_letters_in_addresses_only_are_no_text(decide):
    assert decide("https://example.org/about").reasons == ("no_letters",)


def test_a_label_in_another_script_than_its_own_is_rejected(model):
    class Wrong:
        def predict_all(self, texts, k=3):
            return model.predict_all(["Η Ελλάδα είναι μια όμορφη χώρα"] * len(texts), k)

    assert Decider(Wrong(), EU24, lambda _: 0.5)("Hellas is a country").reasons == ("script",)


def test_right_to_left_text_is_labelled(decide):
    verdict = decide("يولد جميع الناس أحرارا متساوين في الكرامة والحقوق.")
    assert (verdict.language, verdict.script, verdict.reasons) == ("arb_Arab", "Arab", ("other",))


def test_nul_and_replacement_characters_do_no_harm(decide, samples):
    text = samples["ces_Latn"]
    noisy = decide(text.replace(" ", "\0") + "\ufffd\0")
    assert noisy.language == "ces_Latn"
    assert noisy.top == decide(text).top


def test_a_hundred_kilobytes_without_a_space_are_decided_on(decide):
    verdict = decide("Donaudampfschifffahrtsgesellschaft" * 3_000)
    assert verdict.script == "Latn"
    assert len(verdict.segments) == 1


@settings(max_examples=60, deadline=None)
@given(text=st.text() | st.lists(st.text(alphabet="abc žø\u0431 1\0", max_size=30)).map("\n".join))
def test_any_text_has_one_verdict_with_a_label_for_each_line(decide, text):
    verdict = decide(text)
    assert verdict == decide(text)
    assert len(verdict.segments) == text.count("\n") + 1
    assert verdict.script
    assert (verdict.language == "und") == (verdict.reasons == ("no_letters",))


@pytest.mark.parametrize("segments", [True, False])
def test_many_texts_get_what_each_gets_alone(model, samples, segments):
    decide = Decider(model, EU24, lambda _: 0.5, segments=segments)
    texts = ["", *samples.values(), "\n", "\n".join(samples.values()), "🙂", UKRAINIAN]
    assert decide.decide_all(texts) == [decide(text) for text in texts]
    assert decide.decide_all([]) == []


def test_lines_get_their_own_labels_and_short_ones_none(decide, samples):
    text = "\n".join([samples["deu_Latn"], "", "Kontakt", samples["eng_Latn"]])
    verdict = decide(text)
    assert verdict.segments == ("deu_Latn", "und", "und", "eng_Latn")
    assert verdict.code_switching is True


def test_segments_can_be_left_out(model, samples):
    verdict = Decider(model, EU24, lambda _: 0.5, segments=False)(samples["swe_Latn"])
    assert verdict.segments is None
    assert verdict.code_switching is None


def test_code_switching_begins_at_a_fifth_of_the_labelled_characters():
    lines = ["x" * 80, "y" * 20, "z" * 500]
    assert is_code_switching("deu_Latn", lines, ["deu_Latn", "eng_Latn", "und"])
    lines[1] = "y" * 19
    assert not is_code_switching("deu_Latn", lines, ["deu_Latn", "eng_Latn", "und"])


def test_lines_in_languages_that_are_hard_to_tell_apart_are_no_code_switching():
    lines = ["x" * 50, "y" * 50]
    assert not is_code_switching("hrv_Latn", lines, ["hrv_Latn", "bos_Latn"])
    assert is_code_switching("hrv_Latn", lines, ["hrv_Latn", "slv_Latn"])


@pytest.mark.parametrize(
    ("language", "script", "fits"),
    [
        ("bul_Cyrl", "Cyrl", True),
        ("bul_Cyrl", "Latn", False),
        ("jpn_Jpan", "Hani", True),
        ("cmn_Hani", "Jpan", False),
        ("xyz_Zzzz", "Latn", True),
        ("zxx", "Latn", True),
    ],
)
def test_a_language_is_written_in_its_script(language, script, fits):
    assert is_written_in(language, script) is fits
