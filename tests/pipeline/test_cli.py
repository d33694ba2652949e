"""The commands as a user meets them: data on standard output, one clear message, exit codes."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest


def tree(folder):
    return {p: p.stat().st_mtime_ns for p in folder.rglob("*")}


def test_help_is_quick_because_it_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from eurosift.pipeline.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "heavy = {'numpy', 'pyarrow', 'polars', 'datatrove', 'pydantic', 'yaml', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert found.stderr == "[]\n"
    for command in ("init", "validate", "plan", "run", "status", "verify", "report"):
        assert f"  {command} " in found.stdout
    assert "75 interrupted" in " ".join(found.stdout.split())


@pytest.mark.parametrize(
    "command", ["init", "validate", "plan", "run", "status", "verify", "report"]
)
def test_every_command_explains_itself(eurosift, command):
    found = eurosift(command, "--help")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"Usage: eurosift {command}")


def test_the_version_is_that_of_the_package(eurosift):
    import importlib.metadata

    assert importlib.metadata.version("eurosift") in eurosift("--version").out


@pytest.mark.parametrize(
    "arguments", [["--nothing"], ["fly"], ["run"], ["report", "x", "--format", "pdf"]]
)
def test_wrong_usage_is_exit_code_2(eurosift, arguments):
    found = eurosift(*arguments)
    assert (found.code, found.out) == (2, "")
    assert "Error" in found.err


@pytest.mark.parametrize("command", ["validate", "plan", "run", "status", "verify", "report"])
def test_a_missing_recipe_is_exit_code_2_in_every_command(eurosift, tmp_path, command):
    found = eurosift(command, tmp_path / "none.yaml")
    assert (found.code, found.out) == (2, "")
    assert found.err == (
        f"eurosift: {tmp_path}/none.yaml: no such file; `eurosift init` writes a recipe\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("name: tiny", "nmae: tiny", "2:1: nmae: unknown key; did you mean `name`?"),
        ("  upper:", "  uper:", "11:3: stages.uper: no stage `uper` is installed; did you mean"),
        ("min_chars", "min_char", "9:5: stages.short.min_char: unknown key; did you mean"),
        ("name: tiny", "name: tiny\nlanguages: [mt, gr]", "3:17: languages.1: 'gr' is no language"),
        ("name: tiny", "name: tiny\nname: other", "3:1: `name` is given twice (first in line 2)"),
        ("stages:", "stages: [", "7:"),
    ],
)
@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_wrong_recipe_is_exit_code_2_and_a_line_with_its_place(
    project, eurosift, command, old, new, line
):
    text = project.recipe.read_text()
    assert old in text
    project.recipe.write_text(text.replace(old, new, 1))
    found = eurosift(command, project.recipe)
    assert (found.code, found.out) == (2, "")
    assert any(x.startswith(f"eurosift: {project.recipe}:{line}") for x in found.err.splitlines())
    assert "Traceback" not in found.err
    assert not project.run_folder.exists()


def test_validate_says_what_it_found_and_writes_nothing(project, eurosift):
    before = tree(project.folder)
    found = eurosift("validate", project.recipe)
    assert found == (
        0,
        (
            f"{project.recipe}: ok: input files 3, languages 24, "
            "extract → label → length → short → scrub → upper\n"
        ),
        "",
    )
    assert tree(project.folder) == before


def test_validate_misses_inputs(project, eurosift):
    project.write(input={"path": "in/*.parquet"})
    found = eurosift("validate", project.recipe)
    assert found.code == 2
    assert "no file matches in/*.parquet" in found.err


def test_plan_says_what_would_run_and_why_and_writes_nothing(project, eurosift):
    before = tree(project.folder)
    found = eurosift("plan", project.recipe, "--format", "json")
    assert (found.code, found.err) == (0, "")
    body = json.loads(found.out)
    assert body["stages"][0] == {
        "stage": "extract",
        "items": 3,
        "done": 0,
        "new": 3,
        "stale": 0,
        "waiting": 0,
        "waits_for": "",
    }
    assert body["reasons"] == [
        {"stage": "extract", "state": "new", "why": "not made yet", "items": 3, "first": "00000"}
    ]
    assert tree(project.folder) == before


def test_plan_shows_selected_stages_only(finished, eurosift):
    found = eurosift("plan", finished.recipe, "-s", "short+", "--format", "tsv")
    rows = list(csv.DictReader(io.StringIO(found.out), delimiter="\t"))
    assert [(row["stage"], row["done"]) for row in rows] == [
        ("short", "3"),
        ("scrub", "3"),
        ("upper", "3"),
    ]
    assert eurosift("plan", finished.recipe, "-s", "shrot").code == 2


def test_plan_tells_of_inputs_that_are_not_as_they_were(finished, eurosift):
    finished.input("part-0.jsonl", ["mlt_Latn other"])
    (finished.folder / "in" / "part-1.jsonl").unlink()
    finished.input("part-9.jsonl", ["mlt_Latn new"])
    found = eurosift("plan", finished.recipe)
    assert found.err.splitlines() == [
        "input part-0.jsonl has changed: `run --replan` takes it as it is now",
        "input part-1.jsonl is gone: `run --replan` takes it as it is now",
        "input part-9.jsonl is not in the plan: `run --replan` adds it",
    ]
    assert eurosift("status", finished.recipe).code == 3
    replanned = eurosift("plan", finished.recipe, "--replan", "--format", "json")
    states = json.loads(replanned.out)["stages"][0]
    assert (states["items"], states["new"], states["stale"]) == (3, 1, 1)


def test_a_table_without_its_column_is_told_by_validate(project, eurosift):
    project.write(input={"path": "in/*.jsonl", "columns": {"text": "nope"}})
    found = eurosift("validate", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert "nope" in found.err


def test_a_folder_stands_for_the_recipe_in_it(project, eurosift):
    assert eurosift("validate", project.folder).code == 0


def test_a_folder_with_other_files_is_no_run_folder(project, eurosift):
    project.run_folder.mkdir(parents=True)
    (project.run_folder / "thesis.odt").write_text("precious")
    found = eurosift("run", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert "is not empty and no run folder" in found.err


def test_a_folder_that_cannot_be_written_is_one_line(project, eurosift):
    project.write(output="/proc/x")
    found = eurosift("run", project.recipe)
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("eurosift: /proc/x")
    assert len(found.err.splitlines()) == 1


def test_damaged_and_empty_inputs_are_warned_of(project, eurosift):
    with (project.folder / "in" / "part-0.jsonl").open("a") as file:
        file.write("{no json\n")
    (project.folder / "in" / "part-2.jsonl").write_text("")
    found = eurosift("run", project.recipe)
    assert found.code == 0
    assert "WARNING part-0.jsonl: damaged (bad_json 1)" in found.err
    assert "WARNING part-2.jsonl: no documents" in found.err


def test_run_refuses_inputs_that_are_not_as_they_were(finished, eurosift):
    before = finished.hashes()
    finished.input("part-0.jsonl", ["mlt_Latn other"])
    (finished.folder / "in" / "part-1.jsonl").unlink()
    found = eurosift("run", finished.recipe)
    assert (found.code, found.out) == (2, "")
    assert found.err.splitlines()[:2] == [
        "eurosift: input part-0.jsonl has changed",
        "eurosift: input part-1.jsonl is gone",
    ]
    assert "--replan" in found.err
    assert finished.hashes() == before


def test_run_does_not_read_what_is_not_in_the_plan(finished, eurosift):
    finished.input("part-9.jsonl", ["mlt_Latn new"])
    found = eurosift("run", finished.recipe)
    assert found.code == 0
    assert "WARNING input part-9.jsonl is not in the plan and is not read" in found.err
    assert len(finished.states()["extract"]) == 3


def test_status_of_a_finished_run(finished, eurosift):
    found = eurosift("status", finished.recipe)
    assert (found.code, found.err) == (0, "")
    assert len(found.out.splitlines()) == 2 + 6


def test_status_of_an_unfinished_run_is_exit_code_3(project, eurosift):
    project.perform("+label")
    found = eurosift("status", project.recipe, "--format", "json")
    assert found.code == 3
    body = json.loads(found.out)
    assert [row["done"] for row in body["stages"]] == [3, 3, 0, 0, 0, 0]
    assert body["failures"] == []


def test_a_run_can_be_named_by_its_folder(finished, eurosift):
    """Its recipe is the one that it was last started with."""
    finished.recipe.unlink()
    for command in ("status", "verify", "report"):
        assert eurosift(command, finished.run_folder).code == 0


def test_verify_says_what_it_read(finished, eurosift):
    found = eurosift("verify", finished.recipe)
    assert found == (
        0,
        "",
        "verified: 18 files, 8 documents; every row is accounted for\n",
    )


def test_verify_of_an_unfinished_run_is_exit_code_3(project, eurosift):
    project.perform("+label")
    found = eurosift("verify", project.recipe)
    assert (found.code, found.out) == (3, "")
    assert found.err == "eurosift: not up to date: length, short, scrub, upper\n"


def test_verify_of_a_damaged_run_is_exit_code_4(finished, eurosift):
    (finished.run_folder / "label" / "00002.parquet").write_bytes(b"")
    found = eurosift("verify", finished.recipe)
    assert (found.code, found.out) == (4, "")
    assert "label/00002.parquet: is damaged" in found.err


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


def test_off_a_terminal_nothing_is_coloured(project):
    """Whatever the environment wishes for."""
    env = project.env | {"TERM": "xterm-256color"}
    found = subprocess.run(
        [sys.executable, "-m", "eurosift.pipeline", "plan", str(project.recipe)],
        env=env,
        capture_output=True,
        check=True,
        timeout=300,
    )
    assert b"\x1b" not in found.stdout + found.stderr


def test_a_reader_that_goes_away_is_no_crash(finished):
    """``eurosift report … | head -1``"""
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen(
        [sys.executable, "-m", "eurosift.pipeline", "report", str(finished.recipe)],
        env=finished.env,
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(write)
    _, err = process.communicate(timeout=300)
    assert "Traceback" not in err
