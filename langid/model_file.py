"""Reads a fastText model file (``.bin``, ``.ftz``) and checks that it can be used.

Kernels check no bounds, so everything that one relies on is checked here: that the file is as long
as it says, that matrices fit the dictionary, that codes and pruned n-grams stay within them. What
no check can see is a changed weight. Layout: fastText 0.9.2, ``fasttext.cc``, ``dictionary.cc``,
``quantmatrix.cc``, ``productquantizer.cc``; little-endian, unpadded.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from eurosift.filters.arrays import Float32s, Int32s, Int64s, UInt8s
from eurosift.filters.kernel import kernel
from eurosift.langid.errors import ModelError

MAGIC = 793712314
VERSIONS = (11, 12)
SUPERVISED = 3
HIERARCHICAL, NEGATIVE_SAMPLING, SOFTMAX, ONE_VS_ALL = LOSSES = (1, 2, 3, 4)
CENTROIDS = 256
WORD, LABEL = 0, 1
ENTRY_BYTES = 10
"""Least size of an entry: an empty word with its NUL, a count, a type."""
LONGEST_NGRAM = 255
"""Nobody trains on longer ones, and a damaged length must not keep a kernel busy for ever."""
MANY = 10**15
"""fastText's own bound: label counts of a hierarchical softmax add up to less."""


class Matrix(NamedTuple):
    """A matrix, either dense or product-quantised; the arrays of the other kind have no rows.

    Attributes
    ----------
    dense
        float32, shape (rows, columns).
    codes
        uint8, shape (rows, n_parts).
    norms
        float32, shape (rows,): factor of each quantised row.
    centroids
        float32, shape (n_parts, 256, part): columns beyond the last are 0.
    """

    dense: Float32s
    codes: UInt8s
    norms: Float32s
    centroids: Float32s


class ModelFile(NamedTuple):
    """A classifier as it stands in its file.

    Attributes
    ----------
    dim
        Length of the vectors.
    loss
        One of `LOSSES`.
    min_n, max_n
        Lengths of character n-grams in characters; 0 and 0 if there are none.
    word_n
        Length of the longest word n-gram; 1 if there are none.
    bucket
        Number that hashes of n-grams are reduced by.
    n_words
        Words come before labels among the entries of the dictionary.
    labels, label_counts
        Labels in the order of the output matrix, and how often each was met in training.
    text, starts, stops
        Entry *i* is ``text[starts[i]:stops[i]]``.
    pruned
        int32, shape (n, 2): n-grams that were kept, and their rows after the words; None if all.
    input, output
        A row for each word and n-gram, and for each label (or inner node of the tree).
    """

    dim: int
    loss: int
    min_n: int
    max_n: int
    word_n: int
    bucket: int
    n_words: int
    labels: tuple[str, ...]
    label_counts: Int64s
    text: UInt8s
    starts: Int64s
    stops: Int64s
    pruned: Int32s | None
    input: Matrix
    output: Matrix


class DamageError(Exception):
    """Something in the file contradicts something else in it; says what."""


class _Cursor:
    """A place in the bytes of the file; never beyond their end."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def skip(self, n: int) -> int:
        """Go `n` bytes on; where they begin."""
        if n < 0 or self.at + n > len(self.data):
            raise EOFError
        start, self.at = self.at, self.at + n
        return start

    def take(self, form: str) -> tuple[int, ...]:
        values: tuple[int, ...] = struct.unpack_from(
            form, self.data, self.skip(struct.calcsize(form))
        )
        return values

    def flag(self) -> bool:
        return bool(self.take("<?")[0])

    def array(self, dtype: npt.DTypeLike, *shape: int) -> npt.NDArray[np.generic]:
        """A copy: aligned, and whole whatever becomes of the file."""
        if min(shape) < 0:
            raise EOFError
        n = int(np.prod(shape, dtype=object))
        start = self.skip(n * np.dtype(dtype).itemsize)
        return np.frombuffer(self.data, dtype, n, start).reshape(shape).copy() if n else (
            np.zeros(shape, dtype)
        )  # fmt: skip

    def floats(self, *shape: int) -> Float32s:
        values = self.array("<f4", *shape).astype(np.float32, copy=False)
        for rows in np.array_split(values, values.size // 2**24 + 1):
            expect(bool(np.isfinite(rows).all()), "a weight is not finite")
        return values


def expect(sound: bool, damage: str) -> None:  # noqa: FBT001 - reads as an assertion
    """Raise `DamageError` unless `sound`."""
    if not sound:
        raise DamageError(damage)


def read_model(path: Path) -> ModelFile:
    """Read a fastText classifier.

    Raises
    ------
    ModelError
        If the file is missing, is no fastText model, has no labels, is not whole, or contradicts
        itself.
    """
    try:
        with path.open("rb") as file:
            # Models may have gigabytes; an empty file cannot be mapped.
            empty = path.stat().st_size == 0
            data = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot read the language model ({error.strerror}); give the path of a "
            "fastText model (.bin or .ftz)"
        ) from error
    cursor = _Cursor(data)
    try:
        model = _read(cursor, path)
    except EOFError:
        raise ModelError(
            f"{path}: the language model is truncated at {len(data):,} bytes; fetch it again"
        ) from None
    except DamageError as damage:
        raise ModelError(
            f"{path}: the language model is damaged before byte {cursor.at:,}: {damage}; "
            "fetch it again"
        ) from None
    if cursor.at != len(data):
        raise ModelError(
            f"{path}: {len(data) - cursor.at:,} bytes after the end of the language model; "
            "fetch it again"
        )
    return model


def _read(cursor: _Cursor, path: Path) -> ModelFile:
    if len(cursor.data) < 8:
        raise ModelError(f"{path}: not a fastText model; give a .bin or .ftz file")
    magic, version = cursor.take("<ii")
    if magic != MAGIC:
        raise ModelError(f"{path}: not a fastText model; give a .bin or .ftz file")
    if version not in VERSIONS:
        raise ModelError(
            f"{path}: version {version} of fastText's format; only {VERSIONS[0]} and "
            f"{VERSIONS[1]} can be read"
        )
    dim, _, _, _, _, word_n, loss, kind, bucket, min_n, max_n, _ = cursor.take("<12i")
    cursor.skip(8)  # sampling threshold, a double
    if kind != SUPERVISED:
        raise ModelError(f"{path}: fastText word vectors without labels; give a classifier")
    if loss not in LOSSES:
        raise ModelError(
            f"{path}: unknown loss {loss}; give a model with softmax, hierarchical softmax, "
            "one-vs-all or negative sampling"
        )
    if version == VERSIONS[0] or max_n <= 0:  # version 11 ignores them in classifiers
        min_n = max_n = 0
    expect(max(max_n, word_n) <= LONGEST_NGRAM, f"n-grams of {max(max_n, word_n)}")
    hashed = max_n > 0 or word_n > 1
    expect(dim > 0, f"vectors of length {dim}")
    expect(bucket > 0 or not hashed, f"{bucket} buckets of n-grams")

    n_entries, n_words, n_labels, _, n_pruned = cursor.take("<iiiqq")
    expect(n_words >= 0 and n_labels > 0 and n_words + n_labels == n_entries, "numbers of entries")
    start = cursor.at
    cursor.skip(n_entries * ENTRY_BYTES)
    starts, stops, counts = (np.empty(n_entries, np.int64) for _ in range(3))
    types = np.empty(n_entries, np.uint8)
    everything = np.frombuffer(cursor.data, np.uint8)
    cursor.at = int(find_entries(everything, start, starts, stops, counts, types))
    if cursor.at < 0:
        raise EOFError
    expect(
        bool((types[:n_words] == WORD).all() and (types[n_words:] == LABEL).all()),
        "labels among the words of the dictionary",
    )
    text = everything[start : cursor.at].copy()
    starts -= start
    stops -= start
    pruned: Int32s | None = None
    if n_pruned >= 0:
        pruned = cursor.array("<i4", n_pruned, 2).astype(np.int32, copy=False)

    quantised = cursor.flag()
    matrix = _read_quantised(cursor, dim) if quantised else _read_dense(cursor, dim)
    n_rows = max(len(matrix.dense), len(matrix.codes))
    expect(quantised or pruned is None, "a pruned dictionary with a matrix that is not quantised")
    n_ngrams = bucket if hashed else 0
    if pruned is not None:
        n_ngrams = 0
        if len(pruned):
            expect(int(pruned.min()) >= 0, "a pruned n-gram")
            n_ngrams = int(pruned[:, 1].max()) + 1
    needed = max(1, n_words + n_ngrams)
    expect(n_rows >= needed, f"{n_rows:,} vectors for {needed:,} words and n-grams")
    output = _read_quantised(cursor, dim) if cursor.flag() and quantised else (
        _read_dense(cursor, dim)
    )  # fmt: skip
    expect(max(len(output.dense), len(output.codes)) == n_labels, "labels without weights")
    label_counts = counts[n_words:]
    if loss == HIERARCHICAL:
        expect(
            int(label_counts.min()) >= 0 and sum(label_counts.tolist()) < MANY,
            "counts of labels",
        )
    labels = tuple(
        text[first:last].tobytes().decode("utf-8", "replace")
        for first, last in zip(starts[n_words:], stops[n_words:], strict=True)
    )
    return ModelFile(
        dim, loss, min_n, max_n, max(word_n, 1), max(bucket, 1), n_words, labels, label_counts,
        text, starts, stops, pruned, matrix, output,
    )  # fmt: skip


@kernel
def find_entries(
    data: UInt8s, start: int, starts: Int64s, stops: Int64s, counts: Int64s, types: UInt8s
) -> int:
    """Fill in where each entry of the dictionary stands; the place after them, -1 if too few."""
    pos = start
    for i in range(starts.size):
        starts[i] = pos
        while pos < data.size and data[pos] != 0:
            pos += 1
        if pos + ENTRY_BYTES > data.size:
            return -1
        stops[i] = pos
        count = np.uint64(0)
        for byte in range(8):
            count |= np.uint64(data[pos + 1 + byte]) << np.uint64(8 * byte)
        counts[i] = np.int64(count)
        types[i] = data[pos + 9]
        pos += ENTRY_BYTES
    return pos


def _read_dense(cursor: _Cursor, dim: int) -> Matrix:
    rows, columns = cursor.take("<qq")
    expect(columns == dim, f"a matrix of {columns} columns for vectors of length {dim}")
    dense = cursor.floats(rows, dim)
    return Matrix(dense, np.zeros((0, 1), np.uint8), np.zeros(0, np.float32),
                  np.zeros((1, CENTROIDS, 1), np.float32))  # fmt: skip


def _read_quantised(cursor: _Cursor, dim: int) -> Matrix:
    with_norms = cursor.flag()
    rows, columns, n_codes = cursor.take("<qqi")
    expect(columns == dim, f"a matrix of {columns} columns for vectors of length {dim}")
    expect(0 < rows <= n_codes and n_codes % rows == 0, "codes of a quantised matrix")
    codes = cursor.array(np.uint8, rows, n_codes // rows)
    centroids = _read_quantiser(cursor, dim)
    expect(len(centroids) == codes.shape[1], "parts of a quantised matrix")
    norms = np.ones(rows, np.float32)
    if with_norms:
        norm_codes = cursor.array(np.uint8, rows)
        norms = _read_quantiser(cursor, 1)[0, norm_codes, 0]
    return Matrix(np.zeros((0, dim), np.float32), codes.astype(np.uint8, copy=False), norms,
                  centroids)  # fmt: skip


def _read_quantiser(cursor: _Cursor, dim: int) -> Float32s:
    """Centroids: float32, shape (n_parts, 256, part)."""
    columns, n_parts, part, last = cursor.take("<4i")
    expect(columns == dim, f"centroids of length {columns} for vectors of length {dim}")
    expect(0 < last <= part and n_parts > 0 and (n_parts - 1) * part + last == dim, "centroids")
    part = min(part, dim)  # one part may be shorter than parts were to be
    flat = cursor.floats(dim * CENTROIDS)
    whole = (n_parts - 1) * CENTROIDS * part
    centroids = np.zeros((n_parts, CENTROIDS, part), np.float32)
    centroids[:-1] = flat[:whole].reshape(n_parts - 1, CENTROIDS, part)
    centroids[-1, :, :last] = flat[whole:].reshape(CENTROIDS, last)
    return centroids
