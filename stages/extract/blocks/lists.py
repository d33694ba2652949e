"""Lists that the main text announces.

The items of a list are short and stand in markup like that of menus, so that the trees leave many.
What is certain about one is said around it: a heading or a line that ends in a colon before it, both
of the main text, main text behind it in the same element, and not mostly links inside.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np

from eurosift.filters.arrays import Bools
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
    containers, parents = blocks.table[:, CONTAINER], blocks.parents
    announcing = blocks.text[np.maximum(blocks.table[:, END] - 1, 0)] == COLON
    announcing |= blocks.table[:, KIND] % LEVEL == HEADING
    found = np.zeros(len(taken), np.bool_)
    for before in np.flatnonzero(taken[:-1] & ~taken[1:] & announcing[:-1]).tolist():
        whole = _list_around(blocks, int(containers[before + 1]))
        behind = before + 1
        while behind < len(taken) and _list_around(blocks, int(containers[behind])) == whole:
            behind += 1
        if whole == 0 or behind == len(taken) or not taken[behind]:
            continue
        home = parents[whole]
        is_beside = all(
            home in (containers[block], parents[containers[block]]) for block in (before, behind)
        )
        items = blocks.table[before + 1 : behind]
        if is_beside and 2 * items[:, LINK_WORDS].sum() <= items[:, WORDS].sum():
            found[before + 1 : behind] = True
    return found


def _list_around(blocks: Blocks, element: int) -> int:
    """The outermost list around an element; 0 if there is none."""
    found = 0
    while element != 0:
        if blocks.names[element] in _list_names():
            found = element
        element = int(blocks.parents[element])
    return found


@cache
def _list_names() -> frozenset[int]:
    return frozenset(number for number, name in enumerate(element_names()) if name in LISTS)
