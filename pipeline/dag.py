"""The stages of a recipe as a directed acyclic graph, with every parameter and column checked."""

from __future__ import annotations

import functools
import graphlib
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.recipe import SOURCE, Recipe, StageEntry, problems_of, suggest
from eurosift.stages import registry
from eurosift.stages.base import (
    ROW,
    Asset,
    LayerPhase,
    Phase,
    PhasedStage,
    Setting,
    SourceStage,
    Stage,
    StageConfig,
    Step,
)
from eurosift.stages.errors import StageError
from eurosift.stages.extract.formats import detect_format

TEXT = "text"
LANGUAGE = "language"
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
            name = selector.strip("+")
            if name not in self.nodes:
                raise RecipeError(
                    [f"--select {selector}: no such stage{suggest(name, self.nodes)}"]
                )
            chosen.add(name)
            if selector.startswith("+"):
                chosen.update(self.nodes[name].ancestors)
            if selector.endswith("+"):
                chosen.update(n.name for n in self.nodes.values() if name in n.ancestors)
        return [node for node in self.nodes.values() if node.name in chosen]


def build(recipe: Recipe) -> Dag:
    """Load the stages of a recipe, check their parameters, their order and their columns.

    Raises
    ------
    RecipeError
        With every problem that was found, each with its place.
    """
    problems: list[str] = []
    steps: dict[str, Step[Any]] = {}
    for entry in recipe.stages:
        step = _step(recipe, entry, problems)
        if step is not None:
            steps[entry.name] = step
    if problems:
        raise RecipeError(problems)
    if SOURCE not in recipe.head.stages and _sources(steps) > 1:
        del steps[SOURCE]  # it was added for want of one, but another package's stage is one
    needs = _needs(recipe, steps, problems)
    if problems:
        raise RecipeError(problems)
    dag = Dag(recipe, _nodes(recipe, steps, needs))
    _check_columns(dag, problems)
    if problems:
        raise RecipeError(problems)
    return dag


def _sources(steps: Mapping[str, Step[Any]]) -> int:
    return sum(isinstance(step, SourceStage) for step in steps.values())


def _step(recipe: Recipe, entry: StageEntry, problems: list[str]) -> Step[Any] | None:
    place = ("stages", entry.name)
    try:
        kind = registry.load(entry.uses)
    except KeyError:
        problems.append(
            recipe.problem(
                place,
                f"stages.{entry.name}: no stage `{entry.uses}` is "
                f"installed{suggest(entry.uses, registry.names())}",
            )
        )
        return None
    except StageError as error:
        problems.append(recipe.problem(place, str(error)))
        return None
    raw = dict(entry.config)
    moved: dict[str | int, tuple[str | int, ...]] = {}
    if issubclass(kind, SourceStage):
        given = _input_parameters(recipe, problems)
        problems.extend(
            recipe.problem((*place, key), f"stages.{entry.name}.{key}: give it as input.{key}")
            for key in given
            if key in raw
        )
        raw |= given
        moved = dict.fromkeys(given, ("input",))
    config = _config(recipe, kind.config_type, raw, place, problems, moved)
    if config is None:
        return None
    overlays = {
        code: _config(
            recipe,
            kind.config_type,
            raw | overlay,
            (*place, "per_language", entry.written_codes[code]),
            problems,
        )
        for code, overlay in entry.per_language.items()
    }
    if None in overlays.values():
        return None
    return kind(
        config,
        name=entry.name,
        setting=Setting(languages=recipe.head.languages),
        per_language={code: overlay for code, overlay in overlays.items() if overlay is not None},
    )


def _input_parameters(recipe: Recipe, problems: list[str]) -> dict[str, Any]:
    section = recipe.head.input
    kind: str = section.format
    if kind == "auto":
        remedy = "set input.format to warc, parquet or jsonl"
        try:
            kinds = [detect_format(pattern.rstrip("*")) for pattern in section.path]
        except StageError as error:
            problems.append(recipe.problem(("input", "path"), f"input.path: {error}; {remedy}"))
            kinds = ["warc"]
        if len(set(kinds)) > 1:
            mixed = f"input.path: mixes {' and '.join(sorted(set(kinds)))}: one run reads one kind"
            problems.append(recipe.problem(("input", "path"), mixed))
        kind = kinds[0]
    return {"format": kind, "columns": section.columns}


def _config(
    recipe: Recipe,
    kind: type[StageConfig],
    raw: dict[str, Any],
    place: tuple[str | int, ...],
    problems: list[str],
    moved: Mapping[str | int, tuple[str | int, ...]] | None = None,
) -> StageConfig | None:
    try:
        config = kind.model_validate(raw)
    except ValidationError as error:
        also = ("uses", "needs", "per_language")
        problems.extend(problems_of(error, recipe.document, place, kind, also, moved))
        return None
    paths = {name: recipe.base / path for name, path in assets(config).items()}
    return config.model_copy(update=paths)


def assets(config: StageConfig) -> dict[str, Path]:
    """Files that shape the data, by the name of their field."""
    found = {}
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        marked = any(isinstance(m, Asset) for m in field.metadata) or _is_asset(field.annotation)
        if marked and isinstance(value, Path):
            found[name] = value
    return found


def _is_asset(annotation: Any) -> bool:
    if any(isinstance(mark, Asset) for mark in getattr(annotation, "__metadata__", ())):
        return True
    return any(_is_asset(part) for part in typing.get_args(annotation))


def _needs(
    recipe: Recipe, steps: Mapping[str, Step[Any]], problems: list[str]
) -> dict[str, tuple[str, ...]]:
    needs: dict[str, tuple[str, ...]] = {}
    source: str | None = None
    previous: str | None = None
    for entry in (e for e in recipe.stages if e.name in steps):
        step = steps[entry.name]
        place = ("stages", entry.name)
        if isinstance(step, SourceStage):
            if source is not None:
                problems.append(
                    recipe.problem(
                        place,
                        f"`{source}` already makes the documents; a recipe has one such stage",
                    )
                )
            if entry.needs:
                problems.append(
                    recipe.problem(
                        (*place, "needs"),
                        f"stages.{entry.name}.needs: nothing comes before the documents",
                    )
                )
            source = entry.name
            needs[entry.name] = ()
        elif entry.needs is not None:
            problems.extend(
                recipe.problem(
                    (*place, "needs"),
                    f"stages.{entry.name}.needs: no stage `{need}`{suggest(need, steps)}",
                )
                for need in entry.needs
                if need not in steps
            )
            needs[entry.name] = entry.needs
        else:
            usual = tuple(need for need in step.default_needs if need in steps)
            needs[entry.name] = usual or ((previous,) if previous else ())
        previous = entry.name
    if source is not None:
        needs = {name: n if n or name == source else (source,) for name, n in needs.items()}
    return needs


def _nodes(
    recipe: Recipe, steps: Mapping[str, Step[Any]], needs: Mapping[str, tuple[str, ...]]
) -> list[Node]:
    sorter = graphlib.TopologicalSorter(needs)
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        circle = list(reversed(error.args[1]))
        place = ("stages", circle[0], "needs")
        raise RecipeError(
            [recipe.problem(place, f"stages go in a circle: {' → '.join(circle)}")]
        ) from None
    # Stages run in the order of the recipe as far as their needs allow, whatever graphlib yields.
    listed = list(steps)
    order: list[str] = []
    while len(order) < len(listed):
        order.append(next(n for n in listed if n not in order and set(needs[n]) <= set(order)))
    nodes: dict[str, Node] = {}
    for name in order:
        before = set(needs[name]).union(*(nodes[need].ancestors for need in needs[name]))
        nearest_first = tuple(other for other in reversed(order) if other in before)
        nodes[name] = Node(name, steps[name], needs[name], nearest_first)
    return list(nodes.values())


def _check_columns(dag: Dag, problems: list[str]) -> None:
    owners: dict[str, str] = {}
    for node in dag.nodes.values():
        place = ("stages", node.name)
        for column in node.adds.names if node.adds is not None else ():
            if column in owners and column != TEXT:
                problems.append(
                    dag.recipe.problem(
                        place,
                        f"stages.{node.name}: column `{column}` "
                        f"is already added by `{owners[column]}`",
                    )
                )
            owners.setdefault(column, node.name)
    for node in dag.nodes.values():
        for column in node.reads:
            if column != ROW and not dag.holders(node, column):
                owner = owners.get(column)
                remedy = (
                    f"`{owner}` adds it: let `needs` lead there"
                    if owner
                    else f"no stage adds it; there are {', '.join(sorted(owners))}"
                )
                problems.append(
                    dag.recipe.problem(
                        ("stages", node.name),
                        f"stages.{node.name}: reads "
                        f"column `{column}`, which no stage before it has; {remedy}",
                    )
                )


__all__ = ["LANGUAGE", "MEASURES", "SOURCE", "TEXT", "Dag", "Node", "assets", "build"]
