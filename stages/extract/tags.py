"""What the tags of a page cost a parser: attributes, and elements that it opens again.

Formatting elements (``<b>``, ``<font>``) that are not closed are opened again, with their
attributes, in whatever follows (HTML Standard, "Reconstruct the active formatting elements"): a
page of 5 MB can so become one of 20 GB. One that is closed before those that were opened after it
closes these, too, and they are opened again; in a cell, none is closed that was opened outside.
What is counted are upper estimates, in time that hardly grows faster than the size of the page.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int64s, UInt8s, UInt64s
from eurosift.filters.kernel import Integer, kernel
from eurosift.stages.extract.scopes import SCOPES, follow, no_scopes, outside

LESS, MORE, SLASH, BANG, HYPHEN, BLANK, EQUALS = 0x3C, 0x3E, 0x2F, 0x21, 0x2D, 0x20, 0x3D
QUOTE, APOSTROPHE = 0x22, 0x27
LONG: Final = -1
"""Packed name of more than eight letters: none that is looked for."""
NONE: Final = -1
ALIKE: Final = 3
"""So many formatting elements that are the same in all are opened again, at most (the "Noah's Ark
clause")."""
SLOTS: Final = 4_096
MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
SINGLE: Final = 1
"""Packed formatting elements up to this place in their table close an older one of their kind."""
_SINGLE = ("a", "nobr")
_FORMATTING = (*_SINGLE, "b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong",
               "tt", "u")  # fmt: skip
_RAW = ("script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp")


class Cost(NamedTuple):
    """What the tags of a page cost.

    Attributes
    ----------
    most_attributes
        Of the tag that has most.
    attributes
        Of all tags together.
    reopened
        Elements that are opened again.
    reopened_attributes
        Attributes of these.
    reopened_bytes
        Bytes of their tags.
    """

    most_attributes: int
    attributes: int
    reopened: int
    reopened_attributes: int
    reopened_bytes: int


def cost_of(data: UInt8s) -> Cost:
    """Count the cost of a page in UTF-8."""
    return Cost(*count_tags(data, packed(_FORMATTING), packed(_RAW), packed(SCOPES)))


@cache
def packed(names: tuple[str, ...]) -> UInt64s:
    """Names of at most eight letters as numbers: uint64, shape (n_names,), in their order."""
    table = np.array([int.from_bytes(name.encode(), "big") for name in names], np.uint64)
    table.setflags(write=False)
    return table


@kernel
def lower(byte: Integer) -> int:
    """An ASCII letter in lower case."""
    return int(byte) + 0x20 if 0x41 <= byte <= 0x5A else int(byte)


@kernel
def read_name(data: UInt8s, begin: int) -> tuple[Integer, int]:
    """Letters and digits of the name at `begin` packed into a number, and where it ends."""
    pos = begin
    name: Integer = np.int64(0)
    while pos < data.size:
        letter = lower(data[pos])
        if not (0x61 <= letter <= 0x7A or (pos > begin and 0x30 <= letter <= 0x39)):
            break
        name = LONG if pos - begin >= 8 else name << 8 | letter
        pos += 1
    return name, pos


@kernel
def find(table: UInt64s, name: Integer) -> int:
    """Place of a name in a table, `NONE` if it is not there."""
    if name > 0:
        for place in range(table.size):
            if table[place] == np.uint64(name):
                return place
    return NONE


@kernel
def raw_end(data: UInt8s, begin: int, name: Integer) -> int:
    """Where raw content ends, after its end tag; the end of the page without one."""
    pos = begin
    while pos + 2 < data.size:
        if data[pos] == LESS and data[pos + 1] == SLASH:
            found, stop = read_name(data, pos + 2)
            if found == name:
                while stop < data.size and data[stop] <= BLANK:
                    stop += 1
                return stop + 1 if stop < data.size and data[stop] == MORE else stop
        pos += 1
    return int(data.size)


@kernel
def comment_end(data: UInt8s, begin: int) -> int:
    """Where a comment ends, at ``-->`` or ``--!>``; the end of the page if it does not.

    `begin` is after its ``<!``: the hyphens of ``<!-->`` both begin and end it, those of ``<!--!>``
    do not.
    """
    for pos in range(begin, data.size - 2):
        if data[pos] == HYPHEN and data[pos + 1] == HYPHEN:
            if data[pos + 2] == MORE:
                return pos + 3
            has_bang = data[pos + 2] == BANG and pos >= begin + 2
            if has_bang and pos + 3 < data.size and data[pos + 3] == MORE:
                return pos + 4
    return int(data.size)


@kernel
def begins_comment(data: UInt8s, pos: int) -> bool:
    """Whether a comment begins at the `<` at `pos`."""
    return bool(
        pos + 4 <= data.size
        and data[pos + 1] == BANG
        and data[pos + 2] == HYPHEN
        and data[pos + 3] == HYPHEN
    )


@kernel
def read_attributes(data: UInt8s, begin: int) -> tuple[int, int]:
    """Number of attributes of the tag whose name ends at `begin`, and where the tag ends."""
    pos = begin
    n = 0
    blank = True
    last = np.uint8(BLANK)
    while pos < data.size and data[pos] != MORE:
        byte = data[pos]
        if byte <= BLANK or byte == SLASH:
            blank = True
        elif byte in (QUOTE, APOSTROPHE) and last == EQUALS:
            pos += 1
            while pos < data.size and data[pos] != byte:
                pos += 1
            blank = True
            last = byte
        else:
            n += blank and EQUALS not in (byte, last)
            blank = False
            last = byte
        pos += 1
    return n, min(pos + 1, int(data.size))


@kernel
def count_tags(
    data: UInt8s, formatting: UInt64s, raw: UInt64s, scoping: UInt64s
) -> tuple[int, int, int, int, int]:
    """See `Cost`."""
    most = total = reopened = reopened_attributes = reopened_bytes = 0
    # Formatting elements that are open, a stack for each name; of those alike only a few count.
    newest = np.full(formatting.size, NONE, np.int64)
    older = np.empty(64, np.int64)
    sizes = np.empty(64, np.int64)
    owned = np.empty(64, np.int64)
    slots = np.empty(64, np.int64)  # NONE for those that do not count
    tree = np.zeros((65, 3), np.int64)  # of all of them, whether they count or not
    alike = np.zeros(SLOTS, np.int64)
    scopes = no_scopes()
    used = n_open = open_attributes = open_bytes = 0
    pos = 0
    while pos < data.size:
        if data[pos] != LESS:
            pos += 1
            continue
        if begins_comment(data, pos):
            pos = comment_end(data, pos + 2)
            continue
        closing = pos + 1 < data.size and data[pos + 1] == SLASH
        begin = pos + 1 + closing
        name, stop = read_name(data, begin)
        if stop == begin:
            pos += 1
            continue
        n, end = read_attributes(data, stop)
        most = max(most, n)
        total += n
        kind = find(formatting, name)
        if kind == NONE:
            reopened += n_open
            reopened_attributes += open_attributes
            reopened_bytes += open_bytes
            if not closing and find(raw, name) != NONE:
                end = raw_end(data, end, name)
            place = find(scoping, name)
            if place != NONE:
                follow(scopes, place, closing, used)
            pos = end
            continue
        if (closing or kind <= SINGLE) and newest[kind] >= max(0, outside(scopes)):
            top = newest[kind]
            newest[kind] = older[top]
            add(tree, top, -1, -owned[top], -sizes[top])
            earlier, earlier_attributes, earlier_bytes = sums_before(tree, top)
            reopened += tree[0, 0] - earlier
            reopened_attributes += tree[0, 1] - earlier_attributes
            reopened_bytes += tree[0, 2] - earlier_bytes
            if slots[top] != NONE:
                n_open -= 1
                open_attributes -= owned[top]
                open_bytes -= sizes[top]
                alike[slots[top]] -= 1
        if not closing:
            if used == older.size:
                older, sizes = longer(older), longer(sizes)
                owned, slots = longer(owned), longer(slots)
                tree = longer_tree(tree)
            slot = hash_of(data, begin, end)
            counts = alike[slot] < ALIKE
            older[used], sizes[used], owned[used] = newest[kind], end - pos, n
            slots[used] = slot if counts else NONE
            add(tree, used, 1, n, end - pos)
            newest[kind] = used
            used += 1
            if counts:
                n_open += 1
                open_attributes += n
                open_bytes += end - pos
                alike[slot] += 1
        pos = end
    return most, total, reopened, reopened_attributes, reopened_bytes


@kernel
def longer(array: Int64s) -> Int64s:
    """A copy with twice the room."""
    copy = np.empty(2 * array.size, np.int64)
    copy[: array.size] = array
    return copy


@kernel
def add(tree: Int64s, place: int, n: int, attributes: int, size: int) -> None:
    """Add to what stands at a place of a tree of sums (Fenwick, 1994); its row 0 has the totals."""
    row = place + 1
    while row < len(tree):
        tree[row, 0] += n
        tree[row, 1] += attributes
        tree[row, 2] += size
        row += row & -row
    tree[0, 0] += n
    tree[0, 1] += attributes
    tree[0, 2] += size


@kernel
def sums_before(tree: Int64s, place: int) -> tuple[int, int, int]:
    """Sums of what stands before a place."""
    n = attributes = size = 0
    row = place
    while row > 0:
        n += tree[row, 0]
        attributes += tree[row, 1]
        size += tree[row, 2]
        row -= row & -row
    return n, attributes, size


@kernel
def longer_tree(tree: Int64s) -> Int64s:
    """A copy with twice the places, of which there are a power of two."""
    n = len(tree) - 1
    copy = np.zeros((2 * n + 1, 3), np.int64)
    copy[: n + 1] = tree
    copy[2 * n] = tree[n]
    return copy


@kernel
def hash_of(data: UInt8s, begin: int, end: int) -> int:
    """Slot of a tag, the same for tags that are the same."""
    digest = np.uint64(end - begin)
    for pos in range(begin, end):
        digest = (digest ^ np.uint64(data[pos])) * MULTIPLIER
        digest ^= digest >> np.uint64(29)
    return int(digest % np.uint64(SLOTS))
