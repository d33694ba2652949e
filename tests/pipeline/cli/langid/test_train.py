"""``eurosift langid train``, and what its outputs are good for."""

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

RECIPE = """\
version: 1
seed: test
sources: [{name: one, unit: sent, licence: CC0-1.0, origin: made, cap: 1000}]
min_letters: 3
max_chars: 400
spans: [{min_words: 8, shortest: 2, longest: 6}]
overlap_words: 8
transliterate: {}
boost: {}
leave_out: {}
not_language: 10
mojibake: 3
languages: deu_Latn ell_Grek
fasttext: {dim: 8, minn: 2, maxn: 3, minCount: 1, bucket: 2000, epoch: 5, lr: 0.6, thread: 1}
quantise: {cutoff: 1000, dsub: 2, qnorm: true}
"""
AVOIDED = "der gute satz und noch mehr gute worte dazu"


@pytest.fixture
def sources(tmp_path):
    rows = [("de", f"der gute satz {k * 'so '}") for k in range(300)]
    rows += [("el", f"η καλή πρόταση {k * 'έτσι '}") for k in range(300)]
    rows += [("de", AVOIDED)]
    folder = tmp_path / "sources"
    folder.mkdir()
    pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(folder / "one.parquet")
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    (tmp_path / "avoid.tsv").write_text(f"language\ttext\nde\t{AVOIDED.upper()}!\n")
    return folder


def call(sources, *options):
    parent = sources.parent
    return ("langid", "train", "--data", sources, "--recipe", parent / "recipe.yaml",
            "--avoid", parent / "avoid.tsv", *options)  # fmt: skip


@pytest.mark.slow
def test_a_model_is_trained_recorded_calibrated_and_measured(sources, trainer, eurosift, tmp_path):
    outs = [tmp_path / "a", tmp_path / "b"]
    for out in outs:
        options = ("--trainer", trainer, "--out", out, "--format", "json")
        found = eurosift(*call(sources, *options))
        assert found.code == 0, found.err
        assert "held out" in found.err
    names = ["held_out.parquet", "model.ftz", "training.json"]
    assert sorted(path.name for path in out.iterdir()) == names
    for name in names:
        assert (outs[0] / name).read_bytes() == (outs[1] / name).read_bytes()

    record = json.loads((out / "training.json").read_text())
    digests = {row["file"]: row["sha256"] for row in record["outputs"]}
    for name in names[:2]:
        assert digests[name] == hashlib.sha256((out / name).read_bytes()).hexdigest()
    one, made = record["sources"]
    given = hashlib.sha256((sources / "one.parquet").read_bytes()).hexdigest()
    assert (one["licence"], one["sha256"]) == ("CC0-1.0", given)
    assert made["name"] == "made"
    assert [row["texts"] for row in record["avoid"]] == [1]
    held_out = pl.read_parquet(out / "held_out.parquet")
    counts = record["lines"]
    assert counts["training"] == one["lines"] + made["lines"] == sum(record["labels"].values())
    assert counts["held_out"] == len(held_out)
    # Lines that only repeat a word are one after another; the text to avoid is none of them.
    assert counts["training"] + counts["held_out"] <= 610
    assert json.loads(found.out)["outputs"] == record["outputs"]

    model = f"normalised:{out / 'model.ftz'}"
    table = tmp_path / "thresholds.yaml"
    options = ("--model", model, "--min-texts", "1", "--out", table)
    done = eurosift("langid", "calibrate", out / "held_out.parquet", *options)
    assert done.code == 0, done.err
    options = ("--model", model, "--thresholds", table, "--by", "models", "--format", "jsonl")
    scores = json.loads(eurosift("langid", "evaluate", out / "held_out.parquet", *options).out)
    assert scores["macro_f1"] > 0.9


@pytest.mark.slow
def test_a_whole_source_can_be_held_out(sources, trainer, eurosift, tmp_path):
    rows = [("de", f"ein anderer satz {k * 'noch '}") for k in range(30)]
    pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(sources / "two.parquet")
    one = "{name: one, unit: sent, licence: CC0-1.0, origin: made, cap: 1000}"
    recipe = RECIPE.replace(f"[{one}]", f"[{one}, {one.replace('one', 'two')}]")
    (tmp_path / "recipe.yaml").write_text(recipe)
    options = ("--trainer", trainer, "--hold-out", "two", "--out", tmp_path / "out")
    found = eurosift(*call(sources, *options))
    assert found.code == 0, found.err
    held_out = pl.read_parquet(tmp_path / "out" / "held_out.parquet")
    assert set(held_out["source"]) == {"two"}
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["hold_out"] == ["two"]
    assert {row["name"]: row["lines"] for row in record["sources"]}["two"] == 0


@pytest.mark.slow
def test_nothing_need_be_held_out(sources, trainer, eurosift, tmp_path):
    options = ("--trainer", trainer, "--hold-out", "none", "--out", tmp_path / "out")
    found = eurosift(*call(sources, *options))
    assert found.code == 0, found.err
    record = json.loads((tmp_path / "out" / "training.json").read_text())
    assert record["lines"]["held_out"] == 0
    assert len(pl.read_parquet(tmp_path / "out" / "held_out.parquet")) == 0
    assert record["hold_out"] == ["none"]


@pytest.mark.slow
def test_lists_of_words_teach_a_model(sources, trainer, eurosift, tmp_path):
    stems = [f"{a}{b}{c}" for a in "bdfgklm" for b in "aeiou" for c in "nrst"]
    rows = [("de", stem + "ung") for stem in stems] + [("de", "Berlin"), ("en", "thing")]
    pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(sources / "two.parquet")
    one = "{name: one, unit: sent, licence: CC0-1.0, origin: made, cap: 1000}"
    two = "{name: two, unit: words, licence: CC0-1.0, origin: made, cap: 50}"
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace(f"[{one}]", f"[{one}, {two}]"))
    options = ("--trainer", trainer, "--hold-out", "two", "--out", tmp_path / "out")
    found = eurosift(*call(sources, *options))
    assert found.code == 0, found.err
    held_out = pl.read_parquet(tmp_path / "out" / "held_out.parquet")
    assert set(held_out["language"]) == {"deu_Latn"}
    assert {len(text.split()) for text in held_out["text"]} == {1, 2, 3}
    assert all(word.endswith("ung") for text in held_out["text"] for word in text.split())


@pytest.mark.slow
def test_a_table_of_known_words_is_made_beside_the_model(sources, trainer, eurosift, tmp_path):
    french = ("wo", "maison", "rouge", "bleu", "livre", "jardin", "ville")
    rows = [("de", "der"), ("de", "gute"), ("de", "worte"), *(("fr", word) for word in french)]
    pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(sources / "two.parquet")
    one = "{name: one, unit: sent, licence: CC0-1.0, origin: made, cap: 1000}"
    two = "{name: two, unit: words, licence: CC0-1.0, origin: made, cap: 50}"
    recipe = RECIPE.replace(f"[{one}]", f"[{one}, {two}]").replace("deu_Latn", "deu_Latn fra_Latn")
    recipe = recipe.replace("not_language: 10", "not_language: 0").replace(
        "mojibake: 3", "mojibake: 0"
    )
    wanted = "known_words: {words: 9, sets: 9, shares: [0.1], factors: {30: [1, 0.5, 0.0001]}}\n"
    out = tmp_path / "out"
    options = ("--trainer", trainer, "--hold-out", "none", "--out", out)
    (tmp_path / "recipe.yaml").write_text(recipe + wanted)
    assert eurosift(*call(sources, *options)).code == 0
    record = json.loads((out / "training.json").read_text())
    digests = {row["file"]: row["sha256"] for row in record["outputs"]}
    table = (out / "model.words").read_bytes()
    assert digests["model.words"] == hashlib.sha256(table).hexdigest()
    assert record["recipe"]["known_words"]["factors"] == {"30": [1, 0.5, 0.0001]}
    text = tmp_path / "text.tsv"
    text.write_text("language\ttext\nfr\two wo\n")

    def recall():
        model = ("--model", f"normalised:{out / 'model.ftz'}", "--thresholds", "none")
        found = eurosift("langid", "evaluate", text, *model, "--format", "json")
        rows = {row["language"]: row for row in json.loads(found.out)["languages"]}
        return rows["fra_Latn"]["recall"]

    # Words of two letters make no lines of lists, and this one looks German.
    assert recall() == 1
    # A model without a table leaves none of an earlier one.
    (tmp_path / "recipe.yaml").write_text(recipe)
    assert eurosift(*call(sources, *options)).code == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "held_out.parquet",
        "model.ftz",
        "training.json",
    ]
    assert recall() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--data", "."), "has no one.parquet; the recipe names these sources"),
        (("--avoid-column", "t"), "has no column 't'"),
        (("--hold-out", "two"), "--hold-out two: the recipe names no such source"),
        (("--recipe", "avoid.tsv"), "not a recipe of a language model"),
        (("--recipe", "wrong.yaml"), "sources: Field required\n"),
        (("--trainer", "avoid.tsv"), "avoid.tsv: cannot train"),
    ],
)
def test_mistakes_are_exit_code_2_before_anything_is_written(
    sources, eurosift, monkeypatch, options, message, request
):
    monkeypatch.chdir(sources.parent)
    Path("wrong.yaml").write_text("version: 1\n")
    if options[0] != "--trainer":
        options = (*options, "--trainer", request.getfixturevalue("trainer"))
    found = eurosift(*call(sources, *options, "--out", "out"))
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert not Path("out").exists()


def test_without_text_in_any_language_there_is_nothing_to_train(
    sources, trainer, eurosift, tmp_path
):
    recipe = RECIPE.replace("deu_Latn ell_Grek", "mlt_Latn")
    (tmp_path / "recipe.yaml").write_text(recipe)
    found = eurosift(*call(sources, "--trainer", trainer, "--out", tmp_path / "out"))
    assert (found.code, found.out) == (2, "")
    assert "no text in any of the recipe's languages" in found.err
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_training_that_fails_leaves_what_was_there(sources, trainer, eurosift, tmp_path):
    """Else an earlier model would lie beside text that it was trained on."""
    out = tmp_path / "out"
    options = ("--trainer", trainer, "--out", out)
    recipe = RECIPE.replace("ell_Grek", "ell_Grek mlt_Latn")
    (tmp_path / "recipe.yaml").write_text(recipe)
    found = eurosift(*call(sources, *options))
    assert found.code == 0
    assert "no text, so no label, for mlt_Latn\n" in found.err
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace("dim: 8", "no_such: 8"))
    assert eurosift(*call(sources, *options, "--hold-out", "one")).code == 2
    (tmp_path / "recipe.yaml").write_text(RECIPE.replace("dim: 8", "dim: no number"))
    assert eurosift(*call(sources, *options, "--hold-out", "none")).code == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
