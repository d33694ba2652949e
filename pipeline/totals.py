"""Sums of the footers of a run: the only source of every number in a report."""

from __future__ import annotations

from dataclasses import dataclass, field

from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.tasks import Run
from eurosift.stages.base import SourceStage, Stage
from eurosift.stages.footer import Footer, Tally


@dataclass
class LayerTotal:
    """One layer, summed over its shards.

    Attributes
    ----------
    stage
        Name of the stage.
    decides
        Whether it rejects rows.
    shards, planned
        Shards that are there, and shards of the plan.
    tallies
        Counts per language.
    skipped
        For the documents layer: records that are no documents, by reason.
    losses
        For the documents layer: stretches of input that could not be read, by reason.
    """

    stage: str
    decides: bool
    planned: int
    shards: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Tally:
        """Sum over all languages."""
        total = Tally()
        for tally in self.tallies.values():
            total.add(tally)
        return total


def layer_totals(run: Run) -> list[LayerTotal]:
    """Sum the footers of every layer, in the order of the stages.

    Raises
    ------
    InvariantError
        If a sum does not balance.
    """
    problems = unbalanced(run)
    if problems:
        raise InvariantError("\n".join(problems))
    return [_layer_total(run, node) for node in run.dag.nodes.values() if node.adds is not None]


def _layer_total(run: Run, node: Node) -> LayerTotal:
    total = LayerTotal(node.name, node.decides, len(run.plan.shards))
    for shard in run.plan.shards:
        footer = run.files.footer(run.files.layer(node.name, shard))
        if footer is None:
            continue
        total.shards += 1
        for language, tally in footer.tallies.items():
            total.tallies.setdefault(language, Tally()).add(tally)
        for reason, n in footer.facts.get("skipped", {}).items():
            total.skipped[reason] = total.skipped.get(reason, 0) + n
        for loss in footer.facts.get("losses", ()):
            total.losses[loss["reason"]] = total.losses.get(loss["reason"], 0) + 1
    return total


def unbalanced(run: Run) -> list[str]:
    """Every shard whose ledger does not balance, in words.

    Rows in = rows out for every layer; inactive + kept + rejected = rows; and what a stage worked
    on is what the stages before it kept. A layer that was made from other rows than there are now
    is stale, and balances with what it was made from.
    """
    problems = []
    source = run.dag.source.name
    for shard in run.plan.shards:
        origin = run.files.footer(run.files.layer(source, shard))
        for node in run.dag.nodes.values():
            footer = None
            if node.adds is not None:
                footer = run.files.footer(run.files.layer(node.name, shard))
            if footer is None:
                continue
            where = f"{node.name}/{shard}.parquet"
            total = footer.total()
            if total.rows != footer.rows:
                problems.append(
                    f"{where}: {total.inactive} inactive + {total.kept} kept + {total.rejected} "
                    f"rejected are not {footer.rows} rows"
                )
            if origin is None or not _up_to_date(run, node, shard, footer, origin):
                continue
            if footer.rows != origin.rows:
                problems.append(f"{where}: {footer.rows} rows, but {source} has {origin.rows}")
            active = _expected_active(run, node, shard)
            if active is not None and active != total.kept + total.rejected:
                problems.append(
                    f"{where}: worked on {total.kept + total.rejected} rows, "
                    f"but the stages before it kept {active}"
                )
    return problems


def _mask(run: Run, node: Node) -> list[Node]:
    """Stages whose rejected rows `node` leaves out."""
    text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
    return run.dag.deciders(node, text_only=text_only)


def _up_to_date(run: Run, node: Node, shard: str, footer: Footer, origin: Footer) -> bool:
    """Whether a layer was made from the rows and the mask that there are now."""
    if isinstance(node.step, SourceStage):
        return True
    masks = {d.name: run.files.footer(run.files.layer(d.name, shard)) for d in _mask(run, node)}
    return footer.inputs.get("rows") == f"{origin.rows}:{origin.columns['id']}" and all(
        mask is not None and footer.inputs.get(f"mask.{name}") == mask.rejects
        for name, mask in masks.items()
    )


def _expected_active(run: Run, node: Node, shard: str) -> int | None:
    """Rows that were left for a stage, from the footer of the last stage that decided before it.

    None where stages decide side by side, so that only the rows themselves can tell.
    """
    if isinstance(node.step, SourceStage):
        return None
    deciders = _mask(run, node)
    chain = all(set(_mask(run, later)) >= set(deciders[:i]) for i, later in enumerate(deciders))
    if not deciders or not chain:
        return None
    footer = run.files.footer(run.files.layer(deciders[-1].name, shard))
    return None if footer is None else footer.total().kept
