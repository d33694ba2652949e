"""The stages of a recipe as a directed acyclic graph, with every parameter and column checked."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from eurosift.langid import buckets
from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.problems import suggest
from eurosift.pipeline.recipe import Recipe
from eurosift.stages.base import FURTHER_TOKENS, Stage, Step
from eurosift.stages.phases import LayerPhase, Phase, PhasedStage
from eurosift.stages.source import SourceStage

_SELECTOR = re.compile(r"\+?(\w+)\+?")
TEXT = "text"
LANGUAGE = "language"
BUCKET = buckets.COLUMN
MEASURES: Mapping[str, tuple[str, ...]] = {
    "bytes": ("n_bytes",),
    "characters": ("n_chars", "char_count"),
    "words": ("n_words", "word_count"),
    "segments": ("n_segments",),
    "tokens": ("n_tokens",),
}
"""What the ledger sums, and the columns that it takes it from, best first."""


@dataclass(frozen=True)
class Node:
    """One stage in the graph.

    Attributes
    ----------
    name
        Its name; also that of its folder.
    step
        The stage itself.
    needs
        The stages directly before it.
    ancestors
        All stages before it, nearest first.
    """

    name: str
    step: Step[Any]
    needs: tuple[str, ...]
    ancestors: tuple[str, ...]

    @functools.cached_property
    def adds(self) -> pa.Schema | None:
        """Columns of its layer; None if it has no layer."""
        if isinstance(self.step, (Stage, SourceStage)):
            return self.step.adds
        layer = self.layer_phase
        return None if layer is None else layer.adds

    @functools.cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases of a phased stage, else none."""
        return tuple(self.step.phases) if isinstance(self.step, PhasedStage) else ()

    @property
    def layer_phase(self) -> LayerPhase | None:
        """The phase of a phased stage that writes its layer."""
        return next((p for p in self.phases if isinstance(p, LayerPhase)), None)

    @property
    def reads(self) -> tuple[str, ...]:
        """Columns that the layer of this stage cannot do without."""
        if isinstance(self.step, Stage):
            return self.step.reads
        layer = self.layer_phase
        return () if layer is None else layer.reads

    @property
    def evidence(self) -> tuple[str, ...]:
        """Columns of its layer whose values the ledger counts."""
        return self.step.evidence if isinstance(self.step, Stage) else ()

    @property
    def findings(self) -> tuple[str, ...]:
        """Columns of its layer in which the ledger counts what was found."""
        layer = self.layer_phase or self.step
        return layer.findings if isinstance(layer, (Stage, LayerPhase)) else ()

    @property
    def decides(self) -> bool:
        """Whether the stage rejects rows."""
        return self.adds is not None and self.step.reasons_column in self.adds.names


class Dag:
    """All stages of a recipe, in the order in which they run."""

    def __init__(self, recipe: Recipe, nodes: Iterable[Node]) -> None:
        self.recipe = recipe
        self.nodes: dict[str, Node] = {node.name: node for node in nodes}
        self.source = next(n for n in self.nodes.values() if isinstance(n.step, SourceStage))

    def holders(self, node: Node, column: str) -> list[str]:
        """Layers before `node` that have `column`, nearest first.

        Only text is written by more than one stage: later text stands where it is not null.
        """
        found = [name for name in node.ancestors if self._has(name, column)]
        if column == TEXT and self.text_in_place and self.source.name in node.ancestors:
            found.append(self.source.name)
        return found

    def _has(self, name: str, column: str) -> bool:
        adds = self.nodes[name].adds
        return adds is not None and column in adds.names

    @functools.cached_property
    def text_in_place(self) -> bool:
        """Whether text stays in the input files and is read there."""
        adds = self.source.adds
        return adds is None or TEXT not in adds.names

    def column_type(self, node: Node, column: str) -> pa.DataType:
        """Type of a column that some layer before `node` has."""
        name = self.holders(node, column)[0]
        adds = self.nodes[name].adds
        if adds is None or column not in adds.names:
            return pa.string()
        return adds.field(column).type

    def deciders(self, node: Node, *, text_only: bool = False) -> list[Node]:
        """Stages before `node` that reject rows, in the order in which they run."""
        return [
            other
            for name, other in self.nodes.items()
            if name in node.ancestors and other.decides and (not text_only or other is self.source)
        ]

    def measures(self, node: Node) -> dict[str, str]:
        """Which column each measure of the ledger of `node` is summed from."""
        found = {}
        for measure, columns in MEASURES.items():
            for column in columns:
                if (node.adds is not None and column in node.adds.names) or self.holders(
                    node, column
                ):
                    found[measure] = column
                    break
        for name in (node.name, *node.ancestors):
            adds = self.nodes[name].adds if name in self.nodes else node.adds
            for column in () if adds is None else adds.names:
                if column.startswith(FURTHER_TOKENS):
                    found[column.removeprefix("n_")] = column
        return found

    def select(self, selectors: Iterable[str]) -> list[Node]:
        """Stages that dbt-like selectors name: ``stage``, ``+stage``, ``stage+``, ``+stage+``.

        Raises
        ------
        RecipeError
            If a selector names no stage.
        """
        selectors = list(selectors)
        if not selectors:
            return list(self.nodes.values())
        chosen: set[str] = set()
        for selector in selectors:
            match = _SELECTOR.fullmatch(selector)
            name = match[1] if match else selector
            if name not in self.nodes:
                raise RecipeError(
                    [f"--select {selector!r}: no such stage{suggest(name, self.nodes)}"]
                )
            chosen.add(name)
            if selector.startswith("+"):
                chosen.update(self.nodes[name].ancestors)
            if selector.endswith("+"):
                chosen.update(n.name for n in self.nodes.values() if name in n.ancestors)
        return [node for node in self.nodes.values() if node.name in chosen]
