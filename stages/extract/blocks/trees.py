"""Boosted regression trees as arrays: the form in which a classifier is shipped, and its walk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from eurosift.filters.arrays import Float32s, Float64s, UInt32s
from eurosift.filters.kernel import kernel
from eurosift.stages.errors import AssetError

ROWS = 64
"""Rows that go down a tree together: their features stay in the processor's nearest cache."""


class Trees(NamedTuple):
    """Trees, node after node.

    Attributes
    ----------
    roots
        uint32, shape (n_trees,).
    columns
        uint32, shape (n_nodes,): which feature a node asks for.
    thresholds
        float32, shape (n_nodes,): values up to it go left; infinite at a leaf.
    lefts
        uint32, shape (n_nodes,): the left child, after which the right one stands, both with higher
        numbers; a leaf's own number.
    values
        float64, shape (n_nodes,): what a leaf adds.
    base
        float64, shape (1,): the value before any tree.
    """

    roots: UInt32s
    columns: UInt32s
    thresholds: Float32s
    lefts: UInt32s
    values: Float64s
    base: Float64s

    def values_of(self, rows: Float32s) -> Float64s:
        """Sum the trees for rows of features: float64, shape (n_rows,)."""
        sums = np.full(len(rows), self.base[0])
        walk(self.roots, self.columns, self.thresholds, self.lefts, self.values, rows, sums)
        return sums


@kernel
def walk(
    roots: UInt32s,
    columns: UInt32s,
    thresholds: Float32s,
    lefts: UInt32s,
    values: Float64s,
    rows: Float32s,
    sums: Float64s,
) -> None:
    """Add every tree's leaf to each row's sum, in the order of the trees.

    Rows go down level by level, without a branch that a processor would have to guess: at a leaf
    they stand still.
    """
    at = np.empty(ROWS, np.uint32)
    for first in range(0, len(rows), ROWS):
        part = rows[first : first + ROWS]
        for root in roots:
            at[:] = root
            moved = np.uint32(1)
            while moved:
                moved = np.uint32(0)
                for i in range(len(part)):
                    node = at[i]
                    at[i] = lefts[node] + np.uint32(part[i, columns[node]] > thresholds[node])
                    moved |= at[i] ^ node
            for i in range(len(part)):
                sums[first + i] += values[at[i]]


def save(trees: Trees, names: tuple[str, ...], file: BinaryIO) -> None:
    """Write trees and the names of their features; the same trees give the same bytes."""
    np.savez_compressed(file, names=np.array(names), **trees._asdict())


def load(path: Path, names: tuple[str, ...]) -> Trees:
    """Read trees.

    Raises
    ------
    AssetError
        If the file cannot be read, is damaged, or is made for features of other names.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            known = tuple(file["names"].tolist())
            trees = Trees(*(file[field] for field in Trees._fields))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise AssetError(
            f"{path}: no classifier of blocks ({error}); train one with `eurosift extract train`"
        ) from error
    if known != names:
        raise AssetError(
            f"{path}: is made for other features than this version of eurosift has; train it "
            "again with `eurosift extract train`"
        )
    if not _sound(trees, len(names)):
        raise AssetError(f"{path}: its trees are damaged; install eurosift again or train anew")
    return trees


def _sound(trees: Trees, n_features: int) -> bool:
    """Whether every walk stays within the arrays and ends: the kernel does not check."""
    arrays: tuple[npt.NDArray[Any], ...] = trees
    types = (np.uint32, np.uint32, np.float32, np.uint32, np.float64, np.float64)
    if tuple(array.dtype for array in arrays) != tuple(map(np.dtype, types)):
        return False
    n = len(trees.columns)
    nodes = trees.columns, trees.thresholds, trees.lefts, trees.values
    if any(array.shape != (n,) for array in nodes) or trees.base.shape != (1,):
        return False
    numbers = np.arange(n)
    leaf = trees.lefts == numbers
    children = bool(np.all(leaf | ((trees.lefts > numbers) & (trees.lefts < n - 1))))
    columns = bool(np.all(trees.columns < n_features))
    roots = trees.roots.ndim == 1 and bool(np.all(trees.roots < n))
    leaves = bool(np.all(trees.thresholds[leaf] == np.inf))
    finite = bool(np.isfinite(trees.values).all() and np.isfinite(trees.base).all())
    return children and columns and roots and leaves and finite
