"""Words are found by Unicode's rules, and their hashes do not depend on case."""

import numpy as np
import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.words import decode, hash_bytes, next_word, word_tables, words

IGNORED = r"\u00AD\u200C\u200D\u2060"
WORD = regex.compile(
    rf"[\p{{L}}\p{{N}}](?:[\p{{L}}\p{{N}}\p{{M}}{IGNORED}]"
    rf"|(?<=\p{{L}}[\p{{M}}{IGNORED}]*)['’](?=\p{{L}})"
    rf"|(?<=\p{{N}}[\p{{M}}{IGNORED}]*)[.,](?=\p{{N}}))*"
)
TEXTS = st.text(
    st.sampled_from("aZéßΣя19'’.,-_ \n\u0301\u00ad\u200d…€😀𝒜漢") | st.characters(codec="utf-8"),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("word", ["word"]),
        ("... -- !?", []),
        ("L'homme n’est", ["L'homme", "n’est"]),
        ("ta' il-kelb", ["ta", "il", "kelb"]),
        ("3.14 1,000,000. v1.2a", ["3.14", "1,000,000", "v1.2a"]),
        ("e\u0301te\u0301 \u0301", ["e\u0301te\u0301"]),
        ("co\u00adop a\u200db", ["co\u00adop", "a\u200db"]),
        ("a_b a/b", ["a", "b", "a", "b"]),
        ("η οδός, Größe", ["η", "οδός", "Größe"]),
    ],
)
def test_words_of(text, expected):
    assert [word for word, _ in words(text)] == expected


@given(TEXTS)
def test_words_are_those_of_the_regular_expression(text):
    assert [word for word, _ in words(text)] == WORD.findall(text)


@given(st.text(st.sampled_from("abcéàñžščяюжώ"), min_size=1, max_size=12))
def test_the_hash_is_of_the_lower_cased_word(word):
    ((_, plain),) = words(word)
    ((_, upper),) = words(word.upper())
    assert plain == upper != 0


def test_hashes_tell_words_apart():
    vocabulary = [f"{a}{b}{c}" for a in "abcdefgh" for b in "ijklmnop" for c in range(300)]
    assert len({value for _, value in words(" ".join(vocabulary))}) == len(vocabulary)


def test_hashes_of_bytes_tell_apart_what_differs_in_one_place_or_in_its_length():
    same = [b"a" * n for n in range(1, 40)]
    one_other = [
        b"a" * i + b"b" + b"a" * (n - i) for n in (0, 3, 7, 8, 15, 16, 30) for i in range(n + 1)
    ]
    short = [bytes([i, j]) for i in range(1, 256) for j in range(256)]
    spans = list(dict.fromkeys([*same, *one_other, *short]))
    found = {
        int(hash_bytes(np.frombuffer(b"x" + span + b"?" * 8, np.uint8), 1, 1 + len(span)))
        for span in spans
    }
    assert len(found) == len(spans)
    assert all(value % 2 for value in found)


@given(st.binary(min_size=1, max_size=40), st.binary(max_size=9), st.binary(min_size=8, max_size=8))
def test_hashes_of_bytes_do_not_depend_on_what_is_around_them(span, before, behind):
    alone = hash_bytes(np.frombuffer(span + bytes(8), np.uint8), 0, len(span))
    around = np.frombuffer(before + span + behind, np.uint8)
    assert hash_bytes(around, len(before), len(before) + len(span)) == alone


def test_soft_hyphens_and_kinds_of_apostrophe_are_not_heard():
    def heard(text):
        return [value for _, value in words(text)]

    assert heard("co\u00adop l’art") == heard("coop l'art")


@given(st.binary(max_size=20), st.integers(0, 20))
def test_bytes_that_are_no_utf8_are_survived(content, cut):
    """Reading always goes forward and never behind the end."""
    data = np.frombuffer(content + b"\xf0\x9f\x98\x80", np.uint8)
    end = min(cut, len(content))
    pos = 0
    while pos < end:
        start, stop, _ = next_word(data, pos, end, *word_tables())
        assert pos <= start <= stop <= end
        assert stop > start or stop == end
        pos = stop
    for pos in range(end):
        point, width = decode(data, pos, end)
        assert 0 <= point < 0x110000
        assert 1 <= width <= end - pos


@given(st.characters(codec="utf-8"))
def test_every_character_is_decoded(character):
    data = np.frombuffer(character.encode(), np.uint8)
    assert decode(data, 0, data.size) == (ord(character), data.size)
