"""Scan a page for its blocks: runs of text between block-level tags, with what surrounds them.

What is scanned is the page as the parser wrote it again, so it is well-formed: every element that
has an end tag is closed, values are quoted, and only five entities occur.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Int64s, UInt8s, UInt32s
from eurosift.filters.kernel import kernel
from eurosift.filters.unicode import (
    ALPHA,
    EXTEND,
    NUMBER,
    SPACE,
    TERMINAL,
    UPPER,
    character_classes,
)
from eurosift.stages.extract.blocks.tokens import (
    AMPERSAND,
    BANG,
    BLANK,
    COMMA,
    EQUALS,
    HYPHEN,
    LESS,
    LINE_FEED,
    MASK,
    MORE,
    MULTIPLIER,
    QUOTE,
    SLASH,
    SMALL_C,
    entity,
    find_end,
    hides,
    hints_of,
    is_modal,
    is_telling,
)
from eurosift.stages.extract.blocks.vocabulary import (
    BLOCK,
    BREAK,
    HIDDEN,
    IN_EMPHASIS,
    IN_VERBATIM,
    INLINE,
    LINK,
    OVER,
    RAW,
    RULE,
    SKIP,
    VOID,
    Vocabulary,
    vocabulary,
)

(
    START, END, WORDS, CHARS, LINK_WORDS, LINKS, CAPITALS, DIGITS, STOPS, COMMAS, LINES, EMPHASIS,
    ENDS, KIND, CONTAINER, DEPTH, FLAGS, HINTS, NEAR, SIGNATURE,
) = range(20)  # fmt: skip
"""Columns of the table of blocks: where the text is; counts in it; what the block is in."""
N_COLUMNS: Final = 20
(
    S_ACT, S_KIND, S_FLAGS, S_HINTS, S_OWN, S_BLOCK, S_SIGNATURE, S_LINK,
) = range(8)  # fmt: skip
"""Columns of the stack of open elements."""
N_STACK: Final = 8


class Blocks(NamedTuple):
    """Blocks of a page, in order.

    Attributes
    ----------
    text
        uint32, shape (n_points,): code points of the text, white space collapsed.
    table
        int64, shape (n_blocks, N_COLUMNS); `CONTAINER` is a row of `parents`.
    parents
        int64, shape (n_elements,): the block-level element around each; its own number for the
        first. Parents come before their children.
    names
        uint8, shape (n_elements,): name of each, an index of `element_names`; 0 for the first.
    """

    text: UInt32s
    table: Int64s
    parents: Int64s
    names: UInt8s


def scan(html: str) -> Blocks:
    """Find the blocks of a page that a parser wrote again.

    Takes time linear in its size.
    """
    points = np.frombuffer(html.encode("utf-32-le", "surrogatepass"), np.uint32)
    most = html.count("<") + 1
    text = np.empty(len(points) + most, np.uint32)
    table = np.zeros((most, N_COLUMNS), np.int64)
    parents = np.zeros(most + 1, np.int64)
    names = np.zeros(most + 1, np.uint8)
    stack = np.zeros((most + 1, N_STACK), np.int64)
    n_blocks, n_parents, n_points = scan_points(
        points, character_classes(), vocabulary(), text, table, parents, names, stack
    )
    return Blocks(text[:n_points], table[:n_blocks], parents[:n_parents], names[:n_parents])


@kernel
def close(
    text: UInt32s, table: Int64s, n_blocks: int, n_points: int, classes: UInt8s
) -> tuple[int, int]:
    """End the open block, without white space at its end; drop it if it is empty."""
    start = table[n_blocks, START]
    while n_points > start and classes[text[n_points - 1]] & SPACE:
        n_points -= 1
    if n_points == start:
        table[n_blocks, :] = 0
        return n_blocks, n_points
    last = n_points - 1
    if last > start and not classes[text[last]] & (ALPHA | NUMBER | TERMINAL):
        last -= 1  # a quotation mark or a bracket after the full stop
    table[n_blocks, ENDS] = 1 if classes[text[last]] & TERMINAL else 0
    table[n_blocks, END] = n_points
    table[n_blocks, CHARS] = n_points - start
    return n_blocks + 1, n_points


@kernel
def scan_points(
    points: UInt32s,
    classes: UInt8s,
    known: Vocabulary,
    text: UInt32s,
    table: Int64s,
    parents: Int64s,
    names: UInt8s,
    stack: Int64s,
) -> tuple[int, int, int]:
    """Fill text, table, parents and names; numbers of blocks, elements and code points."""
    n = len(points)
    i = n_blocks = n_points = depth = skipped = 0
    n_parents = 1
    stack[0, S_ACT] = BLOCK
    in_word = False
    opened = False  # whether the row n_blocks is in use
    while i < n:
        point = np.int64(points[i])
        if point == LESS and i + 1 < n:
            following = np.int64(points[i + 1])
            if following == BANG:  # a comment, or the document type
                comment = i + 3 < n and points[i + 2] == HYPHEN
                i += 4 if comment else 2
                while i < n:
                    if points[i] == MORE and (
                        not comment or (points[i - 1] == HYPHEN and points[i - 2] == HYPHEN)
                    ):
                        break
                    i += 1
                i += 1
                continue
            if following == SLASH:
                while i < n and points[i] != MORE:
                    i += 1
                i += 1
                if depth:
                    if skipped == depth:
                        skipped = 0
                    if stack[depth, S_ACT] == BLOCK:
                        if opened:
                            n_blocks, n_points = close(text, table, n_blocks, n_points, classes)
                            opened = False
                        in_word = False
                    depth -= 1
                continue
            # A start tag: its name, then its attributes.
            name = i + 1
            i = name
            number = np.uint64(0)
            while i < n and points[i] != MORE and points[i] != BLANK and points[i] != SLASH:
                i += 1
            name_end = i
            number = np.uint64((name_end - name) & 15)
            for k in range(name, min(name_end, name + 12)):
                number = (number << np.uint64(5)) ^ np.uint64(points[k])
            row = np.searchsorted(known.keys, number)
            act, kind, flags = INLINE, 0, np.int64(0)
            if row < len(known.keys) and known.keys[row] == number:
                act, kind, flags = known.acts[row], known.kinds[row], known.flags[row]
            own = np.int64(0)
            signature = np.int64(number & np.uint64(MASK))
            while i < n and points[i] != MORE:
                while i < n and (points[i] == BLANK or points[i] == SLASH):
                    i += 1
                attribute = i
                while i < n and points[i] != EQUALS and points[i] != MORE and points[i] != BLANK:
                    i += 1
                attribute_end = begin = end = i
                if i + 1 < n and points[i] == EQUALS and points[i + 1] == QUOTE:
                    begin = i + 2
                    i = begin
                    while i < n and points[i] != QUOTE:
                        i += 1
                    end = i
                    i += 1
                elif i == attribute and i < n and points[i] != MORE:
                    i += 1  # never stand still
                if is_telling(points, attribute, attribute_end):
                    found, digest = hints_of(points, begin, end, known)
                    own |= found
                    if points[attribute] == SMALL_C:
                        signature = (signature * MULTIPLIER + digest) & MASK
                elif hides(points, attribute, attribute_end, begin, end):
                    flags |= HIDDEN
                elif is_modal(points, attribute, attribute_end, begin, end):
                    own |= 1 << OVER
            i += 1
            if act == BREAK:
                if opened and not skipped:
                    if text[n_points - 1] == LINE_FEED:  # an empty line
                        n_blocks, n_points = close(text, table, n_blocks, n_points, classes)
                        opened = False
                    else:
                        if text[n_points - 1] == BLANK:
                            n_points -= 1
                        if n_points > table[n_blocks, START]:
                            text[n_points] = LINE_FEED
                            n_points += 1
                            table[n_blocks, LINES] += 1
                in_word = False
                continue
            if act == VOID:
                continue
            if act == RULE:
                if opened:
                    n_blocks, n_points = close(text, table, n_blocks, n_points, classes)
                    opened = False
                in_word = False
                continue
            if act == RAW:
                i = find_end(points, i, name, name_end)
                while i < n and points[i] != MORE:
                    i += 1
                i += 1
                continue
            up = depth
            depth += 1
            if act == SKIP and not skipped:
                skipped = depth
            stack[depth, S_ACT] = act
            stack[depth, S_KIND] = kind
            stack[depth, S_FLAGS] = stack[up, S_FLAGS] | flags
            page = kind == 0 and depth <= 2  # templates write of the page into html and body
            stack[depth, S_OWN] = 0 if page else own
            stack[depth, S_HINTS] = stack[up, S_HINTS] | stack[depth, S_OWN]
            stack[depth, S_SIGNATURE] = signature
            stack[depth, S_BLOCK] = stack[up, S_BLOCK]
            stack[depth, S_LINK] = stack[up, S_LINK]
            if act == LINK:
                stack[depth, S_LINK] = 1
                if opened and not skipped:
                    table[n_blocks, LINKS] += 1
            elif act == BLOCK:
                if opened:
                    n_blocks, n_points = close(text, table, n_blocks, n_points, classes)
                    opened = False
                in_word = False
                parents[n_parents] = stack[up, S_BLOCK]
                names[n_parents] = row
                stack[depth, S_BLOCK] = n_parents
                n_parents += 1
            continue
        if point == AMPERSAND:
            decoded, size = entity(points, i)
            point = np.int64(decoded)
            i += size
        else:
            i += 1
        if skipped:
            continue
        klass = classes[point] if point < len(classes) else 0
        if klass & SPACE:
            in_word = False
            verbatim = stack[depth, S_FLAGS] & IN_VERBATIM
            if not opened or (text[n_points - 1] == LINE_FEED and not verbatim):
                continue
            if point == LINE_FEED and verbatim:
                text[n_points] = LINE_FEED
                n_points += 1
                table[n_blocks, LINES] += 1
            elif text[n_points - 1] != BLANK or verbatim:
                text[n_points] = BLANK
                n_points += 1
            continue
        if not opened:
            opened = True
            at = depth
            while at and stack[at, S_ACT] != BLOCK:
                at -= 1
            table[n_blocks, START] = n_points
            table[n_blocks, KIND] = stack[at, S_KIND]
            table[n_blocks, CONTAINER] = stack[at, S_BLOCK]
            table[n_blocks, DEPTH] = at
            table[n_blocks, FLAGS] = stack[at, S_FLAGS]
            table[n_blocks, HINTS] = stack[depth, S_HINTS]
            near = stack[at, S_OWN]
            if at >= 1:
                near |= stack[at - 1, S_OWN]
            if at >= 2:
                near |= stack[at - 2, S_OWN]
            table[n_blocks, NEAR] = near
            above = stack[at - 1, S_SIGNATURE] if at else 0
            table[n_blocks, SIGNATURE] = (stack[at, S_SIGNATURE] * MULTIPLIER + above) & MASK
            if stack[depth, S_LINK]:
                table[n_blocks, LINKS] = 1
        text[n_points] = point
        n_points += 1
        if klass & (ALPHA | NUMBER | EXTEND):
            if not in_word:
                in_word = True
                table[n_blocks, WORDS] += 1
                if stack[depth, S_LINK]:
                    table[n_blocks, LINK_WORDS] += 1
                if stack[depth, S_FLAGS] & IN_EMPHASIS:
                    table[n_blocks, EMPHASIS] += 1
                if klass & UPPER:
                    table[n_blocks, CAPITALS] += 1
            if klass & NUMBER:
                table[n_blocks, DIGITS] += 1
        else:
            in_word = False
            if klass & TERMINAL:
                table[n_blocks, STOPS] += 1
            elif point == COMMA:
                table[n_blocks, COMMAS] += 1
    if opened:
        n_blocks, n_points = close(text, table, n_blocks, n_points, classes)
    return n_blocks, n_parents, n_points
