"""Sections of tables: their figures are those of the report."""

import doctest

from eurosift.pipeline import evidence, report
from eurosift.pipeline.html import figures
from eurosift.pipeline.html.fates import Series
from eurosift.pipeline.html.figures import by_language, confusions, tiles, tokens
from eurosift.pipeline.totals import layer_totals


def test_tiles_are_the_totals(small):
    found = {t.title: t for t in tiles(small, Series(layer_totals(small)), report.summary(small))}
    assert found["documents found"].value == "8"
    assert (found["documents kept"].value, found["documents kept"].note) == ("4", "50.0% of them")
    assert found["languages"][1:] == ("3", "of 4 in the recipe")
    assert found["input files"].value == "3"
    assert "words" not in found


def test_languages_have_the_figures_of_the_report_and_their_shares(small):
    table = report.summary(small)
    grid = by_language(Series(layer_totals(small)), table)
    assert grid.footer == table.footer
    for own, row in zip(table.rows, grid.rows, strict=True):
        assert [row[name] for name in table.columns] == [own[name] for name in table.columns]
    shares = {row["language"]: row["share kept"] for row in grid.rows}
    assert (shares["mlt_Latn"], shares["gle_Latn"], shares["total"]) == (2 / 3, None, 4 / 7)


def test_stages_that_reject_the_same_documents_have_no_bars(small):
    totals = layer_totals(small)
    totals[3].tallies["mlt_Latn"].rejected += 9
    bars = [row["what became"] for row in by_language(Series(totals), report.summary(small)).rows]
    assert bars == [None] * len(bars)


def test_every_column_of_the_report_is_on_the_page(small):
    table = report.summary(small)
    columns = [c.key for c in by_language(Series(layer_totals(small)), table).columns]
    assert [c for c in columns if c in table.columns] == list(table.columns)


def test_tokens_are_shown_with_what_they_were_counted_by(small):
    table, grid = report.VIEWS["tokens"](small), tokens(small)
    assert grid.rows == table.rows
    shown = [column.key for column in grid.columns]
    assert {"language", "characters", "tokens", "method", "tokenizer"} <= set(shown)
    hidden = set(table.columns) - set(shown)
    assert all(row[column] is None for row in table.rows for column in hidden)


def test_an_estimate_is_called_one(small):
    assert doctest.testmod(figures).failed == 0
    table = report.summary(small)
    titles = [tile.title for tile in tiles(small, Series(layer_totals(small)), table)]
    assert "tokens, estimated" in titles
    assert "tokens" not in titles


def test_evidence_is_shown_as_the_report_has_it(identified):
    own = [evidence.matrix(identified, kind) for kind in (evidence.HTML_LANG, evidence.TLD)]
    shown = [each.table for each in confusions(identified)]
    assert len(shown) == 2
    for table, grid in zip(own, shown, strict=True):
        assert (grid.rows, grid.footer) == (table.rows, table.footer)
        assert tuple(column.key for column in grid.columns) == table.columns


def test_without_evidence_there_is_no_table(small):
    assert confusions(small) == []
