"""Training lines from lists of words: a few words of a list, that do not belong together, a line.

A text shows the words that are frequent; a list of a hundred thousand shows how the others look,
which is most of what there is to see in a text of two words. Lists that were gathered on the web
hold names and English in every language, so what English or many lists have is left out.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import xxhash

from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.langid.normalise import normalise
from eurosift.langid.recipe import WordLists
from eurosift.langid.scripts import dominant_script

WORD = r"^[\p{L}\p{M}]+(?:['\u2019\u00b7-][\p{L}\p{M}]+)*$"
SHORTEST, LONGEST = 3, 18
"""Characters of a word: shorter ones are of many languages, longer ones are rare."""


def read_lists(path: Path, languages: tuple[str, ...]) -> pl.DataFrame:
    """Words of lists, once for each language: columns ``language`` and ``word``.

    Parameters
    ----------
    path
        Parquet file with columns ``lang`` and ``text``, a word a row, in lower case; others are
        not taken.
    languages
        Canonical codes to take.
    """
    rows = pl.scan_parquet(path).select("lang", pl.col("text").alias("word")).drop_nulls().unique()
    codes = {}
    for label in rows.select(pl.col("lang").unique()).collect()["lang"]:
        try:
            codes[label] = canonical(label)
        except UnknownLanguageError:
            continue
    of_label = pl.col("lang").replace_strict(codes, default=None, return_dtype=pl.String)
    return (
        rows.with_columns(of_label.alias("language"))
        .filter(
            pl.col("language").is_in(languages),
            pl.col("word").str.contains(WORD),
            pl.col("word") == pl.col("word").str.to_lowercase(),
        )
        .select("language", "word")
        .unique()
        .collect()
    )


def read_words(path: Path, languages: tuple[str, ...], settings: WordLists) -> pl.DataFrame:
    """Words of lists that tell something: those of `read_lists` that no setting leaves out."""
    length = pl.col("word").str.len_chars()
    words = read_lists(path, languages).filter(length.is_between(SHORTEST, LONGEST))
    lists = words.group_by("word").agg(
        pl.len().alias("lists"), (pl.col("language") == settings.but).any().alias("in_but")
    )
    few = lists.filter(pl.col("lists") <= settings.most)
    own = words["language"] == settings.but
    return pl.concat(
        [
            words.filter(own).join(few, on="word", how="semi"),
            words.filter(~own).join(few.filter(~pl.col("in_but")), on="word", how="semi"),
        ]
    )


def word_lines(words: pl.DataFrame, cap: int, key: str, longest: int) -> dict[str, list[str]]:
    """At most `cap` lines of one to `longest` words by language, chosen by hashes with a key.

    Words in another script than the language's code says are left out.
    """
    found: dict[str, list[str]] = {}
    for (code,), rows in words.sort("language").group_by("language", maintain_order=True):
        language = str(code)
        hashes = {
            word: xxhash.xxh64_intdigest(f"{key}\0{language}\0{word}") for word in rows["word"]
        }
        lines: list[str] = []
        line: list[str] = []
        for word in sorted(hashes, key=lambda word: (hashes[word], word)):
            if len(lines) == cap:
                break
            if dominant_script(word) != language.partition("_")[2]:
                continue
            line.append(normalise(word))
            if len(line) > hashes[word] % longest:
                lines.append(" ".join(line))
                line = []
        found[language] = lines
    return found
