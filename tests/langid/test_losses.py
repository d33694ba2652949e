"""From a vector to the best labels."""

import math

import numpy as np
import pytest

from eurosift.langid.losses import FLOOR, rank, score_labels
from eurosift.langid.model_file import HIERARCHICAL, ONE_VS_ALL, SOFTMAX, read_model
from eurosift.langid.weights import build_weights


@pytest.fixture(scope="module")
def weights(make_model):
    """With a tree, which other losses do not look at."""
    return build_weights(read_model(make_model(dim=2, loss=HIERARCHICAL)), range(4))


def score(weights, loss, logits):
    """Scores for given products with the output matrix."""
    output = np.zeros_like(weights.output)
    output[0] = np.pad(logits, (0, 4 - len(logits)))
    scores = np.zeros(4, np.float32)
    hidden = np.array([1] + [0] * (len(output) - 1), np.float32)
    nodes = np.zeros(7, np.float32)
    score_labels(weights._replace(output=output, loss=loss), hidden, scores, nodes)
    return scores


def test_a_softmax_is_reported_a_little_too_high(weights):
    logits = np.array([1, 2, 3, 4])
    shares = np.exp(logits) / np.exp(logits).sum()
    assert score(weights, SOFTMAX, logits) == pytest.approx(shares + FLOOR, abs=1e-6)


def test_large_products_do_not_overflow_a_softmax(weights):
    assert score(weights, SOFTMAX, [3e38, 0, 0, -3e38]) == pytest.approx([1, 0, 0, 0], abs=1e-4)


def test_a_sigmoid_is_a_table(weights):
    scores = score(weights, ONE_VS_ALL, [-9, 9, 0, 1])
    expected = [0, 1, 0.5, 1 / (1 + math.exp(-1))]
    assert scores == pytest.approx(np.array(expected) + FLOOR, abs=1e-6)
    # Within one step, 1/32 wide, it does not rise.
    assert score(weights, ONE_VS_ALL, [1.03])[0] == scores[3]
    assert score(weights, ONE_VS_ALL, [1.04])[0] > scores[3]


def test_the_leaves_of_a_tree_share_one(weights):
    assert score(weights, HIERARCHICAL, [0.3, -1, 2]).sum() == pytest.approx(1, abs=1e-3)


def test_what_is_too_unlikely_in_a_tree_is_no_answer(weights):
    scores = score(weights, HIERARCHICAL, [0, 0, 20])
    assert (scores == 0).any()
    assert scores.max() > 0.4


def test_of_equal_scores_the_first_comes_first():
    labels, best = np.zeros(3, np.int32), np.zeros(3, np.float32)
    scores = np.array([0.1, 0.4, 0.1, 0.4, np.nan], np.float32)
    rank(scores, np.arange(5, dtype=np.int32), np.zeros(5, np.float32), labels, best)
    assert labels.tolist() == [1, 3, 0]
    assert best.tolist() == pytest.approx([0.4, 0.4, 0.1])


def test_fewer_labels_than_asked_for_leave_gaps():
    labels, best = np.zeros(3, np.int32), np.zeros(3, np.float32)
    rank(np.array([0.5, 0], np.float32), np.arange(2, dtype=np.int32),
         np.zeros(2, np.float32), labels, best)  # fmt: skip
    assert labels.tolist() == [0, -1, -1]
    assert best.tolist() == [0.5, 0, 0]
