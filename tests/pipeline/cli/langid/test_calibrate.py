"""``eurosift langid calibrate``, and its table in a run."""

import json
from hashlib import sha256
from importlib.resources import as_file, files

import pytest
import yaml


def call(labelled, *options):
    return ("langid", "calibrate", labelled, "--min-texts", "1", *options)


def test_a_table_is_written_and_the_stage_reads_it(labelled, eurosift, tmp_path):
    out = tmp_path / "thresholds.yaml"
    found = eurosift(*call(labelled, "--out", out, "--format", "json"))
    assert (found.code, found.err) == (0, f"wrote {out}, version 1\n")
    body = json.loads(found.out)
    assert list(body) == ["schema_version", "languages", "bins", "language_bins"]
    assert "short" not in yaml.safe_load(out.read_text())
    rows = {row["language"]: row for row in body["languages"]}
    assert rows["ell_Grek"]["how"] == "reached"
    assert rows["hun_Latn"]["how"] == "best_f1", "one of two is wrong, with the same score"
    assert rows["hrv_Latn"] == {
        "language": "hrv_Latn", "n": 0, "labelled": 0, "all_right": None, "threshold": 0.5,
        "precision": None, "recall": None, "how": "default",
    }  # fmt: skip
    assert sum(row["n"] for row in body["bins"]) == sum(r["n"] for r in body["language_bins"]) == 5
    table = yaml.safe_load(out.read_text())
    assert table["target_precision"] == 0.99
    assert table["text"] == "labelled.tsv"
    assert table["fallbacks"]["hun_Latn"] == "best_f1"
    assert table["languages"]["ell_Grek"] == rows["ell_Grek"]["threshold"] > 0

    again = eurosift("langid", "evaluate", labelled, "--thresholds", out)
    assert again.code == 0, again.err

    recipe = tmp_path / "recipe.yaml"
    texts = [line.split("\t")[0] for line in labelled.read_text().splitlines()[1:]]
    (tmp_path / "in.jsonl").write_text(
        "".join(json.dumps({"id": t, "text": t}) + "\n" for t in texts[:6])
    )
    stages = {"extract": {}, "langid": {"thresholds_file": "thresholds.yaml"}}
    recipe.write_text(
        yaml.safe_dump(
            {"version": 1, "name": "t", "input": {"path": "in.jsonl"}, "stages": stages},
            sort_keys=False,
        )
    )
    assert eurosift("run", recipe, "--workers", "1", "--quiet").code == 0
    report = eurosift("report", recipe, "--by", "reasons", "--format", "jsonl").out
    assert {json.loads(line)["reason"] for line in report.splitlines()} == {"other"}
    out.write_text(out.read_text().replace(table["model_sha256"], "ab" * 32))
    refused = eurosift("validate", recipe)
    assert refused.code == 2
    assert "these thresholds are for the model embedded (abababababab…)" in refused.err


def test_short_texts_get_a_score_of_their_own(labelled, eurosift, tmp_path):
    out = tmp_path / "thresholds.yaml"
    other = [f"tis tixtut {word} dil lingwi\tother\tright" for word in ("barra", "hawn", "hemm")]
    labelled.write_text(labelled.read_text(encoding="utf-8") + "\n".join(other) + "\n", "utf-8")
    found = eurosift(*call(labelled, "--short-fpr", "0", "--out", out, "--format", "json"))
    assert found.code == 0, found.err
    rows = json.loads(found.out)["short"]
    assert [row["below"] for row in rows] == [20, 30, 50]
    assert all(row["fpr"] in (0, None) for row in rows)
    table = yaml.safe_load(out.read_text())
    scores = {row["below"]: row["score"] for row in rows}
    assert max(scores.values()) > 0
    for length in scores:
        most = max(score for longer, score in scores.items() if longer >= length)
        assert table["short"].get(length, 0) == most
    assert table["short_but"] == ["hun_Latn"], "one of two is wrong, with the same score"
    assert "score" in eurosift(*call(labelled, "--short-fpr", "0", "--by", "short")).out


def test_short_texts_may_be_asked_less(labelled, eurosift):
    # What Maltese looks like, in another language; and Maltese that looks less so.
    other = [f"tis tixtut {word} dil lingwi\tother\tright" for word in ("barra", "hawn", "hemm")]
    own = ["mara u tifel fuq triq\tmt\tright", "pasta con pomodoro e mozzarella\tit\tright"]
    rows = "\n".join([labelled.read_text(encoding="utf-8").strip(), *other, *own])
    labelled.write_text(f"{rows}\n", encoding="utf-8")

    def scores(*options):
        found = eurosift(*call(labelled, "--short-fpr", "0", "--format", "json", *options))
        assert found.code == 0, found.err
        return [row["score"] for row in json.loads(found.out)["short"]]

    most = scores("--min-recall", "0")
    assert scores("--min-recall", "0", "--short-recall", "0") == most
    assert scores("--min-recall", "0", "--short-recall", "1") < most


def test_a_recall_of_short_texts_needs_what_is_asked_of_them(labelled, eurosift):
    found = eurosift(*call(labelled, "--short-recall", "0.9"))
    assert (found.code, found.out) == (2, "")
    assert "--short-recall: asks less than --short-fpr does; give that, too" in found.err


def test_a_table_may_be_for_another_model_than_is_measured(labelled, eurosift, tmp_path):
    out = tmp_path / "thresholds.yaml"
    with as_file(files("eurosift.langid").joinpath("data/eu24.ftz")) as path:
        twin = tmp_path / "twin.ftz"
        data = path.read_bytes()
        twin.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        options = ("--model", f"normalised:{path}", "--for", twin, "--out", out)
        done = eurosift(*call(labelled, *options))
        assert done.code == 0, done.err
        table = yaml.safe_load(out.read_text())
        assert table["model"] == "twin.ftz"
        assert table["model_sha256"] == sha256(twin.read_bytes()).hexdigest()
        assert table["measured_sha256"] == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("option", ["--for", "--model"])
def test_a_model_that_is_not_there_is_told_before_anything_is_printed(labelled, eurosift, option):
    found = eurosift(*call(labelled, option, "nowhere.ftz", "--out", labelled.parent / "t.yaml"))
    assert (found.code, found.out) == (2, "")
    assert "nowhere.ftz" in found.err
    assert not (labelled.parent / "t.yaml").exists()


@pytest.mark.parametrize("option", ["--for", "--model"])
def test_what_is_no_model_gets_no_table(labelled, eurosift, option):
    out = labelled.parent / "t.yaml"
    found = eurosift(*call(labelled, option, labelled, "--out", out))
    assert (found.code, found.out) == (2, "")
    assert "not a fastText model" in found.err
    assert not out.exists()


def test_too_little_text_for_any_threshold_is_told(labelled, eurosift):
    found = eurosift("langid", "calibrate", labelled)
    assert found.code == 0
    assert "no language has 50 texts (--min-texts)" in found.err
    assert "nothing was written; --out FILE writes the table" in found.err


def test_the_version_is_raised_only_if_something_changes(labelled, eurosift, tmp_path):
    out = tmp_path / "thresholds.yaml"
    for version, target in ((1, 0.9), (1, 0.9), (2, 0.8)):
        done = eurosift(*call(labelled, "--out", out, "--target-precision", target))
        assert done.err == f"wrote {out}, version {version}\n"
        assert yaml.safe_load(out.read_text())["version"] == version


def test_a_file_that_is_no_table_is_not_overwritten(labelled, eurosift):
    before = labelled.read_bytes()
    found = eurosift(*call(labelled, "--out", labelled))
    assert (found.code, labelled.read_bytes()) == (2, before)
    assert "not a table of thresholds" in found.err


def test_other_text_may_be_given_its_share(labelled, eurosift):
    found = eurosift(*call(labelled, "--other-share", "0.9", "--format", "csv"))
    hungarian = next(line for line in found.out.splitlines() if line.startswith("hun_Latn"))
    share = float(hungarian.split(",")[3])
    assert share == pytest.approx((0.1 / 5) / (0.1 / 5 + 0.9 / 3))
    labelled.write_text("text\tlanguage\nSzia\thu\n")
    found = eurosift(*call(labelled, "--other-share", "0.9"))
    assert (found.code, found.out) == (2, "")
    assert "there is no text in none of the 24 languages" in found.err


@pytest.mark.parametrize(
    "option",
    ["--target-precision", "--min-recall", "--other-share", "--lowest", "--default", "--short-fpr"],
)
@pytest.mark.parametrize("value", ["nan", "-0.1", "1.1", "inf", "much"])
def test_a_share_is_a_number_from_0_to_1(labelled, eurosift, option, value):
    out = labelled.parent / "t.yaml"
    found = eurosift(*call(labelled, option, value, "--out", out))
    assert (found.code, found.out) == (2, "")
    assert option in found.err
    assert not out.exists()
