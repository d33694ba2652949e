"""What is usual in a run, language by language: values of rules, and medians of signals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from eurosift.filters.arrays import Bools, Float64s
from eurosift.filters.calibrate import Method, Reference, find_threshold, rejected_share
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import Rule
from eurosift.filters.score import SCORED, Spread, measure_spread
from eurosift.filters.verdicts import as_values, label_numbers
from eurosift.pipeline import digest
from eurosift.pipeline.columns import made_shards, read_columns, reader
from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.errors import IncompleteError, QueryError
from eurosift.pipeline.tasks import Run
from eurosift.stages.quality import Quality

Rows = Literal["kept", "active"]
"""Documents that nothing rejected up to `quality` and including it, or before it."""


class Sample:
    """Numbers of a run's documents, by language.

    Parameters
    ----------
    run
        The run.
    stage
        Name of the stage whose rules are meant; None for the only one.
    rows
        Which documents.

    Attributes
    ----------
    node, step
        The stage.
    shards
        Shards that have all that is needed.

    Raises
    ------
    QueryError
        If the run has no such stage, or several.
    IncompleteError
        If nothing is made yet.
    """

    def __init__(self, run: Run, stage: str | None, rows: Rows) -> None:
        self.run = run
        self.node = _quality_node(run, stage)
        step = self.node.step
        assert isinstance(step, Quality)  # noqa: S101 - _quality_node looks for one
        self.step = step
        self.judges = run.dag.deciders(self.node)
        if rows == "kept":
            self.judges = [*self.judges, self.node]
        needed = {layer for name in self.step.reads for layer in self._holder(name)}
        needed |= {node.name for node in self.judges}
        self.shards = made_shards(run, sorted(needed))
        if not self.shards:
            raise IncompleteError(
                f"{', '.join(sorted(needed))}: not made yet for any shard; `eurosift run` does it"
            )
        if not self._holder(LANGUAGE):
            raise QueryError(f"no stage before `{self.node.name}` gives a `{LANGUAGE}`")

    def _holder(self, column: str) -> list[str]:
        return self.run.dag.holders(self.node, column)[:1]

    @cached_property
    def _masks(self) -> dict[str, tuple[Bools, tuple[str | None, ...], Any]]:
        """By shard: which rows, labels, and number of the label of each row."""
        found = {}
        layers = {node.name: [node.step.reasons_column] for node in self.judges}
        for shard in self.shards:
            by_layer = {layer: list(names) for layer, names in layers.items()}
            by_layer.setdefault(self._holder(LANGUAGE)[0], []).append(LANGUAGE)
            columns = read_columns(self.run, shard, by_layer)
            labels, numbers = label_numbers(columns.pop(LANGUAGE))
            mask = np.ones(len(numbers), np.bool_)
            for reasons in columns.values():
                kept = pc.equal(pc.list_value_length(reasons), 0).fill_null(False)  # noqa: FBT003
                mask &= kept.to_numpy(zero_copy_only=False)
            found[shard] = (mask, labels, numbers)
        return found

    @cached_property
    def documents(self) -> dict[str, int]:
        """Number of documents by language, those without a label aside; sorted."""
        counts = Counter[str]()
        for mask, labels, numbers in self._masks.values():
            of_label = np.bincount(numbers[mask], minlength=len(labels)).tolist()
            counts.update({label: n for label, n in zip(labels, of_label, strict=True) if label})
        return {label: n for label, n in sorted(counts.items()) if n}

    def values(self, names: Sequence[str], rule: Rule | None = None) -> dict[str, Float64s]:
        """Values of a signal, or of what a rule compares, by language; NaN where unknown."""
        parts: dict[str, list[Float64s]] = {label: [] for label in self.documents}
        by_layer: dict[str, list[str]] = {}
        for name in names:
            by_layer.setdefault(self._holder(name)[0], []).append(name)
        for shard, (mask, labels, numbers) in self._masks.items():
            columns = read_columns(self.run, shard, by_layer)
            signals = {name: as_values(name, columns[name]) for name in names}
            found = signals[names[0]] if rule is None else rule.condition.values(signals)
            for number, label in enumerate(labels):
                if label in parts:
                    parts[label].append(found[mask & (numbers == number)])
        return {label: np.concatenate(each) for label, each in parts.items()}

    def has_rule(self, name: str, language: str) -> bool:
        """Whether a language is judged by a rule of that name."""
        return any(rule.name == name for rule in self.step.judge_for(language).rules.rules)

    def is_count(self, names: Sequence[str]) -> bool:
        """Whether all of some columns are whole numbers."""
        types = [self.run.dag.column_type(self.node, name) for name in names]
        return all(pa.types.is_integer(kind) for kind in types)

    def provenance(self, rows: Rows) -> dict[str, Any]:
        """What the numbers are from: versions, digest of the columns, documents by language."""
        columns = [*self.step.reads, LANGUAGE]
        layers = [self._holder(name)[0] for name in columns]
        workspace = self.run.workspace(reader(self.run, [*layers, *(n.name for n in self.judges)]))
        digests = {shard: dict(workspace.digests(shard, columns)) for shard in self.shards}
        return {
            "eurosift": version("eurosift"),
            "rows": rows,
            "shards": len(self.shards),
            "columns": digest.of_json(digests),
            "documents": self.documents,
        }


def _quality_node(run: Run, stage: str | None) -> Node:
    found = [
        node
        for node in run.dag.nodes.values()
        if isinstance(node.step, Quality) and stage in {None, node.name}
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = " and ".join(node.name for node in found)
        raise QueryError(f"stages {names} have rules: name one by --stage")
    raise QueryError(f"{stage or 'this run'}: no stage `quality` of that name in the recipe")


@dataclass(frozen=True)
class Calibrated:
    """A threshold of a rule for a language.

    Attributes
    ----------
    rule, language
        Whose it is.
    before, after
        The threshold as it was and as it is.
    rejected_before, rejected_after
        Shares of the language's documents that the rule rejects; NaN if no value is known.
    is_new
        Whether the threshold was computed; else the old one stays.
    """

    rule: str
    language: str
    before: float
    after: float
    rejected_before: float
    rejected_after: float
    is_new: bool


def calibrate(
    sample: Sample,
    rules: RuleSet,
    method: Method,
    *,
    share: float,
    reference: str,
    min_documents: int,
) -> tuple[RuleSet, list[Calibrated]]:
    """Find thresholds for each rule and language.

    Parameters
    ----------
    sample
        Where the values are from.
    rules
        The rules; those whose columns the run does not have, those that a language does not have,
        and all of a language with too few documents, keep their thresholds.
    method, share, reference
        As for `eurosift.filters.calibrate.find_threshold`; the reference by its language.
    min_documents
        Fewer documents in a language are too few.

    Returns
    -------
    The rules with their thresholds, and what became of each that is not disabled.
    """
    found: list[Calibrated] = []
    changed: list[Rule] = []
    for rule in rules.rules:
        names = rule.condition.signals
        if not all(name in sample.step.reads for name in names):
            changed.append(rule)
            continue
        values = sample.values(names, rule)
        there = values.get(reference)
        base = None if there is None else Reference(there, rule.threshold_for(reference))
        thresholds: dict[str, float | None] = {}
        for language, own in values.items():
            before = rule.threshold_for(language)
            if math.isnan(before) or not sample.has_rule(rule.name, language):
                continue
            after = None
            if sample.documents[language] >= min_documents:
                after = find_threshold(
                    rule,
                    own,
                    method,
                    share=share,
                    reference=base,
                    is_count=sample.is_count(names),
                )
            if after is not None:
                thresholds[language] = after
            found.append(
                Calibrated(
                    rule.name,
                    language,
                    before,
                    after or before,
                    rejected_share(rule, own, before),
                    rejected_share(rule, own, after or before),
                    after is not None,
                )
            )
        changed.append(rule.replaced(thresholds))
    return replace(rules, rules=tuple(changed)), found


def measure_medians(sample: Sample, min_documents: int) -> dict[str, dict[str, Spread]]:
    """Medians and spreads of the signals that count in a score, by language and signal."""
    wanted = {code for code, n in sample.documents.items() if n >= min_documents}
    found: dict[str, dict[str, Spread]] = {code: {} for code in sorted(wanted)}
    for name in SCORED:
        if not sample.run.dag.holders(sample.node, name):
            continue
        for code, values in sample.values([name]).items():
            spread = measure_spread(name, values) if code in wanted else None
            if spread is not None:
                found[code][name] = spread
    return found


def next_version(rules: RuleSet, base: RuleSet, earlier: RuleSet | None) -> RuleSet:
    """Calibrated rules with a version that no other rules of their name have.

    Parameters
    ----------
    rules
        The rules.
    base
        The set whose thresholds were calibrated.
    earlier
        What the file has that they are written to; its name and, if its rules are the same, its
        version stay.
    """
    if earlier is None:
        return replace(rules, version=base.version + 1)
    if earlier.rules == rules.rules:
        return replace(rules, name=earlier.name, version=earlier.version)
    return replace(rules, name=earlier.name, version=max(base.version, earlier.version) + 1)


def dump_rules(rules: RuleSet, source: str, provenance: Mapping[str, Any]) -> str:
    """YAML of a rule set."""
    body = {
        "name": rules.name,
        "version": rules.version,
        "source": source,
        "provenance": dict(provenance),
        "rules": [
            {"name": rule.name, **rule.model_dump(mode="json", exclude={"name"})}
            for rule in rules.rules
        ],
    }
    return _yaml(body)


def dump_medians(
    medians: Mapping[str, Mapping[str, Spread]],
    documents: Mapping[str, int],
    provenance: Mapping[str, Any],
) -> str:
    """YAML of medians, as `eurosift.filters.score.load_medians` reads it."""
    body = {
        "kind": "medians",
        "version": 1,
        "provenance": dict(provenance),
        "languages": {
            code: {
                "documents": documents[code],
                "signals": {name: [_short(x) for x in spread] for name, spread in found.items()},
            }
            for code, found in medians.items()
        },
    }
    return _yaml(body)


def _short(value: float) -> float:
    """Six digits, which is more than any median is worth."""
    return float(f"{value:.6g}")


def _yaml(body: Mapping[str, Any]) -> str:
    text: str = yaml.safe_dump(
        body, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    return text
