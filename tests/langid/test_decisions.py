"""Decisions as columns, and one by one."""

import numpy as np
import pyarrow as pa

from eurosift.langid.decisions import TOP, Decisions, Verdict, chosen, lists, take, verdicts
from eurosift.langid.model import Prediction


def test_names_are_taken_by_number_and_none_is_the_last():
    names = pa.array(["a", "b", "und"])
    assert take(names, np.array([1, -1, 0], np.int32)).to_pylist() == ["b", "und", "a"]


def test_lists_end_where_they_are_said_to():
    assert lists(pa.array([1, 2, 3]), np.array([2, 2, 3])).to_pylist() == [[1, 2], [], [3]]
    assert lists(pa.array([], pa.int8()), np.array([], np.int64)).to_pylist() == []


def test_each_row_has_the_names_that_are_chosen_in_order():
    which = np.array([[True, False, True], [False, False, False]])
    assert chosen(pa.array(["x", "y", "z"]), which).to_pylist() == [["x", "z"], []]


def test_a_row_is_what_is_said_of_one_text():
    best = {"language": "mlt_Latn", "score": 0.5}
    columns = Decisions(
        pa.array(["mlt_Latn"]), pa.array(["Latn"]), pa.array([0.5]), pa.array([[best]], TOP),
        pa.array([["mlt_Latn", "und"]]), pa.array([1.0]), pa.array([False]), pa.nulls(1),
        pa.nulls(1), pa.array([["unsure"]]),
    )  # fmt: skip
    (verdict,) = verdicts(columns)
    assert isinstance(verdict, Verdict)
    assert verdict.top == (Prediction("mlt_Latn", 0.5),)
    assert verdict.segments == ("mlt_Latn", "und")
    assert (verdict.language_share, verdict.code_switching) == (1.0, False)
    assert verdict.second_language is verdict.second_score is None
    assert verdict.reasons == ("unsure",)
