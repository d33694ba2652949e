"""The classifier of blocks: which blocks of a page are its main text.

Two voices are heard on each block: boosted trees over its features, and how much of it another
engine took. What they say of all blocks decides which are taken.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from typing import NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float64s, Int64s, UInt32s
from eurosift.filters.kernel import kernel
from eurosift.stages.extract.blocks.decision import choose
from eurosift.stages.extract.blocks.documentation import is_documentation
from eurosift.stages.extract.blocks.features import NAMES, features
from eurosift.stages.extract.blocks.scan import END, START, Blocks, scan
from eurosift.stages.extract.blocks.tokens import LINE_FEED
from eurosift.stages.extract.blocks.trees import Trees, load
from eurosift.stages.extract.blocks.votes import taken
from eurosift.stages.extract.config import TREES

OTHERS = 0.3
"""Weight of the other engine's voice; the trees have the rest."""


class Found(NamedTuple):
    """What was found in a page.

    Attributes
    ----------
    text
        The main text.
    promise
        F1 of its words that may be expected, from 0 to 1.
    blocks
        All blocks of the page.
    taken
        Whether each is main text: shape (n_blocks,).
    scores
        What share of each the trees think to be main text: shape (n_blocks,).
    documentation
        Whether a program for documentation made the page.
    """

    text: str
    promise: float
    blocks: Blocks
    taken: Bools
    scores: Float64s
    documentation: bool = False


@cache
def shipped() -> Trees:
    """Load the trees that come with eurosift."""
    with as_file(files("eurosift.stages.extract").joinpath(TREES)) as path:
        return load(path, NAMES)


def main_text(written: str, other: str, trees: Trees | None = None) -> Found:
    """Win the main text of a page.

    Parameters
    ----------
    written
        The page as a parser wrote it again.
    other
        The main text that another engine found.
    trees
        Default: those that are shipped.

    Returns
    -------
    Found
        The main text, and which blocks it is from.
    """
    blocks = scan(written)
    scores = (trees or shipped()).values_of(features(blocks))
    made = is_documentation(written)
    choice = choose(blocks, vote(scores, taken(blocks, other)), documentation=made)
    return Found(join(blocks, choice.taken), choice.promise, blocks, choice.taken, scores, made)


def hear(found: Found, other: str, weight: float) -> Found:
    """Choose the blocks of a page again, with another engine's voice in place of the first one's.

    The promise stays: that of a voice that says yes or no would be too high.

    Parameters
    ----------
    found
        What was found in the page.
    other
        The main text that the other engine found.
    weight
        Weight of its voice, from 0 to 1.
    """
    scores = vote(found.scores, taken(found.blocks, other), weight)
    choice = choose(found.blocks, scores, documentation=found.documentation)
    return found._replace(text=join(found.blocks, choice.taken), taken=choice.taken)


def vote(scores: Float64s, shares: Float64s, weight: float = OTHERS) -> Float64s:
    """Weigh the voices of the trees and of the other engine, whose weight it is."""
    weighed: Float64s = (1 - weight) * scores + weight * shares
    return weighed


def join(blocks: Blocks, wanted: Bools) -> str:
    """Text of the blocks that are wanted, a line each.

    Preformatted text and lines set by `br` are more.
    """
    lines = np.empty(len(blocks.text) + len(wanted), np.uint32)
    n = gather(blocks.text, blocks.table, wanted, lines)
    return lines[: max(0, n - 1)].tobytes().decode("utf-32-le", "surrogatepass")


@kernel
def gather(text: UInt32s, table: Int64s, wanted: Bools, lines: UInt32s) -> int:
    """Write the code points of wanted blocks, a line feed after each; their number."""
    n = 0
    for b in range(len(wanted)):
        if wanted[b]:
            for i in range(table[b, START], table[b, END]):
                lines[n] = text[i]
                n += 1
            lines[n] = LINE_FEED
            n += 1
    return n


def texts(blocks: Blocks) -> list[str]:
    """Text of each block."""
    bounds = blocks.table[:, (START, END)].tolist()
    whole = blocks.text.tobytes().decode("utf-32-le", "surrogatepass")
    return [whole[start:end] for start, end in bounds]
