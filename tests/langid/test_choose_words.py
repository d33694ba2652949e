"""The words of a model's table: which are worth it, and what is said of each."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from eurosift.filters.buffers import string_buffers
from eurosift.langid.choose_words import known_words
from eurosift.langid.corpus import Line
from eurosift.langid.known_words import hash_words
from eurosift.langid.recipe import KnownWords

DUTCH = ["gemeenschappelijke", "nederlandse", "fiets"]
"""The model knows the first, and says Danish and Afrikaans of the others."""
FACTORS = {50: (1, 0.5, 0.3), 20: (1, 0.3, 0.1)}


def listed(**lists):
    rows = [(f"{code}_Latn", word) for code, words in lists.items() for word in words]
    return pl.DataFrame(rows, schema=["language", "word"], orient="row")


def text(code, words, times=1):
    return [Line(f"{code}_Latn", words, "made", "sent")] * times


def settings(**changes):
    usual = {"words": 1000, "sets": 100, "shares": (0.2,), "factors": FACTORS, "alike": ()}
    return KnownWords(**(usual | changes))


@pytest.fixture
def levels(model_path):
    """Make a table; of each of some words that it has, the level of each language."""

    def choose(lists, lines=(), **changes):
        asked = settings(**changes)
        table = known_words(lists, lines, model_path, asked)
        assert (np.diff(table.keys.astype(np.int64)) > 0).all()
        assert len(table.keys) <= asked.words
        assert len(table.levels) <= asked.sets
        found = {}
        for word in [*lists["word"], *(word for line in lines for word in line.text.split())]:
            key = hash_words(*string_buffers(pa.array([word]))[:2])[0]
            at = np.flatnonzero(table.keys == key)
            if len(at):
                of_word = table.levels[table.sets[at[0]]].tolist()
                languages = (code[:3] for code in table.languages)
                found[word] = dict(zip(languages, of_word, strict=True))
        return found

    return choose


@pytest.fixture
def chosen(levels):
    """Make a table; of each of some words that it has, the languages where it is most usual."""

    def choose(*args, **changes):
        return {
            word: " ".join(code for code, level in of_word.items() if level == 0)
            for word, of_word in levels(*args, **changes).items()
        }

    return choose


def test_words_that_the_model_is_wrong_about_come_before_those_that_it_knows(chosen):
    assert chosen(listed(dan=["kirke"], nld=DUTCH[:2]), words=1) == {"nederlandse": "nld"}


def test_frequent_words_come_before_rare_ones(chosen):
    lists = listed(dan=["kirke"], nld=["nederlandse", "regering"])
    assert chosen(lists, words=1) == {"nederlandse": "nld"}
    lines = text("nld", "regering", 5) + text("nld", "gemeenschappelijke")
    assert chosen(lists, lines, words=1) == {"regering": "nld"}


def test_words_of_several_lists_have_all_their_languages(chosen):
    found = chosen(listed(fra=["fiets", "maison"], nld=["fiets"], afr=["kamer"]))
    assert found["fiets"] == "fra nld"


def test_a_word_speaks_less_against_lists_that_have_it_though_it_is_far_less_usual(levels):
    lists = listed(afr=["fiets", "kamer"], nld=["fiets"], swe=["bil"])
    assert "fiets" in levels(lists)
    found = levels(lists, text("nld", "fiets") + text("swe", "bil"))
    assert found["fiets"] == {"afr": 1, "nld": 0, "swe": 2}


@pytest.mark.parametrize(("share", "level"), [(0.1, 0), (0.3, 1)])
def test_levels_go_by_shares_of_the_greatest(levels, share, level):
    # A fifth of the words that are Danish, and all that are Dutch.
    lines = text("nld", "nederlandse") + text("dan", "nederlandse") + text("dan", "hvad", 4)
    lists = listed(dan=["kirke"], nld=["huis"], afr=["kamer"])
    factors = {20: (1, 0.3, 0.1, 0.05)}
    found = levels(lists, lines, shares=(share, 0.001), factors=factors)
    assert found["nederlandse"] == {"afr": 3, "dan": level, "nld": 0}


def test_words_of_languages_without_a_list_speak_against_all_that_have_one(chosen):
    lists = listed(dan=["kirke"], swe=["bil"])
    assert chosen(lists, text("nob", "huset", 2))["huset"] == ""
    assert "huset" not in chosen(lists, text("nob", "huset"))
    made = [Line("zxx", "huset", "made", "ui")] * 2
    assert "huset" not in chosen(lists, made)


def test_words_of_text_count_if_they_are_in_no_list(chosen):
    assert chosen(listed(dan=["kirke"], swe=["bil"]), text("dan", "huset"))["huset"] == "dan"


def test_only_what_is_wrong_for_the_24_counts(chosen):
    # Norwegian taken for Icelandic, say: neither is one of the 24.
    lists = listed(nob=["þetta"], isl=["hér"], deu=["haus"])
    assert "þetta" not in chosen(lists)
    assert chosen(listed(swe=["þetta"], isl=["hér"]))["þetta"] == "swe"


def test_languages_that_are_alike_are_one(chosen):
    lists = listed(hrv=["nederlandse"], dan=["kirke"])
    group = [["hrv_Latn", "srp_Latn"]]
    assert chosen(lists, alike=group)["nederlandse"] == "hrv srp"
    lists = listed(hrv=["drugo"], dan=["kirke"])
    assert chosen(lists, text("srp", "nederlandse"), alike=group)["nederlandse"] == "hrv srp"


def test_words_of_the_commonest_sets_are_taken(chosen):
    lists = listed(nld=DUTCH[1:], swe=["huset"], dan=["kirke"], afr=["hy"])
    assert set(chosen(lists)) >= {"nederlandse", "fiets", "huset"}
    lines = text("nld", "nederlandse fiets")
    assert set(chosen(lists, lines, sets=1)) == {"nederlandse", "fiets"}


def test_sets_of_many_words_come_first_and_no_other_is_kept(model_path):
    lists = listed(nld=[*DUTCH, "regering"], swe=["huset"], dan=["kirke"], afr=["hy"])
    table = known_words(lists, [], model_path, settings())
    counts = np.bincount(table.sets, minlength=len(table.levels))
    assert counts[0] > 1
    assert (np.diff(counts) <= 0).all()
    assert counts.all()
    assert len(np.unique(table.levels, axis=0)) == len(table.levels)


def test_factors_are_those_of_the_recipe_by_length(model_path):
    table = known_words(listed(nld=DUTCH, dan=["kirke"]), [], model_path, settings())
    assert table.lengths == (20, 50)
    assert table.factors.tolist() == [[1, 0.3, 0.1], [1, 0.5, 0.3]]


def test_words_are_as_the_model_sees_them(model_path):
    lists = listed(swe=["bil-bil", "på".replace("å", "a\u030a")], dan=["kirke"])
    table = known_words(lists, [], model_path, settings())
    assert hash_words(*string_buffers(pa.array(["på"]))[:2])[0] in table.keys


def test_the_order_of_rows_does_not_matter(model_path):
    lists = listed(dan=["kirke", "fiets"], nld=DUTCH, fra=["maison", "nederlandse"])
    one, two = (known_words(x, [], model_path, settings(words=5)) for x in (lists, lists.reverse()))
    assert len(one.keys)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
