"""Boosted regression trees as arrays: the form in which a classifier is shipped, and its walk."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from eurosift.filters.arrays import Float32s, Float64s, Int32s
from eurosift.filters.kernel import kernel
from eurosift.stages.errors import AssetError

LEAF = -1
"""In place of a child."""


class Trees(NamedTuple):
    """Trees, node after node.

    Attributes
    ----------
    roots
        int32, shape (n_trees,).
    columns
        int32, shape (n_nodes,): which feature a node asks for.
    thresholds
        float64, shape (n_nodes,): values up to it go left.
    lefts, rights
        int32, shape (n_nodes,): children, both with higher numbers; LEAF where there are none.
    values
        float64, shape (n_nodes,): what a leaf adds.
    base
        float64, shape (1,): the value before any tree.
    """

    roots: Int32s
    columns: Int32s
    thresholds: Float64s
    lefts: Int32s
    rights: Int32s
    values: Float64s
    base: Float64s

    def values_of(self, rows: Float32s) -> Float64s:
        """Sum the trees for rows of features: float64, shape (n_rows,)."""
        sums = np.full(len(rows), self.base[0])
        walk(self.roots, self.columns, self.thresholds, self.lefts, self.rights, self.values,
             rows, sums)  # fmt: skip
        return sums


@kernel
def walk(
    roots: Int32s,
    columns: Int32s,
    thresholds: Float64s,
    lefts: Int32s,
    rights: Int32s,
    values: Float64s,
    rows: Float32s,
    sums: Float64s,
) -> None:
    """Add every tree's leaf to each row's sum, in the order of the trees."""
    for root in roots:
        for i in range(len(rows)):
            node = root
            while lefts[node] >= 0:
                node = lefts[node] if rows[i, columns[node]] <= thresholds[node] else rights[node]
            sums[i] += values[node]


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
    types = (np.int32, np.int32, np.float64, np.int32, np.int32, np.float64, np.float64)
    if tuple(array.dtype for array in arrays) != tuple(map(np.dtype, types)):
        return False
    n = len(trees.columns)
    nodes = trees.columns, trees.thresholds, trees.lefts, trees.rights, trees.values
    if any(array.shape != (n,) for array in nodes) or trees.base.shape != (1,):
        return False
    inner = trees.lefts != LEAF
    numbers = np.arange(n)
    children = all(
        bool(np.all((side[inner] > numbers[inner]) & (side[inner] < n)))
        for side in (trees.lefts, trees.rights)
    )
    columns = bool(np.all((trees.columns >= 0) & (trees.columns < n_features)))
    roots = trees.roots.ndim == 1 and bool(np.all((trees.roots >= 0) & (trees.roots < n)))
    leaves = bool(np.all(trees.lefts[~inner] == LEAF))
    finite = bool(np.isfinite(trees.values).all() and np.isfinite(trees.base).all())
    return children and columns and roots and leaves and finite
