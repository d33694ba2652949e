"""Files in the folder of a stage that belong to none of its items."""

from __future__ import annotations

from pathlib import Path

from eurosift.pipeline.dag import Node
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.tasks import Run
from eurosift.stages.errors import EurosiftError


def strays(run: Run, node: Node) -> list[Path]:
    """Parquet files in the folder of a stage that belong to none of its items."""
    workspace = run.workspace(node)
    items = {
        run.files.folder / task.path
        for phase in node.phases or (None,)
        for task in run.tasks(node, phase, workspace)
    }
    found = (run.files.folder / node.name).rglob("*.parquet")
    return sorted(path for path in found if path not in items)


def prune(run: Run, node: Node) -> None:
    """Remove files of earlier runs of a stage that belong to none of its items any more."""
    folder = run.files.folder / node.name
    for path in strays(run, node):
        if _is_ours(path, node.name):
            path.unlink()
    folders = sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True)
    for empty in (p for p in folders if not any(p.iterdir())):
        empty.rmdir()


def _is_ours(path: Path, stage: str) -> bool:
    """Never remove what may be somebody's own file, such as an input next to the run."""
    try:
        footer = read_footer(path)
    except EurosiftError:
        return False
    return footer is not None and footer.stage == stage
