"""Stop words of the languages, and the table in which the kernels look them up.

The shipped lists (``data/stop_words.json``) were made by ``python -m eurosift.filters.stopwords``
(`derive`) from sentences of Common Voice and Tatoeba and texts of MediaWiki, Mozilla's pages and
Europeana's collections, so that they are tokens as eurosift cuts them. English has Gopher's.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.errors import StopWordsError

Lists = Mapping[str, tuple[str, ...]]
"""Stop words by canonical language code."""

MAX_WORDS = 1 << 15
"""Most words of a list: they are numbered in 16 bits."""

SHARE = 0.005
"""Least share of a stop word among all words."""

PER_SOURCE = 20_000
"""So many texts of a language are taken of one file."""

FEWEST = 8
"""Least number of stop words of a language, as in English (Gopher)."""

MARKS = "'\u2019-."
"""What a stop word may end in that is no letter."""


@cache
def shipped() -> bytes:
    """Content of the shipped lists."""
    return files("eurosift.filters").joinpath("data/stop_words.json").read_bytes()


def shipped_digest() -> str:
    """Digest of the shipped lists, for fingerprints."""
    return blake2b(shipped(), digest_size=16).hexdigest()


def load_stop_words(
    path: Path | None = None, canonical: Callable[[str], str] = lambda code: code
) -> Lists:
    """Load stop words: JSON, an object of language code → list of words.

    Parameters
    ----------
    path
        A file of your own; None for the shipped lists.
    canonical
        Turns the codes of a file of your own into canonical ones; raises ValueError for others.

    Raises
    ------
    StopWordsError
        If the file cannot be read or holds something else.
    """
    where = str(path or "the shipped stop words")
    try:
        content = json.loads(path.read_bytes() if path else shipped())
    except (OSError, ValueError, RecursionError) as error:
        raise StopWordsError(f"{where}: cannot be read as JSON: {error}") from error
    if not isinstance(content, dict):
        raise StopWordsError(f"{where}: expected an object of language code → list of words")
    lists: dict[str, tuple[str, ...]] = {}
    for written, words in content.items():
        try:
            language = canonical(written) if path else written
        except ValueError as error:
            raise StopWordsError(f"{where}: {error}") from None
        if language in lists:
            raise StopWordsError(f"{where}: {written!r}: {language} has a list already")
        if not isinstance(words, list) or not all(isinstance(w, str) and w for w in words):
            raise StopWordsError(
                f"{where}: {language}: expected a list of words that are not empty"
            )
        lists[language] = tuple(dict.fromkeys(words))
        if len(lists[language]) > MAX_WORDS:
            raise StopWordsError(f"{where}: {language}: more than {MAX_WORDS} words")
    return lists


@dataclass(frozen=True)
class StopTable:
    """Stop words as the kernels read them.

    Attributes
    ----------
    languages
        Languages that have a list or cut words in their own way, sorted; row 0 of the tables
        belongs to none, row *i* + 1 to ``languages[i]``.
    keys
        uint64, shape (n_languages + 1, n_slots): hashes by open addressing; 0 is an empty slot.
    numbers
        int16, same shape: number of the word in its list, -1 in empty slots.
    joined
        bool, shape (n_languages + 1,): whether words of the list end in a mark (``l'``, ``ta'``,
        ``il-``, ``approx.``).
    has_list
        bool, shape (n_languages + 1,): False for languages that only cut words in their own way.
    segmentation
        int64, shape (n_languages + 1,): see `eurosift.filters.segmentation.SEGMENTATION`.
    """

    languages: tuple[str, ...]
    keys: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.int16]
    joined: npt.NDArray[np.bool_]
    has_list: npt.NDArray[np.bool_]
    segmentation: npt.NDArray[np.int64]

    def rows_for(self, languages: pa.Array) -> npt.NDArray[np.int64]:
        """Row of the tables for each label; 0 for null and for languages without a list."""
        if pa.types.is_null(languages.type) or not self.languages:
            return np.zeros(len(languages), np.int64)
        if pa.types.is_dictionary(languages.type):
            languages = languages.dictionary_decode()
        known = pa.array(self.languages, languages.type)
        found = pc.fill_null(pc.index_in(languages, known), -1)
        rows: npt.NDArray[np.int64] = found.to_numpy(zero_copy_only=False).astype(np.int64) + 1
        return rows


def build_table(lists: Lists) -> StopTable:
    """Build the lookup table of some lists."""
    from eurosift.filters.segmentation import SEGMENTATION  # noqa: PLC0415 - loads numba
    from eurosift.filters.token_counts import hash_word  # noqa: PLC0415

    longest = max((len(words) for words in lists.values()), default=0)
    n_slots = 1
    while n_slots < 16 * longest:  # nearly empty: most tokens are no stop words
        n_slots *= 2
    languages = tuple(sorted({*lists, *SEGMENTATION}))
    keys = np.zeros((len(languages) + 1, n_slots), np.uint64)
    numbers = np.full((len(languages) + 1, n_slots), -1, np.int16)
    for row, language in enumerate(languages, 1):
        for number, word in enumerate(lists.get(language, ())):
            content = word.replace("\u2019", "'").encode()
            # Not of `bytes`: kernels would be compiled once more, for arrays that are read only.
            padded = np.frombuffer(bytearray(content + bytes(8)), np.uint8)
            key = hash_word(padded, 0, len(content))
            slot = int(key) & (n_slots - 1)
            while keys[row, slot]:
                slot = (slot + 1) & (n_slots - 1)
            keys[row, slot] = key
            numbers[row, slot] = number
    return StopTable(
        languages,
        keys,
        numbers,
        np.array([False, *(any(w[-1] in MARKS for w in lists.get(x, ())) for x in languages)]),
        np.array([False, *(language in lists for language in languages)]),
        np.array([0, *(SEGMENTATION.get(language, 0) for language in languages)]),
    )


def derive(
    texts: Iterable[tuple[str, str, str]], share: float = SHARE, fewest: int = FEWEST
) -> Lists:
    """Derive stop words from running text, in the tokens in which they will be looked up.

    Those small words of letters that are at least a certain share of all words of a language, on
    the average of the sources, so that what is frequent in one only is none; if they are too few,
    the most frequent ones. After FineWeb-2 (Penedo et al. 2025, arXiv:2506.20920), which took
    Wikipedia and the tokens of spaCy and Stanza.

    Parameters
    ----------
    texts
        Triples of canonical code, source, and text.
    share, fewest
        Least share of a stop word, least number of stop words.

    Returns
    -------
    Lists
        The most frequent word first; of the same frequency, in alphabetic order.
    """
    from eurosift.filters.tokens import tokens  # noqa: PLC0415 - loads numba

    counters: dict[str, dict[str, Counter[str]]] = {}
    for language, source, text in texts:
        counter = counters.setdefault(language, {}).setdefault(source, Counter())
        counter.update(
            token.replace("\u2019", "'") for token in tokens(text, language) if token[0].isalpha()
        )
    lists = {}
    for language, by_source in sorted(counters.items()):
        shares: dict[str, float] = {}
        for _, counter in sorted(by_source.items()):
            total = counter.total()
            for word, n in counter.items():
                shares[word] = shares.get(word, 0) + n / total / len(by_source)
        ranked = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
        small = [(word, part) for word, part in ranked if word == word.lower()]
        often = sum(part >= share for _, part in small)
        lists[language] = tuple(word for word, _ in small[: max(often, fewest)])
    return lists


def read_texts(paths: Iterable[str], codes: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Triples of canonical code, path and text of Parquet files with columns `lang`, `text`."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - only the command needs it

    for path in paths:
        seen: Counter[str] = Counter()
        for batch in pq.ParquetFile(path).iter_batches(columns=["lang", "text"]):
            for language, text in zip(*(column.to_pylist() for column in batch), strict=True):
                seen[language] += 1
                if language in codes and seen[language] <= PER_SOURCE:
                    yield codes[language], path, text


if __name__ == "__main__":
    # Languages as they are written in the files, by the canonical codes of the shipped lists.
    found = derive(read_texts(sys.argv[2:], json.loads(sys.argv[1])))
    rows = (f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in found.items())
    sys.stdout.write("{\n" + ",\n".join(rows) + "\n}\n")
