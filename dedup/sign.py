"""Sign: MinHash signatures of texts and the keys of their bands.

MinHash after Broder (1997), with locality-sensitive banding after Leskovec, Rajaraman & Ullman
(*Mining of Massive Datasets*, ch. 3). The permutations are affine maps modulo 2**32 of well-mixed
32-bit shingle hashes. The default parameters are those of FineWeb and FineWeb-2: word 5-grams, 14
bands of 8 rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from eurosift.dedup.shingle import folding_table, hash_shingles, hash_words
from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt32s, UInt64s
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import kernel
from eurosift.filters.words import finish

UNROLLED = 4
"""Shingles that are hashed together, so that the minima are loaded and stored less often."""
NO_MINIMUM = 0xFFFFFFFF


@kernel
def minima_of(
    shingles: UInt32s, n: int, multipliers: UInt32s, increments: UInt32s, out: UInt32s
) -> None:
    """Write the smallest value of each permutation over `n` shingles to `out`.

    `shingles` must have room for `UNROLLED` - 1 more.
    """
    for i in range(n, n + UNROLLED - 1):
        shingles[i] = shingles[n - 1]
    for i in range(0, n, UNROLLED):
        h0 = shingles[i]
        h1 = shingles[i + 1]
        h2 = shingles[i + 2]
        h3 = shingles[i + 3]
        for k in range(out.size):
            a = multipliers[k]
            b = increments[k]
            first = min(np.uint32(a * h0 + b), np.uint32(a * h1 + b))
            second = min(np.uint32(a * h2 + b), np.uint32(a * h3 + b))
            out[k] = min(out[k], first, second)


@kernel
def sign_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    table: UInt32s,
    n_grams: int,
    multipliers: UInt32s,
    increments: UInt32s,
    minima: UInt32s,
    signed: Bools,
) -> None:
    """Fill `minima`, shape (n_rows, n_permutations), and tell which rows have shingles."""
    longest = 0
    for row in range(valid.size):
        if valid[row]:
            longest = max(longest, offsets[row + 1] - offsets[row])
    words = np.empty(longest // 2 + 1, np.uint64)  # at most every second byte begins a word
    shingles = np.empty(words.size + UNROLLED, np.uint32)
    for row in range(valid.size):
        n_words = 0
        if valid[row]:
            n_words = hash_words(data, offsets[row], offsets[row + 1], table, words)
        n_shingles = hash_shingles(words, n_words, n_grams, shingles)
        signed[row] = n_shingles > 0
        if n_shingles > 0:
            minima_of(shingles, n_shingles, multipliers, increments, minima[row])


@kernel
def key_bands(minima: UInt32s, signed: Bools, n_rows: int, keys: UInt64s) -> None:
    """Hash each band of `n_rows` minima to 64 bits; rows without signature stay 0."""
    for document in range(signed.size):
        if signed[document]:
            for band in range(keys.shape[1]):
                key = np.uint64(band)
                for i in range(band * n_rows, (band + 1) * n_rows):
                    key = finish(key ^ np.uint64(minima[document, i])) + key
                keys[document, band] = key


class Signatures(NamedTuple):
    """Signatures of some texts.

    Attributes
    ----------
    minima
        uint32, shape (n_texts, bands * rows): the share of equal columns of two rows estimates
        the Jaccard similarity of their shingle sets.
    signed
        bool, shape (n_texts,): False where a text has fewer words than `n_grams`, or is null; such
        texts have no near-duplicates.
    """

    minima: UInt32s
    signed: Bools


@dataclass(frozen=True, slots=True)
class MinHash:
    """A MinHash scheme.

    Parameters
    ----------
    n_grams
        Words per shingle.
    bands, rows
        Two texts are candidates if all rows of one band agree: with probability
        ``1 - (1 - J**rows)**bands`` at Jaccard similarity J.
    seed
        Chooses the permutations; only signatures of the same seed can be compared.
    """

    n_grams: int = 5
    bands: int = 14
    rows: int = 8
    seed: int = 1

    def permutations(self) -> tuple[UInt32s, UInt32s]:
        """Odd multipliers and increments of the affine maps: uint32, shape (bands * rows,) each."""
        n = self.bands * self.rows
        raw = np.random.PCG64(self.seed).random_raw(2 * n)  # a stream that numpy promises to keep
        high = (raw >> np.uint64(32)).astype(np.uint32)
        return high[:n] | np.uint32(1), high[n:]

    def sign(self, texts: pa.Array | pa.ChunkedArray) -> Signatures:
        """Sign texts (``string`` or ``large_string``).

        The signature of a text depends on nothing but the text and the scheme.
        """
        data, offsets, valid = string_buffers(texts)
        minima = np.full((len(valid), self.bands * self.rows), NO_MINIMUM, np.uint32)
        signed = np.zeros(len(valid), np.bool_)
        sign_rows(
            data,
            offsets,
            valid,
            folding_table(),
            self.n_grams,
            *self.permutations(),
            minima,
            signed,
        )
        return Signatures(minima, signed)

    def keys(self, signatures: Signatures) -> UInt64s:
        """Hash each band of each signature: uint64, shape (n_texts, bands); 0 where not signed."""
        keys = np.zeros((len(signatures.signed), self.bands), np.uint64)
        key_bands(signatures.minima, signatures.signed, self.rows, keys)
        return keys

    def probability(self, similarity: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Probability that two texts of this Jaccard similarity become candidates."""
        agree = np.asarray(similarity, np.float64) ** self.rows
        return np.asarray(1 - (1 - agree) ** self.bands)
