"""The command line. Sub-commands are imported when they are called, so that help is quick."""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

from eurosift.pipeline.cli.lazy import Lazy

COMMANDS: dict[str, str] = {
    "init": "Write a recipe and a secret key, or the built-in demo.",
    "validate": "Check a recipe.",
    "plan": "Show what would run, and why.",
    "run": "Run a recipe; goes on where an earlier run stopped.",
    "retry": "Run again what failed in the last launch, and what comes after it.",
    "status": "Show where a run stands.",
    "verify": "Re-read everything and check it against the ledger.",
    "report": "Documents, characters, words, tokens per language and stage.",
    "sample": "Show some documents: by language, stage, verdict, reason.",
    "whatif": "Show what a change of rules would do, without running it.",
    "inspect": "Show what a file or a folder of Parquet holds.",
    "logs": "Show what went wrong: distinct errors, counted, newest first.",
    "extract": "Train the classifier of the blocks of web pages.",
    "langid": "Measure, calibrate and train models for language identification.",
    "quality": "Calibrate rules, measure medians, train classifiers of quality.",
    "dedup": "Measure what the parameters of deduplication find.",
    "pii": "Export what was found of personal identifiers.",
    "schema": "Print the JSON Schema of recipes, for editors.",
    "clean": "Show what a run no longer needs, and remove it.",
    "assets": "List and verify all that a run needs beside its input.",
    "doctor": "Check that this machine can run eurosift.",
    "completion": "Print the completion script of a shell.",
}


@click.group(
    cls=Lazy,
    package=__name__,
    summaries=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="eurosift")
def cli() -> None:
    """Turn raw web crawls into an audited corpus for the 24 official EU languages.

    Data goes to standard output, everything else to standard error. Exit codes: 0 ok, 1 failed
    shards, 2 usage or configuration, 3 incomplete, 4 invariant broken, 75 interrupted (run
    again), 130 Ctrl-C.
    """


def _told(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}no space left on the disk; free some and run again"
    return f"{error.filename or 'standard output'}: {error.strerror or error}"


def main(arguments: list[str] | None = None) -> Any:
    """Entry point: turns errors into one message and an exit code."""
    try:
        code = cli.main(arguments, prog_name="eurosift", standalone_mode=False)
    except click.exceptions.Exit as stop:
        code = stop.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("eurosift: interrupted; run again to go on", err=True)
        code = 130
    except BrokenPipeError:
        code = 0
    except OSError as error:
        click.echo(f"eurosift: {_told(error)}", err=True)
        code = 2
    except Exception as error:
        # The error tree needs pydantic and pyarrow, which `--help` does without.
        from eurosift.pipeline.errors import EurosiftError, exit_code  # noqa: PLC0415

        if not isinstance(error, EurosiftError):
            raise
        lines = "\n".join(f"eurosift: {line}" for line in str(error).splitlines())
        click.echo(lines, err=True)
        code = exit_code(error)
    sys.exit(code if isinstance(code, int) else 0)
