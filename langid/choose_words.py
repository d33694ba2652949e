"""The table of known words of a model: of all words of lists, those that it is wrong about.

How usual a word is in a language is counted in the training text; what the language's list has
beyond it counts as rare. Of how usual a word is in a language, as a share of how usual it is where
it is most usual, which may be a language without a list, there are a few levels; each leaves to the
language a factor of what the model gives to it.

What that changes in what the model says of the word alone, times how usual the word is, is what it
is worth to keep the word: the mean of what a word of running text gains in log-likelihood. In a
text of two words the model is less sure than of the word alone, so the square roots of its scores
are taken. Only what matters for the 24 counts, for which all other languages are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from eurosift.filters.arrays import Bools, Float64s, Int64s, UInt8s, UInt16s
from eurosift.filters.buffers import string_buffers
from eurosift.langid.corpus import NOT_LANGUAGE, Line
from eurosift.langid.excerpts import excerpts
from eurosift.langid.known_words import WIDTH, WordsFile, hash_words
from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.points import WHOLE, spans
from eurosift.langid.recipe import KnownWords

LISTED = 1e-6
"""Share of a text's words that is added for a word that is in a list."""
TWICE = 2
"""So often a word must occur in text of a language without a list: it may be misspelt."""
LEAST = 1e-6
"""The model is taken to give at least this to a language."""
BATCH = 50_000


class Usual(NamedTuple):
    """How usual words are.

    Attributes
    ----------
    words
        Sorted, none twice.
    starts
        int64, shape (n_words + 1,): where the entries of each word begin, and the last ones end.
    places
        int64, shape (n_entries,): number of a label in which the word is usual.
    shares
        float64, shape (n_entries,): share of the words of a text in that language.
    listed
        bool, shape (n_entries,): whether the word is in the language's list.
    """

    words: pl.Series
    starts: Int64s
    places: Int64s
    shares: Float64s
    listed: Bools


def known_words(
    lists: pl.DataFrame, lines: Iterable[Line], model: Path, settings: KnownWords
) -> WordsFile:
    """Choose the words of a model's table.

    Parameters
    ----------
    lists
        Columns ``language`` and ``word``, once each, as `eurosift.langid.word_lists.read_lists`
        gives them.
    lines
        Training text, without lines that are made of lists.
    model
        The fastText model.
    settings
        How many words and sets, the levels and their factors.
    """
    # As it is: without what known words and close languages change.
    judge = LanguageModel(model, normalised=False)
    listed = _normal(lists.filter(pl.col("language").is_in(judge.languages)))
    has_list = set(listed["language"])
    alike = [group for group in settings.alike if not has_list.isdisjoint(group)]
    languages = sorted(has_list.union(*alike) & set(judge.languages))
    usual = _usual(listed, _counts(lines), judge.languages, alike)
    numbers: dict[bytes, int] = {}
    kinds, worth = [], []
    for levels, gained in _judged(usual, languages, judge, settings):
        rows, at = np.unique(levels, axis=0, return_inverse=True)
        found = [numbers.setdefault(row.tobytes(), len(numbers)) for row in rows]
        kinds.append(np.array(found)[at.ravel()])
        worth.append(gained)
    kind, worth_of = np.concatenate(kinds), np.concatenate(worth)
    of_kind = np.bincount(kind, np.maximum(worth_of, 0), len(numbers))
    best = np.argsort(-of_kind, kind="stable")[: settings.sets]
    order = np.argsort(-worth_of, kind="stable")
    order = order[(worth_of[order] > 0) & np.isin(kind[order], best)][: settings.words]
    taken = string_buffers(usual.words.gather(order).to_arrow())
    # Of words with one key, the one that is worth most.
    keys, firsts = np.unique(hash_words(taken.data, taken.offsets), return_index=True)
    sets = np.frombuffer(b"".join(numbers), np.uint8).reshape(len(numbers), len(languages))
    lengths = sorted(settings.factors)
    return WordsFile(
        tuple(languages),
        tuple(lengths),
        np.array([settings.factors[length] for length in lengths]),
        keys,
        *_numbered(kind[order[firsts]], sets),
    )


def _numbered(kinds: Int64s, sets: UInt8s) -> tuple[UInt16s, UInt8s]:
    """Number the sets that words have: those of many words first, and such as are alike together.

    Most sets are those of one word; in this order they need the least room in a file.

    Returns
    -------
    uint16, shape (n_words,), the new numbers; uint8, shape (n_used, n_languages), the sets.
    """
    used, old, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    levels = sets[used]
    order = np.lexsort((*levels.T[::-1], -counts))
    new = np.empty(len(order), np.uint16)
    new[order] = np.arange(len(order))
    return new[old], levels[order]


def _normal(lists: pl.DataFrame) -> pl.DataFrame:
    """Words as the model sees them; those that it sees as several are left out."""
    words = lists["word"].unique().sort()
    read = excerpts(spans(string_buffers(words.to_arrow())), WHOLE, 1, normalised=True)
    ends = zip(read.offsets[:-1].tolist(), read.offsets[1:].tolist(), strict=True)
    text = read.data.tobytes()
    normal = pl.Series([text[start:end].decode() for start, end in ends], dtype=pl.String)
    table = pl.DataFrame({"word": words, "normal": normal}).filter(
        ~pl.col("normal").str.contains(" "), pl.col("normal") != ""
    )
    return lists.join(table, on="word").select("language", pl.col("normal").alias("word")).unique()


def _counts(lines: Iterable[Line]) -> pl.DataFrame:
    """How often each word occurs in text of each language: ``language``, ``word``, ``n``."""
    rows = [(line.language, line.text) for line in lines if line.language != NOT_LANGUAGE]
    return (
        pl.DataFrame(rows, schema={"language": pl.String, "text": pl.String}, orient="row")
        .lazy()
        .select("language", pl.col("text").str.split(" ").alias("word"))
        .explode("word")
        .group_by("language", "word")
        .agg(pl.len().alias("n"))
        .collect()
    )


def _usual(
    listed: pl.DataFrame,
    counts: pl.DataFrame,
    labels: Sequence[str],
    alike: Sequence[Sequence[str]],
) -> Usual:
    """How usual all words are; in languages that are alike, as in that where they are most so."""
    in_lists = listed.with_columns(share=pl.lit(LISTED), listed=pl.lit(True))  # noqa: FBT003
    with_list = set(listed["language"]).union(*alike)
    has_list = pl.col("language").is_in(sorted(with_list))
    in_text = (
        counts.with_columns(share=pl.col("n") / pl.col("n").sum().over("language"))
        .filter(has_list | (pl.col("n") >= TWICE))
        .select("language", "word", "share", listed=pl.lit(False))  # noqa: FBT003
    )
    numbers = {code: place for place, code in enumerate(labels)}
    entries = (
        pl.concat([in_lists, in_text])
        .filter(pl.col("language").is_in(labels))
        .group_by("word", "language")
        .agg(pl.col("share").sum(), pl.col("listed").any())
    )
    for group in alike:
        is_of = pl.col("language").is_in(list(group))
        most = entries.filter(is_of).group_by("word").agg(pl.col("share", "listed").max())
        members = pl.DataFrame({"language": [code for code in group if code in numbers]})
        of_all = most.join(members, how="cross").select(entries.columns)
        entries = pl.concat([entries.filter(~is_of), of_all])
    entries = entries.with_columns(
        pl.col("language").replace_strict(numbers, return_dtype=pl.Int64)
    ).sort("word", "language")
    words = entries.select(pl.col("word").rle().struct.unnest())
    return Usual(
        words["value"],
        np.concatenate([[0], words["len"].to_numpy().cumsum(dtype=np.int64)]),
        entries["language"].to_numpy(),
        entries["share"].to_numpy(),
        entries["listed"].to_numpy(),
    )


def _judged(
    usual: Usual, languages: Sequence[str], model: LanguageModel, settings: KnownWords
) -> Iterator[tuple[UInt8s, Float64s]]:
    """Yield levels (uint8, (n, n_languages)) and worth (float64, (n,)) of batches of words."""
    labels = model.languages
    of_list = np.array([labels.index(code) for code in languages])
    ours = np.array([*(code in EU24 for code in labels), False])  # the last is for no label
    # Of the shortest texts; the last is for labels without a list.
    factors = np.array([*settings.factors[min(settings.factors)], 1.0])
    for start in range(0, len(usual.words), BATCH):
        stop = min(start + BATCH, len(usual.words))
        starts = usual.starts[start : stop + 1]
        entries = slice(starts[0], starts[-1])
        some = Usual(
            usual.words[start:stop],
            starts - starts[0],
            usual.places[entries],
            usual.shares[entries],
            usual.listed[entries],
        )
        levels = _levels(some, of_list, len(ours), settings.shares)
        yield levels[:, of_list], _worth(some, factors[levels], ours, model)


def _levels(usual: Usual, of_list: Int64s, n_labels: int, least: Sequence[float]) -> UInt8s:
    """Level of each word in each label: shape (n_words, n_labels)."""
    unlisted, free = len(least) + 1, len(least) + 2
    rows = np.repeat(np.arange(len(usual.words)), np.diff(usual.starts))
    most = np.maximum.reduceat(usual.shares, usual.starts[:-1])
    level = np.searchsorted(-np.array(least), -usual.shares / most[rows])
    level[(level == len(least)) & ~usual.listed] = unlisted
    levels = np.full((len(usual.words), n_labels), free, np.uint8)
    levels[:, of_list] = unlisted
    has_list = levels[rows, usual.places] == unlisted
    levels[rows[has_list], usual.places[has_list]] = level[has_list]
    return levels


def _worth(usual: Usual, factors: Float64s, ours: Bools, model: LanguageModel) -> Float64s:
    """What each word is worth, given the factor of each label: shape (n_words,)."""
    n = len(usual.words)
    rows = np.repeat(np.arange(n), np.diff(usual.starts))
    found, scores = model.classify(string_buffers(usual.words.to_arrow()), WIDTH)
    before = _scaled(np.sqrt(scores.astype(np.float64)))
    after = _scaled(before * np.take_along_axis(factors, found, axis=1))
    # Of each label its place among those found; WIDTH, a column of nothing, if it is not.
    at = np.full((n, len(ours)), WIDTH, np.uint8)
    np.put_along_axis(at, found, np.arange(WIDTH, dtype=np.uint8)[None], axis=1)
    gains = np.zeros((n, WIDTH + 1))
    gains[:, :WIDTH] = _gain(before, after)
    theirs = np.where(ours[found], 0.0, 1.0)
    of_rest = _gain((before * theirs).sum(axis=1), (after * theirs).sum(axis=1))
    own = ours[usual.places]
    gained = np.where(own, gains[rows, at[rows, usual.places]], of_rest[rows])
    return np.bincount(rows, usual.shares * gained, n).astype(np.float64)


def _scaled(scores: Float64s) -> Float64s:
    """Scores of each row with a sum of 1."""
    scaled: Float64s = scores / np.maximum(scores.sum(axis=1, keepdims=True), LEAST)
    return scaled


def _gain(before: Float64s, after: Float64s) -> Float64s:
    """What is gained in log-likelihood."""
    gain: Float64s = np.log(np.maximum(after, LEAST) / np.maximum(before, LEAST))
    return gain
