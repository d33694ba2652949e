"""Building the graph of a recipe, with every parameter, order and column checked."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from eurosift.pipeline.column_checks import check_columns, check_texts
from eurosift.pipeline.dag import Dag, Node
from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.inputs import first_match
from eurosift.pipeline.problems import problems_of, suggest
from eurosift.pipeline.recipe import SOURCE, Recipe, StageEntry
from eurosift.stages import registry
from eurosift.stages.base import Setting, Step
from eurosift.stages.config import StageConfig
from eurosift.stages.errors import InputError, StageError
from eurosift.stages.extract.formats import TABLES, detect_format
from eurosift.stages.extract.listing import GLOB
from eurosift.stages.extract.presets import PRESETS
from eurosift.stages.extract.stores import is_url
from eurosift.stages.source import SourceStage


def build_dag(recipe: Recipe) -> Dag:
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
    check_columns(dag, problems)
    check_texts(dag, problems)
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
            _overlaid(raw, overlay),
            (*place, "per_language", entry.written_codes[code]),
            problems,
            also=(),
        )
        for code, overlay in entry.per_language.items()
    }
    if None in overlays.values():
        return None
    try:
        return kind(
            config,
            name=entry.name,
            setting=Setting(languages=recipe.head.languages),
            per_language={code: found for code, found in overlays.items() if found is not None},
        )
    except StageError as error:
        of_overlays = overlays and not kind.overlays
        refused = (*place, "per_language") if of_overlays else (*place, *error.at)
        problems.append(recipe.problem(refused, str(error)))
        return None


def _overlaid(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with those of a language in their place; mappings are put together by key."""
    found = dict(base)
    for key, value in overlay.items():
        below = found.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            found[key] = _overlaid(below, value)
        else:
            found[key] = value
    return found


def _input_parameters(recipe: Recipe, problems: list[str]) -> dict[str, Any]:
    section = recipe.head.input
    kind: str = section.format
    preset = {"preset": kind} if kind in PRESETS else {}
    if kind == "auto" or preset:
        remedy = "set input.format to warc, parquet, jsonl or html"
        try:
            kinds = [_format_of(recipe, pattern) for pattern in section.path]
        except StageError as error:
            problems.append(recipe.problem(("input", "path"), f"input.path: {error}; {remedy}"))
            kinds = ["warc"]
        if len(set(kinds)) > 1:
            mixed = f"input.path: mixes {' and '.join(sorted(set(kinds)))}: one run reads one kind"
            problems.append(recipe.problem(("input", "path"), mixed))
        kind = kinds[0]
        if preset and kind not in TABLES:
            foreign = (
                f"input.format: {section.format} is for {' and '.join(TABLES)}, but the files are "
                f"{kind}"
            )
            problems.append(recipe.problem(("input", "format"), foreign))
    if section.columns and kind not in TABLES:
        problems.append(
            recipe.problem(
                ("input", "columns"),
                f"input.columns: only tables have columns ({', '.join(TABLES)}), but the files are "
                f"{kind}: remove it, or set input.format",
            )
        )
    return {"format": kind, "columns": section.columns, **preset}


def _format_of(recipe: Recipe, pattern: str) -> str:
    """Format by the pattern's suffix, or by the first file that it matches."""
    if not is_url(pattern) and (recipe.base / pattern).is_dir():
        return "warc"  # whatever: that it is a folder is told where its files are looked for
    try:
        return detect_format(pattern)
    except StageError:
        first = first_match(recipe, pattern)
        if first is None and GLOB & set(pattern):
            raise InputError(
                f"no file matches {pattern} (looked in {recipe.base}), and a pattern without a "
                "suffix does not tell the format"
            ) from None
        return detect_format(first or pattern)


def _config(
    recipe: Recipe,
    kind: type[StageConfig],
    raw: dict[str, Any],
    place: tuple[str | int, ...],
    problems: list[str],
    moved: Mapping[str | int, tuple[str | int, ...]] | None = None,
    also: Iterable[str] = ("uses", "needs", "per_language"),
) -> StageConfig | None:
    try:
        config = kind.model_validate(raw)
    except ValidationError as error:
        problems.extend(problems_of(error, recipe.document, place, kind, also, moved))
        return None
    return config.at(recipe.base)


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
            usual = tuple(need for need in step.default_needs if need in needs)
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
        step = steps[name]
        layers = (nodes[other].adds for other in nearest_first)
        columns = dict.fromkeys(c for adds in layers if adds is not None for c in adds.names)
        step.setting = replace(step.setting, columns=tuple(columns))
        nodes[name] = Node(name, step, needs[name], nearest_first)
    return list(nodes.values())
