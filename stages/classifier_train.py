"""Training of quality classifiers: fastText's input from texts, and how well the labels part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import xxhash

from eurosift.filters.arrays import Bools, Float64s
from eurosift.langid.model import PREFIX
from eurosift.stages.classifier import GOOD, as_line

BAD: Final = "lq"
"""Label of text that is not wanted."""
HOLD_OUT: Final = 20
"""One text of so many is held out of training."""

PARAMETERS: Final[dict[str, Any]] = {
    "fasttext": {
        "dim": 64,
        "wordNgrams": 2,
        "minn": 3,
        "maxn": 5,
        "minCount": 3,
        "bucket": 500_000,
        "lr": 1.0,
        "loss": "softmax",
        "thread": 1,
        "seed": 1,
    },
    "quantise": {"cutoff": 100_000, "dsub": 2, "qnorm": True},
}
"""Pairs of words as in DCLM's classifier (Li et al. 2024, arXiv:2406.11794), and parts of words for
languages with many forms. One thread, so that the same text gives the same model."""
EPOCHS: Final = 5
"""Passes over many texts."""
LEAST_LINES: Final = 10_000
"""Fewer texts are passed over more often, until so many lines were seen: after a few hundred, all
probabilities are still near one half."""


class Text(NamedTuple):
    """A text for training.

    Attributes
    ----------
    key
        Hash of the text: its place among the others, and whether it is held out.
    is_good
        Whether it is wanted.
    line
        The text on one line.
    """

    key: int
    is_good: bool
    line: str

    @property
    def is_held_out(self) -> bool:
        """Whether it is kept from training."""
        return self.key % HOLD_OUT == 0


def make_texts(good: pa.Array, bad: pa.Array) -> list[Text]:
    """Put texts of both kinds in an order that is neither theirs nor random.

    Blank texts are left out; of equal texts one is taken, and none that is of both kinds.
    """
    kinds: dict[str, bool | None] = {}
    for is_good, texts in ((True, good), (False, bad)):
        for line in as_line(texts).to_pylist():
            if line and line.strip():
                kinds[line] = is_good if kinds.get(line, is_good) is is_good else None
    made = [
        Text(xxhash.xxh3_64_intdigest(line), is_good, line)
        for line, is_good in kinds.items()
        if is_good is not None
    ]
    return sorted(made)


def parameters(n_texts: int, epochs: int | None = None) -> dict[str, Any]:
    """`PARAMETERS` with the passes over that many texts, if these are not given.

    Examples
    --------
    >>> [parameters(n)["fasttext"]["epoch"] for n in (1_000_000, 1_000)]
    [5, 10]
    """
    passes = epochs or max(EPOCHS, -(-LEAST_LINES // n_texts))
    return {**PARAMETERS, "fasttext": {**PARAMETERS["fasttext"], "epoch": passes}}


def lines(texts: Iterable[Text], max_chars: int) -> Iterable[str]:
    """Input of fastText, a line for each text."""
    for text in texts:
        yield f"{PREFIX}{GOOD if text.is_good else BAD} {text.line[:max_chars]}\n"


def area(scores: Float64s, is_good: Bools) -> float:
    """Area under the ROC curve: how often a good text has the higher score; NaN without both kinds.

    Examples
    --------
    >>> area(np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False]))
    0.875
    """
    n_good = int(is_good.sum())
    n_bad = len(is_good) - n_good
    if not (n_good and n_bad):
        return float("nan")
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - counts + 1 + ends)[places] / 2
    return float((ranks[is_good].sum() - n_good * (n_good + 1) / 2) / (n_good * n_bad))


def held_out_table(texts: Sequence[Text]) -> pa.Table:
    """Texts that were held out: ``text``, ``label``."""
    kept = [text for text in texts if text.is_held_out]
    labels = [GOOD if text.is_good else BAD for text in kept]
    return pa.table({"text": [text.line for text in kept], "label": labels})
