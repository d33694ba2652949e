"""Lists of words that documents should not hold, by language: how often, and which.

The layout is that of the List of Dirty, Naughty, Obscene, and Otherwise Bad Words
(github.com/LDNOOBW), which C4 used (Raffel et al. 2020, section 2.2): a folder with one file for
each language, named by its code, one word or phrase a line. Case does not matter. A word is met
where no letter or digit stands directly before or behind it, so that its inflected forms need lines
of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from eurosift.filters.errors import ListError
from eurosift.filters.verdicts import label_numbers

if TYPE_CHECKING:
    import polars as pl

WIDEST = 4
"""Bytes of the longest character in UTF-8."""


class WordCounts(NamedTuple):
    """Words of a list in some texts.

    Attributes
    ----------
    counts
        int32, shape (n_rows,): places in the text; null where the text is null or its language has
        no list.
    words
        ``list<string>``, shape (n_rows,): the different words that were met, in the order of the
        text; null in the same rows.
    """

    counts: pa.Array
    words: pa.ListArray


def find_word_lists(
    folder: Path, canonical: Callable[[str], str]
) -> tuple[dict[Path, str], list[Path]]:
    """Find the files of a folder of lists; arguments as those of `load_word_lists`.

    Returns
    -------
    Canonical codes of files that are named by a language, and files that are not; both sorted.

    Raises
    ------
    ListError
        If it is no folder.
    """
    try:
        files = sorted(p for p in folder.iterdir() if p.is_file() and p.name[0].islower())
    except OSError as error:
        raise ListError(f"{folder}: no folder of word lists: {error.strerror}") from error
    codes: dict[Path, str] = {}
    others = []
    for path in files:
        try:
            codes[path] = canonical(path.name.removesuffix(".txt"))
        except ValueError:
            others.append(path)
    return codes, others


def load_word_lists(folder: Path, canonical: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    """Load a folder of lists.

    Parameters
    ----------
    folder
        With files that are named by language, with or without ``.txt``; others do not count, nor
        do hidden ones and those that begin with a capital letter (README, LICENSE).
    canonical
        Turns language codes into canonical ones; raises ValueError for others.

    Returns
    -------
    Words in lower case by canonical code.

    Raises
    ------
    ListError
        If it is no such folder.
    """
    found: dict[str, tuple[str, ...]] = {}
    for path, code in find_word_lists(folder, canonical)[0].items():
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, ValueError) as error:
            raise ListError(f"{path}: cannot be used: {error}") from error
        if code in found:
            raise ListError(f"{path}: {code} has a list already")
        found[code] = tuple(dict.fromkeys(w for line in lines if (w := line.strip().lower())))
        if not found[code]:
            raise ListError(f"{path}: there is no word in it")
    if not found:
        raise ListError(f"{folder}: there is no file in it that is named by a language")
    return found


def count_words(
    lists: Mapping[str, tuple[str, ...]], texts: pa.Array, languages: pa.Array
) -> WordCounts:
    """Count the words of lists.

    Parameters
    ----------
    lists
        By canonical code, in lower case.
    texts
        Strings, shape (n_rows,).
    languages
        Canonical codes, shape (n_rows,).
    """
    import polars as pl  # noqa: PLC0415 - planning does without

    labels, numbers = label_numbers(languages)
    counts: list[int | None] = [None] * len(texts)
    words: list[list[str] | None] = [None] * len(texts)
    for number, label in enumerate(labels):
        if label is None or label not in lists:
            continue
        rows = [int(row) for row in (numbers == number).nonzero()[0]]
        lowered = pl.Series(texts.take(pa.array(rows, pa.int64())).to_pylist(), dtype=pl.String)
        lowered = lowered.str.to_lowercase()
        patterns = list(lists[label])
        starts = lowered.str.find_many(patterns, overlapping=True)
        found = lowered.str.extract_many(patterns, overlapping=True)
        for row, text, places, pieces in zip(rows, lowered, starts, found, strict=True):
            if text is None:
                continue
            met = _whole_words(text, places, pieces) if len(places) else []
            counts[row] = len(met)
            words[row] = list(dict.fromkeys(met))
    return WordCounts(pa.array(counts, pa.int32()), pa.array(words, pa.list_(pa.string())))


def _whole_words(text: str, starts: pl.Series, pieces: pl.Series) -> list[str]:
    """Of matches, given by bytes, those that no letter or digit adjoins."""
    data = text.encode()
    met = []
    for start, piece in zip(starts.to_list(), pieces.to_list(), strict=True):
        before = data[max(0, start - WIDEST) : start].decode("utf-8", "ignore")[-1:]
        end = start + len(piece.encode())
        behind = data[end : end + WIDEST].decode("utf-8", "ignore")[:1]
        if not (before.isalnum() or behind.isalnum()):
            met.append(piece)
    return met
