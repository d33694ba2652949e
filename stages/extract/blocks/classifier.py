"""The classifier of blocks: which blocks of a page are its main text.

Two voices are heard on each block: boosted trees over its features, and how much of it another
engine took.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from eurosift.filters.arrays import Bools, Float64s
from eurosift.stages.extract.blocks.features import NAMES, features
from eurosift.stages.extract.blocks.scan import END, START, Blocks, scan
from eurosift.stages.extract.blocks.trees import Trees, load
from eurosift.stages.extract.blocks.votes import taken

OTHERS = 0.3
"""Weight of the other engine's voice; the trees have the rest."""
CUT = 0.6
"""Blocks that score more are main text."""


@cache
def shipped() -> Trees:
    """Load the trees that come with eurosift."""
    with as_file(files("eurosift.stages.extract").joinpath("data/blocks.npz")) as path:
        return load(path, NAMES)


def main_text(written: str, other: str, trees: Trees | None = None) -> str:
    """Win the main text of a page: the blocks of `choose`, joined."""
    return join(*choose(written, other, trees))


def choose(written: str, other: str, trees: Trees | None = None) -> tuple[Blocks, Bools]:
    """Choose the blocks of a page that are its main text.

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
    tuple[Blocks, Bools]
        All blocks, and whether each is main text.
    """
    blocks = scan(written)
    scores = (trees or shipped()).values_of(features(blocks))
    return blocks, vote(scores, taken(blocks, other)) > CUT


def vote(scores: Float64s, shares: Float64s) -> Float64s:
    """Weigh the voices of the trees and of the other engine."""
    weighed: Float64s = (1 - OTHERS) * scores + OTHERS * shares
    return weighed


def join(blocks: Blocks, wanted: Bools) -> str:
    """Text of the blocks that are wanted, a line each.

    Preformatted text and lines set by `br` are more.
    """
    return "\n".join(text for text, is_ in zip(texts(blocks), wanted, strict=True) if is_)


def texts(blocks: Blocks) -> list[str]:
    """Text of each block."""
    bounds = blocks.table[:, (START, END)].tolist()
    whole = blocks.text.tobytes().decode("utf-32-le", "surrogatepass")
    return [whole[start:end] for start, end in bounds]
