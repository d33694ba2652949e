"""Tables of counts."""

import pytest

from eurosift.pipeline.counts import tables
from eurosift.pipeline.counts.counted import Counted
from eurosift.pipeline.counts.figures import Sizes, Tokens


def counted(**tokens):
    sizes = {label: Sizes(1, 20, 10, 2, 1) for label in tokens}
    return Counted(sizes=sizes, tokens=tokens)


def test_every_figure_carries_tokenizer_digest_and_method():
    table = tables.counts(
        counted(mlt_Latn=[Tokens("a", "1f", "exact", 4), Tokens("b", "2f", "exact", 5)])
    )
    assert [(r["language"], r["tokens"], r["tokenizer"], r["sha256"]) for r in table.rows] == [
        ("mlt_Latn", 4, "a", "1f"),
        ("mlt_Latn", 5, "b", "2f"),
        ("total", 4, "a", "1f"),
        ("total", 5, "b", "2f"),
    ]
    assert table.footer == 2
    assert table.rows[0]["characters_per_token"] == 2.5


def test_people_are_shown_what_says_something():
    exact = tables.counts(counted(und=[Tokens("a", "1f", "exact", 4)]), brief=True)
    assert not {"low", "high", "sha256"} & set(exact.columns)
    sampled = tables.counts(counted(und=[Tokens("a", "1f", "sampled", 4, 3, 5)]), brief=True)
    assert {"low", "high", "method"} <= set(sampled.columns)


def test_an_estimate_is_marked_in_both_tables_and_its_gaps_are_told():
    found = counted(
        mlt_Latn=[Tokens("table", None, "estimated", 4)],
        cat_Latn=[Tokens("table", None, "estimated", None)],
    )
    rows = tables.counts(found, brief=True).rows
    assert {row["method"] for row in rows} == {"estimated"}
    assert tables.tokenizers(found, (), None, 0).rows[0]["how"].startswith("estimate, not a count")
    assert "how" not in tables.tokenizers(found, (), None, 0, brief=True).columns
    assert tables.how(found, (), None, 0).startswith("estimate, not a count")
    assert list(tables.remarks(found)) == [
        "no estimate of tokens, and none in the total, for cat_Latn: count with --tokenizer"
    ]


def test_what_was_left_out_is_told():
    found = counted(mlt_Latn=[Tokens("a", "1f", "exact", 4)])
    found.findings.no_text["mlt_Latn"] = 3
    found.findings.damage["bad_json"] = 2
    found.findings.note_unknown("klingon!", 5)
    assert list(tables.remarks(found)) == [
        "3 rows have no text and are not counted",
        "damaged, and not counted: bad_json 2",
        "5 rows counted as und: their language is no code, as 'klingon!'",
    ]


@pytest.mark.parametrize(("label", "name"), [("total", ""), ("und", ""), ("hrv_Latn", "Croatian")])
def test_names(label, name):
    assert tables.label_name(label) == name


def test_nothing_is_an_empty_table():
    assert tables.counts(Counted()).rows == []
