"""``eurosift doctor``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from eurosift.pipeline import doctor
from eurosift.pipeline.cli.common import format_option, show
from eurosift.pipeline.tables import Format


@click.command("doctor")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@format_option
def command(folder: Path, style: Format) -> None:
    """Check that this machine can run eurosift, with its runs in FOLDER.

    Exit code 0: it can, perhaps with warnings; 2: it cannot.
    """
    checks = doctor.examine(folder)
    show([doctor.table(checks)], style)
    if any(check.verdict == "failed" for check in checks):
        sys.exit(2)
