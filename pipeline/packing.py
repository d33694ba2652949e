"""How work is spread over the elements of an array: by weight, the heaviest first."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence


def shares(weights: Mapping[str, int], n: int) -> list[list[str]]:
    """Spread items over `n` elements so that all have about as much to do.

    Greedy, the heaviest item first, each to the element with the least (longest processing time
    first; Graham 1969): no element has more than 4/3 of what the best spreading gives it.

    Parameters
    ----------
    weights
        Weight of each item by its key, for example bytes to read.
    n
        Number of elements.

    Returns
    -------
    list of list of str
        Keys of each element, heaviest first; the same for the same weights in any order.
    """
    loads = [(0, element) for element in range(n)]
    found: list[list[str]] = [[] for _ in range(n)]
    for key in sorted(weights, key=lambda key: (-weights[key], key)):
        load, element = loads[0]
        found[element].append(key)
        # At least 1: items of no weight are spread, too.
        heapq.heapreplace(loads, (load + max(weights[key], 1), element))
    return found


def share(
    keys: Sequence[str],
    weights: Mapping[str, int],
    rank: int,
    n: int,
    first: Collection[str] | None = None,
) -> list[str]:
    """What element `rank` of `n` does, heaviest first.

    Every element comes to its own share by itself, so nothing may go in that changes while others
    are at work, such as what is done already.

    Parameters
    ----------
    keys
        All items.
    weights
        Their weights; an item without one weighs 1.
    rank, n
        The element, and how many there are.
    first
        Items that were to be done when the array was submitted: these alone are balanced, the
        others are dealt out behind them. None if nothing was known.
    """
    wanted = set(keys) if first is None else set(first)
    mine = shares({key: weights.get(key, 1) for key in keys if key in wanted}, n)[rank]
    return mine + [key for key in keys[rank::n] if key not in wanted]
