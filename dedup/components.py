"""Components: the clusters of any number of documents, in memory that does not grow with them.

Documents are cut into blocks of consecutive numbers, and blocks are taken from the last to the
first. Union-find on one array joins the documents of a block (see `eurosift.dedup.cluster`); each
cluster in it has an anchor, the smallest document of an earlier block that it touches. Where a
second such document turns up, the edge between the two is left to the earlier block. So every block
is done when its turn is over, but for the names of its anchors, which a second pass, from the first
block to the last, looks up. One block, for which nothing goes to disk, is plain union-find.

The root of a cluster is always its smallest document: neither the order of the edges nor the size
of the blocks can be seen in the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np

from eurosift.dedup.cluster import find
from eurosift.filters.arrays import Bools, UInt8s, UInt32s, UInt64s
from eurosift.filters.kernel import kernel

NONE = 0xFFFFFFFFFFFFFFFF
BLOCK_BYTES = 40
"""Bytes of memory per document of a block, in either pass."""
SCRATCH_EDGES = 1 << 20


@kernel
def join_edges(
    a: UInt64s,
    b: UInt64s,
    start: int,
    parent: UInt32s,
    anchor: UInt64s,
    left_a: UInt64s,
    left_b: UInt64s,
) -> int:
    """Join edges of a block, ``a < b``, where `b` is in the block that begins at `start`.

    Returns how many edges between documents before the block were left in `left_a` and `left_b`.
    """
    n = 0
    none = np.uint64(NONE)
    for i in range(a.size):
        root = find(parent, int(b[i]) - start)
        if int(a[i]) >= start:
            other = find(parent, int(a[i]) - start)
            if other == root:
                continue
            if other < root:
                root, other = other, root
            parent[other] = root
            if anchor.size == 0:
                continue
            found = anchor[other]
        else:
            found = a[i]
        known = anchor[root]
        if known == none:
            anchor[root] = found
        elif found not in (none, known):
            left_a[n] = min(known, found)
            left_b[n] = max(known, found)
            anchor[root] = left_a[n]
            n += 1
    return n


@kernel
def point(start: int, parent: UInt32s, anchor: UInt64s, targets: UInt64s) -> None:
    """Let every document of a block point at its cluster's anchor, or else at its root."""
    none = np.uint64(NONE)
    for i in range(parent.size):
        parent[i] = parent[parent[i]]  # roots are smallest, so the parent's own entry is final
        root = parent[i]
        targets[i] = np.uint64(start + np.int64(root))
        if anchor.size and anchor[root] != none:
            targets[i] = anchor[root]


@kernel
def mark(bits: UInt8s, start: int, roots: UInt64s) -> None:
    """Mark documents that are not their own root, and these roots."""
    for i in range(roots.size):
        document = np.uint64(start + i)
        if roots[i] != document:
            bits[document >> np.uint64(3)] |= np.uint8(1 << (document & np.uint64(7)))
            root = roots[i]
            bits[root >> np.uint64(3)] |= np.uint8(1 << (root & np.uint64(7)))


@kernel
def marked(bits: UInt8s, start: int, out: Bools) -> None:
    """Tell which documents of a block are marked."""
    for i in range(out.size):
        document = start + i
        out[i] = (bits[document >> 3] >> (document & 7)) & 1 != 0


class Members(NamedTuple):
    """Documents of clusters of two or more, ascending, with the smallest document of each one's."""

    documents: UInt64s
    roots: UInt64s


class Components:
    """Clusters of ``n_documents`` documents, by their edges.

    Parameters
    ----------
    n_documents
        Documents are numbered from 0.
    block
        Documents in memory at once, at `BLOCK_BYTES` each; beside them there is one bit for each
        document of all. At most 2**32.
    temporary
        Opens an empty temporary file; one per block, and one more. Not called for one block.
    """

    def __init__(self, n_documents: int, block: int, temporary: Callable[[], BinaryIO]) -> None:
        self._n = n_documents
        self._block = max(1, min(block, n_documents, 1 << 32))
        self._n_blocks = max(1, -(-n_documents // self._block))
        self._parent = np.empty(0, np.uint32)
        self._anchor = np.empty(0, np.uint64)
        self._bits = np.zeros(n_documents // 8 + 1, np.uint8)
        self._buckets = [temporary() for _ in range(self._n_blocks - 1)]
        self._file = temporary() if self._n_blocks > 1 else None
        self._roots = np.empty(0, np.uint64)
        self._begin(self._n_blocks - 1)

    def _bounds(self, block: int) -> tuple[int, int]:
        start = block * self._block
        return start, min(start + self._block, self._n)

    def _begin(self, block: int) -> None:
        start, end = self._bounds(block)
        self._current = block
        self._parent = np.arange(end - start, dtype=np.uint32)
        self._anchor = np.full(end - start if block else 0, NONE, np.uint64)

    def add(self, a: UInt64s, b: UInt64s) -> None:
        """Add edges; ``a < b``."""
        for start in range(0, len(a), SCRATCH_EDGES):
            self._add(a[start : start + SCRATCH_EDGES], b[start : start + SCRATCH_EDGES])

    def _add(self, a: UInt64s, b: UInt64s) -> None:
        if self._n_blocks == 1:
            self._join(a, b)
            return
        blocks = b // np.uint64(self._block)
        for block in np.unique(blocks).tolist():
            here = blocks == block
            if block == self._current:
                self._join(a[here], b[here])
            else:
                self._buckets[block].write(np.stack([a[here], b[here]], axis=1).tobytes())

    def _join(self, a: UInt64s, b: UInt64s) -> None:
        n = len(a) if len(self._anchor) else 0
        left_a, left_b = np.empty(n, np.uint64), np.empty(n, np.uint64)
        start, _ = self._bounds(self._current)
        n = join_edges(a, b, start, self._parent, self._anchor, left_a, left_b)
        if n:
            self._add(left_a[:n], left_b[:n])

    def finish(self) -> None:
        """Find the clusters; no edges may be added any more."""
        self._end()
        for block in range(self._n_blocks - 2, -1, -1):
            self._begin(block)
            with self._buckets.pop() as bucket:
                bucket.seek(0)
                while data := bucket.read(16 * SCRATCH_EDGES):
                    pairs = np.frombuffer(data, np.uint64).reshape(-1, 2)
                    self._join(*np.ascontiguousarray(pairs.T))
            self._end()
        self._parent = np.empty(0, np.uint32)
        self._anchor = np.empty(0, np.uint64)
        for block in range(self._n_blocks):
            start, end = self._bounds(block)
            roots = self._read(start, end)
            self._look_up(roots, block)
            self._write(start, roots)
            mark(self._bits, start, roots)

    def _end(self) -> None:
        start, end = self._bounds(self._current)
        targets = np.empty(end - start, np.uint64)
        point(start, self._parent, self._anchor, targets)
        self._write(start, targets)

    def _look_up(self, targets: UInt64s, block: int) -> None:
        """Replace documents of earlier blocks by their roots."""
        for earlier in range(block):
            start, end = self._bounds(earlier)
            here = np.flatnonzero((targets >= start) & (targets < end))
            if here.size:
                targets[here] = self._read(start, end)[targets[here] - np.uint64(start)]

    def _read(self, start: int, end: int) -> UInt64s:
        if self._file is None:
            return self._roots
        self._file.seek(8 * start)
        found: UInt64s = np.frombuffer(self._file.read(8 * (end - start)), np.uint64).copy()
        return found

    def _write(self, start: int, roots: UInt64s) -> None:
        if self._file is None:
            self._roots = roots
        else:
            self._file.seek(8 * start)
            self._file.write(roots.data)

    def members(self) -> Iterator[Members]:
        """Yield the members of all clusters, block by block; may be asked for several times."""
        for block in range(self._n_blocks):
            start, end = self._bounds(block)
            roots = self._read(start, end)
            inside = np.empty(end - start, np.bool_)
            marked(self._bits, start, inside)
            documents = np.flatnonzero(inside).astype(np.uint64)
            yield Members(documents + np.uint64(start), roots[inside])

    def close(self) -> None:
        """Give the temporary files back."""
        for file in (*self._buckets, self._file):
            if file is not None:
                file.close()
