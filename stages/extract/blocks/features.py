"""Numbers that describe the blocks of a page: what a classifier of blocks learns from.

Counts, shares and bits only, so that no text and no word is in them. No logarithms either: trees
ask for the order of values alone, and division is the same on every machine.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from eurosift.filters.arrays import Float32s, Int64s
from eurosift.filters.kernel import kernel
from eurosift.stages.extract.blocks.scan import (
    CAPITALS,
    CHARS,
    COMMAS,
    CONTAINER,
    DEPTH,
    DIGITS,
    EMPHASIS,
    ENDS,
    FLAGS,
    HINTS,
    KIND,
    LINES,
    LINK_WORDS,
    LINKS,
    NEAR,
    SIGNATURE,
    STOPS,
    WORDS,
    Blocks,
)
from eurosift.stages.extract.blocks.vocabulary import (
    HEADING,
    LEVEL,
    N_FLAGS,
    N_HINTS,
)

POSITIVE: Final = 0b111
"""Groups of hints that speak for main text."""
NEGATIVE: Final = 0b1000_0111_1111_1000
"""Groups that speak against it."""
_BLOCK = ("words", "chars", "link_share", "links", "capitals", "digits", "stops", "commas", "lines",
          "emphasis", "word_length", "ends", "kind", "level", "depth")  # fmt: skip
_AROUND = ("words", "link_share", "kind", "ends")
_AMONG = ("words", "link_share", "blocks", "paragraph_words")
NAMES: Final = (
    *_BLOCK,
    *(f"flag_{bit}" for bit in range(N_FLAGS)),
    *(f"hint_{group}" for group in range(N_HINTS)),
    "near_for",
    "near_against",
    "position",
    "from_end",
    "before_text",
    "since_heading",
    "after_h1",
    *(f"{name}{place:+d}" for place in (-2, -1, 1, 2) for name in _AROUND),
    "mass_before",
    "mass_after",
    "links_before",
    "links_after",
    *(f"parent_{name}" for name in _AMONG),
    *(f"grand_{name}" for name in _AMONG),
    "great_words",
    "great_link_share",
    "score",
    "score_share",
    "same_blocks",
    "same_words",
    "same_link_share",
    "page_words",
    "page_blocks",
    "page_link_share",
    "page_paragraph_share",
    "page_longest",
    "page_hint",
    "parent_share",
    "grand_share",
)
"""Names of the columns; ``+1`` is the next block, ``grand`` the element around the parent."""
N_FEATURES: Final = len(NAMES)
LONG: Final = 12
"""Words from which on a block without many links counts as prose."""
FEW_LINKS: Final = 0.3
FADE: Final = 0.75
"""What of the mass around is left from one block to the next."""


def features(blocks: Blocks) -> Float32s:
    """Describe blocks: float32, shape (n_blocks, N_FEATURES)."""
    table = blocks.table
    made = np.zeros((len(table), N_FEATURES), np.float32)
    if len(table):
        _, same = np.unique(table[:, SIGNATURE], return_inverse=True)
        fill(table, blocks.parents, same.astype(np.int64), made)
    return made


@kernel
def share(part: float, whole: float) -> float:
    """Part of a whole; 0 of nothing."""
    return part / whole if whole else 0.0


@kernel
def fill(table: Int64s, parents: Int64s, same: Int64s, made: Float32s) -> None:
    """Fill the features; `same` numbers the blocks by where in a template they are."""
    n = len(table)
    among = np.zeros((len(parents), 5))  # words, linked words, blocks, words of prose, score
    alike = np.zeros((same.max() + 1, 3))
    words = linked = prose = longest = hinted = 0.0
    for b in range(n):
        w, of_links = float(table[b, WORDS]), float(table[b, LINK_WORDS])
        is_prose = w >= LONG and of_links < FEW_LINKS * w
        at = table[b, CONTAINER]
        among[at, 0] += w
        among[at, 1] += of_links
        among[at, 2] += 1
        if is_prose:
            among[at, 3] += w
            among[parents[at], 4] += w - of_links
            among[parents[parents[at]], 4] += (w - of_links) / 2
            prose += w
        alike[same[b], 0] += 1
        alike[same[b], 1] += w
        alike[same[b], 2] += of_links
        words += w
        linked += of_links
        longest = max(longest, w)
        if table[b, HINTS] & POSITIVE:
            hinted += w
    for at in range(len(parents) - 1, 0, -1):
        for k in range(4):
            among[parents[at], k] += among[at, k]
    best = among[:, 4].max()
    running = heading = 0.0
    seen_h1 = False
    since = float(n)
    for b in range(n):
        w = float(table[b, WORDS])
        kind = table[b, KIND]
        level = kind // LEVEL if kind % LEVEL == HEADING and kind > LEVEL else 0
        row = made[b]
        row[0] = w
        row[1] = table[b, CHARS]
        row[2] = share(table[b, LINK_WORDS], w)
        row[3] = table[b, LINKS]
        row[4] = share(table[b, CAPITALS], w)
        row[5] = share(table[b, DIGITS], table[b, CHARS])
        row[6] = table[b, STOPS]
        row[7] = share(table[b, COMMAS], w)
        row[8] = table[b, LINES]
        row[9] = share(table[b, EMPHASIS], w)
        row[10] = share(table[b, CHARS], w)
        row[11] = table[b, ENDS]
        row[12] = HEADING if level else kind
        row[13] = level
        row[14] = table[b, DEPTH]
        f = 15
        for bit in range(N_FLAGS):
            row[f] = table[b, FLAGS] >> bit & 1
            f += 1
        for group in range(N_HINTS):
            row[f] = (table[b, HINTS] >> group & 1) + (table[b, NEAR] >> group & 1)
            f += 1
        near = table[b, NEAR]
        pro = con = 0
        for group in range(N_HINTS):
            if near >> group & 1:
                pro += POSITIVE >> group & 1
                con += NEGATIVE >> group & 1
        row[f] = pro
        row[f + 1] = con
        row[f + 2] = share(b, n)
        row[f + 3] = n - b
        row[f + 4] = share(running, words)
        running += w
        since = 0.0 if level else since + 1
        row[f + 5] = since
        seen_h1 = seen_h1 or level == 1
        heading = heading + 1 if seen_h1 else 0.0
        row[f + 6] = heading
        f += 7
        for place in (-2, -1, 1, 2):
            other = b + place
            if 0 <= other < n:
                kind = table[other, KIND]
                row[f] = table[other, WORDS]
                row[f + 1] = share(table[other, LINK_WORDS], table[other, WORDS])
                row[f + 2] = HEADING if kind > LEVEL and kind % LEVEL == HEADING else kind
                row[f + 3] = table[other, ENDS]
            else:
                row[f] = row[f + 1] = row[f + 2] = row[f + 3] = -1
            f += 4
        f += 4  # what is around: below
        at = table[b, CONTAINER]
        up = parents[at]
        top = parents[up]
        for element in (up, top):
            row[f] = among[element, 0]
            row[f + 1] = share(among[element, 1], among[element, 0])
            row[f + 2] = among[element, 2]
            row[f + 3] = share(among[element, 3], among[element, 0])
            f += 4
        row[f] = among[parents[top], 0]
        row[f + 1] = share(among[parents[top], 1], among[parents[top], 0])
        score = among[at, 4]
        while at != parents[at]:
            at = parents[at]
            score = max(score, among[at, 4])
        row[f + 2] = score
        row[f + 3] = share(score, best)
        row[f + 4] = alike[same[b], 0]
        row[f + 5] = alike[same[b], 1]
        row[f + 6] = share(alike[same[b], 2], alike[same[b], 1])
        row[f + 7] = words
        row[f + 8] = n
        row[f + 9] = share(linked, words)
        row[f + 10] = share(prose, words)
        row[f + 11] = longest
        row[f + 12] = share(hinted, words)
        row[f + 13] = share(among[up, 0], words)
        row[f + 14] = share(among[top, 0], words)
    masses = 15 + N_FLAGS + N_HINTS + 7 + 16
    fade(table, made[:, masses], made[:, masses + 2], 0, n, 1)
    fade(table, made[:, masses + 1], made[:, masses + 3], n - 1, -1, -1)


@kernel
def fade(table: Int64s, mass: Float32s, links: Float32s, first: int, stop: int, step: int) -> None:
    """Words of prose and linked words before each block, those nearer counting more."""
    prose: float = 0.0
    linked: float = 0.0
    for b in range(first, stop, step):
        mass[b] = prose
        links[b] = linked
        w, of_links = float(table[b, WORDS]), float(table[b, LINK_WORDS])
        prose *= FADE
        linked = linked * FADE + of_links
        if w >= LONG and of_links < FEW_LINKS * w:
            prose += w
