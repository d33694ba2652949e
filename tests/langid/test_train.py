"""Training: its input, and how it fails."""

import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from eurosift.filters.buffers import string_buffers
from eurosift.langid.corpus import Line
from eurosift.langid.errors import TrainingError
from eurosift.langid.known_words import hash_words
from eurosift.langid.recipe import Recipe, load_recipe
from eurosift.langid.train import check_sources, fit, make_words, phrases_to_avoid, write_lines


def test_lines_are_written_with_their_labels_and_spans(tmp_path):
    path = tmp_path / "lines.txt"
    text = "a b c d e f g h i j"
    n = write_lines([Line("deu_Latn", text, "s", "sent"), Line("zxx", "x", "s", "ui")],
                    load_recipe(), path)  # fmt: skip
    written = path.read_text().splitlines()
    assert n == len(written) == 5
    assert written[0] == f"__label__deu_Latn {text}"
    for cut in written[1:4]:
        assert cut.removeprefix("__label__deu_Latn ") in text
    assert written[4] == "__label__zxx x"


def test_evaluation_text_is_avoided_as_a_whole_and_in_runs_of_words():
    text = "Eins zwei drei vier fünf sechs sieben acht neun!"
    assert len(phrases_to_avoid([text], load_recipe())) == 3


def test_sources_that_are_missing_are_told_all_at_once(tmp_path):
    (tmp_path / "asp.parquet").touch()
    with pytest.raises(
        TrainingError, match=r"has no bible\.parquet, bookstack\.parquet"
    ) as refused:
        check_sources(tmp_path, load_recipe())
    assert "asp" not in str(refused.value)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"lang": ["de"], "txt": ["a"]}, "column 'text' is not there"),
        ({"text": ["a"]}, "column 'lang' is not there; a source has the columns 'lang' and 'text'"),
        ({"lang": ["de"], "text": [1]}, "column 'text' holds Int64, not text"),
        ({"lang": ["de"], "text": [b"a"]}, "column 'text' holds Binary, not text"),
        ({"lang": [1], "text": ["a"]}, "column 'lang' holds Int64, not text"),
        (None, "not a Parquet file of text: "),
    ],
)
def test_a_source_without_labelled_text_is_named(tmp_path, columns, message):
    values = load_recipe().model_dump()
    recipe = Recipe.model_validate(
        values | {"sources": values["sources"][:1], "leave_out": {}, "known_words": None}
    )
    path = tmp_path / f"{recipe.sources[0].name}.parquet"
    path.write_text("lang\ttext\n")
    if columns is not None:
        pl.DataFrame(columns).write_parquet(path)
    with pytest.raises(TrainingError) as refused:
        check_sources(tmp_path, recipe)
    assert str(refused.value).startswith(f"{path}: {message}")


def test_training_that_fails_is_an_error(tmp_path):
    (tmp_path / "lines.txt").touch()
    with pytest.raises(TrainingError, match=r"training with .* failed"):
        fit(
            Path(sys.executable),
            load_recipe().parameters,
            tmp_path / "lines.txt",
            tmp_path / "m.ftz",
        )


def test_the_table_of_words_is_made_of_lists_and_of_text(tmp_path, model_path):
    rows = [("fr", "fiets"), ("nl", "fiets"), ("da", "kirke"), ("da", "Kirke"), ("af", "hy")]
    pl.DataFrame(rows, schema=["lang", "text"], orient="row").write_parquet(
        tmp_path / "tesseract.parquet"
    )
    text = [Line("nob_Latn", "huset huset", "s", "sent")]
    listed = [Line("nob_Latn", "fjord fjord", "s", "words")]
    recipe = load_recipe()
    table = make_words(tmp_path, recipe, text + listed, model_path, ())
    assert table is not None
    assert table.languages == ("afr_Latn", "dan_Latn", "fra_Latn", "nld_Latn")
    assert dict(zip(table.lengths, map(tuple, table.factors), strict=True)) == (
        recipe.known_words.factors
    )
    assert [3, 3, 0, 0] in table.levels[table.sets].tolist()
    keys = [hash_words(*string_buffers(pa.array([word]))[:2])[0] for word in ("huset", "fjord")]
    assert [key in table.keys for key in keys] == [True, False]


def test_without_lists_or_if_it_is_not_wanted_there_is_no_table_of_words(tmp_path, model_path):
    recipe = load_recipe()
    assert make_words(tmp_path, recipe, [], model_path, ["tesseract"]) is None
    other = recipe.model_copy(update={"known_words": None})
    assert make_words(tmp_path, other, [], model_path, ()) is None
