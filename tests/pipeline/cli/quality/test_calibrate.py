"""``eurosift quality calibrate`` writes a rule set that the stage takes."""

import json

import pytest
import yaml

from eurosift.filters.rule_files import load_rule_set


def calibrate(eurosift, judged, *options):
    out = judged.folder / "calibrated.yaml"
    arguments = ("quality", "calibrate", judged.recipe, "--out", out, "--min-documents", 50)
    done = eurosift(*arguments, "--format", "json", *options)
    return done, out


def test_thresholds_are_written_with_what_they_are_from(judged, eurosift):
    done, out = calibrate(eurosift, judged)
    assert done.code == 0, done.err
    rules = load_rule_set(out)
    # The language before each text counts as a word.
    assert rules.find("few_words").by_language == {"eng_Latn": 12, "mlt_Latn": 8}
    assert rules.find("few_words").threshold == 11
    assert rules.find("wordy").by_language == {"eng_Latn": 91, "mlt_Latn": 55}
    assert rules.find("loud").by_language == {"deu_Latn": 1}
    record = yaml.safe_load(out.read_text())["provenance"]
    assert record["based_on"] == {"name": "words+recipe", "version": 1}
    assert record["method"] == "tail"
    assert record["share"] == 0.1
    assert record["documents"] == {"eng_Latn": 100, "mlt_Latn": 60}
    assert len(record["columns"]) == 32
    assert "version 2, 4 thresholds computed, 0 as they were" in done.err
    row = next(
        row
        for row in json.loads(done.out)["thresholds"]
        if (row["rule"], row["language"]) == ("few_words", "mlt_Latn")
    )
    assert (row["before"], row["after"]) == (11, 8)
    assert row["rejected_before"] == pytest.approx(9 / 60)
    assert row["rejected_after"] == pytest.approx(6 / 60)


def test_nothing_is_written_where_no_language_has_documents_enough(judged, eurosift):
    done, out = calibrate(eurosift, judged, "--min-documents", 101)
    assert done.code != 0
    assert "no language has 101 documents; the most are 100" in done.err
    assert not out.exists()


def test_the_same_run_gives_the_same_bytes(judged, eurosift):
    _, out = calibrate(eurosift, judged)
    first = out.read_bytes()
    calibrate(eurosift, judged)
    assert out.read_bytes() == first


def test_other_rules_in_the_same_file_are_another_version(judged, eurosift):
    """It is the next one after that of the file, and that of the rules it started from."""
    _, out = calibrate(eurosift, judged)
    assert (load_rule_set(out).name, load_rule_set(out).version) == ("words+recipe", 2)
    out.write_text(
        out.read_text().replace("words+recipe", "mine", 1).replace("version: 2", "version: 6", 1)
    )
    done, _ = calibrate(eurosift, judged)
    assert "version 6, " in done.err, "the rules are the same"
    done, _ = calibrate(eurosift, judged, "--share", 0.2)
    assert "version 7, " in done.err
    assert (load_rule_set(out).name, load_rule_set(out).version) == ("mine", 7)
    stages = {
        "label": None,
        "signals": {"needs": "label"},
        "quality": {"needs": "signals", "rules": ["words.yaml", out.name]},
    }
    judged.write(stages)
    judged.perform()
    done, _ = calibrate(eurosift, judged, "--share", 0.3)
    assert "version 8, " in done.err
    record = yaml.safe_load(out.read_text())["provenance"]
    assert record["based_on"] == {"name": "words+mine", "version": 7}


def test_what_is_no_rule_set_is_not_written_over(judged, eurosift):
    out = judged.folder / "calibrated.yaml"
    out.write_text("kind: medians\nversion: 1\n")
    done, _ = calibrate(eurosift, judged)
    assert done.code == 2
    assert f"--out: {out} is there, and is no rule set: " in done.err
    assert out.read_text().startswith("kind: medians")


def test_the_stage_takes_what_was_written(judged, eurosift):
    _, out = calibrate(eurosift, judged, "--only", "few_words")
    assert [rule.name for rule in load_rule_set(out).rules] == ["few_words"]
    judged.write(
        {
            "label": None,
            "signals": {"needs": "label"},
            "quality": {"needs": "signals", "rules": ["words.yaml", out.name]},
        }
    )
    judged.perform()
    reasons = judged.table("quality").column("quality_reasons").to_pylist()
    assert sum(given == ["few_words"] for given in reasons[:60]) == 6
    assert sum(given == ["few_words"] for given in reasons[60:]) == 10


def test_thresholds_follow_a_reference_language(judged, eurosift):
    done, out = calibrate(eurosift, judged, "--method", "quantile", "--reference", "en")
    assert done.code == 0, done.err
    # 11 rejects 8 of 100 English texts; so many of the Maltese have fewer than 7 words.
    rule = load_rule_set(out).find("few_words")
    assert rule.by_language["mlt_Latn"] == 7
    assert rule.threshold_for("eng_Latn") == 11


def test_small_languages_keep_their_thresholds(judged, eurosift):
    done, out = calibrate(eurosift, judged, "--min-documents", 70)
    assert set(load_rule_set(out).find("few_words").by_language) == {"eng_Latn"}
    assert "2 as they were" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--only", "few_word"), "--only few_word: no such rule; did you mean `few_words`"),
        (("--method", "quantile", "--reference", "fi"), "no document in fin_Latn"),
        (("--method", "quantile", "--reference", "xyzzy"), "--reference: "),
        (("--stage", "other"), "other: no stage `quality` of that name"),
    ],
)
def test_what_cannot_be_had_is_told(judged, eurosift, options, message):
    done, out = calibrate(eurosift, judged, *options)
    assert done.code == 2
    assert message in done.err
    assert not out.exists()


def test_missing_shards_are_told(judged, eurosift):
    (judged.run_folder / "signals" / "00000.parquet").unlink()
    done, out = calibrate(eurosift, judged)
    assert "measured on 1 of 2 shards" in done.err
    assert set(load_rule_set(out).find("few_words").by_language) == {"eng_Latn"}
