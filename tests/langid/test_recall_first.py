"""Recall first: what is kept apart, of which texts, and that nothing else changes."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.langid.buckets import MAIN, NEAR, SALVAGED
from eurosift.langid.decisions import TOP, Decisions
from eurosift.langid.recall_first import Profile, recall

MT, GA, EN, AR = "mlt_Latn", "gle_Latn", "eng_Latn", "arb_Arab"
PROFILE = Profile((MT, GA), near_score=0.2, salvage_letters=10, salvage_share=0.25)
STRINGS = pa.list_(pa.string())


def decision(rows, *, switching=None):
    """Decisions on rows like ``(top, segments, reasons)``, each in Latin script."""
    tops, segments, reasons = ([r[i] for r in rows] for i in range(3)) if rows else ([], [], [])
    best = [top[0] if top else ("und", 0.0) for top in tops]
    n = len(rows)
    return Decisions(
        language=pa.array([code for code, _ in best], pa.string()),
        script=pa.array(["Latn"] * n, pa.string()),
        score=pa.array([score for _, score in best], pa.float32()),
        top=pa.array([[{"language": c, "score": s} for c, s in top] for top in tops], TOP),
        segments=pa.array(segments, STRINGS),
        language_share=pa.array([0.5] * n, pa.float32()),
        code_switching=pa.array([switching] * n, pa.bool_()),
        second_language=pa.nulls(n, pa.string()),
        second_score=pa.nulls(n, pa.float32()),
        reasons=pa.array(reasons, STRINGS),
    )


def by_first_letter(texts):
    """Decide by the first letter of a text: m, g, e; anything else is not sure enough."""
    codes = {"m": MT, "g": GA, "e": EN}
    rows = [
        ([(codes.get(text[:1], AR), 0.9)], None, [] if text[:1] in codes else ["unsure"])
        for text in texts.to_pylist()
    ]
    return decision(rows)


def outcome(row, text="x", profile=PROFILE, decide=by_first_letter, *, switching=False):
    """Language, bucket, own text and reasons of one text."""
    found = recall(
        decision([row], switching=switching), pa.array([text], pa.string()), profile, decide
    )
    return (
        found.decisions.language[0].as_py(),
        found.bucket[0].as_py(),
        found.text[0].as_py(),
        found.decisions.reasons[0].as_py(),
    )


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        ([(MT, 0.5), (EN, 0.3)], (MT, NEAR, None, [])),
        ([(MT, 0.1), (EN, 0.1)], (MT, None, None, ["unsure"])),
        ([(EN, 0.5), (GA, 0.3)], (GA, NEAR, None, [])),
        ([(EN, 0.5), (GA, 0.1)], (EN, None, None, ["unsure"])),
        ([(EN, 0.4), (AR, 0.3), (GA, 0.25)], (EN, None, None, ["unsure"])),
        ([(GA, 0.3), (MT, 0.3)], (GA, NEAR, None, [])),
        ([], ("und", None, None, ["unsure"])),
    ],
)
def test_near_is_a_rejected_text_with_the_language_first_or_second(top, expected):
    assert outcome((top, None, ["unsure"])) == expected


def test_near_has_the_score_of_its_language():
    found = recall(
        decision([([(EN, 0.5), (GA, 0.25)], None, ["unsure"])]), pa.array(["x"]), PROFILE, None
    )
    assert found.decisions.score.to_pylist() == [0.25]
    assert found.decisions.top[0][0].as_py()["language"] == EN


def test_a_text_in_another_script_is_not_near():
    row = decision([([(MT, 0.9)], None, ["script"])])
    found = recall(row._replace(script=pa.array(["Grek"])), pa.array(["x"]), PROFILE, None)
    assert found.bucket.to_pylist() == [None]
    assert found.decisions.reasons.to_pylist() == [["script"]]


def test_a_kept_text_is_main_whatever_its_second_label():
    assert outcome(([(EN, 0.6), (MT, 0.4)], None, [])) == (EN, MAIN, None, [])


MIXED = "english english\nmaltese maltese\nee\nmaltese again"
LINES = [EN, MT, "und", MT]


def test_lines_are_salvaged_from_a_page_that_would_be_rejected():
    row = ([(AR, 0.9)], LINES, ["other"])
    assert outcome(row, MIXED) == (MT, SALVAGED, "maltese maltese\nmaltese again", [])


@pytest.mark.parametrize("wrong", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f"])
def test_bytes_that_are_no_utf8_do_no_harm_to_salvaged_lines(wrong):
    """Even right before a line feed: the lines are those that the labels are of."""
    page = b"english english\nmaltese maltese" + wrong + b"\n" + wrong + b"\nmaltese again"
    texts = pa.array([page], pa.binary()).view(pa.string())
    found = recall(decision([([(AR, 0.9)], LINES, ["other"])]), texts, PROFILE, by_first_letter)
    found.text.validate(full=True)
    (text,) = found.text.to_pylist()
    assert text.replace("\ufffd", "") == "maltese maltese\nmaltese again"


def test_a_page_of_another_language_gives_its_lines_if_they_have_their_share():
    row = ([(EN, 0.9)], LINES, [])
    salvaged = (MT, SALVAGED, "maltese maltese\nmaltese again", [])
    # 26 of 40 labelled letters; those of lines without a label do not count.
    assert outcome(row, MIXED, Profile((MT,), salvage_letters=10, salvage_share=0.65)) == salvaged
    larger = Profile((MT,), salvage_letters=10, salvage_share=0.66)
    assert outcome(row, MIXED, larger) == (EN, MAIN, None, [])


def test_a_page_of_the_language_keeps_its_whole_text():
    assert outcome(([(MT, 0.9)], LINES, []), MIXED) == (MT, MAIN, None, [])
    assert outcome(([(MT, 0.4)], LINES, ["unsure"]), MIXED) == (MT, NEAR, None, [])


def test_a_near_page_that_switches_codes_gives_its_lines():
    row = ([(MT, 0.4)], LINES, ["unsure"])
    text = "maltese maltese\nmaltese again"
    assert outcome(row, MIXED, switching=True) == (MT, SALVAGED, text, [])
    few = Profile((MT,), salvage_letters=27)
    assert outcome(row, MIXED, few, switching=True) == (MT, NEAR, None, [])


def test_too_few_letters_are_not_salvaged():
    few = Profile((MT,), salvage_letters=27)
    assert outcome(([(AR, 0.9)], LINES, ["other"]), MIXED, few) == (AR, None, None, ["other"])


def test_nothing_is_salvaged_where_that_is_not_wanted():
    off = Profile((MT,), salvage_letters=None)
    assert outcome(([(AR, 0.9)], LINES, ["other"]), MIXED, off) == (AR, None, None, ["other"])


def test_lines_that_by_themselves_are_not_kept_are_not_salvaged():
    """The page falls back to what it would be without them."""
    for text in ("x\nanother one!\n\nanother", "x\ngaelic gaelic\n\ngaelic"):
        assert outcome(([(AR, 0.9)], LINES, ["other"]), text) == (AR, None, None, ["other"])
        second = ([(AR, 0.5), (MT, 0.3)], LINES, ["unsure"])
        assert outcome(second, text) == (MT, NEAR, None, [])


def test_of_two_languages_the_one_with_more_letters_is_salvaged():
    text = "maltese malte\ngaelic gaelic\nmm"
    row = ([(AR, 0.9)], [MT, GA, MT], ["other"])
    assert outcome(row, text)[:2] == (MT, SALVAGED)
    assert outcome(([(AR, 0.9)], [MT, GA, "und"], ["other"]), text)[:2] == (MT, SALVAGED)
    assert outcome(([(AR, 0.9)], ["und", GA, MT], ["other"]), text)[:2] == (GA, SALVAGED)


def test_salvaged_text_has_its_own_score_and_the_page_keeps_its_labels():
    rows = decision([([(EN, 0.7)], LINES, [])])
    found = recall(rows, pa.array([MIXED]), PROFILE, by_first_letter)
    assert found.decisions.score.to_pylist() == pa.array([0.9], pa.float32()).to_pylist()
    assert found.decisions.top.equals(rows.top)
    assert found.decisions.segments.equals(rows.segments)


def test_a_text_that_two_models_do_not_agree_on_is_not_near():
    for reasons in (["disagreement"], ["unsure", "disagreement"]):
        assert outcome(([(MT, 0.9)], ["und"], reasons))[1] is None
    assert outcome(([(MT, 0.9)], ["und"], ["unsure"]))[1] == NEAR


SCORES = st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.9])
TOPS = st.lists(
    st.tuples(st.sampled_from([MT, GA, EN, AR]), SCORES), max_size=3, unique_by=lambda x: x[0]
)
LINE = st.tuples(
    st.sampled_from(["maltese one", "gaelic", "english", "x", ""]),
    st.sampled_from([MT, GA, EN, "und"]),
)
ROWS = st.lists(
    st.tuples(
        TOPS,
        st.lists(LINE, min_size=1, max_size=4),
        st.sampled_from([[], ["unsure"], ["other", "unsure"]]),
    )
)


@given(ROWS, st.booleans(), st.integers(0, 5))
def test_no_row_is_lost_and_kept_rows_stay_kept(rows, labelled, cut):
    """However rows are batched; rows that the profile does not concern are as they were."""
    texts = pa.array(["\n".join(x for x, _ in lines) for _, lines, _ in rows], pa.string())
    segments = [[label for _, label in lines] if labelled else None for _, lines, _ in rows]
    given_rows = [(top, s, why) for (top, _, why), s in zip(rows, segments, strict=True)]
    before = decision(given_rows)
    found = recall(before, texts, PROFILE, by_first_letter)
    for i in range(len(rows)):
        reasons, bucket = found.decisions.reasons[i].as_py(), found.bucket[i].as_py()
        assert (reasons == []) == (bucket is not None)
        assert before.reasons[i].as_py() != [] or reasons == []
        if bucket in (NEAR, SALVAGED):
            assert found.decisions.language[i].as_py() in PROFILE.languages
        else:
            assert [column[i] for column in found.decisions] == [column[i] for column in before]
        assert (found.text[i].as_py() is not None) == (bucket == SALVAGED)
        if bucket == SALVAGED:
            assert set(found.text[i].as_py().split("\n")) <= set(texts[i].as_py().split("\n"))
    part = recall(decision(given_rows[cut:]), texts.slice(cut), PROFILE, by_first_letter)
    assert part.bucket.equals(found.bucket.slice(cut))
    assert part.text.equals(found.text.slice(cut))
