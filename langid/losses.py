"""From the mean of vectors to the probabilities of labels, and the best of them.

As in fastText 0.9.2, ``loss.cc``, with its sigmoid from a table and its logarithms of a little more
than the probability.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from eurosift.filters.arrays import Float32s, Int32s
from eurosift.filters.kernel import kernel
from eurosift.langid.model_file import HIERARCHICAL, SOFTMAX
from eurosift.langid.vocabulary import NONE
from eurosift.langid.weights import EDGE, STEPS, Weights

FLOOR: Final = 1e-5
"""fastText adds so much to a probability before it takes its logarithm, and reports the sum."""


@kernel
def score_labels(weights: Weights, hidden: Float32s, scores: Float32s, nodes: Float32s) -> None:
    """Probability of each label, as fastText reports it, from the mean of the vectors.

    Parameters
    ----------
    weights, hidden
        The model, and the mean.
    scores
        Filled, shape (n_labels,).
    nodes
        For its own use, shape (2 n_labels - 1,).
    """
    n = scores.size
    scores[:] = 0
    for j in range(weights.output.shape[0]):
        value = hidden[j]
        column = weights.output[j]
        for label in range(n):
            scores[label] += value * column[label]
    # Exponentials in double precision: single ones are not the same on every processor.
    if weights.loss == SOFTMAX:
        top = scores[0]
        for label in range(n):
            top = max(top, scores[label])
        total = np.float32(0)
        for label in range(n):
            scores[label] = np.float32(math.exp(np.float64(scores[label] - top)))
            total += scores[label]
        for label in range(n):
            scores[label] = np.float32(np.float64(scores[label] / total) + FLOOR)
    elif weights.loss == HIERARCHICAL:
        least = np.float32(math.log(FLOOR))
        nodes[2 * n - 2] = 0
        for inner in range(2 * n - 2, n - 1, -1):
            share = np.float32(1 / (1 + math.exp(-np.float64(scores[inner - n]))))
            for right in range(2):
                part = np.float64(share) if right else 1 - np.float64(share)
                score = nodes[inner] + np.float32(math.log(part + FLOOR))
                child = weights.right[inner - n] if right else weights.left[inner - n]
                nodes[child] = score if score >= least else -np.inf
        for label in range(n):
            scores[label] = np.float32(math.exp(np.float64(nodes[label])))
    else:
        for label in range(n):
            value = scores[label]
            share = np.float32(0)
            if value > EDGE:
                share = np.float32(1)
            elif value >= -EDGE:  # no number is neither
                share = weights.sigmoid[np.int64((value + np.float32(EDGE)) * STEPS / EDGE / 2)]
            scores[label] = np.float32(np.float64(share) + FLOOR)


@kernel
def rank(scores: Float32s, groups: Int32s, sums: Float32s, labels: Int32s, best: Float32s) -> None:
    """Fill in the best groups, best first; of equal ones the first. Scores of 0 do not count.

    Parameters
    ----------
    scores, groups
        Score and group of each label.
    sums
        For its own use, shape (n_groups,).
    labels, best
        Filled, shape (k,): groups and their scores; -1 and 0 where there are fewer.
    """
    sums[:] = 0
    for label in range(scores.size):
        sums[groups[label]] += scores[label]
    labels[:] = NONE
    best[:] = 0
    last = best.size - 1
    for group in range(sums.size):
        score = sums[group]
        if score > best[last]:
            at = last
            while at > 0 and score > best[at - 1]:
                best[at] = best[at - 1]
                labels[at] = labels[at - 1]
                at -= 1
            best[at] = score
            labels[at] = group
