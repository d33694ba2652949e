"""From what the blocks of a page are worth to which of them are taken.

Scores of blocks are first drawn towards those around them: main text comes in runs. Then towards
those of blocks at the same place of a template: the names in a list of products are main text, or
none is. Then the page's own cut is looked for: the one at which the F1 of words that may be
expected is highest (as Lewis, 1995, chooses a cut for texts). No rounding of it depends on the
machine: sums are in the order of the blocks, and no power is taken but the square root.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.filters.arrays import Bools, Float64s, Int64s
from eurosift.filters.kernel import kernel
from eurosift.stages.extract.blocks.documentation import navigating
from eurosift.stages.extract.blocks.lists import announced
from eurosift.stages.extract.blocks.scan import (
    CONTAINER,
    DEPTH,
    HINTS,
    SIGNATURE,
    WORDS,
    Blocks,
)
from eurosift.stages.extract.blocks.vocabulary import OVER, READERS

NEAR: Final = 0.3
"""Weight of the scores of the two blocks before and after, and of its own once more."""
AROUND: Final = 0.2
"""Weight of the mean score in the element around the block's own; the own score has the rest."""
ONE_AWAY: Final = 0.6
TWO_AWAY: Final = 0.25
LEAST: Final = 0.1
"""Words that every block counts for, so that those without any have a weight."""
ALIKE: Final = 0.6
"""Weight of the mean score of blocks at the same place of a template, where there are `SOME`."""
SOME: Final = 3
LOWEST: Final = 0.2
HIGHEST: Final = 0.7
"""Blocks with scores outside of this are taken or left whatever the page's cut is."""
MOST: Final = 0.5
MUCH: Final = 0.4
"""Share of the page's words above which what lies over it, or comments, may be main text."""
_DEPTH_BITS: Final = 20


class Choice(NamedTuple):
    """Which blocks to take, shape (n_blocks,), and the F1 of their words that may be expected."""

    taken: Bools
    promise: float


def choose(blocks: Blocks, scores: Float64s, *, documentation: bool = False) -> Choice:
    """Choose the blocks to take.

    Parameters
    ----------
    scores
        Shape (n_blocks,): what share of each block is thought to be main text.
    documentation
        Whether the page is one of documentation: but for what navigates, most of it is main text,
        so that scores are taken for the probabilities.
    """
    if not len(scores):
        return Choice(np.zeros(0, bool), 0.0)
    words = blocks.table[:, WORDS].astype(np.float64)
    smoothed = smooth(scores, words, blocks.parents[blocks.table[:, CONTAINER]])
    smoothed = even_out(smoothed, words, places(blocks))
    never = overlaid(blocks) | discussing(blocks)
    smoothed[never] = 0
    if documentation:
        smoothed[navigating(blocks)] = 0
    probability = plain_worths if documentation else worths
    worth = probability(smoothed)
    lowest, highest = probability(np.array([LOWEST, HIGHEST]))
    taken = worth >= min(max(best_cut(worth, words), lowest), highest)
    promise = promised(worth, words, taken)
    return Choice(taken | announced(blocks, taken) & ~never, promise)


def overlaid(blocks: Blocks) -> Bools:
    """Which blocks lie over the page: requests for consent or an address, and what is modal.

    They are prose at times, but never main text. None where most of the page does: some name the
    whole page so.
    """
    return _named(blocks, OVER, MOST)


def discussing(blocks: Blocks) -> Bools:
    """Which blocks are in sections of readers' comments; none where much of the page is.

    Those are discussions, and templates that name an element around the main text so.
    """
    return _named(blocks, READERS, MUCH)


def _named(blocks: Blocks, group: int, most: float) -> Bools:
    """Which blocks are in what is named so, if that has at most a share of the page's words."""
    inside = (blocks.table[:, HINTS] >> group & 1).astype(bool)
    words = blocks.table[:, WORDS]
    return inside & bool(words[inside].sum() <= most * words.sum())


def worths(scores: Float64s) -> Float64s:
    """Probability to be main text that is reckoned with, for scores: their power 2.5.

    The trees think too well of blocks of sites that they do not know.
    """
    clipped = np.clip(scores, 0.0, 1.0)
    powers: Float64s = clipped * clipped * np.sqrt(clipped)
    return powers


def plain_worths(scores: Float64s) -> Float64s:
    """Probability to be main text that is reckoned with on pages of documentation."""
    return np.clip(scores, 0.0, 1.0)


@kernel
def smooth(scores: Float64s, words: Float64s, elements: Int64s) -> Float64s:
    """Draw scores towards those of near blocks and of the blocks in the same of `elements`."""
    n = len(scores)
    masses = np.zeros(elements.max() + 1)
    sums = np.zeros(len(masses))
    for b in range(n):
        masses[elements[b]] += words[b] + LEAST
        sums[elements[b]] += (words[b] + LEAST) * scores[b]
    smoothed = np.empty(n)
    for b in range(n):
        mass = near = 0.0
        for other in range(max(0, b - 2), min(n, b + 3)):
            weight = np.sqrt(words[other] + LEAST)
            if abs(other - b) == 1:
                weight *= ONE_AWAY
            elif other != b:
                weight *= TWO_AWAY
            mass += weight
            near += weight * scores[other]
        around = sums[elements[b]] / masses[elements[b]]
        smoothed[b] = (1 - NEAR - AROUND) * scores[b] + NEAR * near / mass + AROUND * around
    return smoothed


def places(blocks: Blocks) -> Int64s:
    """Number of the place in a template of each block: names and classes around it, and depth."""
    numbers: Int64s = (blocks.table[:, SIGNATURE] << _DEPTH_BITS) + blocks.table[:, DEPTH]
    return numbers


def even_out(scores: Float64s, words: Float64s, at: Int64s) -> Float64s:
    """Draw scores towards the mean of those at the same place of a template, where there are some.

    Parameters
    ----------
    scores, words
        Shape (n_blocks,).
    at
        Shape (n_blocks,): see `places`.
    """
    _, same, counts = np.unique(at, return_inverse=True, return_counts=True)
    weights = words + LEAST
    means = np.bincount(same, weights * scores) / np.bincount(same, weights)
    drawn: Float64s = scores + np.where(counts >= SOME, ALIKE, 0.0)[same] * (means[same] - scores)
    return drawn


@kernel
def best_cut(worth: Float64s, words: Float64s) -> float:
    """Least worth of a block that is taken where the expected F1 of words is highest.

    1 if there are no words.
    """
    order = np.argsort(-worth, kind="mergesort")
    whole = 0.0
    for b in range(len(worth)):
        whole += worth[b] * words[b]
    cut = 1.0
    most = right = taken = 0.0
    for b in order:
        right += worth[b] * words[b]
        taken += words[b]
        if taken and 2 * right / (taken + whole) > most:
            most = 2 * right / (taken + whole)
            cut = worth[b]
    return cut


@kernel
def promised(worth: Float64s, words: Float64s, taken: Bools) -> float:
    """F1 of words that may be expected of the blocks that are taken; 0 if there are no words.

    With words `w` and worths `p`, ``2 Σ taken p·w / (Σ taken w + Σ all p·w)``.
    """
    right = taken_words = whole = 0.0
    for b in range(len(worth)):
        whole += worth[b] * words[b]
        if taken[b]:
            right += worth[b] * words[b]
            taken_words += words[b]
    return 2 * right / (taken_words + whole) if taken_words else 0.0
