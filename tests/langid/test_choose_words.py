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

GERMAN = ["deutschland", "geschwindigkeit", "zeitung"]
DUTCH = ["nederlandse", "gemeenschappelijke", "zeitung"]
"""The last is German, and the model says so."""


def listed(**lists):
    rows = [(f"{code}_Latn", word) for code, words in lists.items() for word in words]
    return pl.DataFrame(rows, schema=["language", "word"], orient="row")


def text(code, words, times=1):
    return [Line(f"{code}_Latn", words, "made", "sent")] * times


@pytest.fixture
def chosen(model_path):
    """Make a table; the languages of each of some words that it has."""

    def choose(lists, lines=(), words=1000, sets=100, alike=()):
        settings = KnownWords(words=words, sets=sets, factor=0.1, alike=alike)
        table = known_words(lists, lines, model_path, settings)
        assert (np.diff(table.keys.astype(np.int64)) > 0).all()
        assert len(table.keys) <= words
        assert len(table.members) <= sets
        found = {}
        for word in [*lists["word"], *(word for line in lines for word in line.text.split())]:
            key = hash_words(*string_buffers(pa.array([word]))[:2])[0]
            at = np.flatnonzero(table.keys == key)
            if len(at):
                members = table.members[table.sets[at[0]]]
                pairs = zip(table.languages, members, strict=True)
                found[word] = " ".join(code[:3] for code, has in pairs if has)
        return found

    return choose


def test_words_that_the_model_is_wrong_about_come_before_those_that_it_knows(chosen):
    lists = listed(deu=GERMAN[:2], nld=DUTCH)
    assert chosen(lists, words=1) == {"zeitung": "nld"}
    assert chosen(listed(deu=GERMAN, nld=DUTCH[:2]), words=1) != {"zeitung": "deu"}


def test_frequent_words_come_before_rare_ones(chosen):
    lists = listed(deu=GERMAN[:1], nld=["zeitung", "geschwindigkeit"])
    lines = text("nld", "geschwindigkeit", 5) + text("nld", "gemeenschappelijke")
    assert chosen(lists, lines, words=1) == {"geschwindigkeit": "nld"}


def test_words_of_several_lists_have_all_their_languages(chosen):
    found = chosen(listed(fra=["zeitung", "maison"], nld=["zeitung"], deu=["haus"]))
    assert found["zeitung"] == "fra nld"


def test_words_of_languages_without_a_list_speak_against_all_that_have_one(chosen):
    lists = listed(deu=GERMAN, nld=DUTCH[:2])
    assert chosen(lists, text("nds", "wirtschaft", 2))["wirtschaft"] == ""
    assert "wirtschaft" not in chosen(lists, text("nds", "wirtschaft"))
    assert "wirtschaft" not in chosen(lists, text("deu", "wirtschaft", 2))
    made = [Line("zxx", "wirtschaft", "made", "ui")] * 2
    assert "wirtschaft" not in chosen(lists, made)


def test_only_what_is_wrong_for_the_24_counts(chosen):
    # Norwegian taken for Icelandic, say: neither is one of the 24.
    lists = listed(nob=["þetta"], isl=["hér"], deu=["haus"])
    assert "þetta" not in chosen(lists)
    assert chosen(listed(dan=["þetta"], isl=["hér"]))["þetta"] == "dan"


def test_lists_that_are_alike_are_one(chosen):
    lists = listed(hrv=["zeitung"], deu=["haus"])
    group = [["hrv_Latn", "srp_Latn"]]
    assert chosen(lists, alike=group)["zeitung"] == "hrv srp"


def test_words_of_the_commonest_sets_are_taken(chosen):
    lists = listed(nld=["zeitung", "geschwindigkeit"], fra=["wirtschaft"], deu=["haus"])
    assert set(chosen(lists)) >= {"zeitung", "geschwindigkeit", "wirtschaft"}
    assert set(chosen(lists, sets=1)) == {"zeitung", "geschwindigkeit"}


def test_words_are_as_the_model_sees_them(chosen, model_path):
    settings = KnownWords(words=10, sets=10, factor=0.1)
    lists = listed(nld=["zeitung-zeitung", "öffnung".replace("ö", "o\u0308")], deu=["haus"])
    table = known_words(lists, [], model_path, settings)
    assert hash_words(*string_buffers(pa.array(["öffnung"]))[:2])[0] in table.keys


def test_the_order_of_rows_does_not_matter(model_path):
    settings = KnownWords(words=5, sets=10, factor=0.1)
    lists = listed(deu=GERMAN, nld=DUTCH, fra=["maison", "zeitung"])
    one, two = (known_words(x, [], model_path, settings) for x in (lists, lists.reverse()))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
