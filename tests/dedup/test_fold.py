"""Folded words are those of the field's normalisation."""

from __future__ import annotations

import itertools
import re
import unicodedata

import numpy as np
import pytest
import xxhash
from datatrove.utils.text import simplify_text
from hypothesis import given
from hypothesis import strategies as st

from eurosift.dedup.fold import (
    FIRST_LETTER,
    LETTERS,
    fold,
    folded_words,
    folding_table,
    room_to_fold,
)
from eurosift.filters.bits import VECTOR

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
WORDS = st.sampled_from(
    [
        "word",
        "Ängste",
        "ħielsa",
        "οδός",
        "права",
        "漢字",
        "𐐀𐐨",
        "12",
        "1,5",
        "1.2.3",
        "x1y",
        "–",
        "a\u00adb",
    ]
)


def encoded(word):
    """A folded word as bytes."""
    return b"".join(
        bytes([FIRST_LETTER + LETTERS.index(letter)]) if letter in LETTERS else letter.encode()
        for letter in word
    )


@pytest.mark.parametrize("language", SENTENCES)
def test_words_are_those_of_datatrove(language):
    words = simplify_text(SENTENCES[language]).replace("ς", "σ").split()
    assert folded_words(SENTENCES[language]) == [encoded(word) for word in words]


@given(st.text(alphabet="aé12.,-Ж \n\"'", max_size=150))
def test_numbers_and_punctuation_are_treated_as_by_datatrove(text):
    assert folded_words(text) == [encoded(word) for word in simplify_text(text).split()]


@given(st.lists(WORDS, max_size=60))
def test_words_do_not_depend_on_what_stands_around_them(words):
    assert folded_words(" ".join(words)) == [part for word in words for part in folded_words(word)]


def test_case_diacritics_numbers_and_punctuation_do_not_matter():
    assert folded_words("Über 12,5 Grad – ÉTÉ!") == [b"uber", b"0", b"grad", b"ete"]
    assert folded_words("ΟΔΥΣΣΕΥΣ") == folded_words("οδυσσευς")


def test_numbers_have_one_decimal_mark_and_belong_to_words():
    assert folded_words("1.5.3 7, 8. 9x a10 1\u00ad2.\u00ad5") == [
        *(b"0", b"0", b"0", b"0"),
        *(b"0x", b"a0", b"0"),
    ]
    assert folded_words("٣٫٥ १२") == [b"0", b"0"]


def test_invisible_characters_do_not_matter():
    assert folded_words("Donau\u00addampf\u200dschiff") == [b"donaudampfschiff"]


@given(st.text(alphabet=st.characters(codec="utf-8", max_codepoint=0x17F), max_size=40))
def test_composed_and_decomposed_text_are_the_same(text):
    composed = unicodedata.normalize("NFC", text)
    assert folded_words(composed) == folded_words(unicodedata.normalize("NFD", composed))


@pytest.mark.parametrize("letters", ["ßæøđħłœ", "αβγδ", "жизнь"])
def test_letters_of_official_languages_are_one_byte(letters):
    (word,) = folded_words(letters)
    assert len(word) == len(letters)


def test_different_letters_are_different_bytes():
    """Nor does one begin with another, so that no two words are the same bytes."""
    spellings = {int(spelling) for spelling in folding_table()}
    kept = sorted(
        (spelling & 0xFFFFFFFF).to_bytes(4, "little")[: spelling >> 32 & 7]
        for spelling in spellings
        if spelling & 0xFF
    )
    assert not any(after.startswith(before) for before, after in itertools.pairwise(kept))


def test_no_text_takes_more_room_than_it_is_given():
    table = folding_table()
    points = [point for point in range(len(table)) if not 0xD800 <= point < 0xE000]
    assert all(int(table[point]) >> 32 & 7 <= 1.5 * len(chr(point).encode()) for point in points)


@given(
    st.lists(
        st.sampled_from(
            [
                b"\xc3",
                b"\xa9",
                b"\xe2\x80",
                b"\xed\xa0\x80",
                b"\xf0\x9f",
                b"ab",
                b" ",
                "é".encode(),
                b"7",
            ]
        ),
        max_size=90,
    ),
    st.integers(0, VECTOR),
)
def test_bytes_that_are_not_utf8_separate_words_wherever_they_are(parts, shift):
    content = b"".join(parts)
    assert folded_bytes(bytes(shift) + content) == folded_bytes(content)
    text = re.sub("[^a-zé0-9]", " ", content.decode(errors="replace"))
    assert folded_bytes(content) == folded_words(text)


def folded_bytes(content):
    """Words of any bytes; nothing is written outside of the room."""
    size = len(content)
    room = room_to_fold(size)
    out = np.full(room + 64, 0xFF, np.uint8)
    n = fold(np.frombuffer(content + bytes(VECTOR), np.uint8), size, folding_table(), out)
    assert not out[n - 1 : n + VECTOR - 1].any()
    assert (out[room:] == 0xFF).all()
    return out[:n].tobytes().replace(b"\0", b" ").split()


def test_the_folding_table_does_not_depend_on_the_interpreter():
    """If this digest changes, signatures do: raise `FORMAT` of the sign phase."""
    table = folding_table().astype("<u8")
    assert xxhash.xxh3_64_hexdigest(table.tobytes()) == "93de5a5bbfdd0fb2"
