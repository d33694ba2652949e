"""Reports: every number is a sum over footers, or there is an error."""

import pytest

from eurosift.pipeline import report
from eurosift.pipeline.totals import unbalanced


@pytest.fixture
def finished(project):
    project.write(
        {"label": None, "length": None, "short": {"min_chars": 20}, "scrub": None, "upper": None},
        languages=["mt", "et", "sv", "ga"],
    )
    project.perform()
    return project


def rows(table, key):
    return {row[key]: row for row in table.rows}


def test_documents_per_language_after_each_stage_that_rejects(finished):
    found = rows(report.summary(finished.open()), "language")
    assert list(found) == ["mlt_Latn", "ekk_Latn", "swe_Latn", "gle_Latn", "other", "total"]
    wanted = {
        "mlt_Latn": (3, 3, 2, 27 + 41),
        "ekk_Latn": (2, 2, 1, 38),
        "swe_Latn": (1, 1, 1, 52),
        "gle_Latn": (0, 0, 0, 0),
        "other": (1, 0, 0, 0),
        "total": (7, 6, 4, 158),
    }
    for code, (n_found, label, short, characters) in wanted.items():
        row = found[code]
        assert (row["found"], row["label"], row["short"]) == (n_found, label, short), code
        assert row["characters"] == characters, code
    assert found["gle_Latn"]["name"] == "Irish"


def test_what_no_stage_counted_is_null_and_not_zero(finished):
    found = rows(report.summary(finished.open()), "language")
    assert found["mlt_Latn"]["words"] is None
    assert found["total"]["tokens"] is None


def test_documents_are_found_also_without_a_language(project):
    project.perform("extract")
    found = rows(report.summary(project.open()), "language")
    assert (found["total"]["found"], found["total"]["extract"]) == (8, 7)


def test_the_funnel_goes_from_records_to_what_is_left(finished):
    path = finished.folder / "in" / "part-0.jsonl"
    lines = [
        (row["stage"], row["what"], row["reason"], row["count"])
        for row in report.funnel(finished.open()).rows
        if row["stage"] in {"extract", "label", "short"}
    ]
    assert path.exists()
    assert lines == [
        ("extract", "documents in", "", 8),
        ("extract", "rejected for", "no_text", 1),
        ("extract", "rejected", "", 1),
        ("extract", "documents out", "", 7),
        ("label", "documents in", "", 7),
        ("label", "rejected for", "other", 1),
        ("label", "rejected", "", 1),
        ("label", "documents out", "", 6),
        ("short", "documents in", "", 6),
        ("short", "rejected for", "too_short", 2),
        ("short", "rejected", "", 2),
        ("short", "documents out", "", 4),
    ]


def test_what_goes_out_of_a_stage_goes_into_the_next(finished):
    found = [r for r in report.funnel(finished.open()).rows if r["stage"] != "length"]
    out = [r["count"] for r in found if r["what"] == "documents out"]
    into = [r["count"] for r in found if r["what"] == "documents in"]
    assert into[1:] == out[:-1]


def test_lost_input_is_in_the_funnel(project):
    path = project.folder / "in" / "part-0.jsonl"
    path.write_text(path.read_text() + "{broken\n[]\n")
    project.perform("extract")
    first = report.funnel(project.open()).rows[0]
    assert first == {"stage": "extract", "what": "damage", "reason": "bad_json", "count": 2}


def test_all_counts_and_all_reasons_can_be_had(finished):
    run = finished.open()
    stages = {(r["stage"], r["language"]): r for r in report.by_stage(run).rows}
    assert stages["short", "mlt_Latn"]["rejected"] == 1
    assert stages["short", "und"]["inactive"] == 2
    assert {tuple(r.values()) for r in report.reasons(run).rows} == {
        ("extract", "und", "no_text", 1),
        ("label", "und", "other", 1),
        ("short", "mlt_Latn", "too_short", 1),
        ("short", "ekk_Latn", "too_short", 1),
    }


def test_the_funnel_by_language_is_balanced_to_the_document(finished):
    run = finished.open()
    groups = {}
    for row in report.funnel_by_language(run).rows:
        cells = groups.setdefault((row["stage"], row["language"]), {})
        cells[row["what"]] = cells.get(row["what"], 0) + row["documents"]
    for key, cells in groups.items():
        rejected = cells.get("rejected", 0)
        assert cells["in"] == cells["out"] + rejected, key
        assert cells.get("rejected for", 0) - cells.get("counted again", 0) == rejected, key
    for stage in {stage for stage, _ in groups}:
        of_stage = [cells for (name, _), cells in groups.items() if name == stage]
        assert sum(c["in"] + c["inactive"] for c in of_stage) == 8
        sums = {w: sum(c[w] for c in of_stage) for w in ("in", "out")}
        whole = {r["what"]: r["count"] for r in report.funnel(run).rows if r["stage"] == stage}
        assert (sums["in"], sums["out"]) == (whole["documents in"], whole["documents out"])


def test_a_document_that_is_rejected_for_two_reasons_is_told_apart(finished, edit_footer):
    def another_reason(footer):
        tally = footer.tallies["mlt_Latn"]
        tally.reasons["too_short_by_far"] = tally.rejected

    edit_footer(finished.run_folder / "short" / "00000.parquet", another_reason)
    table = report.funnel_by_language(finished.open())
    again = [r for r in table.rows if r["what"] == "counted again"]
    assert [(r["stage"], r["language"], r["documents"]) for r in again] == [
        ("short", "mlt_Latn", 1)
    ]


def test_an_estimate_of_tokens_has_a_column_of_its_own(finished):
    table = report.summary(finished.open())
    assert "tokens_estimated" in table.columns
    assert "tokens" not in table.columns
    found = rows(table, "language")
    assert found["mlt_Latn"]["tokens_estimated"] == round(68 / 3.273)
    assert found["total"]["tokens_estimated"] == sum(
        found[code]["tokens_estimated"] for code in ("mlt_Latn", "ekk_Latn", "swe_Latn")
    )


def test_an_empty_run_has_a_report_without_numbers(project):
    run = project.open()
    assert report.funnel(run).rows == []
    assert rows(report.summary(run), "language")["total"]["found"] == 0


def test_a_layer_that_is_stale_is_no_broken_invariant(finished):
    """After another threshold the stages behind still speak of the old mask."""
    import yaml

    recipe = yaml.safe_load(finished.recipe.read_text())
    recipe["stages"]["short"]["min_chars"] = 30
    finished.recipe.write_text(yaml.safe_dump(recipe, sort_keys=False))
    finished.perform("short")
    assert unbalanced(finished.open()) == []
    found = rows(report.summary(finished.open()), "language")
    assert found["total"]["short"] == 3


def test_all_tables_of_a_report_are_of_the_same_sums(finished, eurosift, monkeypatch):
    """Footers are added up once, not once for each table."""
    from eurosift.pipeline import totals

    calls = []
    monkeypatch.setattr(totals, "unbalanced", lambda run: calls.append(run) or [])
    assert eurosift("report", finished.recipe, "--format", "json").code == 0
    assert len(calls) == 1


def test_lines_that_were_removed_are_in_the_funnel(noted):
    run = noted.open()
    removed = sum(row["template_lines"] or 0 for row in noted.table("templates").to_pylist())
    assert removed == 3
    lines = [row for row in report.funnel(run).rows if row["what"] == "removed lines"]
    assert lines == [
        {"stage": "templates", "what": "removed lines", "reason": "template_lines", "count": 3}
    ]
    by_language = [r for r in report.funnel_by_language(run).rows if r["what"] == "removed lines"]
    assert {r["language"]: r["documents"] for r in by_language} == {"pol_Latn": 3}
