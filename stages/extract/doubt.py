"""When the engine `auto` asks trafilatura, what of the answer is taken, and how much it counts.

Trafilatura is heard like resiliparse before it: as a voice on the page's own blocks. So its text is
won from the page with the structure that the page gives it, and an answer that stands alone does
not carry the day.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from eurosift.stages.extract.blocks.classifier import Found
from eurosift.stages.extract.blocks.scan import HINTS, WORDS, Blocks
from eurosift.stages.extract.blocks.vocabulary import COMMENTS
from eurosift.stages.extract.blocks.votes import agreement, count_words

UNSURE: Final = 0.4, 0.8
"""Where trafilatura may be asked: more, and less, than these F1 promised."""
SECONDED: Final = 0.75
"""Agreement from which on one text speaks for another."""
STRONG: Final = 0.7
"""Weight of trafilatura's voice where another engine's text speaks for its answer."""
WEAK: Final = 0.3
"""Weight where none does: what resiliparse's voice has otherwise."""
MOSTLY: Final = 0.8
"""Share of a page's words in elements named for comments from which on it may be a discussion."""
DISCUSSION: Final = 10
"""So many times as many words as the text before them have comments that are the page's text."""


def is_doubtful(found: Found, second: str, least: float) -> bool:
    """Whether trafilatura is likely to know better than the classifier of blocks.

    It is where the classifier is unsure or found nothing, and another engine says otherwise. Where
    it promises very little, the page is a listing or the like: trafilatura, which looks for an
    article, does no better there, unless people talk on it.

    Parameters
    ----------
    found
        What the classifier found.
    second
        Text by another engine.
    least
        Least agreement of the two that leaves no doubt.
    """
    low, high = UNSURE
    unsure = low < found.promise < high or not found.text
    if not unsure and (found.promise >= high or not may_be_discussion(found.blocks)):
        return False
    return agreement(found.text, second) < least


def may_be_discussion(blocks: Blocks) -> bool:
    """Whether most words of a page stand in elements that are named for comments."""
    words = blocks.table[:, WORDS]
    named = blocks.table[:, HINTS] >> COMMENTS & 1
    return bool(np.sum(words * named) > MOSTLY * np.sum(words))


class Voice(NamedTuple):
    """Main text as an engine has it, and the weight of its voice beside the trees."""

    text: str
    weight: float


def voice_of(body: str, comments: str, *others: str) -> Voice:
    r"""What of trafilatura's answer is heard, and how much it counts.

    Comments are boilerplate, but where there is next to nothing else: threads of forums, posts that
    open a discussion. An answer that agrees with none of the other engines' texts leaves the
    decision to the trees: it is often a part of the text only, on pages that are no articles.

    Parameters
    ----------
    body, comments
        Trafilatura's answer.
    others
        Texts by other engines.

    Examples
    --------
    >>> voice_of("The bridge is old.", "Is it?", "The bridge is old. Home")
    Voice(text='The bridge is old.', weight=0.7)
    >>> voice_of("Is it old?", "It is, they say. " * 8, "").text[:15]
    'Is it old?\nIt i'
    """
    if count_words(comments) > DISCUSSION * count_words(body):
        return Voice(f"{body}\n{comments}", STRONG)
    seconded = any(agreement(body, other) >= SECONDED for other in others)
    return Voice(body, STRONG if seconded else WEAK)
