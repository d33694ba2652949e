"""Tokens of much text from those of a few documents, with a confidence interval.

A ratio estimator on characters: documents are drawn, with replacement, with probability
proportional to their characters, and the mean of their tokens per character times all characters
estimates all tokens (Hansen and Hurwitz, "On the theory of sampling from finite populations",
Annals of Mathematical Statistics 14, 1943). Both the estimate and the estimate of its variance are
unbiased, and what is averaged lies within narrow bounds whatever the lengths of documents are, so
that Student's interval holds for some dozens of draws; means over documents drawn alike do not
have that, because lengths have a heavy tail.

How many draws it takes is computed from the variance of a pilot sample (Stein, "A two-sample test
for a linear hypothesis whose power is independent of the variance", ibid. 16, 1945).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

PILOT = 64
"""Draws by which the variance is first estimated."""
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """An estimated total.

    Attributes
    ----------
    total
        The estimate.
    variance
        Of the estimate.
    draws
        How many documents it is from, counted as often as they were drawn.
    """

    total: float
    variance: float
    draws: int

    @property
    def margin(self) -> float:
        """Half of the width of the 95 % interval."""
        return student(self.draws - 1) * math.sqrt(self.variance)


def positions(seed: int, label: str, characters: int, start: int, stop: int) -> list[int]:
    """Characters number `start` to `stop` of the sequence that is drawn: the same each time.

    Parameters
    ----------
    seed
        Chosen by the user.
    label
        What is sampled; each has a sequence of its own.
    characters
        How many there are to draw from.
    start, stop
        Which draws; later ones go on where earlier ones ended.

    Returns
    -------
    list[int]
        In the order of the draws; from 0 to `characters` - 1.
    """
    key = hashlib.blake2b(f"{seed}\0{label}".encode(), digest_size=16).digest()
    generator = np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
    # 53 bits of a double: exact as long as there are fewer characters than 2^53.
    drawn = generator.random(stop)[start:]
    places: list[int] = np.minimum((drawn * characters).astype(np.int64), characters - 1).tolist()
    return places


def estimate(
    tokens: Sequence[int] | npt.NDArray[np.int64],
    characters: Sequence[int] | npt.NDArray[np.int64],
    total: int,
) -> Estimate:
    """Estimate all tokens.

    Parameters
    ----------
    tokens, characters
        Of the documents that were drawn, as often as they were; at least two.
    total
        All characters.
    """
    ratios = np.asarray(tokens, np.float64) / np.asarray(characters, np.float64)
    n = len(ratios)
    return Estimate(total * float(ratios.mean()), total**2 * float(ratios.var(ddof=1)) / n, n)


def draws_for(pilot: Estimate, within: float) -> int:
    """How many draws make the interval at most `within` of the estimate to either side."""
    if pilot.total <= 0:
        return pilot.draws
    needed = pilot.draws * (pilot.margin / (within * pilot.total)) ** 2
    return max(pilot.draws, math.ceil(needed))


def student(degrees: int) -> float:
    """Quantile of Student's t for a two-sided 95 % interval.

    By the expansion of Abramowitz and Stegun, 26.7.5, which is exact to three digits from 10
    degrees of freedom on.

    Examples
    --------
    >>> round(student(10), 3), round(student(127), 3)
    (2.228, 1.979)
    """
    z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
    n = max(degrees, 1)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / n + second / n**2 + third / n**3
