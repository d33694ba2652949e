"""Match: from keys to edges between the documents that share one.

Equal keys are brought together by a radix sort, so the cost is linear and the memory is at
most 32 bytes per entry beside the keys themselves: two sorting buffers of 8-byte keys and
4-byte numbers, and two arrays of numbers for the edges. A `Matcher` bounds the number of entries
that are held at once: of each group, only its smallest document has to stay.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from eurosift.dedup.cluster import Forest
from eurosift.filters.arrays import Bools, UInt32s, UInt64s
from eurosift.filters.kernel import kernel

DIGIT_BITS = 11
"""Bits sorted per pass: 2,048 counters stay in the first-level cache."""
DIGITS = 6
MAX_DOCUMENTS = 2**32 - 1
"""Documents are numbered in 32 bits while they are matched."""


class Edges(NamedTuple):
    """Pairs of documents that share a key: ``a[i] < b[i]``, and `a` is its group's smallest."""

    a: UInt32s
    b: UInt32s


@kernel
def sort_by_key(keys: UInt64s, order: UInt32s, keys_out: UInt64s, order_out: UInt32s) -> bool:
    """Sort `keys` and carry `order` along, stably; True if the result is in the ``_out`` arrays."""
    n = keys.size
    counts = np.zeros((DIGITS, 1 << DIGIT_BITS), np.int64)
    mask = np.uint64((1 << DIGIT_BITS) - 1)
    for i in range(n):
        for digit in range(DIGITS):
            counts[digit, (keys[i] >> np.uint64(digit * DIGIT_BITS)) & mask] += 1
    swapped = False
    for digit in range(DIGITS):
        shift = np.uint64(digit * DIGIT_BITS)
        count = counts[digit]
        if n > 0 and count[(keys[0] >> shift) & mask] == n:
            continue  # all keys agree in this digit
        start = 0
        for value in range(1 << DIGIT_BITS):
            here = count[value]
            count[value] = start
            start += here
        for i in range(n):
            key = keys[i]
            value = (key >> shift) & mask
            place = count[value]
            count[value] = place + 1
            keys_out[place] = key
            order_out[place] = order[i]
        keys, keys_out = keys_out, keys
        order, order_out = order_out, order
        swapped = not swapped
    return swapped


MOST_BUCKETS = 2048
IN_CACHE = 1 << 15
"""Entries that are sorted as one: they fit into the second-level cache."""


@kernel
def sort_in_buckets(keys: UInt64s, order: UInt32s, keys_out: UInt64s, order_out: UInt32s) -> bool:
    """Do what `sort_by_key` does, for many keys that are spread evenly between two numbers.

    They are divided first, so that nearly all of the sorting happens in the cache.
    """
    n = keys.size
    if n <= IN_CACHE:
        return bool(sort_by_key(keys, order, keys_out, order_out))
    n_buckets = 2
    while n_buckets < MOST_BUCKETS and n // n_buckets > IN_CACHE:
        n_buckets *= 2
    low = keys.min()
    span = keys.max() - low
    shift = 0
    while span >> np.uint64(shift) >= np.uint64(n_buckets):
        shift += 1
    ends = np.zeros(n_buckets + 1, np.int64)
    for i in range(n):
        ends[((keys[i] - low) >> np.uint64(shift)) + np.uint64(1)] += 1
    ends = np.cumsum(ends)
    places = ends.copy()
    for i in range(n):
        bucket = (keys[i] - low) >> np.uint64(shift)
        place = places[bucket]
        places[bucket] = place + 1
        keys_out[place] = keys[i]
        order_out[place] = order[i]
    for bucket in range(n_buckets):
        start, end = ends[bucket], ends[bucket + 1]
        mine = keys_out[start:end]
        mine_order = order_out[start:end]
        if sort_by_key(mine, mine_order, keys[start:end], order[start:end]):
            mine[:] = keys[start:end]
            mine_order[:] = order[start:end]
    return True


@kernel
def edges_of_runs(leading: UInt64s, keys: UInt64s, order: UInt32s, a: UInt32s, b: UInt32s) -> int:
    """Write the edges of every run of equal documents; return how many there are.

    `leading` is the first part of the keys, sorted; the others are looked up in `keys`, shape
    (parts, n), where it agrees.
    """
    n = 0
    first = 0
    for i in range(1, order.size):
        same = leading[i] == leading[first]
        part = 1
        while same and part < keys.shape[0]:
            same = keys[part, order[i]] == keys[part, order[first]]
            part += 1
        if same:
            a[n] = order[first]
            b[n] = order[i]
            n += 1
        else:
            first = i
    return n


def sort_keys(keys: UInt64s) -> tuple[UInt64s, UInt32s]:
    """Keys in order, and where each one stood; equal ones stay in their order."""
    order = np.arange(len(keys), dtype=np.uint32)
    sorted_keys, order_out = np.empty_like(keys), np.empty_like(order)
    mine = keys.copy()
    if sort_in_buckets(mine, order, sorted_keys, order_out):
        return sorted_keys, order_out
    return mine, order


def match(keys: UInt64s) -> Edges:
    """Find the documents that share a key.

    Parameters
    ----------
    keys
        uint64, shape (n_documents,); or (parts, n_documents) for keys wider than 64 bits.

    Returns
    -------
    Edges
        From the smallest document of each group to each other one: at most ``n_documents - 1``.
        In the order of the keys, then of `b`.

    Raises
    ------
    ValueError
        If there are 2**32 documents or more.
    """
    keys = np.atleast_2d(keys)
    n = keys.shape[1]
    if n > MAX_DOCUMENTS:
        raise ValueError(
            f"cannot match {n} documents at once: the limit is {MAX_DOCUMENTS}; split the corpus"
        )
    order = np.arange(n, dtype=np.uint32)
    order_out = np.empty_like(order)
    sorted_keys = np.empty(n, np.uint64)
    scratch = np.empty_like(sorted_keys)
    for i, part in enumerate(keys[::-1]):  # stable: the first part is sorted last, so it leads
        if i == 0:
            sorted_keys[:] = part
        else:
            np.take(part, order, out=sorted_keys, mode="clip")  # "raise" would copy once more
        if sort_in_buckets(sorted_keys, order, scratch, order_out):
            order, order_out = order_out, order
            sorted_keys, scratch = scratch, sorted_keys
    a = np.empty(n, np.uint32)
    b = np.empty(n, np.uint32)
    n_edges = edges_of_runs(sorted_keys, keys, order, a, b)
    return Edges(a[:n_edges].copy(), b[:n_edges].copy())


ENTRY_BYTES = 72
"""Most memory per entry of a `Matcher`, while its groups are found."""

Emit = Callable[[UInt64s, UInt64s], None]


class Matcher:
    """Finds groups among entries that come in parts, of which at most `capacity` are held.

    Parameters
    ----------
    capacity
        Entries, at `ENTRY_BYTES` each. More than that are held only if there are more different
        keys.
    emit
        Is given the edges, ``a < b``: from the smallest document of each group to each other one.
    parts
        Numbers of 64 bits that a key is made of.
    """

    def __init__(self, capacity: int, emit: Emit, parts: int = 1) -> None:
        self._emit = emit
        self._parts = parts
        self._capacity = max(capacity, 1)
        self._keys = np.empty((parts, 0), np.uint64)
        self._documents = np.empty(0, np.uint64)
        self._n = 0

    def add(self, keys: UInt64s, documents: UInt64s) -> None:
        """Add entries.

        Parameters
        ----------
        keys
            uint64, shape (n,), or (parts, n).
        documents
            uint64, shape (n,): those of one key ascend, over all calls.
        """
        keys = np.atleast_2d(keys)
        start = 0
        while start < len(documents):
            if self._n == self._capacity:
                self._reduce()
            end = start + min(self._capacity - self._n, len(documents) - start)
            self._reserve(self._n + end - start)
            self._keys[:, self._n : self._n + end - start] = keys[:, start:end]
            self._documents[self._n : self._n + end - start] = documents[start:end]
            self._n += end - start
            start = end

    def finish(self) -> None:
        """Find the groups of what is left, and forget all."""
        self._reduce()
        self._keys, self._documents, self._n = self._keys[:, :0], self._documents[:0], 0

    def _reserve(self, n: int) -> None:
        if n > len(self._documents):
            size = min(self._capacity, max(n, len(self._documents) * 3 // 2, 1 << 16))
            keys = np.empty((self._parts, size), np.uint64)
            keys[:, : self._n] = self._keys[:, : self._n]
            self._keys = keys
            documents = np.empty(size, np.uint64)
            documents[: self._n] = self._documents[: self._n]
            self._documents = documents

    def _reduce(self) -> None:
        keys = self._keys[:, : self._n]
        edges = match(keys)
        documents = self._documents[: self._n]
        self._emit(documents[edges.a], documents[edges.b])
        first = np.ones(self._n, np.bool_)
        first[edges.b] = False
        self._n = int(first.sum())
        for row in (*keys, documents):
            row[: self._n] = row[first]
        if 2 * self._n > self._capacity:  # nearly all are different, so room is needed
            self._capacity *= 2


def spanning(a: UInt64s, b: UInt64s, n_documents: int | None = None) -> Bools:
    """Which edges, in order, join what those before them did not: bool, shape (n_edges,).

    With `n_documents`, the number of all, it is faster and takes 4 bytes for each of them.
    """
    if n_documents is not None:
        return Forest(n_documents).link(a.astype(np.uint32), b.astype(np.uint32))
    documents, numbers = np.unique(np.concatenate([a, b]), return_inverse=True)
    left, right = numbers.astype(np.uint32).reshape(2, -1)
    return Forest(len(documents)).link(left, right)
