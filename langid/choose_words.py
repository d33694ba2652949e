"""The table of known words of a model: of all words of lists, those that it is wrong about.

A list of words says which languages have a word. What the model gives to languages with a list that
does not have the word is wrong; how much that is, times how frequent the word is, is what it is
worth to keep it. Only what matters for the 24 counts: of words in none of their lists, what the
model gives to the 24. How frequent a word is, is counted in the training text; words of lists that
do not occur there have equal parts of the little that is left. Words that occur only in the text of
languages without a list speak against all that have one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from eurosift.filters.arrays import Bools, Float64s, Int64s
from eurosift.filters.buffers import string_buffers
from eurosift.langid.corpus import NOT_LANGUAGE, Line
from eurosift.langid.excerpts import excerpts
from eurosift.langid.known_words import WIDTH, WordsFile, hash_words
from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.points import WHOLE, spans
from eurosift.langid.recipe import KnownWords

UNSEEN = 0.05
"""Share of a text's words that stand in lists but not in the training text."""
RARE = 1e-7
"""Frequency that words which are in no list have at least."""
TWICE = 2
"""So often a word that is in no list must occur: it may be misspelt."""
LEAST = 1e-3
"""Of a word that the model is entirely wrong about, it counts as right to this share."""
BATCH = 100_000


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
        How many words and sets, and the factor.
    """
    listed = _alike(_normal(lists), settings.alike)
    words = _with_frequency(listed, _counts(lines))
    # As it is: without what known words and close languages change.
    judge = LanguageModel(model, normalised=False)
    languages = sorted(set(listed["language"]).intersection(judge.languages))
    kinds = words["languages"].unique().sort()
    members: Bools = np.array([[code in kind.split() for code in languages] for kind in kinds])
    number = words["languages"].replace_strict(kinds, np.arange(len(kinds))).to_numpy()
    wrong = _wrong(words["word"], number, members, languages, judge)
    worth = -np.log(np.maximum(1 - wrong, LEAST)) * words["frequency"].to_numpy()
    of_kind = np.bincount(number, worth, len(kinds))
    best = np.argsort(-of_kind, kind="stable")[: settings.sets]
    places = np.full(len(kinds), -1)
    places[best] = np.arange(len(best))
    order = np.argsort(-worth, kind="stable")
    order = order[(worth[order] > 0) & (places[number[order]] >= 0)][: settings.words]
    taken = string_buffers(words["word"].gather(order).to_arrow())
    # Of words with one key, the one that is worth most.
    keys, firsts = np.unique(hash_words(taken.data, taken.offsets), return_index=True)
    return WordsFile(
        tuple(languages),
        settings.factor,
        keys,
        places[number[order[firsts]]].astype(np.uint16),
        members[best],
    )


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


def _alike(words: pl.DataFrame, groups: Iterable[Sequence[str]]) -> pl.DataFrame:
    """Give what one language of a group has to all of it: others decide between them."""
    parts = [words]
    for group in groups:
        of_group = words.filter(pl.col("language").is_in(group)).select("word").unique()
        languages = pl.DataFrame({"language": list(group)})
        parts.append(of_group.join(languages, how="cross").select("language", "word"))
    return pl.concat(parts).unique()


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


def _with_frequency(listed: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """All words, sorted: ``word``, ``languages`` (codes of those that have it), ``frequency``."""
    of_lists = (
        listed.with_columns(unseen=UNSEEN / pl.len().over("language"))
        .group_by("word")
        .agg(pl.col("language").sort().str.join(" ").alias("languages"), pl.col("unseen").max())
    )
    others = (
        counts.filter(
            ~pl.col("language").is_in(listed["language"].unique().to_list()), pl.col("n") >= TWICE
        )
        .select("word")
        .unique()
        .join(of_lists, on="word", how="anti")
        .with_columns(languages=pl.lit(""), unseen=pl.lit(RARE))
    )
    seen = counts.with_columns(seen=pl.col("n") / pl.col("n").sum().over("language"))
    return (
        pl.concat([of_lists, others.select(of_lists.columns)])
        .join(seen.group_by("word").agg(pl.col("seen").max()), on="word", how="left")
        .select("word", "languages", frequency=pl.col("seen").fill_null(0) + pl.col("unseen"))
        .sort("word")
    )


def _wrong(
    words: pl.Series,
    number: Int64s,
    members: Bools,
    languages: Sequence[str],
    model: LanguageModel,
) -> Float64s:
    """Share that the model gives of each word to languages whose lists do not have it."""
    numbers = {code: place for place, code in enumerate(model.languages)}
    n_labels = len(numbers) + 1  # the last is for no label
    against = np.zeros((len(members), n_labels), np.bool_)
    against[:, [numbers[code] for code in languages]] = ~members
    ours = np.zeros(n_labels, np.bool_)
    ours[[numbers[code] for code in EU24 if code in numbers]] = True
    of_ours: Bools = (members & np.array([code in EU24 for code in languages])).any(axis=1)
    wrong = np.zeros(len(words))
    for start in range(0, len(words), BATCH):
        lines = string_buffers(words[start : start + BATCH].to_arrow())
        labels, scores = model.classify(lines, WIDTH)
        kinds = number[start : start + BATCH]
        counts = against[kinds[:, None], labels] & (ours[labels] | of_ours[kinds, None])
        wrong[start : start + BATCH] = (scores * counts).sum(axis=1)
    return wrong
