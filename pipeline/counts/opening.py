"""Opening whatever there is to count."""

from __future__ import annotations

from pathlib import Path

from eurosift.pipeline import recipe
from eurosift.pipeline.counts.run_source import RunSource
from eurosift.pipeline.counts.sources import Source
from eurosift.pipeline.counts.table_source import TableSource
from eurosift.pipeline.launch import FOLDER, open_run


def open_source(
    path: Path,
    *,
    text: str | None = None,
    language: str | None = None,
    label: str | None = None,
) -> Source:
    """Open whatever is there: a recipe or a run, a release, a folder of tables, a table.

    Raises
    ------
    EurosiftError
        If it is none of these, or cannot be read.
    """
    if (
        path.suffix in {".yaml", ".yml"}
        or (path / recipe.FILE).exists()
        or (path / FOLDER).is_dir()
    ):
        return RunSource(open_run(path))
    return TableSource(path, text=text, language=language, label=label)
