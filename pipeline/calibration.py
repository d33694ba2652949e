"""What is usual in a run, language by language: values of rules, and medians of signals."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import yaml

from eurosift.filters.calibrate import Method, Reference, find_threshold, rejected_share
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import Rule
from eurosift.filters.score import SCORED, Spread, measure_spread
from eurosift.pipeline.calibration_sample import Sample


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
        As for `eurosift.filters.calibrate.find_threshold`; the reference by its language, whose
        own thresholds stay.
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
            is_reference = method != "tail" and language == reference
            if sample.documents[language] >= min_documents and not is_reference:
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
