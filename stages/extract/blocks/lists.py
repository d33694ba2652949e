"""Lists that the main text announces.

The items of a list are short and stand in markup like that of menus, so that the trees leave many.
What is certain about one is said around it: before it a heading or a line that ends in a colon, of
the main text, main text behind it in the same element, and not mostly links inside.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from eurosift.filters.arrays import Bools, Int64s
from eurosift.stages.extract.blocks.scan import CONTAINER, END, KIND, LINK_WORDS, WORDS, Blocks
from eurosift.stages.extract.blocks.vocabulary import HEADING, LEVEL, element_names

COLON: Final = ord(":")
LISTS: Final = ("ul", "ol", "dl", "menu")


def announced(blocks: Blocks, taken: Bools) -> Bools:
    """Which blocks are in a list that taken ones announce and go on behind.

    Parameters
    ----------
    taken
        Shape (n_blocks,): the blocks that are main text.

    Returns
    -------
    bool, shape (n_blocks,).
    """
    found = np.zeros(len(taken), np.bool_)
    announcing = blocks.text[np.maximum(blocks.table[:, END] - 1, 0)] == COLON
    announcing |= blocks.table[:, KIND] % LEVEL == HEADING
    candidates = np.flatnonzero(taken[:-1] & ~taken[1:] & announcing[:-1])
    if not len(candidates):
        return found
    containers, parents = blocks.table[:, CONTAINER], blocks.parents
    around = _lists_around(blocks)[containers]
    changes = np.flatnonzero(np.diff(around)) + 1
    for before in candidates[around[candidates + 1] > 0].tolist():
        place = int(np.searchsorted(changes, before + 2))
        if place == len(changes) or not taken[behind := int(changes[place])]:
            continue
        home = parents[around[before + 1]]
        is_beside = all(
            home in (containers[block], parents[containers[block]]) for block in (before, behind)
        )
        items = blocks.table[before + 1 : behind]
        if is_beside and 2 * items[:, LINK_WORDS].sum() <= items[:, WORDS].sum():
            found[before + 1 : behind] = True
    return found


def _lists_around(blocks: Blocks) -> Int64s:
    """The outermost list around each element, itself included; 0 if there is none."""
    lists: list[int] = []
    for element, (up, name) in enumerate(
        zip(blocks.parents.tolist(), blocks.names.tolist(), strict=True)
    ):
        above = lists[up] if element else 0
        lists.append(above or (element if name in _list_names() else 0))
    return np.array(lists, np.int64)


@cache
def _list_names() -> frozenset[int]:
    return frozenset(number for number, name in enumerate(element_names()) if name in LISTS)
