"""The quality stage: rules over signals; text is not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from eurosift.filters.errors import RuleError
from eurosift.filters.rules import RuleSet, load_rule_set, shipped_digest
from eurosift.filters.signals import SCHEMA
from eurosift.filters.verdicts import judge, label_numbers, margins
from eurosift.langid.languages import canonical
from eurosift.stages.base import MARGIN, AssetPath, Margin, Stage, StageConfig
from eurosift.stages.errors import AssetError


class QualityConfig(StageConfig):
    """Configuration of the quality stage."""

    rules: Literal["fineweb2", "fineweb", "gopher"] | AssetPath = Field(
        default="fineweb2",
        description="Rule set: `fineweb2`, `fineweb`, `gopher`, or the path of a YAML file.",
    )
    disable: tuple[str, ...] = Field(default=(), description="Rules to leave out, by name.")
    thresholds: dict[str, float | None] = Field(
        default_factory=dict,
        description="Other thresholds by rule, for every language; 0 or null disables.",
    )


class Quality(Stage[QualityConfig]):
    """Rejects rows by rules; every rule that fails is a reason.

    ``quality_score`` is the share of rules that pass among those that apply to the row, all of
    equal weight: 1 is a row without a reason.
    """

    version = 1
    config_type = QualityConfig
    default_needs = ("langid", "signals")

    @property
    def reads(self) -> tuple[str, ...]:
        """The signals that the rules speak of, for any language.

        Raises
        ------
        AssetError
            If a rule set cannot be used.
        """
        sets = (self.general_rules, *self.language_rules.values())
        used = {name for rules in sets for name in rules.signals}
        return tuple(name for name in SCHEMA.names if name in used)

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """The language, which decides about thresholds."""
        return ("language",)

    @property
    def adds(self) -> pa.Schema:
        """Reasons and score."""
        return pa.schema(
            [
                pa.field(self.reasons_column, pa.list_(pa.string())),
                pa.field("quality_score", pa.float32()),
            ]
        )

    @cached_property
    def general_rules(self) -> RuleSet:
        """Rules of the languages that have no configuration of their own."""
        return self.load(self.config)

    @cached_property
    def language_rules(self) -> Mapping[str, RuleSet]:
        """Rules of the languages that have one, by canonical code."""
        return {code: self.load(config) for code, config in sorted(self.per_language.items())}

    def load(self, config: QualityConfig) -> RuleSet:
        """Load and adapt the rule set of a configuration.

        Raises
        ------
        AssetError
            If it cannot be used.
        """
        try:
            rules = load_rule_set(config.rules, canonical, frozenset(SCHEMA.names))
            rules = rules.with_thresholds(config.thresholds).without(config.disable)
        except RuleError as error:
            raise AssetError(f"stage {self.name}: {error}") from error
        return rules

    def embedded(self) -> Mapping[str, str]:
        """Digests of the shipped rule sets that are used."""
        configs = (self.config, *self.per_language.values())
        names = {config.rules for config in configs if isinstance(config.rules, str)}
        return {f"rules.{name}": shipped_digest(name) for name in sorted(names)}

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Apply to each row the rules of its language."""
        parts, scores, rows = [], [], []
        for group in self._by_rules(batch):
            verdicts = judge(group.rules, group.signals(group.rules.signals), group.languages)
            parts.append(verdicts.reasons)
            scores.append(verdicts.score)
            rows.append(group.rows)
        back = pa.array(np.argsort(np.concatenate(rows)))
        reasons = pa.concat_arrays(parts).take(back)
        score = pa.array(np.concatenate(scores), pa.float32()).take(back)
        return pa.RecordBatch.from_arrays([reasons, score], schema=self.adds)

    def _by_rules(self, batch: pa.RecordBatch) -> Iterator[_Group]:
        """Rows whose languages share a rule set, together."""
        names = batch.schema.names
        languages = batch.column("language") if "language" in names else pa.nulls(len(batch))
        labels, numbers = label_numbers(languages)
        owners = [label if label in self.language_rules else None for label in labels]
        owner_of_row = np.array([o or "" for o in owners])[numbers]
        for owner in sorted({owner or "" for owner in owners}):
            rows = np.flatnonzero(owner_of_row == owner)
            chosen = pa.array(rows)
            rules = self.language_rules.get(owner, self.general_rules)
            yield _Group(rules, rows, batch.take(chosen), languages.take(chosen))

    def margins(self) -> Mapping[str, Margin]:
        """Of every rule that has a threshold for some language."""
        reads: dict[str, list[str]] = {}
        for rules in (self.general_rules, *self.language_rules.values()):
            for rule in rules.rules:
                if rule.threshold or any(rule.by_language.values()):
                    reads.setdefault(rule.name, []).extend(rule.condition.signals)
        return {
            name: Margin((*dict.fromkeys(signals), "language"), partial(self._measure, name))
            for name, signals in reads.items()
        }

    def _measure(self, name: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = np.full((2, batch.num_rows), np.nan)
        for group in self._by_rules(batch):
            for rule in (r for r in group.rules.rules if r.name == name):
                signals = group.signals(rule.condition.signals)
                found[:, group.rows] = margins(rule, signals, group.languages)
        return pa.RecordBatch.from_arrays([pa.array(row) for row in found], schema=MARGIN)


class _Group(NamedTuple):
    """Rows of a batch that one rule set judges, and their numbers in the batch."""

    rules: RuleSet
    rows: npt.NDArray[np.int64]
    batch: pa.RecordBatch
    languages: pa.Array

    def signals(self, names: Iterable[str]) -> dict[str, pa.Array]:
        return {name: self.batch.column(name) for name in names}
