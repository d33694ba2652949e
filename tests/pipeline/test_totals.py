"""Sums over footers, which have to balance."""

import pytest

from eurosift.pipeline import report
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.totals import layer_totals, unbalanced


def test_a_footer_that_does_not_balance_is_an_error_not_a_number(finished, edit_footer):
    def one_more(footer):
        footer.tallies["mlt_Latn"].kept += 1

    edit_footer(finished.run_folder / "short" / "00000.parquet", one_more)
    with pytest.raises(InvariantError, match=r"short/00000\.parquet: 0 inactive"):
        layer_totals(finished.open())


def test_stages_that_decide_side_by_side_balance(project):
    project.write(
        {
            "length": None,
            "short": {"min_chars": 20},
            "long": {"uses": "short", "needs": "length", "min_chars": 0, "max_chars": 45},
            "upper": {"needs": ["short", "long"]},
        }
    )
    project.perform()
    run = project.open()
    assert unbalanced(run) == []
    assert {layer.stage: layer.total.kept for layer in layer_totals(run)} == {
        "extract": 7,
        "length": 7,
        "short": 5,
        "long": 6,
        "upper": 4,
    }


def test_footers_are_added_up_once_while_a_glance_is_open(finished):
    run = finished.open()
    with run.files.glance():
        first = layer_totals(run)
        assert layer_totals(run) is first
        assert report.funnel(run).rows == report.funnel(finished.open()).rows
    again = layer_totals(run)
    assert again == first
    assert again is not first
