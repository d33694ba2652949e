"""``eurosift completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from eurosift.pipeline.errors import QueryError

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_EUROSIFT_COMPLETE"


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print the script that teaches a shell to complete eurosift's commands and options.

    bash, in ~/.bashrc: eval "$(eurosift completion bash)"; zsh, in ~/.zshrc, alike; fish:
    eurosift completion fish > ~/.config/fish/completions/eurosift.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise QueryError(f"this version of click knows no completion for {shell}")
    completion = kind(ctx.find_root().command, {}, "eurosift", VARIABLE)
    click.echo(completion.source())
