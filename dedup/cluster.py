"""Cluster: from edges to clusters.

Union-find on one array of 4 bytes per document (Galler & Fischer 1964, with path halving). The
root of a cluster is always its smallest document, so the result does not depend on the order of
the edges.
"""

from __future__ import annotations

import numpy as np

from eurosift.filters.arrays import Bools, UInt32s
from eurosift.filters.kernel import kernel


@kernel
def find(parent: UInt32s, document: int) -> int:
    """Root of a document; shortens the way there."""
    while parent[document] != document:
        parent[document] = parent[parent[document]]
        document = parent[document]
    return document


@kernel
def unite(parent: UInt32s, a: UInt32s, b: UInt32s, joined: Bools) -> None:
    """Add edges one after the other; `joined` tells which of them brought clusters together."""
    for i in range(a.size):
        left = find(parent, int(a[i]))
        right = find(parent, int(b[i]))
        joined[i] = left != right
        if left < right:
            parent[right] = left
        elif right < left:
            parent[left] = right


@kernel
def flatten(parent: UInt32s) -> None:
    """Let every document point at its root."""
    for document in range(parent.size):
        # roots are smallest members, so the parent's own entry is final already
        parent[document] = parent[parent[document]]


class Forest:
    """Clusters of ``n_documents`` documents that grow edge by edge.

    Parameters
    ----------
    n_documents
        Documents are numbered from 0; 4 bytes each.
    """

    def __init__(self, n_documents: int) -> None:
        self._parent: UInt32s = np.arange(n_documents, dtype=np.uint32)

    def link(self, a: UInt32s, b: UInt32s) -> Bools:
        """Add edges in order; return which of them joined clusters that were apart.

        The edges that joined are a spanning forest: they give the same clusters as all edges, and
        there are fewer of them than documents.
        """
        joined = np.empty(len(a), np.bool_)
        unite(self._parent, a, b, joined)
        return joined

    def roots(self) -> UInt32s:
        """Smallest document of each document's cluster: uint32, shape (n_documents,)."""
        flatten(self._parent)
        return self._parent.copy()
