"""Words are those of the field's normalisation, in one pass over bytes."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
import xxhash
from datatrove.utils.text import simplify_text
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.shingle import BASE, folding_table, shingles, word_hashes
from eurosift.filters.words import finish

SENTENCES = {
    "bul_Cyrl": "Всички хора се раждат свободни и равни по достойнство и права; член 1.",
    "ces_Latn": "Příliš žluťoučký kůň úpěl ďábelské ódy. Stál 1.250,50 Kč!",
    "deu_Latn": 'Zwölf Boxkämpfer jagen Viktor "quer" über den großen Sylter Deich, 12:30 Uhr.',
    "ell_Grek": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία (στίχος 3).",
    "est_Latn": "Põdur Zagrebi tšellomängija-följetonist Ciqo külmetas kehvas garaažis.",
    "fra_Latn": "Dès Noël, où un zéphyr haï me vêt de glaçons würmiens, je dîne d'exquis rôtis.",
    "hun_Latn": "Árvíztűrő tükörfúrógép – 3,14 [kettő].",
    "mlt_Latn": "Il-bnedmin kollha jitwieldu ħielsa u ugwali fid-dinjità u d-drittijiet.",
    "ron_Latn": "Gheorghe, obezul, a reușit să obțină jucându-se un flux în Quebec de 1mm.",
}


def folded(text):
    return word_hashes(text).tolist()


@pytest.mark.parametrize("language", SENTENCES)
def test_words_are_those_of_datatrove(language):
    words = simplify_text(SENTENCES[language]).split()
    assert folded(SENTENCES[language]) == [folded(word)[0] for word in words]


@given(st.text(alphabet="aé12.,-Ж \n\"'", max_size=30))
def test_numbers_and_punctuation_are_treated_as_by_datatrove(text):
    words = simplify_text(text).split()
    assert folded(text) == [folded(word)[0] for word in words]


@given(st.lists(st.text(max_size=12), max_size=8))
def test_words_do_not_depend_on_what_stands_around_them(parts):
    """Both halves of a text are read at a time; it is cut at a blank."""
    whole = " ".join(parts)
    assert folded(whole) == [word for part in whole.split(" ") for word in folded(part)]


def test_different_words_have_different_hashes():
    words = ["ab", "ba", "a", "b", "aab", "abb", "0"]
    assert len({folded(word)[0] for word in words}) == len(words)


def test_case_diacritics_numbers_and_punctuation_do_not_matter():
    assert folded("Über 12,5 Grad – ÉTÉ!") == folded("uber 7 grad ete")
    assert folded("ΟΔΥΣΣΕΥΣ") == folded("οδυσσευς")


def test_invisible_characters_do_not_matter():
    assert folded("Donau\u00addampf\u200dschiff") == folded("Donaudampfschiff")


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x17F), max_size=40))
def test_composed_and_decomposed_text_are_the_same(text):
    composed = unicodedata.normalize("NFC", text)
    assert folded(composed) == folded(unicodedata.normalize("NFD", composed))


@given(st.text(max_size=40))
def test_any_text_can_be_read(text):
    assert len(folded(text)) <= len(text.encode()) // 2 + 1


def test_the_folding_table_does_not_depend_on_the_interpreter():
    """If this digest changes, signatures do: raise `Dedup.version`."""
    assert xxhash.xxh3_64_hexdigest(folding_table().astype("<u4").tobytes()) == "eb21634faa40d509"


@given(st.text(alphabet="ab c", max_size=60), st.integers(1, 6))
def test_shingles_are_the_distinct_runs_of_words(text, n_grams):
    words = text.split()
    runs = {tuple(words[i : i + n_grams]) for i in range(len(words) - n_grams + 1)}
    assert len(shingles(text, n_grams)) == len(runs)


def test_a_shingle_is_a_polynomial_over_its_words():
    words = word_hashes("one two three")
    with np.errstate(over="ignore"):
        value = (words[0] * BASE + words[1]) * BASE + words[2]
    assert shingles("one two three", 3).tolist() == [int(finish(value)) >> 32]
