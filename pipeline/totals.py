"""Sums of the footers of a run: the only source of every number in a report."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial

from eurosift.pipeline.dag import Node
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.tasks import Run
from eurosift.stages.base import Stage
from eurosift.stages.footer import Head, Tally
from eurosift.stages.source import SourceStage


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
    mended
        For the documents layer: documents whose letters were put right, by what was wrong.
    evidence
        Rows by column, language and value, of a stage that counts some.
    findings
        What was found by column, language and value, of a stage that counts it.
    counted
        Rows by column that evidence was counted of: those that the stage worked on, but for shards
        of an earlier version of it.
    """

    stage: str
    decides: bool
    planned: int
    shards: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    losses: dict[str, int] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    findings: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Tally:
        """Sum over all languages."""
        total = Tally()
        for tally in self.tallies.values():
            total.add(tally)
        return total


def layer_totals(run: Run) -> list[LayerTotal]:
    """Sum the footers of every layer, in the order of the stages.

    While a glance at the files is open, they are added up once.

    Raises
    ------
    InvariantError
        If a sum does not balance.
    """
    return run.files.once((layer_totals, run.dag), partial(_layer_totals, run))


def _layer_totals(run: Run) -> list[LayerTotal]:
    with run.files.glance():
        nodes = [node for node in run.dag.nodes.values() if node.adds is not None]
        totals = [_layer_total(run, node) for node in nodes]
        problems = [*unbalanced(run), *(line for total in totals for line in _short(total))]
    if problems:
        raise InvariantError("\n".join(problems))
    return totals


def _layer_total(run: Run, node: Node) -> LayerTotal:
    shards, sums = run.files.sums(node.name, run.plan.shards)
    return LayerTotal(
        stage=node.name,
        decides=node.decides,
        planned=len(run.plan.shards),
        shards=shards,
        tallies={name: Tally(**deepcopy(tally)) for name, tally in sums.tallies.items()},
        skipped=dict(sums.skipped),
        losses=dict(sums.losses),
        mended=dict(sums.mended),
        evidence=deepcopy(sums.evidence),
        findings=deepcopy(sums.findings),
        counted=dict(sums.counted),
    )


def _short(layer: LayerTotal) -> Iterator[str]:
    """Evidence that is not of all rows which it was counted of, in words."""
    for column, languages in layer.evidence.items():
        found = sum(n for values in languages.values() for n in values.values())
        rows = layer.counted[column]
        if found != rows:
            yield f"{layer.stage}: `{column}` was counted for {found} of {rows} rows"


def unbalanced(run: Run) -> list[str]:
    """Every shard whose ledger does not balance, in words.

    Rows in = rows out for every layer; inactive + kept + rejected = rows; and what a stage worked
    on is what the stages before it kept. A layer that was made from other rows than there are now
    is stale, and balances with what it was made from.
    """
    layers = [_Layer.of(run, node) for node in run.dag.nodes.values() if node.adds is not None]
    with run.files.glance():
        return [
            problem
            for shard in run.plan.shards
            for layer in layers
            for problem in _problems(run, layer, shard)
        ]


@dataclass(frozen=True)
class _Layer:
    """A layer, and which layers its ledger has to agree with.

    Attributes
    ----------
    node
        Its stage.
    masks
        Stages whose rejected rows it leaves out.
    chain
        Whether the last of these says how many rows are left; not if some decide side by side.
    """

    node: Node
    masks: tuple[str, ...]
    chain: bool

    @classmethod
    def of(cls, run: Run, node: Node) -> _Layer:
        """The layer of a stage."""
        if isinstance(node.step, SourceStage):
            return cls(node, (), chain=False)
        deciders = _mask(run, node)
        nested = all(set(_mask(run, n)) >= set(deciders[:i]) for i, n in enumerate(deciders))
        return cls(node, tuple(n.name for n in deciders), chain=bool(deciders) and nested)


def _problems(run: Run, layer: _Layer, shard: str) -> Iterator[str]:
    head = run.files.layer_head(layer.node.name, shard)
    if head is None:
        return
    where = f"{layer.node.name}/{shard}.parquet"
    inactive, kept, rejected = head.counts
    if inactive + kept + rejected != head.rows:
        yield (
            f"{where}: {inactive} inactive + {kept} kept + {rejected} "
            f"rejected are not {head.rows} rows"
        )
    source = run.dag.source.name
    origin = run.files.layer_head(source, shard)
    if origin is None or not _up_to_date(run, layer, shard, head, origin):
        return
    if head.rows != origin.rows:
        yield f"{where}: {head.rows} rows, but {source} has {origin.rows}"
    last = run.files.layer_head(layer.masks[-1], shard) if layer.chain else None
    if last is not None and last.counts[1] != kept + rejected:
        yield (
            f"{where}: worked on {kept + rejected} rows, "
            f"but the stages before it kept {last.counts[1]}"
        )


def _mask(run: Run, node: Node) -> list[Node]:
    """Stages whose rejected rows `node` leaves out."""
    text_only = isinstance(node.step, Stage) and node.step.active_on == "text"
    return run.dag.deciders(node, text_only=text_only)


def _up_to_date(run: Run, layer: _Layer, shard: str, head: Head, origin: Head) -> bool:
    """Whether a layer was made from the rows and the mask that there are now."""
    if isinstance(layer.node.step, SourceStage):
        return True
    if head.basis.get("rows") != f"{origin.rows}:{origin.columns['id']}":
        return False
    masks = {name: run.files.layer_head(name, shard) for name in layer.masks}
    return all(
        mask is not None and head.basis.get(f"mask.{name}") == mask.rejects
        for name, mask in masks.items()
    )
