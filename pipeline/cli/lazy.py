"""Groups of commands that are imported when they are called, so that help is quick."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click
from click.shell_completion import CompletionItem


class Lazy(click.Group):
    """A group whose commands are modules of a package, each with a ``command``.

    Parameters
    ----------
    package
        Where the modules are.
    summaries
        What help says of each command, by its name, which is that of its module.
    """

    def __init__(
        self, *args: Any, package: str, summaries: Mapping[str, str], **others: Any
    ) -> None:
        super().__init__(*args, **others)
        self.package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the summaries."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in self.summaries:
            return None
        module = importlib.import_module(f"{self.package}.{cmd_name}")
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names without importing what they do."""
        found = [
            CompletionItem(name, help=summary)
            for name, summary in self.summaries.items()
            if name.startswith(incomplete)
        ]
        return found or super().shell_complete(ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List all commands with their summaries."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))
