"""What holds for every command."""

import os
import subprocess
import sys

import pytest

from eurosift.pipeline import plan, recipe
from eurosift.pipeline.cli import COMMANDS
from eurosift.pipeline.cli.extract import COMMANDS as EXTRACT
from eurosift.pipeline.cli.langid import COMMANDS as LANGID
from eurosift.pipeline.launch import Launch


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_and_explains_itself(eurosift, command):
    found = eurosift(command, "--help")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"Usage: eurosift {command}")


@pytest.mark.parametrize(
    ("group", "command"), [("langid", c) for c in LANGID] + [("extract", c) for c in EXTRACT]
)
def test_commands_of_a_group_are_there_and_explain_themselves(eurosift, group, command):
    found = eurosift(group, command, "--help")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"Usage: eurosift {group} {command}")
    assert command in eurosift(group, "--help").out


@pytest.mark.parametrize(
    "command", ["sample", "logs", "clean", "status", "retry", "verify", "report"]
)
def test_a_run_that_is_not_there_is_incomplete_or_no_run(project, eurosift, command):
    found = eurosift(command, project.recipe)
    assert (found.code, found.out) == (3, "")
    assert "nothing has been run yet" in found.err
    found = eurosift(command, project.folder / "in")
    assert (found.code, found.out) == (2, "")
    assert "is no run folder" in found.err


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("eurosift s", {"status", "sample", "schema"}),
        ("eurosift ", set(COMMANDS)),
        ("eurosift langid ", set(LANGID)),
        ("eurosift langid evaluate --th", {"--thresholds"}),
        ("eurosift sample --ver", {"--verdict"}),
        ("eurosift sample --n", {"--near"}),
        ("eurosift retry --w", {"--workers", "--wait"}),
        ("eurosift sample --verdict ", {"kept", "rejected"}),
        ("eurosift sample --language ml", {"mlt_Latn"}),
        (
            "eurosift sample --language mlt_Latn",
            {"mlt_Latn", "mlt_Latn_main", "mlt_Latn_near", "mlt_Latn_salvaged"},
        ),
        ("eurosift completion ", {"bash", "zsh", "fish"}),
    ],
)
def test_names_options_and_choices_are_completed(words, offered):
    env = os.environ | {
        "_EUROSIFT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    found = subprocess.run(
        [sys.executable, "-m", "eurosift.pipeline"],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert found.stderr == ""
    assert {line.partition(",")[2] for line in found.stdout.splitlines()} == offered


def test_completing_names_imports_nothing_heavy():
    code = (
        "import sys\n"
        "from eurosift.pipeline.cli import cli\n"
        "from click.shell_completion import ShellComplete\n"
        "print(len(ShellComplete(cli, {}, 'eurosift', 'X').get_completions([], '')))\n"
        "heavy = {'numpy', 'pyarrow', 'polars', 'datatrove', 'pydantic', 'yaml', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    assert found.stdout == f"{len(COMMANDS)}\n[]\n"


@pytest.fixture
def begun(eurosift, tmp_path):
    """A recipe with all that a crawl takes, and its run folder, in which nothing is done."""
    eurosift("init", tmp_path / "corpus")
    source = recipe.load(tmp_path / "corpus/recipe.yaml")
    (tmp_path / "corpus/crawl").mkdir(exist_ok=True)
    (tmp_path / "corpus/crawl/one.warc.gz").write_bytes(b"")
    plan.save(source.folder, plan.make(source))
    Launch.create(source)
    return tmp_path / "corpus/recipe.yaml"


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["plan"], ["retry", "--help"]])
def test_what_only_looks_imports_nothing_that_works_on_text(begun, arguments):
    """They take longer to import than such a command may take."""
    heavy = ["datatrove", "numba", "polars", "sentencepiece", "tokenizers", "trafilatura"]
    code = (
        "import sys\n"
        "from eurosift.pipeline.cli import main\n"
        "try:\n"
        "    main(sys.argv[1:])\n"
        "finally:\n"
        f"    print(*(name for name in {heavy} if name in sys.modules), file=sys.stderr)\n"
    )
    more = [str(begun)] if arguments in (["status"], ["plan"]) else []
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments, *more], capture_output=True, text=True, check=False
    )
    assert done.stdout
    assert done.stderr.splitlines()[-1] == ""
