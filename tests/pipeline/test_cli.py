"""The commands as a user meets them: data on standard output, one clear message, exit codes."""

import os
import subprocess
import sys

import pytest


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


def test_a_folder_stands_for_the_recipe_in_it(project, eurosift):
    assert eurosift("validate", project.folder).code == 0


def test_a_run_can_be_named_by_its_folder(finished, eurosift):
    """Its recipe is the one that it was last started with."""
    finished.recipe.unlink()
    for command in ("status", "verify", "report"):
        assert eurosift(command, finished.run_folder).code == 0


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
