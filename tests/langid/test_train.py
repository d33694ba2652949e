"""Training: its input, and its environment."""

import os

import polars as pl
import pytest
from click.testing import CliRunner

from eurosift.langid.corpus import Line
from eurosift.langid.errors import TrainingError
from eurosift.langid.model import LanguageModel
from eurosift.langid.recipe import load_recipe
from eurosift.langid.train import fit, main, phrases_to_avoid, write_lines

TRAINER = os.environ.get("EUROSIFT_TRAINER")
RECIPE = """\
version: 1
seed: test
sources: [{name: one, unit: sent, licence: CC0-1.0, origin: made, cap: 1000}]
min_letters: 3
max_chars: 400
spans: {min_words: 8, shortest: 2, longest: 6}
overlap_words: 8
transliterate: {}
boost: {}
leave_out: {}
not_language: 10
languages: deu_Latn ell_Grek
fasttext: {dim: 8, minn: 2, maxn: 3, minCount: 1, bucket: 2000, epoch: 5, lr: 0.6, thread: 1}
quantise: {cutoff: 1000, dsub: 2, qnorm: true}
"""


def test_lines_are_written_with_their_labels_and_spans(tmp_path):
    path = tmp_path / "lines.txt"
    text = "a b c d e f g h i j"
    n = write_lines([Line("deu_Latn", text, "s", "sent"), Line("zxx", "x", "s", "ui")],
                    load_recipe(), path)  # fmt: skip
    written = path.read_text().splitlines()
    assert n == len(written) == 3
    assert written[0] == f"__label__deu_Latn {text}"
    assert written[1].removeprefix("__label__deu_Latn ") in text
    assert written[2] == "__label__zxx x"


def test_evaluation_text_is_avoided_as_a_whole_and_in_runs_of_words(tmp_path):
    path = tmp_path / "evaluation.parquet"
    pl.DataFrame({"text": ["Eins zwei drei vier fünf sechs sieben acht neun!"]}).write_parquet(path)
    assert len(phrases_to_avoid(path, load_recipe())) == 3


def test_an_environment_without_the_training_build_is_an_error_with_a_remedy(tmp_path):
    with pytest.raises(TrainingError, match="fasttext-numpy2-wheel"):
        fit(str(tmp_path / "no-python"), load_recipe(), tmp_path / "lines.txt", tmp_path / "m.ftz")


@pytest.mark.slow
@pytest.mark.skipif(
    not TRAINER, reason="EUROSIFT_TRAINER names no Python with fasttext-numpy2-wheel"
)
def test_training_twice_gives_the_same_bytes(tmp_path):
    rows = [("de", f"der gute satz {k * 'so '}") for k in range(300)]
    rows += [("el", f"η καλή πρόταση {k * 'έτσι '}") for k in range(300)]
    frame = pl.DataFrame(rows, schema=["lang", "text"], orient="row")
    frame.write_parquet(tmp_path / "one.parquet")
    frame.head(0).write_parquet(tmp_path / "evaluation.parquet")
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    models = []
    for k in range(2):
        out = tmp_path / f"{k}.ftz"
        options = {"data": tmp_path, "evaluation": tmp_path / "evaluation.parquet", "out": out,
                   "recipe": tmp_path / "recipe.yaml", "trainer": TRAINER,
                   "work": tmp_path / "work"}  # fmt: skip
        done = CliRunner().invoke(main, [x for o, v in options.items() for x in (f"--{o}", str(v))])
        assert done.exit_code == 0, done.output
        models.append(out.read_bytes())
    assert models[0] == models[1]
    assert LanguageModel(out).predict("καλή πρόταση", 1)[0].language == "ell_Grek"
