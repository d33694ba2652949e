"""A recipe with some parameters changed, as ``--set STAGE.PARAMETER=VALUE`` asks for it."""

from __future__ import annotations

import copy
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from eurosift.filters.rules import DEFAULT, Rule
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.pipeline import recipe, yaml12
from eurosift.pipeline.build import build_dag
from eurosift.pipeline.dag import Dag
from eurosift.pipeline.errors import QueryError, RecipeError
from eurosift.pipeline.problems import suggest
from eurosift.stages.quality import Quality

BOUNDS: Mapping[str, bool | None] = {"min": True, "max": False, "threshold": None}
"""How a threshold may be called, and whether a rule must then have a least value that passes."""

MISSING: Final = object()
"""Stands for what the recipe does not say."""


class Change(NamedTuple):
    """One parameter that is set.

    Attributes
    ----------
    stage
        Name of the stage.
    path
        Keys from the parameter on down.
    value
        What it is set to.
    """

    stage: str
    path: tuple[str, ...]
    value: Any

    def __str__(self) -> str:
        value = json.dumps(self.value, ensure_ascii=False)  # which is YAML, too
        return f"stages.{'.'.join((self.stage, *self.path))}: {value}"


def parse_change(text: str, dag: Dag) -> Change:
    """Understand ``STAGE.PARAMETER[.KEY…]=VALUE``, where the value is YAML.

    ``STAGE.rules.RULE.min=VALUE`` (``max``, ``threshold``; behind it a language) stands for the
    threshold of a rule, which may be named by some of its words if no other rule has them all.

    Raises
    ------
    QueryError
        If it is not of this form, or there is no such stage or rule.
    """
    left, equals, right = text.partition("=")
    stage, *path = left.strip().split(".")
    if not equals or not path or not all(path):
        raise QueryError(f"--set {text}: must be STAGE.PARAMETER=VALUE")
    if stage not in dag.nodes:
        raise QueryError(f"--set {text}: no stage `{stage}`{suggest(stage, dag.nodes)}")
    try:
        value = yaml12.parse(right, "value").data
    except RecipeError as error:
        raise QueryError(f"--set {text}: {error}") from None
    step = dag.nodes[stage].step
    if isinstance(step, Quality) and path[0] in {"rules", "thresholds"} and len(path) > 1:
        path = _threshold(step, path, text)
    return Change(stage, tuple(path), value)


def example(dag: Dag, target: Path) -> str:
    """A command that previews a change of a rule that the recipe has; how to write one, without."""
    for node in dag.nodes.values():
        if not isinstance(node.step, Quality):
            continue
        for rule in node.step.judges[""].rules.rules:
            if rule.threshold:
                bound = "min" if rule.condition.least else "max"
                other = rule.threshold * (0.5 if rule.condition.least else 1.5)
                return (
                    f"eurosift whatif {shlex.quote(str(target))} "
                    f"--set {node.name}.rules.{rule.name}.{bound}={other:g} "
                    f"(it is {rule.threshold:g} now)"
                )
    return "--set STAGE.PARAMETER=VALUE"


def _threshold(step: Quality, path: Sequence[str], text: str) -> list[str]:
    """Path of the threshold of a rule."""
    kind, name, *rest = path
    rules = {rule.name: rule for judge in step.judges.values() for rule in judge.rules.rules}
    rule = rules[_name_of_rule(name, rules, text)]
    if kind == "rules":
        if not rest or rest[0] not in BOUNDS:
            raise QueryError(f"--set {text}: behind the rule there must be {' or '.join(BOUNDS)}")
        _check_bound(rule, rest.pop(0), text)
    if len(rest) > 1:
        raise QueryError(f"--set {text}: behind the threshold there may be a language")
    try:
        codes = [code if code == DEFAULT else canonical(code, known=True) for code in rest]
    except UnknownLanguageError as error:
        raise QueryError(f"--set {text}: {error}") from None
    path = ["thresholds", rule.name, *codes]
    if codes and step.has_own_threshold(codes[0], rule.name):
        return ["per_language", codes[0], *path[:-1]]
    return path


def _name_of_rule(name: str, known: Iterable[str], text: str) -> str:
    known = list(known)
    if name in known:
        return name
    words = set(name.split("_"))
    found = [each for each in known if words <= set(each.split("_"))]
    if len(found) == 1:
        return found[0]
    if found:
        raise QueryError(f"--set {text}: `{name}` may be {' or '.join(found)}")
    raise QueryError(f"--set {text}: no rule `{name}`{suggest(name, known)}")


def _check_bound(rule: Rule, bound: str, text: str) -> None:
    least = BOUNDS[bound]
    if least is not None and least is not rule.condition.least:
        right = "min" if rule.condition.least else "max"
        raise QueryError(
            f"--set {text}: rule {rule.name} has no {bound}: it rejects where `"
            f"{rule.reject_if}`; say {right}"
        )


def settled(dag: Dag, changes: Sequence[Change]) -> list[Change]:
    """The changes as the recipe has to say them.

    Where a rule has one threshold for all languages, or is switched off for all, and is to have
    another for one of them, that stays for all others. What is set as a whole takes the place of
    what was set within it before.
    """
    found: dict[tuple[str, ...], Change] = {}
    for stage, path, value in changes:
        *above, last = path
        rule = (stage, *above)
        given = found[rule].value if rule in found else _given(dag, rule)
        if above[-2:-1] == ["thresholds"] and given is not MISSING:
            by_language = given if isinstance(given, dict) else {DEFAULT: given}
            if rule in found or by_language is not given:
                whole = {**by_language, _written(by_language, last): value}
                found[rule] = Change(stage, tuple(above), whole)
                continue
        whole_path = (stage, *path)
        for within in [each for each in found if each[: len(whole_path)] == whole_path]:
            del found[within]
        found[whole_path] = Change(stage, path, value)
    return list(found.values())


def _given(dag: Dag, path: Sequence[str]) -> Any:
    """What the recipe says of a stage and a parameter of it; `MISSING` if nothing."""
    place: Any = dag.recipe.document.data["stages"]
    for name in path:
        key = _written(place, name) if isinstance(place, dict) else name
        if not isinstance(place, dict) or key not in place:
            return MISSING
        place = place[key]
    return place


def changed_dag(dag: Dag, changes: Sequence[Change]) -> Dag:
    """The stages of the recipe with these changes.

    Raises
    ------
    QueryError
        If a change does not go together with the recipe.
    RecipeError
        If the changed recipe is wrong.
    """
    old = dag.recipe
    data = copy.deepcopy(old.document.data)
    for change in settled(dag, changes):
        if data["stages"].get(change.stage) is None:
            data["stages"][change.stage] = {}
        place = data["stages"][change.stage]
        for name in change.path[:-1]:
            key = _written(place, name)
            if place.get(key) is None:
                place[key] = {}
            place = place[key]
            if not isinstance(place, dict):
                raise QueryError(
                    f"--set {change.stage}.{'.'.join(change.path)}: `{key}` is `{place}` in the "
                    "recipe, which has no keys: set it as a whole"
                )
        place[_written(place, change.path[-1])] = change.value
    document = yaml12.Document(data, old.document.positions, f"{old.document.file} with --set")
    return build_dag(recipe.parse(old.text, old.base, document))


def _written(place: Mapping[str, Any], key: str) -> str:
    """The key as the recipe has it, if that is a language in another style of code."""
    for written in place:
        try:
            if canonical(str(written), known=True) == key:
                return written
        except UnknownLanguageError:
            continue
    return key
