"""Lines from lists of words: which words are taken, and how they make lines."""

import polars as pl
import pytest

from eurosift.langid.recipe import WordLists
from eurosift.langid.word_lists import read_words, word_lines

SETTINGS = WordLists(most=2, but="eng_Latn", longest=3)
LANGUAGES = ("deu_Latn", "eng_Latn", "nld_Latn", "swe_Latn", "srp_Latn")


@pytest.fixture
def taken(tmp_path):
    def read(*rows):
        path = tmp_path / "lists.parquet"
        pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(path)
        return set(read_words(path, LANGUAGES, SETTINGS).iter_rows())

    return read


def words(n):
    letters = "abcdefghij"
    listed = [f"wort{letters[k // 10 % 10]}{letters[k % 10]}" for k in range(n)]
    return pl.DataFrame({"language": ["deu_Latn"] * n, "word": listed})


def test_words_of_many_lists_are_left_out(taken):
    rows = [(code, "radio") for code in ("de", "nl", "sv")] + [("de", "haus"), ("nl", "haus")]
    assert taken(*rows) == {("deu_Latn", "haus"), ("nld_Latn", "haus")}


def test_words_of_english_are_left_out_of_other_lists_only(taken):
    rows = [("en", "house"), ("de", "house"), ("de", "haus")]
    assert taken(*rows) == {("eng_Latn", "house"), ("deu_Latn", "haus")}


@pytest.mark.parametrize("word", ["Haus", "HAUS", "ab", "x" * 19, "h4us", "haus.de", "'haus", ""])
def test_what_is_no_common_word_is_left_out(taken, word):
    assert taken(("de", word), ("de", "l'été"), ("de", "e-mail")) == {
        ("deu_Latn", "l'été"),
        ("deu_Latn", "e-mail"),
    }


def test_only_languages_of_the_recipe_are_taken(taken):
    assert taken(("fr", "maison"), ("not a language", "maison"), ("de", "haus")) == {
        ("deu_Latn", "haus")
    }


def test_two_labels_of_one_language_are_one_list(taken):
    assert taken(("de", "haus"), ("deu", "haus"), ("nl", "haus")) == {
        ("deu_Latn", "haus"),
        ("nld_Latn", "haus"),
    }


def test_lines_are_of_one_to_so_many_words_each_used_once():
    lines = word_lines(words(100), 1000, "key", 3)["deu_Latn"]
    lengths = {len(line.split()) for line in lines}
    assert lengths == {1, 2, 3}
    used = [word for line in lines for word in line.split()]
    assert len(set(used)) == len(used)
    assert set(used) <= set(words(100)["word"])
    assert len(used) > 97


def test_the_cap_and_the_key_choose_and_the_order_of_rows_does_not():
    found = word_lines(words(100), 10, "key", 3)
    assert len(found["deu_Latn"]) == 10
    assert word_lines(words(100).reverse(), 10, "key", 3) == found
    assert word_lines(words(100), 10, "other", 3) != found


def test_words_in_another_script_are_left_out():
    rows = pl.DataFrame({"language": ["srp_Latn"] * 2, "word": ["кућа", "kuća"]})
    assert word_lines(rows, 10, "key", 1) == {"srp_Latn": ["kuća"]}


def test_rows_without_word_or_language_are_left_out(taken):
    assert taken(("de", "haus"), ("de", None), (None, "maus")) == {("deu_Latn", "haus")}
