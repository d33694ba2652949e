"""Lexicons: what words say of close languages."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.lexicon import LexiconFile, build_lexicon, load_lexicon, look_up, weigh
from eurosift.langid.model import LEXICONS
from eurosift.langid.normalise import normalise

HEAD = {
    "version": 1,
    "languages": {"x": "hrv_Latn", "y": "bos_Latn", "z": "srp_Latn"},
    "temper": 0.5,
    "prior": {},
}


def lexicon(forms, classes=(), pairs=()):
    read = LexiconFile(**HEAD, classes=dict(classes), pairs=tuple(pairs), forms=forms)
    return build_lexicon(read)


def says(tables, text):
    buffers = string_buffers(pa.array([text]))
    n = tables.weights.shape[1]
    total = np.zeros(n, np.float32)
    seen = np.full(len(tables.weights) + len(tables.pairs), -1, np.int64)
    weigh(tables, buffers.data, buffers.offsets[0], buffers.offsets[1], seen, 0, total)
    return total.tolist()


class TestForms:
    def test_a_word_speaks_against_the_languages_that_are_not_named(self):
        assert says(lexicon("x 3 | tko"), "tko je to") == [0, -3, -3]
        assert says(lexicon("xy 2 | jučer"), "jučer") == [0, 0, -2]

    def test_a_text_without_known_words_says_nothing(self):
        assert says(lexicon("x 3 | tko"), "to je to") == [0, 0, 0]
        assert says(lexicon("x 3 | tko"), "") == [0, 0, 0]

    def test_a_form_counts_once_in_a_text(self):
        assert says(lexicon("x 3 | tko"), "tko tko tko") == [0, -3, -3]

    def test_forms_add_up(self):
        assert says(lexicon("x 3 | tko\nxy 1 | jučer"), "tko jučer") == [0, -3, -4]

    def test_a_stem_stands_for_every_word_that_begins_so(self):
        tables = lexicon("x 3 | tjedn*")
        assert says(tables, "tjedna") == says(tables, "tjedn") == [0, -3, -3]
        assert says(tables, "dvotjedna") == [0, 0, 0]

    def test_what_is_of_a_class_only_hides_no_shorter_form(self):
        classes = {"start": "televizi*", "end": "*zija", "word": "telefon"}
        tables = lexicon("x 3 | tele*\nz 2 | *ja", classes=classes)
        assert says(tables, "televizija") == says(tables, "telefon") == [0, -3, -3]
        assert says(tables, "kolizija") == [-2, -2, 0]

    def test_an_ending_stands_for_every_longer_word_that_ends_so(self):
        tables = lexicon("z 2 | *aće")
        assert says(tables, "imaće") == [-2, -2, 0]
        assert says(tables, "aće") == [0, 0, 0]

    def test_the_whole_word_goes_before_its_longest_stem_and_that_before_an_ending(self):
        tables = lexicon("x 1 | kuća\ny 1 | kuć*\nxyz 1 | *ća\nz 1 | ku*")
        assert says(tables, "kuća") == [0, -1, -1]
        assert says(tables, "kućama") == [-1, 0, -1]
        assert says(tables, "kum") == [-1, -1, 0]

    def test_a_form_that_is_usual_everywhere_makes_an_exception(self):
        tables = lexicon("z 2 | *aće\nxyz 1 | domaće")
        assert says(tables, "domaće") == [0, 0, 0]
        assert says(tables, "imaće") == [-2, -2, 0]

    def test_a_form_in_several_lines_says_the_least_that_any_of_them_says(self):
        assert says(lexicon("x 3 | riječ\nxy 1 | riječ"), "riječ") == [0, 0, -1]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("tko", "not enough values"),
            ("x 3", "no forms"),
            ("x 3 |", "no forms"),
            ("x three | tko", "could not convert"),
            ("q 3 | tko", "no language has the letter 'q'"),
        ],
    )
    def test_a_line_that_cannot_be_read_is_named(self, line, message):
        with pytest.raises(ValueError, match=message) as error:
            lexicon(f"x 1 | dobro\n{line}")
        assert repr(line) in str(error.value)

    def test_comments_and_empty_lines_are_skipped(self):
        assert says(lexicon("# pronouns\n\nx 3 | tko # who"), "tko who") == [0, -3, -3]


CLASSES = (("clipped", "*it bit"), ("future", "će ćemo"))
PAIR = {"usual": "xy", "weight": 2, "left": "clipped", "right": "future"}


class TestPairs:
    def test_two_words_of_the_classes_in_this_order_speak(self):
        tables = lexicon("x 1 | q", CLASSES, [PAIR])
        assert says(tables, "radit ćemo bit će") == [0, 0, -2]

    def test_they_have_to_be_neighbours(self):
        tables = lexicon("x 1 | q", CLASSES, [PAIR])
        assert says(tables, "bit to će") == says(tables, "će bit") == [0, 0, 0]

    def test_a_class_that_is_not_there_is_an_error(self):
        with pytest.raises(ValueError, match="past"):
            lexicon("x 1 | q", CLASSES, [PAIR | {"right": "past"}])


@given(st.text(alphabet="abcčćđ '-", max_size=40))
def test_any_line_is_read_to_its_end(text):
    """Words are found as Python's split finds them."""
    tables = lexicon("x 1 | ab\ny 1 | ća\nz 1 | č")
    expected = np.zeros(3)
    for word, against in (("ab", [0, -1, -1]), ("ća", [-1, 0, -1]), ("č", [-1, -1, 0])):
        if word in text.split(" "):
            expected += against
    assert says(tables, text) == expected.tolist()


@pytest.mark.parametrize("name", LEXICONS)
def test_shipped_lexicons_can_be_read_and_hold_what_the_model_sees(name):
    """Forms are normalised as text is: else they would never be met."""
    read = load_lexicon(name)
    tables = build_lexicon(read)
    assert len(tables.weights) > 100
    for line in read.forms.splitlines():
        for form in line.partition("#")[0].partition("|")[2].split():
            word = form.replace("*", "x")
            assert normalise(word) == word, line
            assert form.strip("*"), line


def test_look_up_tells_the_classes_of_a_word():
    tables = lexicon("x 1 | q", (("one", "da"), ("two", "d* *a")))
    data = np.frombuffer(b"da", np.uint8).copy()
    assert look_up(tables, data, 0, 2)[1] == 0b11
