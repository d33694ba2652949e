"""``eurosift report``: its formats; of the page, where it goes and what it is asked for."""

import csv
import io
import json

import pytest


@pytest.fixture
def target(finished):
    return finished.recipe


def test_the_page_is_written_into_the_run_folder(eurosift, finished):
    done = eurosift("report", finished.recipe, "--html")
    path = finished.run_folder / "report.html"
    assert (done.code, done.out) == (0, "")
    assert done.err == f"{path}: {path.stat().st_size:,} bytes\n"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert eurosift("verify", finished.recipe).code == 0


def test_or_where_it_is_wanted(eurosift, target, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert eurosift("report", target, "--html", "report.html").code == 0
    assert (tmp_path / "report.html").exists()
    assert eurosift("report", target, "--html=new/page.html").code == 0
    assert (tmp_path / "new" / "page.html").exists()
    assert eurosift("report", target, "--html", "new").code == 0
    assert (tmp_path / "new" / "report.html").exists()


def test_or_to_standard_output(eurosift, target):
    done = eurosift("report", target, "--html", "-")
    assert done.out.startswith("<!DOCTYPE html>")
    assert done.err == ""


def test_samples_and_timings_are_options(eurosift, target):
    plain = eurosift("report", target, "--html", "-", "--without-timings").out
    assert 'id="samples"' not in plain
    sampled = eurosift("report", target, "--html", "-", "--with-samples", 2).out
    assert 'id="samples"' in sampled
    assert "one two three four" in sampled


@pytest.mark.parametrize("documents", ["0", "1", "all", "1000000"])
def test_how_many_documents_are_counted(eurosift, target, documents):
    done = eurosift("report", target, "--html", "-", "--documents", documents)
    assert done.code == 0
    assert ('id="signals"' in done.out) == (documents != "0")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--documents", "5"), "--documents needs `--html`"),
        (("--with-samples", "5"), "--with-samples needs `--html`"),
        (("--without-timings",), "--without-timings needs `--html`"),
        (("--html", "-", "--by", "funnel"), "--by is for tables"),
        (("--html", "-", "--format", "csv"), "--format is for tables"),
        (("--html", "-", "--documents", "some"), "some"),
        (("--html", "-", "--documents", "0", "--with-samples", "1"), "none"),
    ],
)
def test_options_that_would_do_nothing_are_refused(eurosift, target, options, told):
    done = eurosift("report", target, *options)
    assert done.code == 2
    assert told in done.err


def test_a_run_that_is_not_complete_has_a_page_and_another_exit_code(eurosift, finished):
    (finished.run_folder / "upper" / "00000.parquet").unlink()
    done = eurosift("report", finished.recipe, "--html")
    assert done.code == 3
    assert "incomplete: upper" in done.err
    assert "The run is not complete" in (finished.run_folder / "report.html").read_text("utf-8")


def test_a_place_that_cannot_be_written_is_told(eurosift, target, tmp_path):
    (tmp_path / "file").write_text("")
    done = eurosift("report", target, "--html", tmp_path / "file" / "page.html")
    assert done.code != 0
    assert "Traceback" not in done.err
    assert "page.html" in done.err or "file" in done.err


def test_a_run_behind_the_option_is_told_from_a_page(eurosift, finished):
    for target in (finished.recipe, finished.run_folder):
        done = eurosift("report", "--html", target)
        assert done.code == 2
        assert f"`--html` took {target} for the name of the page" in done.err
        assert f"eurosift report {target} --html" in done.err
    assert "Missing argument" in eurosift("report").err


def test_nothing_but_a_page_is_written_over(eurosift, finished):
    before = finished.recipe.read_bytes()
    done = eurosift("report", finished.recipe, "--html", finished.recipe)
    assert done.code == 2
    assert "is no name of a page: end it with .html" in done.err
    assert finished.recipe.read_bytes() == before


def test_report_of_an_unfinished_run_is_printed_and_exit_code_3(project, eurosift):
    project.perform("+short")
    found = eurosift("report", project.recipe, "--by", "funnel", "--format", "jsonl")
    assert found.code == 3
    last = json.loads(found.out.splitlines()[-1])
    assert (last["stage"], last["count"]) == ("short", 4)
    assert found.err == "incomplete: scrub, upper not up to date\n"


@pytest.mark.parametrize("style", ["table", "json", "jsonl", "csv", "tsv", "md"])
def test_every_format_of_the_report_can_be_read(finished, eurosift, style):
    """And says the same."""
    found = eurosift("report", finished.recipe, "--by", "languages", "--format", style)
    assert (found.code, found.err) == (0, "")
    if style == "json":
        rows = json.loads(found.out)["languages"]
    elif style == "jsonl":
        rows = [json.loads(line) for line in found.out.splitlines()]
    elif style in {"csv", "tsv"}:
        delimiter = "," if style == "csv" else "\t"
        rows = list(csv.DictReader(io.StringIO(found.out), delimiter=delimiter))
    elif style == "md":
        lines = [[c.strip() for c in x.strip("|").split("|")] for x in found.out.splitlines()[2:]]
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[2:]]
    else:
        header, _, *lines = found.out.splitlines()
        assert header.split()[:3] == ["language", "name", "found"]
        assert lines[-1].split()[:2] == ["total", "7"]
        return
    by_language = {row["language"]: row for row in rows}
    assert len(by_language) == 26
    assert int(by_language["mlt_Latn"]["short"]) == 2
    assert int(by_language["total"]["found"]) == 7


def test_json_of_the_report_holds_all_tables(finished, eurosift):
    body = json.loads(eurosift("report", finished.recipe, "--format", "json").out)
    assert set(body) == {
        *("schema_version", "languages", "funnel", "stages", "reasons", "inputs", "quarantine"),
        *("html-lang", "tld", "evidence", "pii", "tokens", "funnel-languages"),
    }
