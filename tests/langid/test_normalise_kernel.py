"""Kernels give byte for byte what the definition gives, of every character and in any text."""

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eurosift.filters.unicode import CODE_POINTS, character_classes
from eurosift.langid.letters import letters
from eurosift.langid.normalise import normalise
from eurosift.langid.normalise_kernel import UNDONE, is_plain, join_points, normalise_points

ALPHABET = "aÅžΣσΑ αß.'\u2019\u02bc·-\u200c\u0301\u0345İıǅ1:/@www.~!\u00ad\u0387\u0660\ufffd\0\n"
"""Characters that meet each other in every rule."""
TEXTS = st.text() | st.text(ALPHABET) | st.lists(st.sampled_from(
    ["ΟΔΟΣ", "Α.Σ.", "www.", "http://x", "a@b", " ", "é", "e\u0301", "L\u2019", "-", "ΑΣ'", "İ"]
)).map("".join)  # fmt: skip


def run(text):
    """What the kernel gives; None where it leaves the text to the definition."""
    points = np.array([ord(c) for c in text], np.int32)
    out = np.zeros(4 * len(text) + 4, np.uint8)
    end = normalise_points(points, len(text), letters(), out, 0)
    return None if end == UNDONE else out[:end].tobytes().decode()


@settings(max_examples=500)
@given(TEXTS)
def test_what_is_not_left_to_the_definition_is_as_defined(text):
    assert run(text) in (None, normalise(text))


@pytest.mark.parametrize(
    "text",
    [
        'a="b" c =" d=\'e\' ="',
        'x="',
        '="x',
        "one-two-three-four",
        "one-two-three-four five",
        "ena-dva-tri-čet l'un-a-b-c-d 'a-b-c-d' a-b-c-d-",
        "a--b-c-d-e a-b-c·d-e-f",
        "https://example.org/a-b-c-d e-f-g-h",
    ],
)
def test_attributes_and_slugs_are_treated_as_defined(text):
    assert run(text) == normalise(text)


def test_each_character_is_treated_as_defined_wherever_it_stands():
    points = [*range(0xD800), *range(0xE000, 0x20000), *range(0x20000, CODE_POINTS, 251)]
    left = 0
    for character in map(chr, points):
        text = "# a#b Σ# Α#Σ ΑΣ#Α #ΑΣ '#'".replace("#", character)
        found = run(text)
        left += found is None
        if found is not None and found != normalise(text):
            pytest.fail(f"U+{ord(character):04X}: {found!r}, defined {normalise(text)!r}")
    assert left < 2_000


@given(TEXTS)
def test_text_that_is_taken_is_composed_before_and_after(text):
    points = np.array([ord(c) for c in text], np.int32)
    known = all(unicodedata.category(c) != "Cn" for c in text)
    if known and is_plain(points, len(text), letters()):
        assert unicodedata.is_normalized("NFC", text)
        assert unicodedata.is_normalized("NFC", text.lower())


def test_text_of_the_24_languages_is_not_left_to_the_definition(samples):
    for text in [*samples.values(), "ΕΛΛΗΝΙΚΗ ΔΗΜΟΚΡΑΤΙΑΣ", "L\u2019été à İzmir", "Ṫá an ċeist"]:
        assert run(text) == normalise(text)


def test_decomposed_text_is_left_to_the_definition():
    assert run("e\u0301te\u0301") is None


@given(TEXTS)
def test_a_text_on_one_line_keeps_all_but_white_space_and_nul(text):
    points = np.array([ord(c) for c in text], np.int32)
    out = np.zeros(4 * len(text) + 4, np.uint8)
    end = join_points(points, len(text), character_classes(), out, 0)
    assert out[:end].tobytes().decode() == " ".join(text.replace("\0", " ").split())
