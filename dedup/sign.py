"""Sign: MinHash signatures of texts and the keys of their bands.

MinHash after Broder (1997), with locality-sensitive banding after Leskovec, Rajaraman & Ullman
(*Mining of Massive Datasets*, ch. 3). The permutations are affine maps modulo 2**32 of well-mixed
32-bit shingle hashes. The default parameters are those of FineWeb and FineWeb-2: word 5-grams, 14
bands of 8 rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from eurosift.dedup.fold import folding_table
from eurosift.dedup.shingle import (
    hash_shingles,
    hash_words,
    longest_row,
    make_scratch,
    room_for_words,
)
from eurosift.filters.arrays import Bools, Int64s, UInt8s, UInt32s, UInt64s
from eurosift.filters.bits import VALUES, VECTOR
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import Integer, Intrinsic, kernel
from eurosift.filters.words import finish, mix

lower_minima = Intrinsic("eurosift.filters.vectors", "lower_minima")

Hashes = npt.NDArray[np.unsignedinteger[Any]]
"""Hashes of shingles and minima, of 32 or 64 bits."""


@kernel
def minima_of(
    shingles: Hashes, n: Integer, multipliers: Hashes, increments: Hashes, out: Hashes
) -> None:
    """Write the smallest value of each permutation over `n` shingles to `out`.

    `shingles` must have room for `VALUES` - 1 more.
    """
    for i in range(n, n + VALUES - 1):
        shingles[i] = shingles[n - 1]
    lanes = VECTOR // out.itemsize
    whole = out.size // lanes * lanes
    n_filled = -(-n // VALUES) * VALUES
    for k in range(0, whole, lanes):
        lower_minima(out, k, multipliers, increments, shingles, n_filled)
    for k in range(whole, out.size):
        for i in range(n):
            # Numba multiplies numbers of 32 bits as 64: what is above has to be cut off.
            value = out.dtype.type(multipliers[k] * shingles[i] + increments[k])
            out[k] = min(out[k], value)


@kernel
def sign_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    table: UInt64s,
    n_grams: int,
    multipliers: Hashes,
    increments: Hashes,
    minima: Hashes,
    signed: Bools,
) -> None:
    """Fill `minima`, shape (n_rows, n_permutations), and tell which rows have shingles."""
    longest = longest_row(offsets, valid)
    scratch = make_scratch(longest)
    words = np.empty(room_for_words(longest), np.uint64)
    shingles = np.empty(words.size + VALUES, minima.dtype)
    for row in range(valid.size):
        n_words: Integer = 0
        if valid[row]:
            n_words = hash_words(data, offsets[row], offsets[row + 1], table, scratch, words)
        n_shingles = hash_shingles(words, n_words, n_grams, scratch.values, shingles)
        signed[row] = n_shingles > 0
        if n_shingles > 0:
            minima_of(shingles, n_shingles, multipliers, increments, minima[row])


@kernel
def key_bands(minima: Hashes, signed: Bools, n_rows: int, keys: UInt64s) -> None:
    """Hash each band of `n_rows` minima to 64 bits; rows without signature stay 0."""
    for document in range(signed.size):
        if signed[document]:
            for band in range(keys.shape[1]):
                key = np.uint64(band)
                for i in range(band * n_rows, (band + 1) * n_rows):
                    key = mix(key) ^ np.uint64(minima[document, i])
                keys[document, band] = finish(key)


@kernel
def shingles_of_rows(
    data: UInt8s,
    offsets: Int64s,
    valid: Bools,
    table: UInt64s,
    n_grams: int,
    found: UInt32s,
    ends: Int64s,
) -> None:
    """Write the distinct shingles of all rows on end, ascending; row *i* ends at ``ends[i + 1]``.

    `found` must have room for a shingle per two bytes, and one more per row.
    """
    longest = longest_row(offsets, valid)
    scratch = make_scratch(longest)
    words = np.empty(room_for_words(longest), np.uint64)
    n = 0
    for row in range(valid.size):
        if valid[row]:
            n_words = hash_words(data, offsets[row], offsets[row + 1], table, scratch, words)
            here = found[n:]
            n_shingles = hash_shingles(words, n_words, n_grams, scratch.values, here)
            if n_shingles > 0:
                here[:n_shingles].sort()
                last = 0
                for i in range(1, n_shingles):
                    if here[i] != here[last]:
                        last += 1
                        here[last] = here[i]
                n += last + 1
        ends[row + 1] = n


class Signatures(NamedTuple):
    """Signatures of some texts.

    Attributes
    ----------
    minima
        uint32 or uint64, shape (n_texts, bands * rows): the share of equal columns of two rows
        estimates the Jaccard similarity of their shingle sets.
    signed
        bool, shape (n_texts,): False where a text has fewer words than `n_grams`, or is null; such
        texts have no near-duplicates.
    """

    minima: Hashes
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
    precision
        Bits of each hash, 32 or 64. With 32, texts of more than some 10**7 words begin to look more
        similar than they are.
    """

    n_grams: int = 5
    bands: int = 14
    rows: int = 8
    seed: int = 1
    precision: int = 32

    @property
    def dtype(self) -> type[np.unsignedinteger[Any]]:
        """Type of the minima."""
        return np.uint32 if self.precision == 32 else np.uint64

    def permutations(self) -> tuple[Hashes, Hashes]:
        """Odd multipliers and increments of the affine maps: shape (bands * rows,) each."""
        n = self.bands * self.rows
        raw = np.random.PCG64(self.seed).random_raw(2 * n)  # a stream that numpy promises to keep
        high = (raw >> np.uint64(64 - self.precision)).astype(self.dtype)
        return high[:n] | self.dtype(1), high[n:]

    def sign(self, texts: pa.Array | pa.ChunkedArray) -> Signatures:
        """Sign texts (``string`` or ``large_string``).

        The signature of a text depends on nothing but the text and the scheme.
        """
        data, offsets, valid = string_buffers(texts)
        shape = (len(valid), self.bands * self.rows)
        minima = np.full(shape, np.iinfo(self.dtype).max, self.dtype)
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

    def shingles(self, texts: pa.Array | pa.ChunkedArray) -> pa.ListArray:
        """Distinct shingles of each text, ascending: ``list<uint32>``; null where none are."""
        data, offsets, valid = string_buffers(texts)
        n_bytes = np.where(valid, np.diff(offsets), 0)
        found = np.empty(int((n_bytes // 2 + 1).sum()), np.uint32)
        ends = np.zeros(len(valid) + 1, np.int64)
        shingles_of_rows(data, offsets, valid, folding_table(), self.n_grams, found, ends)
        values = pa.array(found[: ends[-1]])
        none = pa.array(np.diff(ends) == 0)
        return pa.ListArray.from_arrays(pa.array(ends.astype(np.int32)), values, mask=none)

    def keys(self, signatures: Signatures) -> UInt64s:
        """Hash each band of each signature: uint64, shape (n_texts, bands); 0 where not signed."""
        keys = np.zeros((len(signatures.signed), self.bands), np.uint64)
        key_bands(signatures.minima, signatures.signed, self.rows, keys)
        return keys

    def probability(self, similarity: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Probability that two texts of this Jaccard similarity become candidates."""
        agree = np.asarray(similarity, np.float64) ** self.rows
        return np.asarray(1 - (1 - agree) ** self.bands)

    def to_datasketch(self, minima: Hashes) -> Any:
        """One signature as a `datasketch.MinHash`, which must be installed.

        Similarities, LSH and all else that datasketch does with signatures work as with its own.
        Shingles have other hashes than by its `update`, so compare signatures of one origin.

        Parameters
        ----------
        minima
            One row of `Signatures.minima`: shape (bands * rows,).
        """
        from datasketch import MinHash as Sketch  # noqa: PLC0415 - for notebooks, no dependency

        return Sketch(
            seed=self.seed,
            hashvalues=minima.astype(np.uint64),
            permutations=tuple(values.astype(np.uint64) for values in self.permutations()),
            scheme=f"affine{self.precision}",
        )
