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
    MOST_BYTES,
    KnownWords,
    WordsFile,
    dump_words,
    hash_words,
    load_words,
)

CODES = ("dan_Latn", "deu_Latn", "nld_Latn", "nno_Latn")
LISTED = ("dan_Latn", "deu_Latn", "nld_Latn", "swe_Latn")
LISTS = {"hus": "0222", "haus": "2012", "huis": "1202", "dag": "0201", "fjord": "2222", "å": "0122"}
"""Words with their levels in the languages that have a list."""
LENGTHS = (12, 30)
FACTORS = ((1.0, 0.5, 0.25), (1.0, 0.8, 0.5))


def table(lists=LISTS, factors=FACTORS):
    """A table of these words."""
    kinds = sorted(set(lists.values()))
    keys = hash_words(*string_buffers(pa.array(list(lists)))[:2])
    order = np.argsort(keys)
    sets = np.array([kinds.index(kind) for kind in lists.values()], np.uint16)
    levels = np.array([list(map(int, kind)) for kind in kinds], np.uint8)
    levels = levels.reshape(-1, len(LISTED))
    return WordsFile(LISTED, LENGTHS, np.array(factors), keys[order], sets[order], levels)


def weigh(text, scores, factors=FACTORS):
    """Labels and scores after a look at the words, best first."""
    order = sorted(scores, key=lambda code: -scores[code])
    labels = np.full((1, 16), -1, np.int32)
    best = np.zeros((1, 16), np.float32)
    for i, code in enumerate(order):
        labels[0, i], best[0, i] = CODES.index(code), scores[code]
    characters = np.array([len(text or "")], np.int32)
    known = KnownWords(CODES, table(factors=factors))
    known.weigh(string_buffers(pa.array([text], pa.string())), characters, labels, best)
    pairs = zip(labels[0].tolist(), best[0].tolist(), strict=True)
    return [(CODES[label], score) for label, score in pairs if label >= 0]


def plainly(text, scores):
    """What `weigh` should say, in plain Python."""
    found = dict(scores)
    factors = next((f for n, f in zip(LENGTHS, FACTORS, strict=True) if len(text) < n), None)
    for word in text.split() if factors else ():
        for code, level in zip(LISTED, LISTS.get(word, "0000"), strict=True):
            if code in found:
                found[code] *= factors[int(level)]
    scale = sum(scores.values()) / sum(found.values())
    return {code: score * scale for code, score in found.items()}


def damaged(**changes):
    """A file whose header says something else."""
    head, _, body = zlib.decompress(dump_words(table())).partition(b"\n")
    return zlib.compress(json.dumps(json.loads(head) | changes).encode() + b"\n" + body)


def test_a_word_speaks_against_languages_where_it_is_less_usual():
    found = weigh("huis", {"deu_Latn": 0.6, "nld_Latn": 0.3})
    assert [code for code, _ in found] == ["nld_Latn", "deu_Latn"]
    assert dict(found) == pytest.approx({"nld_Latn": 0.6, "deu_Latn": 0.3})


def test_it_speaks_less_against_those_where_it_is_less_unusual():
    found = dict(weigh("huis", {"dan_Latn": 0.4, "deu_Latn": 0.4, "nld_Latn": 0.2}))
    assert found == pytest.approx({"dan_Latn": 0.4, "deu_Latn": 0.2, "nld_Latn": 0.4})


def test_in_a_longer_text_a_word_says_less_and_in_a_long_one_nothing():
    scores = {"deu_Latn": 0.5, "nld_Latn": 0.5}
    texts = (f"huis {'x' * n}" for n in (6, 7, 24, 25))
    shares = [dict(weigh(text, scores))["nld_Latn"] for text in texts]
    assert shares == pytest.approx([0.8, 2 / 3, 2 / 3, 0.5])


def test_languages_without_a_list_are_not_spoken_against():
    found = dict(weigh("fjord", {"dan_Latn": 0.8, "nno_Latn": 0.2}))
    assert found == pytest.approx({"dan_Latn": 0.5, "nno_Latn": 0.5})


@pytest.mark.parametrize("text", ["", "unknown", "hus dag", None])
def test_where_no_word_speaks_against_a_label_nothing_changes(text):
    scores = {"dan_Latn": 0.7, "nno_Latn": 0.2}
    assert weigh(text, scores) == [(code, float(np.float32(s))) for code, s in scores.items()]


def test_equal_scores_keep_their_order():
    found = weigh("hus", {"deu_Latn": 0.4, "nld_Latn": 0.4, "dan_Latn": 0.2})
    assert [code for code, _ in found] == ["dan_Latn", "deu_Latn", "nld_Latn"]


def test_scores_that_vanish_are_left():
    factors = ((1.0, 1.0, 1e-20),) * 2
    assert weigh("haus haus haus", {"dan_Latn": 1e-30}, factors) == [("dan_Latn", 0.0)]


@given(
    st.lists(st.sampled_from([*LISTS, "wort", "x"]), max_size=8).map(" ".join),
    st.dictionaries(st.sampled_from(CODES), st.floats(0.01, 1), min_size=1),
)
def test_the_kernel_says_what_plain_python_says(text, scores):
    found = weigh(text, scores)
    assert dict(found) == pytest.approx(plainly(text, scores), rel=1e-4)
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)


@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from([*LISTS, "wort"]), max_size=8).map(" ".join),
            st.floats(0.01, 1),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rows_do_not_depend_on_each_other(rows):
    labels = np.tile(np.array([[0, 1, 2, *[-1] * 13]], np.int32), (len(rows), 1))
    scores = np.zeros((len(rows), 16), np.float32)
    scores[:, :3] = [(score, score, score / 2) for _, score in rows]
    characters = np.array([len(text) for text, _ in rows], np.int32)
    lines = string_buffers(pa.array([text for text, _ in rows]))
    KnownWords(CODES, table()).weigh(lines, characters, labels, scores)
    for row, (text, score) in enumerate(rows):
        alone = weigh(text, {"dan_Latn": score, "deu_Latn": score, "nld_Latn": score / 2})
        found = zip(labels[row, :3].tolist(), scores[row, :3].tolist(), strict=True)
        assert [(CODES[label], given_score) for label, given_score in found] == alone


@given(st.dictionaries(st.text("abcdeøżλ", min_size=1), st.sampled_from(sorted(LISTS.values()))))
def test_a_table_is_read_as_it_was_written(lists):
    written = table(lists)
    read = load_words(dump_words(written), "x.words")
    assert (read.languages, read.lengths) == (LISTED, LENGTHS)
    for name in ("factors", "keys", "sets", "levels"):
        assert np.array_equal(getattr(read, name), getattr(written, name)), name
        assert getattr(read, name).dtype == getattr(written, name).dtype


@given(st.data())
def test_of_damaged_bytes_none_make_a_table_that_breaks_the_kernel(data):
    head, _, body = zlib.decompress(dump_words(table())).partition(b"\n")
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= data.draw(st.integers(1, 255))
    try:
        read = load_words(zlib.compress(head + b"\n" + changed), "x.words")
    except ModelError:
        return
    assert (np.diff(read.keys.astype(np.int64)) > 0).all()
    assert read.keys.max() < 1 << KEY_BITS
    assert read.sets.max() < len(read.levels)
    assert read.levels.max() < read.factors.shape[1]


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
        dump_words(table()) + b"more",
        zlib.compress(b"[" * 100_000),
        zlib.compress(bytes(MOST_BYTES + 1), 1),
        zlib.compress(b"{}\n"),
        zlib.compress(b"no header"),
        damaged(version=1),
        damaged(words=3),
        damaged(words=-1),
        damaged(words=None),
        damaged(words=float("inf")),
        damaged(languages="dnjs"),
        damaged(languages=[1, 2, 3, 4]),
        damaged(sets=1),
        damaged(lengths=[]),
        damaged(lengths=[30]),
        damaged(lengths=[30, 12]),
        damaged(lengths=None),
        damaged(factors=[1, 0.5]),
        damaged(factors=[[1, 0.5], [1, 0.5]]),
        damaged(factors=[[1, 0.5, 0.1], [1, 0.5]]),
        damaged(factors=[[1, 0.5, 0], [1, 0.5, 0.1]]),
        damaged(factors=[[1, 0.5, 2], [1, 0.5, 0.1]]),
        damaged(factors=[[1, 0.5, float("nan")], [1, 0.5, 0.1]]),
        damaged(factors=None),
        dump_words(table()._replace(sets=np.full(len(LISTS), 99, np.uint16))),
        dump_words(table()._replace(levels=table().levels + np.uint8(9))),
        dump_words(table()._replace(keys=np.zeros(len(LISTS), np.uint32))),
        dump_words(table()._replace(keys=table().keys + np.uint32(1 << KEY_BITS))),
    ],
)
def test_a_damaged_table_is_refused_by_name(data):
    with pytest.raises(ModelError, match=r"^x\.words: no table of words, or damaged"):
        load_words(data, "x.words")
