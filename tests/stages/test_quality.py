"""The quality stage decides from signals and language, and says why."""

import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eurosift.filters.signals import SCHEMA
from eurosift.filters.verdicts import FAILED
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.quality import Quality
from eurosift.stages.quality_config import QualityConfig

ORDINARY = dict.fromkeys(SCHEMA.names, 0) | {
    "word_count": 500,
    "mean_word_length": 6.0,
    "alpha_word_ratio": 0.95,
    "line_punct_ratio": 0.9,
    "stop_word_count": 8,
}


def stage(per_language=None, **config):
    overlays = {code: QualityConfig(**config | own) for code, own in (per_language or {}).items()}
    return Quality(QualityConfig(**config), name="quality", per_language=overlays)


def batch_of(made, rows, languages):
    columns = {
        name: pa.array([(ORDINARY | row)[name] for row in rows], SCHEMA.field(name).type)
        for name in made.reads
    }
    return pa.record_batch(columns | {"language": pa.array(languages, pa.string())})


def reasons(made, rows, languages):
    return made.process(batch_of(made, rows, languages)).column(0).to_pylist()


def test_contract():
    made = Quality(QualityConfig(), name="strict")
    assert "text" not in made.reads
    assert set(made.reads) <= set(SCHEMA.names)
    assert made.reads_if_present == ("language",)
    assert made.adds.names == ["strict_reasons", "quality_failed", "quality_score"]
    assert made.adds.types == [pa.list_(pa.string()), pa.list_(FAILED), pa.float32()]
    assert made.default_needs[:2] == ("langid", "signals")
    assert made.active_on == "kept"


def test_every_failing_rule_is_a_reason():
    made = stage()
    bad = {"word_count": 3, "hash_ratio": 0.9, "top_2_gram_ratio": 0.99}
    out = made.process(batch_of(made, [{}, bad], ["eng_Latn"] * 2))
    assert out.schema == made.adds
    kept, rejected = out.column("quality_reasons").to_pylist()
    assert kept == []
    assert rejected == ["top_2_gram", "gopher_short_doc", "gopher_too_many_hashes"]
    assert out.column("quality_failed").to_pylist()[1] == [
        {"rule": "top_2_gram", "value": pytest.approx(0.99), "threshold": pytest.approx(0.2)},
        {"rule": "gopher_short_doc", "value": 3, "threshold": 50},
        {"rule": "gopher_too_many_hashes", "value": pytest.approx(0.9),
         "threshold": pytest.approx(0.1)},
    ]  # fmt: skip
    assert out.column("quality_score").to_pylist() == [None, None]


def test_thresholds_follow_the_language():
    """A share of 0.5 is too much in Spanish and usual in Maltese."""
    rows = [{"top_2_gram_ratio": 0.5}] * 3
    assert reasons(stage(), rows, ["spa_Latn", "mlt_Latn", None]) == [
        ["top_2_gram"],
        [],
        ["top_2_gram"],
    ]


def test_rules_can_be_disabled_and_thresholds_replaced():
    rows = [{"word_count": 30, "hash_ratio": 0.2}]
    assert reasons(stage(), rows, ["eng_Latn"]) == [["gopher_short_doc", "gopher_too_many_hashes"]]
    assert reasons(stage(disable=("gopher_short_doc",)), rows, ["eng_Latn"]) == [
        ["gopher_too_many_hashes"]
    ]
    changed = stage(thresholds={"gopher_short_doc": 20, "gopher_too_many_hashes": 0})
    assert reasons(changed, rows, ["eng_Latn"]) == [[]]


def test_sets_are_combined_and_own_rules_are_added():
    made = stage(
        rules=["gopher", "fineweb2"],
        add={
            "loud": {"reject_if": "upper_ratio > 0.5"},
            "top_2_gram": {"reject_if": "hash_ratio > 9"},
        },
        thresholds={"dup_line_frac": {"mt": 0.9}, "gopher_short_doc": {"default": 20}},
    )
    rows = [{"upper_ratio": 0.6, "top_2_gram_ratio": 0.99, "dup_line_ratio": 0.5, "word_count": 30}]
    assert reasons(made, rows, ["mlt_Latn"]) == [["loud"]]
    assert reasons(made, rows, ["deu_Latn"]) == [["dup_line_frac", "loud"]]


def test_own_rules_can_stand_alone():
    made = stage(rules=[], add={"loud": {"reject_if": "upper_ratio > 0.5"}})
    assert made.reads == ("upper_ratio",)
    assert stage(rules=[]).reads == ()


def test_rules_may_speak_of_any_number_that_a_stage_before_has():
    made = stage(add={"mixed": {"reject_if": "language_share < 0.5"}})
    assert made.reads[-1] == "language_share"
    made.check_columns({"language_share": pa.float32()})


@pytest.mark.parametrize(
    ("reject_if", "message"),
    [
        ("language_shar < 0.5", "unknown signal 'language_shar' .*did you mean 'language_share'"),
        ("language < 0.5", "rule mixed: 'language' .* is string; rules are over numbers"),
        ("quality_score < 0.5", "rule mixed is over `quality_score`, which needs `medians`"),
    ],
)
def test_rules_over_what_is_no_number_are_refused(reject_if, message):
    made = stage(add={"mixed": {"reject_if": reject_if}})
    with pytest.raises(StageError, match=message):
        made.check_columns({"language_share": pa.float32(), "language": pa.string()})


def test_all_columns_that_rules_cannot_be_over_are_told_at_their_places():
    wrong = {"one": {"reject_if": "nothing < 0.5"}, "two": {"reject_if": "language > 1"}}
    made = stage(add={**wrong, "three": {"reject_if": "quality_score < 0.5"}})
    with pytest.raises(StageError) as caught:
        made.check_columns({"language": pa.string()})
    found = [caught.value, *caught.value.further]
    assert [each.at for each in found] == [
        ("add", "one", "reject_if"),
        ("add", "two", "reject_if"),
        (),
    ]
    assert "needs `medians`" in str(found[2])


def test_a_score_is_near_one_for_what_is_usual_and_rules_can_be_over_it(tmp_path):
    path = tmp_path / "medians.yaml"
    path.write_text(
        "kind: medians\nversion: 1\nlanguages:\n"
        "  mt: {documents: 9, signals: {upper_ratio: [0.05, 0.02], number_ratio: [0, 0.01]}}\n"
    )
    made = stage(rules="wds", medians=path)
    assert made.reads == ("upper_ratio", "number_ratio")
    rows = [{"upper_ratio": 0.05}, {"upper_ratio": 0.9, "number_ratio": 0.09}, {}]
    out = made.process(batch_of(made, rows, ["mlt_Latn", "mlt_Latn", "deu_Latn"]))
    usual, odd, unknown = out.column("quality_score").to_pylist()
    assert usual == 1
    assert odd < 0.1
    assert unknown is None
    assert out.column("quality_reasons").to_pylist() == [[], ["low_quality_score"], []]
    assert out.column("quality_failed").to_pylist()[1][0]["value"] == odd
    kept, scores = made.keeps(batch_of(made, rows, ["mlt_Latn", "mlt_Latn", "deu_Latn"]))
    assert kept.tolist() == [True, False, True]
    assert pa.array(scores, from_pandas=True).to_pylist() == [usual, odd, None]


@given(
    st.lists(
        st.tuples(st.sampled_from([10, 30, 90]), st.sampled_from(["mlt_Latn", "deu_Latn", None])),
        max_size=12,
    )
)
def test_overlays_hold_for_their_language_and_rows_keep_their_order(rows):
    made = stage(
        per_language={"mlt_Latn": {"rules": "gopher", "thresholds": {"gopher_short_doc": 20}}}
    )
    limit = {"mlt_Latn": 20}
    words = [{"word_count": count} for count, _ in rows]
    got = reasons(made, words, [language for _, language in rows])
    assert got == [
        ["gopher_short_doc"] if count < limit.get(language, 50) else [] for count, language in rows
    ]
    batch = batch_of(made, words, [language for _, language in rows])
    assert made.keeps(batch).kept.tolist() == [not each for each in got]


def test_what_is_said_of_a_rule_holds_for_the_languages_that_have_it():
    made = stage(
        thresholds={"line_punct_ratio": 0.5},
        disable=["top_2_gram", "list_ratio"],
        per_language={"eng_Latn": {"rules": "gopher"}, "deu_Latn": {"rules": ["fineweb2", "mc4"]}},
    )
    names = {code: {r.name for r in judge.rules.rules} for code, judge in made.judges.items()}
    assert "line_punct_ratio" in names[""] & names["deu_Latn"]
    assert "line_punct_ratio" not in names["eng_Latn"]
    assert not any("top_2_gram" in each for each in names.values())
    assert made.judges["deu_Latn"].rules.find("line_punct_ratio").threshold == 0.5


@pytest.mark.parametrize(
    "own", [{"thresholds": {"line_punct_ratio": 0.4}}, {"disable": ["line_punct_ratio"]}]
)
def test_what_a_language_says_of_a_rule_that_it_does_not_have_is_refused(own):
    made = stage(per_language={"eng_Latn": {"rules": "gopher", **own}})
    message = r"stage quality: per_language\.eng_Latn: rule set gopher: no rule 'line_punct_ratio'"
    with pytest.raises(AssetError, match=message):
        _ = made.judges


def test_own_rules_from_a_file(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\nsource: me\nrules:\n"
        "  - {name: loud, version: 1, description: x, citation: x,"
        " reject_if: upper_ratio > threshold, threshold: 0.5}\n"
    )
    made = stage(rules=path)
    assert made.reads == ("upper_ratio",)
    assert made.embedded() == {}
    assert reasons(made, [{"upper_ratio": 0.6}], [None]) == [["loud"]]


def test_shipped_rules_are_part_of_the_fingerprint():
    made = stage(per_language={"mlt_Latn": {"rules": "gopher"}})
    assert set(made.embedded()) == {"rules.fineweb2", "rules.gopher"}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"rules": "fineweb3"}, "stage quality: fineweb3: no such rule set"),
        ({"disable": ("nope",)}, "no rule 'nope'"),
        ({"thresholds": {"nope": 1}}, "no rule 'nope'"),
    ],
)
def test_configurations_that_mean_nothing_are_errors(config, message):
    with pytest.raises(AssetError, match=message):
        _ = stage(**config).reads


def measured(made, rule, rows, languages):
    margin = made.margins()[rule]
    batch = batch_of(made, rows, languages).select(margin.reads)
    return [tuple(row.values()) for row in margin.measure(batch).to_pylist()]


def test_margins_are_of_every_rule_that_has_a_threshold():
    made = stage(disable=("gopher_short_doc",), thresholds={"top_2_gram": 0})
    names = set(stage().margins())
    assert names - set(made.margins()) == {"gopher_short_doc", "top_2_gram"}
    assert made.margins()["line_punct_ratio"].reads == ("line_punct_ratio", "language")


def test_margins_follow_the_language_as_verdicts_do():
    made = stage(per_language={"mlt_Latn": {"thresholds": {"gopher_short_doc": 20}}})
    rows = [{"word_count": 30}, {"word_count": 40}, {"word_count": None}]
    found = measured(made, "gopher_short_doc", rows, ["mlt_Latn", None, "deu_Latn"])
    assert found[:2] == [(30, 20), (40, 50)]
    assert math.isnan(found[2][0])
    off = stage(per_language={"mlt_Latn": {"disable": ["gopher_short_doc"]}})
    assert math.isnan(measured(off, "gopher_short_doc", rows[:1], ["mlt_Latn"])[0][1])


def test_a_rule_over_several_signals_has_one_value(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "name: own\nversion: 1\nsource: me\nrules:\n"
        "  - {name: loud, version: 1, description: x, citation: x,"
        " reject_if: upper_ratio + hash_ratio * 2 > threshold, threshold: 0.5}\n"
    )
    row = {"upper_ratio": 0.25, "hash_ratio": 0.25}
    assert measured(stage(rules=path), "loud", [row], [None]) == [(0.75, 0.5)]


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from(["mlt_Latn", "deu_Latn", None])),
        min_size=1,
        max_size=12,
    )
)
def test_margins_and_verdicts_agree(rows):
    made = stage(per_language={"mlt_Latn": {"thresholds": {"gopher_short_doc": 20}}})
    words = [{"word_count": count} for count, _ in rows]
    languages = [language for _, language in rows]
    found = measured(made, "gopher_short_doc", words, languages)
    assert [value < threshold for value, threshold in found] == [
        "gopher_short_doc" in given for given in reasons(made, words, languages)
    ]
