"""The stored classes are those of Unicode, in every version of Python."""

import unicodedata

import pytest

from eurosift.filters.unicode import (
    ALPHA,
    BREAK,
    CODE_POINTS,
    EXTEND,
    NUMBER,
    SPACE,
    TERMINAL,
    UPPER,
    character_classes,
    lower_case,
    to_ranges,
)


@pytest.fixture(scope="module")
def assigned():
    """Code points that this Python knows; a few categories have been corrected since Unicode 14."""
    return [c for c in range(CODE_POINTS) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]


@pytest.mark.parametrize(
    ("bit", "categories"), [(ALPHA, "L"), (NUMBER, "N"), (EXTEND, "M"), (UPPER, ("Lu", "Lt"))]
)
def test_general_categories(assigned, bit, categories):
    classes = character_classes()
    wrong = [
        hex(c)
        for c in assigned
        if bool(classes[c] & bit) != unicodedata.category(chr(c)).startswith(categories)
    ]
    assert len(wrong) <= 4, wrong
    assert all(int(point, 16) > 0x3000 or int(point, 16) in (0x1734, 0x19DA) for point in wrong), (
        wrong
    )


def test_white_space_and_line_boundaries_are_those_of_str(assigned):
    classes = character_classes()
    for c in assigned:
        assert bool(classes[c] & SPACE) == chr(c).isspace(), hex(c)
        assert bool(classes[c] & BREAK) == (len(f"a{chr(c)}b".splitlines()) > 1), hex(c)


def test_marks_that_end_sentences():
    classes = character_classes()
    assert all(classes[ord(c)] & TERMINAL for c in ".!?。؟")
    assert not any(classes[ord(c)] & TERMINAL for c in ",;:…»\"')")


def test_lower_case(assigned):
    lower = lower_case()
    for c in assigned:
        if c < lower.size and len(chr(c).lower()) == 1:
            assert lower[c] == ord(chr(c).lower()), hex(c)
    assert lower[0x130] == ord("i")


def test_ranges():
    assert to_ranges([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
