"""Panels: bins hold every value, and the curve says what the rule would keep."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.notebook.histograms import Histogram, Panel, line


def panel(values, threshold=0.5, others=None):
    found = np.array(values, np.float64)
    ok = np.ones(len(found), bool) if others is None else np.array(others)
    sizes = np.full(len(found), 10)
    return Panel("x", found, [threshold], found < threshold, ok, sizes, np.less, 0)


VALUES = st.lists(st.floats(0, 1000, width=32), min_size=1, max_size=50)


@given(VALUES, st.floats(0, 1000, width=32))
def test_bins_hold_every_value_once(values, threshold):
    frame = Histogram("rule", "stage", {"x": panel(values, threshold)}).frame
    assert frame["documents"].sum() == len(values)
    assert frame["rejected"].sum() == sum(v < threshold for v in values)
    assert (frame["high"] >= frame["low"]).all()


@given(VALUES, st.data())
def test_the_curve_falls_and_counts_what_would_be_kept(values, data):
    others = data.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    own = panel(values, others=others)
    curve = own.curve()
    assert [x for x, _, _ in curve] == sorted(x for x, _, _ in curve)
    assert all(a[1] >= b[1] for a, b in pairwise(curve))
    for x, documents, characters in curve:
        assert documents == sum(ok and v >= x for v, ok in zip(values, others, strict=True))
        assert characters == 10 * documents
    assert 0.5 in [x for x, _, _ in curve]


def test_a_curve_is_drawn_as_steps():
    own = panel([0.0, 1.0, 1.0, 0.3])
    path = line(own.scale, [(x, n) for x, n, _ in own.curve()])
    assert '<path class="curve" d="M0.0 0.0H' in path
    assert path.count("V") == len(own.curve()) - 1


def test_it_is_shown_with_threshold_and_numbers():
    own = panel([0.1, 0.2, 0.6, 0.7, 0.9])
    shown = Histogram("rule", "stage", {"x": own})
    html = shown._repr_html_()
    assert "5 documents, 2 rejected, threshold 0.5" in html
    assert html.count("<svg") == 2
    assert '<path class="mark"' in html
    assert "0.5 (now)" in html
    assert "5 documents, 2 rejected, threshold 0.5" in repr(shown)
    assert shown.kept_if(0.65).to_dicts() == [{"language": "x", "documents": 2, "characters": 20}]


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0], [-3.0, -2.0]])
def test_few_values_and_equal_ones_have_bins_too(values):
    shown = Histogram("n", "", {"x": panel(values)})
    assert shown.frame["documents"].sum() == len(values)
    assert "<svg" in shown._repr_html_()
