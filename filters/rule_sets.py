"""Sets of rules: some rules in order, which can be changed and combined.

They come from YAML files (`eurosift.filters.rule_files`) and from recipes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyarrow as pa

from eurosift.filters.errors import Problems, RuleError
from eurosift.filters.rules import Rule, Thresholds, suggest


@dataclass(frozen=True)
class RuleSet:
    """Some rules in order, with different names.

    Attributes
    ----------
    name, version
        Of the set.
    rules
        In order.
    places
        Where the condition of a rule stands, ``file:line:column``, by the rule's name.
    """

    name: str
    version: int
    rules: tuple[Rule, ...]
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def signals(self) -> tuple[str, ...]:
        """Signals that the rules speak of, each once, in order of first use."""
        names = (name for rule in self.rules for name in rule.condition.signals)
        return tuple(dict.fromkeys(names))

    def wrong_signals(self, known: Mapping[str, pa.DataType | None]) -> Iterator[RuleError]:
        """An error for each use of a signal that does not exist, or is no number.

        They name rule and signal, and the place of the rule if it stands in a file; see
        `Rule.wrong_signals`.
        """
        for rule in self.rules:
            place = self.places.get(rule.name)
            for problem in rule.wrong_signals(known):
                error = RuleError(f"{place}: {problem}" if place else problem)
                error.rule = rule.name
                yield error

    def check_signals(self, known: Mapping[str, pa.DataType | None]) -> None:
        """Refuse rules over signals that do not exist or are no numbers.

        Raises
        ------
        RuleError
            With a line for each.
        """
        wrong = [str(error) for error in self.wrong_signals(known)]
        if wrong:
            raise RuleError("\n".join(wrong))

    def without(self, names: tuple[str, ...]) -> RuleSet:
        """The set without some rules.

        Raises
        ------
        RuleError
            With a line for each that is not in the set.
        """
        problems = Problems()
        for name in names:
            with problems.collected():
                self.find(name)
        problems.tell()
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name not in names))

    def with_thresholds(self, thresholds: Mapping[str, Thresholds]) -> RuleSet:
        """The set with other thresholds, by the name of the rule; see `Rule.replaced`.

        Raises
        ------
        RuleError
            With a line for each rule that is not in the set, and each threshold that is no number.
        """
        problems = Problems()
        changed = {}
        for name, value in thresholds.items():
            with problems.collected():
                changed[name] = self.find(name).replaced(value)
        problems.tell()
        return replace(self, rules=tuple(changed.get(rule.name, rule) for rule in self.rules))

    def joined(self, other: RuleSet) -> RuleSet:
        """Both sets; a rule of the other one takes the place of one of the same name."""
        rules = {rule.name: rule for rule in (*self.rules, *other.rules)}
        names = dict.fromkeys([*self.name.split("+"), *other.name.split("+")])
        return RuleSet(
            "+".join(names),
            max(self.version, other.version),
            tuple(rules.values()),
            {**self.places, **other.places},
        )

    def find(self, name: str) -> Rule:
        """Find the rule of that name.

        Raises
        ------
        RuleError
            If there is none.
        """
        for rule in self.rules:
            if rule.name == name:
                return rule
        names = [rule.name for rule in self.rules]
        raise RuleError(f"rule set {self.name}: no rule {name!r}{suggest(name, names)}")
