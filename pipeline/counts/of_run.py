"""Tokens of a run, from its footers: what its tokenizers counted, or else an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eurosift.langid import buckets
from eurosift.pipeline.counts.cells import TOKENS, TOTAL, label_name, token_cells
from eurosift.pipeline.counts.estimate import estimate
from eurosift.pipeline.counts.figures import Tokens, tokenizer_name, total
from eurosift.pipeline.dag import MEASURES, Node
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import LayerTotal, layer_totals
from eurosift.stages.footer import Tally

_COLUMN = MEASURES["tokens"][0]


def measures_of(layer: LayerTotal) -> list[str]:
    """Names of the measures of a layer that are tokens: ``tokens``, ``tokens_<name>``."""
    return sorted(m for m in layer.total.measures if m == "tokens" or m.startswith("tokens_"))


def estimated(tallies: Mapping[str, Tally], labels: Iterable[str]) -> int | None:
    """Estimate of the tokens of some labels; None if no characters were counted, or no ratio."""
    figures = [
        estimate(label, tallies[label].measures["characters"])
        for label in labels
        if label in tallies and "characters" in tallies[label].measures
    ]
    return total(figures).count if figures else None


def tokens(run: Run) -> Table:
    """One row per language and tokenizer: tokens of what is left, and how they were come by.

    Without a tokenizer in the recipe, or before its stage has run, it is an estimate.
    """
    layers = [layer for layer in layer_totals(run) if layer.shards]
    rows: list[dict[str, Value]] = []
    footer: list[dict[str, Value]] = []
    tallies = {x: t for x, t in sorted(layers[-1].tallies.items()) if t.kept} if layers else {}
    if tallies:
        counted = _Counted.of(run)
        measures = () if counted is None else counted.keys(layers[-1])
        figures: dict[str, list[Tokens]] = {}
        for label, tally in tallies.items():
            characters = tally.measures.get("characters", 0)
            found = [counted.tokens(key, label, tally) for key in measures] if counted else []
            figures[label] = found or [estimate(label, characters)]
            rows += _rows(label, characters, figures[label])
        sums = [total(column) for column in zip(*figures.values(), strict=True)]
        characters = sum(t.measures.get("characters", 0) for t in tallies.values())
        footer = _rows(TOTAL, characters, sums)
    columns = ("language", "name", "characters", *TOKENS)
    return Table("tokens", columns, [*rows, *footer], footer=len(footer))


def _rows(label: str, characters: int, figures: Sequence[Tokens]) -> list[dict[str, Value]]:
    common: dict[str, Value] = {"language": label, "name": label_name(label)}
    common["characters"] = characters
    return [common | token_cells(figure, characters) for figure in figures]


@dataclass(frozen=True)
class _Counted:
    """The stage that counts tokens, and what it was made with.

    Attributes
    ----------
    node
        The stage.
    config
        Its configuration as it is in the footers, with digests in place of files.
    """

    node: Node
    config: Mapping[str, Any]

    @classmethod
    def of(cls, run: Run) -> _Counted | None:
        """Find it; None if there is none, or nothing of it has been made."""
        for node in run.dag.nodes.values():
            if node.adds is not None and _COLUMN in node.adds.names:
                paths = (run.files.layer(node.name, shard) for shard in run.plan.shards)
                footer = next((f for path in paths if (f := read_footer(path)) is not None), None)
                return None if footer is None else cls(node, footer.config)
        return None

    def keys(self, layer: LayerTotal) -> list[str | None]:
        """Names of the tokenizers whose tokens a layer has; None for the one without a name."""
        found = {None if m == "tokens" else m.removeprefix("tokens_") for m in measures_of(layer)}
        return [key for key in (None, *sorted(found - {None}, key=str)) if key in found]

    def tokens(self, key: str | None, label: str, tally: Tally) -> Tokens:
        """Tokens of a language; an estimate if it has no such tokenizer."""
        language = buckets.split(label)[0]
        config = self.config.get("per_language", {}).get(language, self.config)
        digest = config.get("tokenizer") if key is None else config.get("tokenizers", {}).get(key)
        if not digest:
            return estimate(label, tally.measures.get("characters", 0))
        path: Path | None = self.node.step.config_for(language).path(key)
        name = key or (tokenizer_name(path) if path is not None else self.node.name)
        measure = "tokens" if key is None else f"tokens_{key}"
        sha256 = str(digest).removeprefix("sha256:")
        return Tokens(name, sha256, "exact", tally.measures.get(measure, 0))
