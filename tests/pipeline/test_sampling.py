"""Samples: the same again for the same seed, whatever the shards; the question decides the rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.sampling import Query, draw
from eurosift.pipeline.view import View

MANY = [f"mlt_Latn text number {i}, long enough" for i in range(60)]


def ids(view, n=100, seed=0, **query):
    return draw(view, Query(**query), n, seed, ["id"])["id"].to_list()


@pytest.fixture(scope="module")
def many(tmp_path_factory, make_project):
    """Sixty documents in four shards."""
    made = make_project(tmp_path_factory.mktemp("many"))
    for number in range(4):
        made.input(f"p{number}.jsonl", MANY[number * 15 : number * 15 + 15], f"d{number}")
    made.write({"label": None})
    made.perform()
    return View(made.open())


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 2**64 - 1))
def test_a_larger_sample_begins_with_the_smaller(many, n, m, seed):
    small, large = sorted((n, m))
    assert ids(many, large, seed)[:small] == ids(many, small, seed)


def test_the_same_seed_draws_the_same_and_another_draws_others(many):
    assert ids(many, 10, 1) == ids(many, 10, 1)
    assert len({tuple(ids(many, 10, seed)) for seed in range(20)}) == 20


def test_a_sample_does_not_depend_on_how_documents_lie_in_shards(many, project):
    project.inputs()
    for i in range(59, -1, -1):
        name = f"q{(i * 7) % 5}.jsonl"
        path = project.folder / "in" / name
        before = path.read_text() if path.exists() else ""
        project.input(name, [MANY[i]], "x")
        line = path.read_text().replace("x-0", f"d{i // 15}-{i % 15}")
        path.write_text(before + line)
    project.write({"label": None})
    project.perform()
    assert ids(View(project.open()), 12, 3) == ids(many, 12, 3)


def test_every_document_is_drawn_equally_often(many):
    """6 of 60, 500 times: 50 each, with a standard deviation of 6.7."""
    counts = dict.fromkeys(ids(many), 0)
    assert len(counts) == 60
    for seed in range(500):
        for name in ids(many, 6, seed):
            counts[name] += 1
    assert min(counts.values()) > 15
    assert max(counts.values()) < 85


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {"d0-0", "d0-1", "d0-2", "d1-0", "d1-1", "d1-2", "d2-0", "d2-1"}),
        ({"verdict": "kept"}, {"d0-0", "d0-2", "d1-2", "d2-1"}),
        ({"verdict": "rejected"}, {"d0-1", "d1-0", "d1-1", "d2-0"}),
        ({"language": "mt"}, {"d0-0", "d0-1", "d1-2"}),
        ({"language": "Estonian", "verdict": "kept"}, {"d0-2"}),
        ({"language": "und"}, {"d1-0", "d1-1"}),
        ({"reason": "too_short"}, {"d0-1", "d2-0"}),
        ({"reason": "too_short", "language": "est"}, {"d2-0"}),
        ({"stage": "label", "verdict": "kept"}, {"d0-0", "d0-1", "d0-2", "d1-2", "d2-0", "d2-1"}),
        ({"stage": "label", "verdict": "rejected"}, {"d1-0"}),
        ({"stage": "label", "reason": "other"}, {"d1-0"}),
        ({"stage": "short"}, {"d0-0", "d0-1", "d0-2", "d1-2", "d2-0", "d2-1"}),
        ({"stage": "scrub"}, {"d0-0", "d0-2", "d1-2", "d2-1"}),
        ({"stage": "scrub", "verdict": "kept"}, {"d0-0", "d0-2", "d1-2", "d2-1"}),
        ({"stage": "length"}, {"d0-0", "d0-1", "d0-2", "d1-0", "d1-2", "d2-0", "d2-1"}),
    ],
)
def test_the_question_decides_which_documents_may_be_drawn(finished, query, expected):
    assert set(ids(View(finished.open()), **query)) == expected


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"verdict": "kept", "reason": "other"}, "a document that is kept has no reason"),
        ({"reason": "too_shrt"}, "no document was rejected for `too_shrt`; did you mean `too_sho"),
        (
            {"stage": "label", "reason": "too_short"},
            "no document was rejected for `too_short`; kno",
        ),
        ({"stage": "scrub", "verdict": "rejected"}, "`scrub` rejects nothing; those that do: extr"),
        ({"stage": "shrot"}, "no stage `shrot` in this run; did you mean `short`"),
        ({"language": "maltish"}, "maltish"),
    ],
)
def test_a_question_without_an_answer_says_why(finished, query, message):
    with pytest.raises(QueryError, match=message):
        ids(View(finished.open()), **query)


def test_a_language_needs_a_stage_that_gives_it(project):
    project.write({"upper": None})
    project.perform()
    with pytest.raises(QueryError, match="no stage that is done gives a `language`"):
        ids(View(project.open()), language="mt")


def test_a_bucket_needs_a_stage_that_gives_it(finished):
    with pytest.raises(QueryError, match=r"no stage gives a `language_bucket`: .* recall_first"):
        ids(View(finished.open()), language="mlt_Latn_near")


def test_columns_are_chosen_and_unknown_ones_told(finished):
    view = View(finished.open())
    found = draw(view, Query(reason="other"), 5, columns=["upper", "n_chars", "reasons"])
    assert found.rows() == [(None, 23, ["label:other"])]
    with pytest.raises(QueryError, match="no column `txt`; did you mean `text`"):
        draw(view, Query(), 5, columns=["txt"])


def near(view, n=100, seed=0, columns=("id", "value", "threshold", "distance"), **query):
    return draw(view, Query(near="too_short", **query), n, seed, columns).rows()


@pytest.fixture(scope="module")
def lengths(tmp_path_factory, make_project):
    """Texts of 14 to 29 characters in two languages, with thresholds of 20 and 25."""
    made = make_project(tmp_path_factory.mktemp("lengths"))
    for number, code in enumerate(("mlt_Latn", "ekk_Latn")):
        texts = [f"{code} {'x' * n}" for n in (5, 9, 10, 11, 11, 11, 12, 13, 20)]
        made.input(f"p{number}.jsonl", texts, code[:2])
    short = {"min_chars": 20, "per_language": {"et": {"min_chars": 25}}}
    made.write({"label": None, "length": None, "short": short})
    made.perform()
    return View(made.open())


def test_near_a_threshold_both_sides_take_turns_each_by_its_distance(lengths):
    """A text has nine characters more than its `x`s: 11 of them are 20."""
    found = near(lengths, 8, columns=("value", "threshold", "reasons"), language="mt")
    assert [value for value, _, _ in found] == [19, 20, 18, 20, 14, 20, 21, 22]
    assert {threshold for _, threshold, _ in found} == {20}
    assert [bool(reasons) for _, _, reasons in found] == [value < 20 for value, _, _ in found]


def test_the_threshold_is_that_of_the_language_and_the_distance_relative_to_it(lengths):
    found = near(lengths, 4, language="et", columns=("value", "threshold", "distance"))
    assert found == [
        (22, 25, pytest.approx(-0.12)),
        (29, 25, pytest.approx(0.16)),
        (21, 25, pytest.approx(-0.16)),
        (20, 25, pytest.approx(-0.2)),
    ]


def test_of_equal_distance_the_seed_decides_and_nothing_else(lengths):
    def ties(seed):
        found = near(lengths, 10, seed, ("id", "value"), language="mt", verdict="kept")
        return tuple(name for name, value in found if value == 20)

    assert ties(0) == ties(0)
    assert set(ties(0)) == {"ml-3", "ml-4", "ml-5"}
    assert len({ties(seed) for seed in range(20)}) > 3


@given(st.integers(0, 18), st.integers(0, 18), st.integers(0, 9))
def test_a_larger_sample_near_a_threshold_begins_with_the_smaller(lengths, n, m, seed):
    small, large = sorted((n, m))
    assert near(lengths, large, seed)[:small] == near(lengths, small, seed)


def test_near_asks_for_the_stage_of_its_rule(lengths, finished):
    """Verdict and reason are then its own, and rows that it did not see are left out."""
    assert near(lengths) == near(lengths, stage="short")
    kept = near(lengths, verdict="kept", columns=("reasons",))
    assert kept == [([],)] * len(kept)
    assert len(kept) + len(near(lengths, reason="too_short")) == 18
    seen = {row[0] for row in near(View(finished.open()))}
    assert seen == {"d0-0", "d0-1", "d0-2", "d1-2", "d2-0", "d2-1"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            {"near": "too_shrt"},
            "no rule `too_shrt` with a threshold in this run; did you mean",
        ),
        ({"near": "x"}, "no rule `x` with a threshold in this run; known: too_long, too_short"),
        ({"near": "too_short", "stage": "label"}, "no rule of stage `label` compares a number"),
        ({"near": "too_short", "stage": "shrot"}, "no stage `shrot` in this run"),
    ],
)
def test_a_rule_without_a_threshold_is_told(finished, query, message):
    with pytest.raises(QueryError, match=message):
        ids(View(finished.open()), **query)


def test_a_rule_of_two_stages_needs_the_stage(project):
    again = {"uses": "short", "min_chars": 3}
    project.write({"label": None, "length": None, "short": None, "again": again})
    project.perform()
    view = View(project.open())
    with pytest.raises(QueryError, match="stages short and again have a rule `too_short`: name"):
        near(view)
    assert {row[2] for row in near(view, stage="again")} == {3}


def test_near_a_threshold_no_language_is_needed(project):
    per_language = {"mt": {"min_chars": 30}}
    project.write({"length": None, "short": {"min_chars": 20, "per_language": per_language}})
    project.perform()
    assert {threshold for _, _, threshold, _ in near(View(project.open()))} == {20}


def test_a_threshold_of_nothing_is_near_to_nothing(project):
    project.write({"label": None, "length": None, "short": {"min_chars": 0}})
    project.perform()
    found = draw(View(project.open()), Query(near="too_short"), 5)
    assert found.shape == (0, 12)
    assert found.columns[-5:] == ["value", "threshold", "distance", "text_from", "text"]


def test_nothing_to_draw_is_an_empty_table_with_all_columns(finished):
    found = draw(View(finished.open()), Query(language="de"), 5)
    assert found.shape == (0, 9)
    assert found.columns[-1] == "text"
