"""How the model is measured, and what it must reach."""

# Languages in other scripts look like Latin by nature.

from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from eurosift.langid.evaluate import KINDS, NONE, evaluate, main, score
from eurosift.langid.thresholds import load_thresholds

DATA = Path(__file__).parents[3] / "shared/data/lid/eval/lid_eval.parquet"


def test_macro_f1_and_false_positive_rate_by_hand():
    truth = pl.Series(["a", "a", "b", "b", NONE, NONE, NONE, NONE])
    answer = pl.Series(["a", NONE, "b", "b", "b", NONE, NONE, NONE])
    found = score(truth, answer)
    assert found.f1 == pytest.approx({"a": 2 / 3, "b": 4 / 5})
    assert found.macro_f1 == pytest.approx(11 / 15)
    assert (found.n, found.false_positive_rate) == (8, 0.25)


def made(samples):
    rows = [(code, text, "ud", code, False) for code, text in samples.items()]
    rows += [("uk", "Усі люди народжуються вільними і рівними", "ud", NONE, False)]
    rows += [("fr", "This label is not right, and it is known.", "ud", "fr", True)]
    return pl.DataFrame(
        rows, schema=["lang", "text", "domain", "eu_label", "suspect"], orient="row"
    )


def test_suspect_labels_count_only_where_it_says_so(model, samples):
    results = {what: result for _, what, result in evaluate(made(samples), model, lambda _: 0.0)}
    assert results["all"].macro_f1 == 1
    assert results["all"].false_positive_rate == 0
    assert results["suspect labels included"].f1["fra_Latn"] < 1


def test_the_command_prints_both_kinds_of_scores(samples, tmp_path):
    made(samples).write_parquet(tmp_path / "data.parquet")
    done = CliRunner().invoke(main, ["--data", str(tmp_path / "data.parquet"), "--per-language"])
    assert done.exit_code == 0, done.output
    assert "thresholds: none   sentences   all" in done.output
    assert "macro-F1=100.0 FPR=0.0" in done.output


@pytest.mark.skipif(not DATA.exists(), reason=f"no evaluation text at {DATA}")
def test_the_embedded_model_keeps_its_quality_on_paragraphs(model):
    frame = pl.read_parquet(DATA).filter(pl.col("domain").is_in(KINDS["paragraphs"]))
    sample = frame.filter(~pl.col("suspect")).gather_every(3)
    threshold = load_thresholds().of
    results = {what: result for _, what, result in evaluate(sample, model, threshold)}
    assert results["all"].n > 2_000
    assert results["all"].macro_f1 >= 0.97
    assert results["all"].false_positive_rate <= 0.03
