"""``eurosift quality train``, and what its model is good for."""

import json

import polars as pl
import pytest

GOOD, BAD = "an essay about rivers and bridges of the town", "buy cheap watches online now"


@pytest.fixture
def sides(tmp_path):
    paths = []
    for name, text in (("good", GOOD), ("bad", BAD)):
        words = text.split()
        rows = [" ".join([*words[i % 5 :], str(i), *words]) for i in range(400)]
        path = tmp_path / f"{name}.parquet"
        pl.DataFrame({"text": rows}).write_parquet(path)
        paths.append(path)
    return paths


def call(sides, *options):
    good, bad = sides
    return ("quality", "train", "--positive", good, "--negative", bad, *options)


@pytest.mark.slow
def test_a_model_is_trained_recorded_and_used(sides, trainer, eurosift, tmp_path, project):
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        done = eurosift(*call(sides, "--trainer", trainer, "--out", out, "--format", "json"))
        assert done.code == 0, done.err
    for name in ("held_out.parquet", "model.ftz", "training.json"):
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()
    measured = json.loads(done.out)["held_out"][0]
    assert (measured["area"], measured["precision"], measured["recall"]) == (1, 1, 1)
    assert "texts held out: too few to say much" in done.err
    record = json.loads((out / "training.json").read_text())
    assert sum(record["texts"].values()) == 800
    assert record["held_out"] == measured
    assert record["parameters"]["fasttext"]["epoch"] > 5
    assert len(pl.read_parquet(out / "held_out.parquet")) == measured["texts"]

    project.inputs([f"eng_Latn {text}" for text in (GOOD, BAD)])
    project.write(
        {
            "label": None,
            "essay": {"uses": "classifier", "needs": "label", "model": str(out / "model.ftz")},
            "quality": {
                "needs": "essay",
                "rules": "own.yaml",
            },
        }
    )
    (project.folder / "own.yaml").write_text(
        "name: own\nversion: 1\nsource: tests\n"
        "rules: [{name: no_essay, reject_if: essay_score < 0.5}]\n"
    )
    project.perform()
    assert project.table("quality").column("quality_reasons").to_pylist() == [[], ["no_essay"]]


def test_text_of_one_kind_is_refused(sides, eurosift, tmp_path):
    good, _ = sides
    done = eurosift(*call((good, good), "--out", tmp_path / "out"))
    assert done.code == 2
    assert "text of both kinds" in done.err


def test_a_missing_column_is_told(sides, eurosift, tmp_path):
    done = eurosift(*call(sides, "--out", tmp_path / "out", "--text-column", "body"))
    assert done.code == 2
    assert "has no column 'body'" in done.err
