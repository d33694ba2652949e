"""Reads the layout of a fastText model file, so that a broken one is refused before it is loaded.

fastText's own loader checks the first eight bytes only: of a truncated file it makes a model that
answers nonsense, or none of a process. Layout: fastText 0.9.2, ``fasttext.cc``, ``dictionary.cc``,
``quantmatrix.cc``, ``productquantizer.cc``; little-endian, unpadded.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import NamedTuple

from eurosift.langid.errors import ModelError

MAGIC = 793712314
SUPERVISED = 3
CENTROIDS = 256


class Layout(NamedTuple):
    """What a model file says of itself: size of vectors, labels in order, number of words."""

    dim: int
    labels: tuple[str, ...]
    n_words: int


class _Cursor:
    """A place in the bytes of the file; never beyond their end."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def skip(self, n: int) -> None:
        if n < 0 or self.at + n > len(self.data):
            raise EOFError
        self.at += n

    def take(self, form: str) -> tuple[int, ...]:
        start = self.at
        self.skip(struct.calcsize(form))
        values: tuple[int, ...] = struct.unpack_from(form, self.data, start)
        return values

    def word(self) -> bytes:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise EOFError
        start, self.at = self.at, end + 1
        return self.data[start:end]


def read_layout(path: Path) -> Layout:
    """Walk through a fastText model file and check that it is one, whole and supervised.

    Raises
    ------
    ModelError
        If the file is missing, is no fastText model, has no labels, or has another length than its
        own header says.
    """
    try:
        with path.open("rb") as file:
            # Models may have gigabytes, most of them skipped; an empty file cannot be mapped.
            empty = path.stat().st_size == 0
            data = b"" if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot read the language model ({error.strerror}); give the path of a "
            "fastText model (.bin or .ftz)"
        ) from error
    cursor = _Cursor(data)
    try:
        layout = _walk(cursor, path)
    except EOFError:
        raise ModelError(
            f"{path}: the language model is truncated at {len(data):,} bytes; fetch it again"
        ) from None
    if cursor.at != len(data):
        raise ModelError(
            f"{path}: {len(data) - cursor.at:,} bytes after the end of the language model; "
            "fetch it again"
        )
    return layout


def _walk(cursor: _Cursor, path: Path) -> Layout:
    if len(cursor.data) < 8 or cursor.take("<ii")[0] != MAGIC:
        raise ModelError(f"{path}: not a fastText model; give a .bin or .ftz file")
    arguments = cursor.take("<12i")
    cursor.skip(8)  # sampling threshold, a double
    dim, model = arguments[0], arguments[7]
    if model != SUPERVISED:
        raise ModelError(f"{path}: fastText word vectors without labels; give a classifier")
    n_entries, n_words, n_labels, _, n_pruned = cursor.take("<iiiqq")
    labels = []
    for _ in range(n_entries):
        word = cursor.word()
        cursor.skip(8)
        if cursor.take("<b")[0] == 1:
            labels.append(word.decode("utf-8", "replace"))
    cursor.skip(8 * max(0, n_pruned))
    quantised = cursor.take("<?")[0]
    _skip_matrix(cursor, quantised=bool(quantised))
    _skip_matrix(cursor, quantised=bool(cursor.take("<?")[0]) and bool(quantised))
    if len(labels) != n_labels or not labels:
        raise ModelError(f"{path}: the labels of the language model do not match its header")
    return Layout(dim, tuple(labels), n_words)


def _skip_matrix(cursor: _Cursor, *, quantised: bool) -> None:
    if not quantised:
        rows, columns = cursor.take("<qq")
        cursor.skip(4 * rows * columns)
        return
    with_norms = cursor.take("<?")[0]
    rows, _, n_codes = cursor.take("<qqi")
    cursor.skip(n_codes)
    _skip_quantiser(cursor)
    if with_norms:
        cursor.skip(rows)
        _skip_quantiser(cursor)


def _skip_quantiser(cursor: _Cursor) -> None:
    dim = cursor.take("<4i")[0]
    cursor.skip(4 * dim * CENTROIDS)
