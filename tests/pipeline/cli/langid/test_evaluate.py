"""``eurosift langid evaluate``."""

import csv
import json
from importlib.resources import as_file, files

import polars as pl
import pytest

from eurosift.langid.model import EMBEDDED, digest


def test_scores_of_the_embedded_model_by_language_with_confusions(labelled, eurosift):
    found = eurosift("langid", "evaluate", labelled, "--group-by", "kind", "--format", "json")
    assert (found.code, found.err) == (0, "")
    body = json.loads(found.out)
    names = ["schema_version", "models", "languages", "confusions", "lengths", "groups"]
    assert list(body) == names
    (model,) = body["models"]
    assert (model["n"], model["n_other"]) == (8, 3)
    assert model["fpr"] == pytest.approx(1 / 3)
    assert model["macro_f1"] == pytest.approx((2 / 3 + 1 + 1 + 2 / 3) / 4)
    by_code = {row["language"]: row for row in body["languages"]}
    assert list(by_code) == ["ell_Grek", "fin_Latn", "hun_Latn", "mlt_Latn"]
    assert by_code["hun_Latn"]["mistaken_from"] == "ukr_Cyrl 1"
    assert by_code["fin_Latn"]["missed_as"] == "no_letters 1"
    assert body["confusions"] == [
        {"model": "embedded", "label": "fin_Latn", "taken_for": "no_letters", "n": 1, "share": 0.5},
        {"model": "embedded", "label": "ukr_Cyrl", "taken_for": "hun_Latn", "n": 1, "share": 0.5},
    ]
    right, wrong = body["groups"]
    assert (right["group"], right["macro_f1"], right["fpr"]) == ("right", 1, 0)
    assert (wrong["group"], wrong["macro_f1"], wrong["fpr"]) == ("wrong", 0, 1)
    assert [(row["length"], row["n"]) for row in body["lengths"]] == [
        ("under 50", 1),
        ("50 to 99", 7),
    ]


def test_models_stand_side_by_side_and_thresholds_are_chosen(labelled, eurosift, tmp_path):
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        models = ("--model", "embedded", "--model", f"normalised:{path}")
        call = ("langid", "evaluate", labelled, *models, "--by", "models", "--format", "csv")
        table = tmp_path / "t.yaml"
        table.write_text("default: 0.5\nlanguages: {el: 1, fi: 1, hu: 1, mt: 1}\n")
        rows = [
            list(csv.DictReader(eurosift(*call, *more).out.splitlines()))
            for more in ((), ("--thresholds", "none"), ("--thresholds", table))
        ]
    assert [row["model"] for row in rows[0]] == ["embedded", f"normalised:{path}"]
    f1 = [[float(row["macro_f1"]) for row in part] for part in rows]
    assert f1[0] == f1[1] == pytest.approx([5 / 6, 5 / 6])
    assert f1[2][0] == f1[2][1] < 5 / 6, "not all have a score of one"


def test_a_table_is_used_for_the_model_that_it_names_and_for_no_other(labelled, eurosift, tmp_path):
    for name, sha256 in (("own", digest(None)), ("foreign", "ab" * 32)):
        text = f"default: 1\nmodel: {name}\nmodel_sha256: {sha256}\n"
        (tmp_path / name).write_text(text)
    call = ("langid", "evaluate", labelled, "--by", "models", "--format", "jsonl")
    own, foreign = ("--thresholds", tmp_path / "own"), ("--thresholds", tmp_path / "foreign")
    before, after = (json.loads(eurosift(*call, *more).out)["macro_f1"] for more in ((), own))
    assert after < before
    for more in (foreign, own + foreign):
        found = eurosift(*call, *more)
        assert (found.code, found.out) == (2, "")
        assert "these thresholds are for the model foreign (abababababab…), not for" in found.err


def test_a_table_that_names_the_model_goes_before_one_for_all(labelled, eurosift, tmp_path):
    for name, text in {
        "own": f"default: 0.5\nmodel_sha256: {digest(None)}\n",
        "all": "default: 1\n",
        "more": "default: 0.9\n",
    }.items():
        (tmp_path / name).write_text(text)
    call = ("langid", "evaluate", labelled, "--by", "models", "--format", "jsonl")
    own, every, more = (("--thresholds", tmp_path / name) for name in ("own", "all", "more"))
    scores = [eurosift(*call, *given).out for given in (own, own + every, every + own, every)]
    assert scores[0] == scores[1] == scores[2] != scores[3]
    found = eurosift(*call, *every, *more)
    assert (found.code, found.out) == (2, "")
    assert "are for the same model" in found.err


def test_a_second_model_has_to_agree(labelled, eurosift):
    labelled.write_text("text\tlanguage\nYOU MUST NOT SHOUT SO LOUD\ten\n")
    call = ("langid", "evaluate", labelled, "--by", "languages", "--format", "jsonl")
    with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
        # What reads capitals as they are makes nothing of them.
        alone, agreeing, disagreeing = (
            eurosift(*call, *options).out
            for options in ((), ("--agree-with", f"normalised:{path}"), ("--agree-with", path))
        )
    assert json.loads(agreeing)["recall"] == json.loads(alone)["recall"] == 1
    assert json.loads(disagreeing)["missed_as"] == "disagreement 1"


def test_rows_and_columns_are_chosen(labelled, eurosift, tmp_path):
    lines = [line.split("\t") for line in labelled.read_text().splitlines()]
    frame = pl.DataFrame(lines[1:], schema=["t", "lang", "kind"], orient="row")
    frame.with_columns(pl.col("kind") == "wrong").write_parquet(tmp_path / "x.parquet")
    call = ("langid", "evaluate", tmp_path / "x.parquet", "--text-column", "t", "--by", "models",
            "--label-column", "lang", "--only", "kind=false", "--format", "jsonl")  # fmt: skip
    assert json.loads(eurosift(*call).out)["macro_f1"] == 1
    assert json.loads(eurosift(*call, "--without", "uk,other").out)["n_other"] == 0
    assert json.loads(eurosift(*call, "--min-chars", "56").out)["n"] == 5


def test_labels_that_may_be_misspelt_are_told(labelled, eurosift):
    labelled.write_text(labelled.read_text() + "Szia\thug\tright\nSzia\txyz_Latn\tright\n")
    found = eurosift("langid", "evaluate", labelled)
    assert found.code == 0
    assert found.err == (
        "2 texts have labels that are not known here, and count as other: hug_Zzzz, xyz_Latn\n"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--label-column", "lang"), "has no column 'lang'; it has 'text', 'language', 'kind'"),
        (("--only", "kind=none"), "holds no rows, or none of those that were asked for"),
        (("--only", "kind"), "must be COLUMN=VALUE"),
        (("--without", "gr"), "did you mean 'el'?"),
        (("--by", "groups"), "needs `--group-by COLUMN`"),
        (("--model", "nowhere.bin"), "nowhere.bin: cannot read the language model"),
        (("--thresholds", "nowhere.yaml"), "nowhere.yaml: cannot read the thresholds"),
        (("--thresholds", "none", "--thresholds", "x.yaml"), "there cannot be others, too"),
        (("--thresholds", "{file}"), "not a table of thresholds"),
        (("--agree-with", "embedded"), "always agrees with itself"),
    ],
)
def test_mistakes_are_exit_code_2_with_a_message(labelled, eurosift, options, message):
    found = eurosift("langid", "evaluate", labelled, *(x.format(file=labelled) for x in options))
    assert (found.code, found.out) == (2, "")
    assert message in found.err


def test_an_unknown_label_is_told_with_file_and_line(labelled, eurosift):
    labelled.write_text(labelled.read_text().replace("\tuk\twrong", "\tgr\twrong"))
    found = eurosift("langid", "evaluate", labelled)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith(
        f"eurosift: {labelled}: line 8: 'gr' is no language code; did you mean 'el'?\n"
    )
