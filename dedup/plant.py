"""Plant: near-duplicates of a known similarity, made of real texts, to measure who is found.

Words of a text are replaced, one after the other at places that are drawn, until its shingles have
as much in common with those of the original as is asked for. What stands between the words stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex
import xxhash

from eurosift.dedup.sign import MinHash
from eurosift.dedup.verify import jaccard
from eurosift.filters.arrays import Float64s, Int64s, UInt32s

SIMILARITIES = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
"""Jaccard similarities of what is planted, if not said otherwise."""
TOLERANCE = 0.025
"""How far a planted text may be from the similarity that was asked for."""
_WORD = regex.compile(r"\w+")


class Planted(NamedTuple):
    """Texts and their near-duplicates.

    Attributes
    ----------
    originals, copies
        The texts.
    wanted
        float64: the similarity that was asked for.
    similarity
        float64: the true one.
    """

    originals: list[str]
    copies: list[str]
    wanted: Float64s
    similarity: Float64s


def plant(
    texts: Sequence[str], minhash: MinHash, similarities: Sequence[float], seed: int = 0
) -> Planted:
    """Make near-duplicates of each text, one for each similarity.

    Texts that are too short for a similarity have none. The result depends on the texts and the
    seed alone.
    """
    pool = sorted({word for text in texts for word in _WORD.findall(text)}) or ["x"]
    originals: list[str] = []
    copies: list[str] = []
    wanted: list[float] = []
    for text in texts:
        rng = np.random.Generator(np.random.PCG64(xxhash.xxh3_64_intdigest(text, seed)))
        variants = _variants(text, pool, rng)
        true = _similarities(text, variants, minhash)
        for target in similarities:
            best = int(np.abs(true - target).argmin()) if len(true) else -1
            if best >= 0 and abs(true[best] - target) <= TOLERANCE:
                originals.append(text)
                copies.append(variants[best])
                wanted.append(target)
    similarity = np.concatenate(
        [
            np.empty(0),
            *(_similarities(a, [b], minhash) for a, b in zip(originals, copies, strict=True)),
        ]
    )
    return Planted(originals, copies, np.array(wanted), similarity)


def words_needed(similarity: float, minhash: MinHash) -> int:
    """About how many words a text must have, so that a copy can be so similar to it.

    One word that is replaced in the midst of a text changes as many shingles as a shingle has
    words, k; of n shingles, that leaves a similarity of (n - k) / (n + k), and no less will do.

    Examples
    --------
    >>> [words_needed(similarity, MinHash(n_grams=5)) for similarity in (0.5, 0.8, 0.95)]
    [19, 44, 133]
    """
    least = max(similarity - TOLERANCE, 0)
    shingles = math.ceil(minhash.n_grams * (1 + least) / (1 - least))
    return shingles + minhash.n_grams - 1


def _variants(text: str, pool: Sequence[str], rng: np.random.Generator) -> list[str]:
    """The text with more and more of its words replaced, up to a third."""
    spans = [found.span() for found in _WORD.finditer(text)]
    order = rng.permutation(len(spans))[: len(spans) // 3 + 1]
    words = rng.integers(len(pool), size=len(order))
    counts = np.unique(np.geomspace(1, max(len(order), 1), 60).astype(int))
    found = []
    for count in counts[: len(order)].tolist():
        replaced = {int(i): pool[w] for i, w in zip(order[:count], words[:count], strict=True)}
        parts = []
        last = 0
        for i in sorted(replaced):
            parts += [text[last : spans[i][0]], replaced[i]]
            last = spans[i][1]
        found.append("".join([*parts, text[last:]]))
    return found


def _similarities(text: str, others: Sequence[str], minhash: MinHash) -> Float64s:
    """Jaccard similarity of a text with each of some others."""
    sets = shingle_sets([text, *others], minhash)
    return jaccard(*sets, np.zeros(len(others), np.int64), np.arange(1, len(others) + 1))


def shingle_sets(texts: Sequence[str], minhash: MinHash) -> tuple[UInt32s, Int64s]:
    """Distinct shingles of texts, as `jaccard` takes them: values and offsets."""
    sets = minhash.shingles(pa.array(texts, pa.large_string()))
    lengths = np.asarray(pc.fill_null(pc.list_value_length(sets), 0))
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return sets.flatten().to_numpy(), offsets
