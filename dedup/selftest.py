"""Self-test: how many near-duplicates the parameters find, and how many of those are wanted.

Near-duplicates are planted at known similarities (`eurosift.dedup.plant`). What is found of them is
compared with the theory of MinHash: a pair at Jaccard similarity J is found with probability
``1 - (1 - J**rows)**bands``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from eurosift.dedup.match import match
from eurosift.dedup.plant import SIMILARITIES, plant, shingle_sets
from eurosift.dedup.sign import MinHash
from eurosift.dedup.verify import jaccard
from eurosift.filters.arrays import Bools, Float64s


class Recall(NamedTuple):
    """Planted pairs of one similarity.

    Attributes
    ----------
    similarity
        What was asked for.
    pairs
        How many there are.
    true_similarity
        Their mean true similarity.
    measured, expected
        Share of them that was found, and that theory expects for their true similarities.
    margin
        By how much the two differ by chance in one of twenty measurements, at most.
    """

    similarity: float
    pairs: int
    true_similarity: float
    measured: float
    expected: float
    margin: float


class Precision(NamedTuple):
    """What of all that was found is as similar as is wanted.

    Attributes
    ----------
    threshold
        The similarity that is wanted.
    found, similar
        Planted pairs that were found, and those of them that are similar enough.
    measured, expected
        Share of the latter, and what theory expects; NaN if nothing was found.
    own_found, own_similar
        The same of pairs that the texts hold themselves.
    """

    threshold: float
    found: int
    similar: int
    measured: float
    expected: float
    own_found: int
    own_similar: int


def measure(
    texts: Sequence[str],
    minhash: MinHash,
    similarities: Sequence[float] = SIMILARITIES,
    threshold: float | None = None,
    seed: int = 0,
) -> tuple[list[Recall], Precision]:
    """Plant near-duplicates into texts and look for them.

    Parameters
    ----------
    texts
        A sample. Equal ones count once.
    minhash
        The parameters.
    similarities
        What is planted.
    threshold
        Similarity from which on pairs are wanted; by default that at which the curve is steepest,
        about ``(1 / bands) ** (1 / rows)``.
    seed
        Another seed plants other words.
    """
    texts = list(dict.fromkeys(texts))
    if threshold is None:
        threshold = (1 / minhash.bands) ** (1 / minhash.rows)
    planted = plant(texts, minhash, similarities, seed)
    found = _shares_band(planted.originals, planted.copies, minhash)
    chance = minhash.probability(planted.similarity)
    recalls = [
        Recall(
            similarity,
            int(mine.sum()),
            _mean(planted.similarity[mine]),
            _mean(found[mine].astype(np.float64)),
            _mean(chance[mine]),
            1.96 * float(np.sqrt((chance[mine] * (1 - chance[mine])).sum())) / max(mine.sum(), 1),
        )
        for similarity in similarities
        if (mine := planted.wanted == similarity).any()
    ]
    wanted = planted.similarity >= threshold
    n_found, n_similar = int(found.sum()), int((found & wanted).sum())
    own = _own_pairs(texts, minhash)
    precision = Precision(
        threshold,
        n_found,
        n_similar,
        n_similar / n_found if n_found else float("nan"),
        float(chance[wanted].sum() / chance.sum()) if len(chance) else float("nan"),
        len(own),
        int((own >= threshold).sum()),
    )
    return recalls, precision


def _mean(values: Float64s) -> float:
    return float(values.mean())


def _shares_band(left: Sequence[str], right: Sequence[str], minhash: MinHash) -> Bools:
    keys = [minhash.keys(minhash.sign(pa.array(side, pa.large_string()))) for side in (left, right)]
    shares: Bools = (keys[0] == keys[1]).any(axis=1)
    return shares


def _own_pairs(texts: Sequence[str], minhash: MinHash) -> Float64s:
    """True similarities of the pairs that share a band, of each group with its first text."""
    signatures = minhash.sign(pa.array(texts, pa.large_string()))
    signed = np.flatnonzero(signatures.signed)
    keys = minhash.keys(signatures)[signed]
    edges = [match(np.ascontiguousarray(band)) for band in keys.T]
    pairs = {
        (a, b) for edge in edges for a, b in zip(edge.a.tolist(), edge.b.tolist(), strict=True)
    }
    chosen = signed[np.array(sorted(pairs), np.int64).reshape(-1, 2)]
    left, right = (np.ascontiguousarray(side) for side in chosen.T)
    return jaccard(*shingle_sets(texts, minhash), left, right)
