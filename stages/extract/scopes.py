"""Scopes of formatting elements: which of them an end tag can close.

In a cell of a table, and in a few other elements, an end tag closes nothing that was opened outside
(HTML Standard, "The list of active formatting elements": markers). Here it is followed how far that
goes, without a tree and rather too far than too short.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Int64s
from eurosift.filters.kernel import kernel

_NESTING = ("table", "template", "object", "applet", "marquee")
_CELLS = ("td", "th", "caption")
SCOPES = (*_NESTING, *_CELLS, "tr", "tbody", "thead", "tfoot")
"""Names of the elements that matter: those that nest, cells, and what stands around cells."""
TABLE: Final = 0
TEMPLATE: Final = 1
N_NESTING: Final = len(_NESTING)
N_ENTERED: Final = len(_NESTING) + len(_CELLS)
DEEPEST: Final = 1_000


@kernel
def no_scopes() -> Int64s:
    """Scopes at the beginning of a page.

    Int64, shape (1 + DEEPEST, 2): in the first row their number, and how many of the formatting
    elements of the page stand outside of the innermost, so that no end tag closes them; then, for
    each, its place among the names, and that number for what is around it.
    """
    return np.zeros((1 + DEEPEST, 2), np.int64)


@kernel
def outside(scopes: Int64s) -> int:
    """How many formatting elements stand outside of the innermost scope."""
    return int(scopes[0, 1])


@kernel
def follow(scopes: Int64s, place: int, closing: int, used: int) -> None:
    """Follow a tag.

    Parameters
    ----------
    place
        Of its name.
    closing
        Whether it is an end tag: 1 or 0.
    used
        How many formatting elements the page has had.
    """
    n = scopes[0, 0]
    if place < N_NESTING and not closing:
        scopes[0, 0] = n + 1
        if n < DEEPEST:
            scopes[n + 1, 0], scopes[n + 1, 1] = place, scopes[0, 1]
        if place != TABLE:
            scopes[0, 1] = used
    elif n > DEEPEST:  # of which only the number is known
        scopes[0, 0] = n - (place < N_NESTING)
    elif n == 0:
        return
    elif place < N_NESTING:
        if scopes[n, 0] == place:
            scopes[0, 0] = n - 1
            scopes[0, 1] = scopes[n, 1]
    elif place < N_ENTERED and not closing:
        if scopes[n, 0] <= TEMPLATE:
            scopes[0, 1] = used
    elif scopes[n, 0] == TABLE:
        scopes[0, 1] = scopes[n, 1]
