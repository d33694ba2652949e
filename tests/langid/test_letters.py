"""The stored table is that of Unicode 14, whatever the version of Python."""

import unicodedata

import pytest

from eurosift.filters.unicode import CODE_POINTS
from eurosift.langid.letters import (
    CASED,
    COMBINING,
    IGNORABLE,
    JOINER,
    RARE,
    UNICODE,
    WORD,
    derive,
    letters,
    read_table,
)


def kinds_of(character):
    return letters().kinds[ord(character)]


@pytest.mark.skipif(
    unicodedata.unidata_version != UNICODE, reason=f"this Python does not have Unicode {UNICODE}"
)
def test_the_stored_table_is_what_is_derived():
    assert read_table() == derive()


@pytest.mark.skipif(unicodedata.unidata_version == UNICODE, reason="this Python can derive it")
def test_a_table_of_another_version_of_unicode_is_not_derived():
    with pytest.raises(RuntimeError, match=f"not {UNICODE}"):
        derive()


def test_nothing_of_a_stored_character_depends_on_the_version_of_python():
    found = letters()
    for first, last in read_table()["assigned"]:
        for point in range(first, last + 1):
            character, kinds = chr(point), found.kinds[point]
            category = unicodedata.category(character)
            assert bool(kinds & WORD) == (category[0] in "LM"), hex(point)
            assert found.combining[point] == unicodedata.combining(character), hex(point)
            lower = character.lower()
            assert len(lower) == 1 or point == 0x130
            if point < found.lower.size and len(lower) == 1:
                assert found.lower[point] == ord(lower), hex(point)
            if not unicodedata.is_normalized("NFC", character):
                assert kinds & RARE, hex(point)


def test_characters_that_came_later_have_no_properties():
    stored = {p for first, last in read_table()["assigned"] for p in range(first, last + 1)}
    later = [point for point in range(CODE_POINTS) if point not in stored]
    assert not letters().kinds[later].any()
    assert not letters().combining[later].any()


def test_kinds_of_some_characters():
    assert kinds_of("a") == WORD | CASED
    assert kinds_of("ß") == WORD | CASED
    assert kinds_of("ا") == WORD
    assert kinds_of("'") == JOINER | IGNORABLE
    assert kinds_of("-") == JOINER
    assert kinds_of("\u0301") == WORD | IGNORABLE | COMBINING | RARE
    assert kinds_of("\u02bc") == WORD | IGNORABLE
    assert kinds_of("ž") == WORD | CASED
    assert kinds_of("1") == kinds_of(" ") == kinds_of("\ufffd") == 0
