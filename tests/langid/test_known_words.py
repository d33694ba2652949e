"""The second look at short texts: the table's file, and what words do to scores."""

import json
import zlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.buffers import string_buffers
from eurosift.langid.errors import ModelError
from eurosift.langid.known_words import (
    KEY_BITS,
    KnownWords,
    WordsFile,
    dump_words,
    hash_words,
    load_words,
)

CODES = ("dan_Latn", "deu_Latn", "nld_Latn", "nno_Latn")
LISTED = ("dan_Latn", "deu_Latn", "nld_Latn", "swe_Latn")
LISTS = {"hus": "dan", "haus": "deu", "huis": "nld", "dag": "dan nld", "fjord": "", "å": "dan"}


def table(lists=LISTS, factor=0.25):
    """A table of these words, each with the languages whose lists have it."""
    kinds = sorted(set(lists.values()))
    members = [[code[:3] in kind.split() for code in LISTED] for kind in kinds]
    keys = hash_words(*string_buffers(pa.array(list(lists)))[:2])
    order = np.argsort(keys)
    sets = np.array([kinds.index(kind) for kind in lists.values()], np.uint16)
    known = np.array(members, np.bool_).reshape(-1, len(LISTED))
    return WordsFile(LISTED, factor, keys[order], sets[order], known)


def weigh(text, scores, lists=LISTS, factor=0.25):
    """Labels and scores after a look at the words, best first."""
    order = sorted(scores, key=lambda code: -scores[code])
    labels = np.full((1, 16), -1, np.int32)
    best = np.zeros((1, 16), np.float32)
    for i, code in enumerate(order):
        labels[0, i], best[0, i] = CODES.index(code), scores[code]
    KnownWords(CODES, table(lists, factor)).weigh(string_buffers(pa.array([text])), labels, best)
    pairs = zip(labels[0].tolist(), best[0].tolist(), strict=True)
    return [(CODES[label], score) for label, score in pairs if label >= 0]


def plainly(text, scores, lists, factor):
    """What `weigh` should say, in plain Python."""
    found = dict(scores)
    for word in text.split():
        if word in lists:
            for code in found:
                if code in LISTED and code[:3] not in lists[word].split():
                    found[code] *= factor
    scale = sum(scores.values()) / sum(found.values())
    return {code: score * scale for code, score in found.items()}


def damaged(**changes):
    """A file whose header says something else."""
    head, _, body = zlib.decompress(dump_words(table())).partition(b"\n")
    return zlib.compress(json.dumps(json.loads(head) | changes).encode() + b"\n" + body)


def test_a_word_speaks_against_lists_that_do_not_have_it():
    found = weigh("huis", {"deu_Latn": 0.6, "nld_Latn": 0.3})
    assert [code for code, _ in found] == ["nld_Latn", "deu_Latn"]
    assert dict(found) == pytest.approx({"nld_Latn": 0.6, "deu_Latn": 0.3})


def test_languages_without_a_list_are_not_spoken_against():
    found = dict(weigh("fjord", {"dan_Latn": 0.8, "nno_Latn": 0.2}))
    assert found == pytest.approx({"dan_Latn": 0.5, "nno_Latn": 0.5})


@pytest.mark.parametrize("text", ["", "unknown words", "hus dag", None])
def test_where_no_word_speaks_against_a_label_nothing_changes(text):
    scores = {"dan_Latn": 0.7, "nno_Latn": 0.2}
    assert weigh(text, scores) == [(code, float(np.float32(s))) for code, s in scores.items()]


def test_equal_scores_keep_their_order():
    found = weigh("hus", {"deu_Latn": 0.4, "nld_Latn": 0.4, "dan_Latn": 0.2})
    assert [code for code, _ in found] == ["dan_Latn", "deu_Latn", "nld_Latn"]


def test_scores_that_vanish_are_left():
    assert weigh("haus " * 9, {"dan_Latn": 1e-30}, factor=1e-20) == [("dan_Latn", 0.0)]


@given(
    st.lists(st.sampled_from([*LISTS, "wort", "x"]), max_size=6).map(" ".join),
    st.dictionaries(st.sampled_from(CODES), st.floats(0.01, 1), min_size=1),
    st.floats(0.1, 1),
)
def test_the_kernel_says_what_plain_python_says(text, scores, factor):
    found = weigh(text, scores, factor=factor)
    assert dict(found) == pytest.approx(plainly(text, scores, LISTS, factor), rel=1e-4)
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


@given(st.dictionaries(st.text("abcdeøżλ", min_size=1), st.sampled_from(sorted(LISTS.values()))))
def test_a_table_is_read_as_it_was_written(lists):
    written = table(lists)
    read = load_words(dump_words(written), "x.words")
    assert (read.languages, read.factor) == (LISTED, 0.25)
    for name in ("keys", "sets", "members"):
        assert np.array_equal(getattr(read, name), getattr(written, name)), name
        assert getattr(read, name).dtype == getattr(written, name).dtype


def test_keys_are_of_28_bits_and_spread_over_them():
    words = [f"wort{n}" for n in range(2000)]
    keys = hash_words(*string_buffers(pa.array(words))[:2])
    assert keys.max() < 1 << KEY_BITS
    assert len(np.unique(keys)) == len(words)
    assert len(np.unique(keys >> (KEY_BITS - 4))) == 16


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no table",
        dump_words(table())[:-9],
        zlib.compress(b"{}\n"),
        zlib.compress(b"no header"),
        damaged(version=2),
        damaged(words=3),
        damaged(words=-1),
        damaged(words=None),
        damaged(sets=1),
        dump_words(table()._replace(sets=np.full(len(LISTS), 99, np.uint16))),
        dump_words(table()._replace(keys=np.zeros(len(LISTS), np.uint32))),
        dump_words(table()._replace(keys=table().keys + np.uint32(1 << KEY_BITS))),
    ],
)
def test_a_damaged_table_is_refused_by_name(data):
    with pytest.raises(ModelError, match=r"^x\.words: no table of words, or damaged"):
        load_words(data, "x.words")
