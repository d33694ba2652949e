"""Comparing two runs by content: what their footers say of the columns, not the bytes of the files.

Another version of a Parquet library may write the same rows as other bytes; the digests of columns
stay.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from eurosift.pipeline.dag import Node
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.tasks import Run
from eurosift.stages.footer import Footer
from eurosift.stages.phases import LayerPhase, TablePhase

SHOWN = 5
"""How many files are named of each kind of difference."""


@dataclass
class Comparison:
    """How the files of two runs compare.

    Attributes
    ----------
    files, columns
        How many were compared.
    differences
        Whatever is not the same, in words; stage by stage.
    """

    files: int = 0
    columns: int = 0
    differences: list[str] = field(default_factory=list)


def compare(run: Run, other: Run) -> Comparison:
    """Compare all files that two runs share in name, and tell those that only one has.

    Raises
    ------
    EurosiftError
        If a file of either is damaged, or one of its stages cannot be listed yet.
    """
    result = Comparison()
    ours, theirs = run.dag.nodes, other.dag.nodes
    for name in dict.fromkeys((*ours, *theirs)):
        if name not in ours or name not in theirs:
            where = run if name in ours else other
            result.differences.append(f"{name}: only {where.files.folder} has this stage")
            continue
        _compare_stage(_footers(run, ours[name]), _footers(other, theirs[name]), result)
    return result


def _footers(run: Run, node: Node) -> dict[str, Footer]:
    """Footers of the files of a stage that are there, by path in the run folder."""
    found = {}
    for phase in node.phases or (None,):
        if phase is None or isinstance(phase, (LayerPhase, TablePhase)):
            for task in run.tasks(node, phase):
                footer = read_footer(run.files.folder / task.path)
                if footer is not None:
                    found[task.path] = footer
    return found


def _compare_stage(ours: dict[str, Footer], theirs: dict[str, Footer], result: Comparison) -> None:
    told: dict[str, list[str]] = {}
    for path in sorted({*ours, *theirs}):
        if path not in ours or path not in theirs:
            what = "is in the first run only" if path in ours else "is in the second run only"
            told.setdefault(what, []).append(path)
            continue
        first, second = ours[path], theirs[path]
        result.files += 1
        if first.rows != second.rows:
            told.setdefault("number of rows differs", []).append(
                f"{path} ({first.rows} and {second.rows})"
            )
        for column in dict.fromkeys((*first.columns, *second.columns)):
            result.columns += 1
            if first.columns.get(column) != second.columns.get(column):
                told.setdefault(f"content of `{column}` differs", []).append(path)
    for what, paths in told.items():
        more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
        result.differences.append(f"{', '.join(paths[:SHOWN])}{more}: {what}")
