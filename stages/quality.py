"""The quality stage: rules over signals, and a score from them; text is not read."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property, partial

import numpy as np
import pyarrow as pa

from eurosift.filters.errors import Problems, RuleError
from eurosift.filters.rule_files import shipped_digest
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.score import load_medians
from eurosift.filters.signals import SCHEMA
from eurosift.filters.verdicts import FAILED, judge, label_numbers, passes
from eurosift.langid.languages import canonical
from eurosift.stages.base import MARGIN, Margin, Stage
from eurosift.stages.errors import AssetError, StageError
from eurosift.stages.judging import SCORE, Comparison, Group, Judge, Kept
from eurosift.stages.quality_config import QualityConfig, joined_rules
from eurosift.stages.words import COUNT


class Quality(Stage[QualityConfig]):
    """Rejects rows by rules; every rule that fails is a reason.

    ``quality_failed`` has the same rules with both sides of their comparison. ``quality_score`` is
    that of `eurosift.filters.score`, null for languages of which no medians are known.
    """

    version = 3
    config_type = QualityConfig
    default_needs = ("langid", "signals", "urls", "words", "classifier")

    @property
    def reads(self) -> tuple[str, ...]:
        """The signals that rules and scores speak of, for any language.

        Raises
        ------
        AssetError
            If a rule set or the medians cannot be used.
        """
        judges = self.judges.values()
        used = {name for each in judges for name in (*each.rules.signals, *each.scored)} - {SCORE}
        own = [name for name in SCHEMA.names if name in used]
        return (*own, *sorted(used - {*own}))

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """The language, which decides about thresholds."""
        return ("language",)

    @property
    def adds(self) -> pa.Schema:
        """Reasons, the comparisons that led to them, and score."""
        return pa.schema(
            [
                pa.field(self.reasons_column, pa.list_(pa.string())),
                pa.field("quality_failed", pa.list_(FAILED)),
                pa.field(SCORE, pa.float32()),
            ]
        )

    @property
    def unknown(self) -> Collection[str]:
        """The score, without medians."""
        configs = (self.config, *self.per_language.values())
        return (SCORE,) if all(config.medians is None for config in configs) else ()

    @cached_property
    def judges(self) -> Mapping[str, Judge]:
        """Rules and medians by language: those of languages that have their own, ``""`` of others.

        Raises
        ------
        AssetError
            If a rule set or the medians cannot be used.
        """
        configs = {"": self.config, **dict(sorted(self.per_language.items()))}
        prefixes = {
            code: f"stage {self.name}: " + (f"per_language.{code}: " if code else "")
            for code in configs
        }
        problems = Problems()
        sets, found = {}, {}
        try:
            for code, config in configs.items():
                with problems.collected(prefixes[code]):
                    sets[code] = joined_rules(config)
            problems.tell()
            known = {rule.name for each in sets.values() for rule in each.rules}
            for code, config in configs.items():
                with problems.collected(prefixes[code]):
                    rules = self._settled_rules(sets[code], config, known)
                    path = config.medians
                    found[code] = Judge(
                        rules, None if path is None else load_medians(path, canonical)
                    )
            problems.tell()
        except RuleError as error:
            raise AssetError(str(error)) from error
        return found

    def judge_for(self, language: str) -> Judge:
        """Rules and medians of a language: its own where it has some."""
        return self.judges.get(language, self.judges[""])

    def _settled_rules(
        self, rules: RuleSet, config: QualityConfig, known: Collection[str]
    ) -> RuleSet:
        """A set with thresholds and without disabled rules.

        What is said for all languages of a rule that only the sets of some have is passed over for
        the others.
        """
        elsewhere = {*known} - {rule.name for rule in rules.rules}
        general = self.config.thresholds
        thresholds = {
            name: value
            for name, value in config.thresholds.items()
            if name not in elsewhere
            or (config is not self.config and value != general.get(name, math.nan))
        }
        disable = config.disable
        if disable == self.config.disable:
            disable = tuple(name for name in disable if name not in elsewhere)
        problems = Problems()
        with problems.collected():
            rules = rules.with_thresholds(thresholds)
        with problems.collected():
            rules = rules.without(disable)
        problems.tell()
        return rules

    def has_own_threshold(self, language: str, rule: str) -> bool:
        """Whether a rule has a threshold for a language that hides the one of all languages."""
        own = self.config_for(language).thresholds.get(rule)
        return own is not None and own != self.config.thresholds.get(rule)

    def check_columns(self, types: Mapping[str, pa.DataType]) -> None:
        """Refuse rules over columns that no stage before this one has, or that are no numbers.

        Raises
        ------
        StageError
            Naming rule and column, and the place of the rule if it stands in a file; with all
            others as `further`.
        """
        # Of what usual stages add it is told elsewhere which stage is missing.
        usual = {field.name: field.type for field in (*SCHEMA, COUNT)}
        known = {**usual, **types, SCORE: pa.float32()}
        refused: dict[str, StageError] = {}
        for each in self.judges.values():
            for error in each.rules.wrong_signals(known):
                at = ("add", error.rule, "reject_if") if error.rule in self.config.add else ()
                refusal = StageError(f"stages.{self.name}: {error}", at=at)
                refused.setdefault(str(error), refusal)
        for each in self.judges.values():
            if each.medians is None and SCORE in each.rules.signals:
                rule = next(r.name for r in each.rules.rules if SCORE in r.condition.signals)
                problem = (
                    f"stages.{self.name}: rule {rule} is over `{SCORE}`, which needs `medians`: "
                    "`eurosift quality medians` measures them"
                )
                refused.setdefault(problem, StageError(problem))
        if refused:
            first, *further = refused.values()
            first.further = tuple(further)
            raise first

    def embedded(self) -> Mapping[str, str]:
        """Digests of the shipped rule sets that are used."""
        used: set[str] = set()
        for config in (self.config, *self.per_language.values()):
            names = config.rules if isinstance(config.rules, tuple) else (config.rules,)
            used.update(name for name in names if isinstance(name, str))
        return {f"rules.{name}": shipped_digest(name) for name in sorted(used)}

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Apply to each row the rules of its language."""
        parts, rows = [], []
        for group in self._by_judge(batch):
            scores = group.scores()
            verdicts = judge(group.judge.rules, group.compared(scores), group.languages)
            parts.append((*verdicts, scores))
            rows.append(group.rows)
        back = pa.array(np.argsort(np.concatenate(rows)))
        columns = [pa.concat_arrays(pieces).take(back) for pieces in zip(*parts, strict=True)]
        return pa.RecordBatch.from_arrays(columns, schema=self.adds)

    def keeps(self, batch: pa.RecordBatch) -> Kept:
        """What `process` says of rows, without the cost of telling the reasons."""
        kept = np.zeros(len(batch), np.bool_)
        found = np.full(len(batch), np.nan, np.float32)
        for group in self._by_judge(batch):
            scores = group.scores()
            kept[group.rows] = passes(group.judge.rules, group.compared(scores), group.languages)
            found[group.rows] = scores.to_numpy(zero_copy_only=False)
        return Kept(kept, found)

    def _by_judge(self, batch: pa.RecordBatch) -> Iterator[Group]:
        """Rows whose languages share rules and medians, together; at least one group."""
        names = batch.schema.names
        languages = batch.column("language") if "language" in names else pa.nulls(len(batch))
        if len(self.judges) == 1:
            yield Group(self.judges[""], np.arange(len(batch)), batch, languages)
            return
        labels, numbers = label_numbers(languages)
        owners = [label if label in self.judges else "" for label in labels]
        owner_of_row = np.array([owner or "" for owner in owners])[numbers]
        for owner in sorted({owner or "" for owner in owners}):
            rows = np.flatnonzero(owner_of_row == owner)
            chosen = pa.array(rows)
            yield Group(self.judges[owner], rows, batch.take(chosen), languages.take(chosen))

    def margins(self) -> Mapping[str, Margin]:
        """Of every rule that has a threshold for some language."""
        reads: dict[str, list[str]] = {}
        for each in self.judges.values():
            for rule in each.rules.rules:
                if rule.threshold or any(rule.by_language.values()):
                    reads.setdefault(rule.name, []).extend(rule.condition.signals)
        return {
            name: Margin((*dict.fromkeys(signals), "language"), partial(self._measure, name))
            for name, signals in reads.items()
        }

    def _measure(self, name: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        found = self.compare(name, batch)
        sides = [pa.array(side) for side in (found.values, found.thresholds)]
        return pa.RecordBatch.from_arrays(sides, schema=MARGIN)

    def compare(self, name: str, batch: pa.RecordBatch) -> Comparison:
        """What one rule makes of some rows.

        Parameters
        ----------
        name
            Name of the rule; in languages that do not have it, it rejects nothing.
        batch
            The columns of its signals, and the language if there is one; any rows.
        """
        parts = [(group.rows, group.comparison(name)) for group in self._by_judge(batch)]
        if len(parts) == 1:
            return parts[0][1]
        found = Comparison.of_nothing(len(batch))
        for rows, part in parts:
            for whole, side in zip(found, part, strict=True):
                whole[rows] = side
        return found

    def differing(self, other: Quality) -> dict[str, tuple[str, ...]] | None:
        """Rules that do not judge all rows as they do in another configuration of the stage.

        Returns
        -------
        By name of the rule, the columns that this one's is over; none if it has no such rule. None
        if everything may be different, because the scores are.
        """
        changed: set[str] = set()
        for code in {*self.judges, *other.judges}:
            own, others = (each.judge_for(code) for each in (self, other))
            if own.medians != others.medians:
                return None
            rules, before = ({r.name: r for r in each.rules.rules} for each in (own, others))
            changed |= {name for name in {**before, **rules} if rules.get(name) != before.get(name)}
        read: dict[str, dict[str, None]] = {name: {} for name in sorted(changed)}
        for each in self.judges.values():
            for rule in each.rules.rules:
                if rule.name in changed:
                    read[rule.name] |= dict.fromkeys(rule.condition.signals)
        return {name: tuple(columns) for name, columns in read.items()}
