"""The self-test measures what theory says."""

from __future__ import annotations

import numpy as np
import pytest

from eurosift.dedup.selftest import measure
from eurosift.dedup.sign import MinHash


@pytest.fixture(scope="module")
def texts(edited_pair):
    rng = np.random.default_rng(4)
    return [edited_pair(rng, 0.0)[0] for _ in range(150)]


def test_recall_is_that_of_theory(texts):
    recalls, _ = measure(texts, MinHash(), (0.6, 0.75, 0.9))
    assert [row.similarity for row in recalls] == [0.6, 0.75, 0.9]
    for row in recalls:
        assert row.pairs == 150
        assert row.expected == pytest.approx(MinHash().probability(row.similarity), abs=0.1)
        assert abs(row.measured - row.expected) < 2 * row.margin + 0.01


def test_a_scheme_that_finds_less_is_seen(texts):
    """Signatures of different seeds have nothing in common."""

    class Broken(MinHash):
        def sign(self, texts):
            object.__setattr__(self, "seed", self.seed + 1)
            return super().sign(texts)

    recalls, _ = measure(texts, Broken(), (0.9,))
    assert recalls[0].measured < recalls[0].expected - 10 * recalls[0].margin


def test_precision_counts_what_is_similar_enough(texts):
    _, precision = measure(texts, MinHash(bands=50, rows=3), (0.5, 0.9), threshold=0.7)
    assert precision.found > 250
    assert precision.similar == 150
    assert precision.measured == pytest.approx(precision.expected, abs=0.05)
    assert precision.threshold == 0.7


def test_pairs_of_the_texts_themselves_are_counted(texts):
    copies = [text + " und mehr" for text in texts[:5]]
    _, precision = measure([*texts[:20], *copies, texts[0]], MinHash(), (0.9,))
    assert (precision.own_found, precision.own_similar) == (5, 5)
    assert precision.threshold == pytest.approx(0.719, abs=0.001)


def test_nothing_is_found_where_nothing_is():
    recalls, precision = measure(["kurz"], MinHash(), (0.9,))
    assert recalls == []
    assert precision.found == precision.own_found == 0
    assert np.isnan(precision.measured)
