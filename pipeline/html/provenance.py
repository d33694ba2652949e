"""What a run was made from and by: recipe, stages, parameters, digests of models and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from eurosift.pipeline import digest
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.html.grid import Column, Grid
from eurosift.pipeline.tasks import Run
from eurosift.stages.footer import Footer


class Provenance(NamedTuple):
    """Where a run comes from.

    Attributes
    ----------
    facts
        In words, by what they are.
    recipe
        As it was written.
    stages
        Version and configuration of each.
    parameters
        What shaped the data, by stage; content of files as digests.
    """

    facts: Mapping[str, str]
    recipe: str
    stages: Grid
    parameters: list[Grid]


def provenance(run: Run) -> Provenance:
    """What the plan and the footers of the first shard of each layer say."""
    made = {name: footer for name in run.dag.nodes if (footer := _footer(run, name)) is not None}
    rows = [
        {
            "stage": name,
            "version": footer.version,
            "config": digest.of_json(footer.config),
            "fingerprint": footer.fingerprint,
        }
        for name, footer in made.items()
    ]
    columns = (
        Column("stage", "stage", "code"),
        Column("version", "version"),
        Column("config", "digest of the parameters", "code"),
        Column("fingerprint", "fingerprint of the first shard", "code"),
    )
    caption = "Stages, as the footers of their layers name them"
    return Provenance(
        _facts(run),
        run.dag.recipe.text,
        Grid("provenance-stages", caption, columns, rows),
        [_parameters(name, footer.config) for name, footer in made.items() if footer.config],
    )


def _facts(run: Run) -> dict[str, str]:
    plan = run.plan
    facts = {
        "run": run.dag.recipe.head.name,
        "report made by": f"eurosift {version('eurosift')}",
        "inputs": f"{len(plan.files):,} files, "
        f"{sum(file.size_bytes for file in plan.files):,} bytes",
        "digest of the plan": digest.of_json([file.fingerprint for file in plan.files]),
        "digest of the recipe": digest.of_json(run.dag.recipe.text),
    }
    first = run.files.layer(run.dag.source.name, plan.shards[0]) if plan.shards else None
    if first is not None and first.exists():
        facts["files written by"] = str(pq.read_metadata(first).created_by)
    return facts


def _footer(run: Run, stage: str) -> Footer | None:
    """Footer of the first shard of a layer that is there."""
    if run.dag.nodes[stage].adds is None:
        return None
    footers = (read_footer(run.files.layer(stage, shard)) for shard in run.plan.shards)
    return next((footer for footer in footers if footer is not None), None)


def _parameters(stage: str, config: Mapping[str, Any]) -> Grid:
    rows = [{"name": name, "value": value} for name, value in _flat(config)]
    columns = (Column("name", "parameter", "code"), Column("value", "value", "code"))
    return Grid(f"parameters-{stage}", f"{stage}: parameters", columns, rows)


def _flat(config: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Parameters by their dotted name; lists as JSON."""
    for key, value in config.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, Mapping) and value:
            yield from _flat(value, name)
        else:
            yield name, value if isinstance(value, str) else digest.canonical_json(value)
