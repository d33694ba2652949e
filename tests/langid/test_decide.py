"""What is said of a text, and why it is rejected."""

# Languages in other scripts look like Latin by nature.

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.langid.agreement import agree
from eurosift.langid.decide import Decider
from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.short import Short

UKRAINIAN = "Усі люди народжуються вільними і рівними у своїй гідності та правах."

VORO = "Kõik inemiseq sünnüseq vapos ja ütesugumaidsi avvo ja õiguisi poolõst."


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


def test_short_texts_need_a_higher_score_but_in_some_languages(model, samples):
    asked = Short((100_000,), (1.01,), frozenset({"ita_Latn"}))
    decide = Decider(model, EU24, lambda _: 0.0, short=asked)
    assert decide(samples["fra_Latn"]).reasons == ("unsure",)
    assert decide(samples["ita_Latn"]).reasons == ()
    assert decide("").reasons == ("no_letters",)


def test_what_is_short_is_what_the_model_sees(model, samples):
    text = samples["fra_Latn"]
    asked = Short((len(text) + 10,), (1.01,))
    decide = Decider(model, EU24, lambda _: 0.0, short=asked)
    assert decide(f"{text}\n https://example.org/a-long-address/{'x' * 99}").reasons == ("unsure",)
    assert decide(f"{text} {text}").reasons == ()


def test_short_lines_need_a_higher_score_too(model, samples):
    text = samples["fra_Latn"]
    decide = Decider(model, EU24, lambda _: 0.0, short=Short((len(text) + 10,), (1.01,)))
    verdict = decide(f"{text}\n{text} {text}")
    assert verdict.segments == ("und", "fra_Latn")


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


def test_a_label_in_another_script_than_its_own_is_rejected(model_path):
    class Wrong(LanguageModel):
        def classify(self, lines, k):
            labels, scores = super().classify(lines, k)
            labels[:, 0] = self.languages.index("ell_Grek")
            return labels, scores

    wrong = Decider(Wrong(model_path), EU24, lambda _: 0.1)
    assert wrong("Hellas is a country").reasons == ("script",)


def test_the_script_is_that_of_the_letters_that_the_model_sees(decide, samples):
    mentions = " ".join(f"@somebody{k} https://example.org/{k}" for k in range(20))
    verdict = decide(f"{mentions} {samples['bul_Cyrl']}")
    assert (verdict.language, verdict.script, verdict.reasons) == ("bul_Cyrl", "Cyrl", ())


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


def test_a_text_is_kept_only_if_a_second_model_agrees(model, lid176, samples):
    second = LanguageModel(lid176, normalised=False)
    decide = Decider(model, EU24, lambda _: 0.5, second=second)
    agreed = decide(samples["mlt_Latn"])
    assert (agreed.reasons, agreed.second_language) == ((), "mlt_Latn")
    assert agreed.second_score == pytest.approx(second.predict(samples["mlt_Latn"], 1)[0].score)
    verdicts = decide.decide_all([*samples.values(), UKRAINIAN, VORO, "", "12:30"])
    assert "disagreement" in verdicts[-3].reasons, "lid.176 has no label for it"
    for verdict in verdicts:
        same = agree(verdict.language, verdict.second_language)
        assert ("disagreement" in verdict.reasons) == (not same), verdict
    assert verdicts[-1].second_language == "und"
    assert verdicts[-1].second_score == 0


def test_a_second_model_changes_nothing_else(model, lid176, samples):
    alone = Decider(model, EU24, lambda _: 0.5)
    both = Decider(model, EU24, lambda _: 0.5, second=LanguageModel(lid176, normalised=False))
    for text in [*samples.values(), UKRAINIAN, "", "Ok."]:
        with_second = both(text)
        reasons = tuple(x for x in with_second.reasons if x != "disagreement")
        cleared = replace(with_second, second_language=None, second_score=None, reasons=reasons)
        assert cleared == alone(text)


def test_a_label_for_whatever_is_none_of_the_others_is_rejected_as_other(make_model):
    path = make_model(labels=["__label__other"])
    verdict = Decider(LanguageModel(path), EU24, lambda _: 0.5)("the slovo")
    assert (verdict.language, verdict.reasons) == ("und", ("other",))
    assert verdict.score > 0.5


EDGES = {
    "nothing": ("", "und", "Zyyy", ("no_letters",)),
    "emoji": ("🙂👩\u200d👩\u200d👧🇲🇹", "und", "Zyyy", ("no_letters",)),
    "marks alone": ("\u0301\u0301", "und", "Zyyy", ("no_letters",)),
    "no space": ("Donaudampfschifffahrtsgesellschaft" * 30_000, None, "Latn", None),
    "no space in another script": ("ж" * 1_000_000, None, "Cyrl", None),
    "right to left": ("כל בני האדם נולדו בני חורין ושווים בערכם.", "heb_Hebr", "Hebr", ("other",)),
    "both directions": ("שלום עולם " * 9 + "see https://x.org", "heb_Hebr", "Hebr", ("other",)),
}


@pytest.mark.parametrize("edge", EDGES)
def test_edge_cases_have_defined_outcomes(decide, edge):
    text, language, script, reasons = EDGES[edge]
    verdict = decide(text)
    assert verdict.script == script
    assert verdict.language == language or language is None
    assert verdict.reasons == reasons or reasons is None
    assert len(verdict.segments) == 1


def test_bytes_that_are_no_utf8_change_nothing_of_the_text_around_them(decide, samples):
    text = samples["mlt_Latn"]
    data = b"\xff\xfe " + text.encode() + b"\n\xc3" + text.encode() + b" \xe2\x82"
    buffers = [None, pa.py_buffer(np.array([0, len(data)], np.int32)), pa.py_buffer(data)]
    found = decide.decide(pa.Array.from_buffers(pa.string(), 1, buffers))
    clean = decide.decide(pa.array([f"{text}\n{text}"]))
    for name in ("language", "script", "score", "top", "segments", "reasons"):
        assert getattr(found, name).equals(getattr(clean, name)), name


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_columns_are_read_in_slices_and_chunks(decide, samples, kind):
    texts = pa.array([*samples.values(), None, ""], kind)
    whole = decide.decide(texts)
    parts = decide.decide(pa.chunked_array([texts[:5], texts[5:]]))
    later = decide.decide(texts[3:])
    for name, column in whole._asdict().items():
        assert getattr(parts, name).equals(column), name
        assert getattr(later, name).equals(column[3:]), name
    assert whole.language.to_pylist()[-2:] == ["und", "und"]
