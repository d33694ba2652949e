"""Where words end, by language."""

import pyarrow as pa
import pytest

from eurosift.filters.signals import measure
from eurosift.filters.stopwords import build_table, load_stop_words
from eurosift.filters.tokens import tokens


def test_maltese_clitics_keep_their_mark():
    """`il-`, `ta'`: as in the tokens behind the thresholds and stop words of FineWeb-2."""
    texts = pa.array(["Il-kelb u l-qattus ta’ Marija marru fil-bejt."] * 2)
    measured = measure(
        texts, pa.array(["mlt_Latn", "eng_Latn"]), stop_words=build_table(load_stop_words())
    )
    # Il- kelb u l- qattus ta’ Marija marru fil- bejt .
    assert measured["token_count"].to_pylist() == [11, 15]
    assert measured["alpha_word_ratio"].to_pylist() == pytest.approx([10 / 11, 10 / 15])
    assert measured["stop_word_count"][0].as_py() == 4  # u, l-, ta', fil-


@pytest.mark.parametrize(
    "word",
    [
        "COM(2018)0568",
        "62(1",
        "totale:60,30",
        "12:30",
        "2018/0299",
        "A/2",
        "n=12",
        "a+b",
        "a*b",
        "a;b",
        "x|y",
        "ROOT\\DIR",
        "88%Poliestere",
    ],
)
def test_signs_without_white_space_are_inside_of_words(word):
    """spaCy's tokenizers for all languages leave these whole."""
    for language in ("ita_Latn", "gle_Latn", "deu_Latn", "pol_Latn", "bul_Cyrl", None):
        assert tokens(f"a {word} b", language) == ["a", word, "b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12:ab", ["12", ":", "ab"]),
        ("ab/cd", ["ab", "/", "cd"]),
        ("a=b", ["a", "=", "b"]),
        ("12+13", ["12", "+", "13"]),
        ("88 %", ["88", "%"]),
        ("(ab) [1]", ["(", "ab", ")", "[", "1", "]"]),
        ("ab):cd", ["ab", ")", ":", "cd"]),
    ],
)
def test_signs_that_end_words(text, expected):
    assert tokens(text, "ita_Latn") == expected


def test_brackets_between_letters_differ_by_language():
    assert tokens("Student(in)", "deu_Latn") == ["Student", "(", "in", ")"]
    assert tokens("member(s)", "eng_Latn") == ["member(s", ")"]
