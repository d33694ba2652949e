"""Rule sets: which documents are rejected, and why, by their signals alone.

A rule set is a YAML file: rules in order, each with a condition over signals
(`eurosift.filters.expressions`) and a threshold, which may differ by language. A threshold of 0 or
null disables the rule, as in datatrove. A rule says nothing where one of its signals is null.

The shipped sets are in ``rulesets/``: ``fineweb2`` (24 languages), ``fineweb`` and ``gopher``
(English). The names of rules are the reasons that datatrove and FineWeb-2's removed documents give.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Final

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from eurosift.filters.errors import RuleError, YamlError
from eurosift.filters.expressions import Condition, parse_condition
from eurosift.filters.yaml12 import MAX_CHARS, Document, parse

SHIPPED: Final = ("fineweb2", "fineweb", "gopher")
"""Names of the shipped rule sets."""

LANGUAGE: Final = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}")


class Rule(BaseModel):
    """One rule: rejects a document where its condition holds."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]*$", description="Name, and the reason that is recorded."
    )
    version: int = Field(ge=1, description="Raised when the meaning changes.")
    description: str = Field(description="What is rejected, for people.")
    citation: str = Field(description="Where the rule comes from, one line.")
    reject_if: str = Field(description="Condition over signals, e.g. `word_count < threshold`.")
    threshold: float | None = Field(description="For all other languages; 0 or null: disabled.")
    by_language: dict[str, float | None] = Field(
        default_factory=dict, description="Thresholds by canonical language code."
    )

    @field_validator("by_language")
    @classmethod
    def check_languages(
        cls, value: dict[str, float | None], info: ValidationInfo
    ) -> dict[str, float | None]:
        """Make the codes canonical, if it was said how; refuse what is no code."""
        checked: dict[str, float | None] = {}
        for written, threshold in value.items():
            code = info.context["canonical"](written) if info.context is not None else written
            if not LANGUAGE.fullmatch(code):
                raise ValueError(f"unknown language {code!r}: expected a code like mlt_Latn")
            if code in checked:
                raise ValueError(f"{written!r}: {code} has a threshold already")
            checked[code] = threshold
        return checked

    @model_validator(mode="after")
    def check_numbers(self) -> Rule:
        """Refuse thresholds that compare with nothing."""
        for value in (self.threshold, *self.by_language.values()):
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{value} is no threshold; 0 or null disables a rule")
        return self

    @property
    def condition(self) -> Condition:
        """The parsed condition."""
        return parse_rule_condition(self.name, self.reject_if)

    def check_signals(self, known: frozenset[str]) -> None:
        """Refuse signals that do not exist.

        Raises
        ------
        RuleError
            Naming rule and signal.
        """
        for name in self.condition.signals:
            if name not in known:
                raise RuleError(
                    f"rule {self.name}: unknown signal {name!r} in `{self.reject_if}`"
                    f"{suggest(name, known)}"
                )

    def threshold_for(self, language: str | None) -> float:
        """Threshold for a language; NaN if the rule is disabled for it."""
        value = self.by_language.get(language or "", self.threshold)
        return float(value) if value else math.nan


@cache
def parse_rule_condition(name: str, text: str) -> Condition:
    """Parse a condition; errors name the rule."""
    try:
        return parse_condition(text)
    except RuleError as error:
        raise RuleError(f"rule {name}: {error}") from None


class RuleFile(BaseModel):
    """What stands in the YAML file of a rule set."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(description="Name of the set.")
    version: int = Field(ge=1, description="Raised when any rule changes.")
    source: str = Field(description="Where the set comes from.")
    rules: list[Rule] = Field(min_length=1, description="The rules, in order.")


@dataclass(frozen=True)
class RuleSet:
    """Some rules in order, with different names."""

    name: str
    version: int
    rules: tuple[Rule, ...]

    @property
    def signals(self) -> tuple[str, ...]:
        """Signals that the rules speak of, each once, in order of first use."""
        names = (name for rule in self.rules for name in rule.condition.signals)
        return tuple(dict.fromkeys(names))

    def check_signals(self, known: frozenset[str]) -> None:
        """Refuse rules over signals that do not exist.

        Raises
        ------
        RuleError
            Naming rule and signal.
        """
        for rule in self.rules:
            rule.check_signals(known)

    def without(self, names: tuple[str, ...]) -> RuleSet:
        """The set without some rules.

        Raises
        ------
        RuleError
            If one of them is not in the set.
        """
        for name in names:
            self.find(name)
        return replace(self, rules=tuple(rule for rule in self.rules if rule.name not in names))

    def with_thresholds(self, thresholds: Mapping[str, float | None]) -> RuleSet:
        """The set with other thresholds, for all languages, by the name of the rule.

        Raises
        ------
        RuleError
            If a rule is not in the set, or a threshold is no number.
        """
        for name, value in thresholds.items():
            self.find(name)
            if value is not None and not math.isfinite(value):
                raise RuleError(f"rule {name}: {value} is no threshold; 0 or null disables a rule")
        return replace(
            self,
            rules=tuple(
                rule.model_copy(update={"threshold": thresholds[rule.name], "by_language": {}})
                if rule.name in thresholds
                else rule
                for rule in self.rules
            ),
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


def suggest(name: str, known: Collection[str]) -> str:
    """What may have been meant, to be put behind a message."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(sorted(known))}"


@cache
def shipped(name: str) -> bytes:
    """Content of a shipped rule set."""
    return files("eurosift.filters").joinpath(f"rulesets/{name}.yaml").read_bytes()


def shipped_digest(name: str) -> str:
    """Digest of a shipped rule set, for fingerprints."""
    return blake2b(shipped(name), digest_size=16).hexdigest()


@cache
def shipped_rule_set(name: str) -> RuleSet:
    """Parse a shipped rule set, once."""
    return parse_rule_set(shipped(name), f"rule set {name}")


def load_rule_set(
    rules: str | Path,
    canonical: Callable[[str], str] = lambda code: code,
    signals: frozenset[str] | None = None,
) -> RuleSet:
    """Load a rule set: the name of a shipped one, or the path of a YAML file.

    Parameters
    ----------
    rules
        Name or path.
    canonical
        Turns the language codes of a file into canonical ones; raises ValueError for others.
    signals
        Signals of which the rules of a file may speak; None for any.

    Raises
    ------
    RuleError
        If there is none, or it does not say what it must; the message names the rule, and the line
        and column of the file.
    """
    if isinstance(rules, str) and rules in SHIPPED:
        return shipped_rule_set(rules)
    path = Path(rules)
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_CHARS + 1)
    except OSError as error:
        raise RuleError(
            f"{rules}: no such rule set ({error.strerror}); shipped are {', '.join(SHIPPED)},"
            " anything else is the path of a YAML file"
        ) from error
    return parse_rule_set(content, str(path), canonical, signals)


def parse_rule_set(
    content: bytes,
    where: str,
    canonical: Callable[[str], str] = lambda code: code,
    signals: frozenset[str] | None = None,
) -> RuleSet:
    """Parse the content of a rule set; see `load_rule_set`."""
    try:
        document = parse(content.decode(), where)
    except UnicodeDecodeError as error:
        raise RuleError(f"{where}: is no UTF-8: {error}") from error
    except YamlError as error:
        raise RuleError(str(error)) from error
    try:
        parsed = RuleFile.model_validate(document.data, context={"canonical": canonical})
    except ValidationError as error:
        first = error.errors()[0]
        problem = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
        raise RuleError(f"{locate(first['loc'], document)}: {problem}") from error
    seen: set[str] = set()
    for number, rule in enumerate(parsed.rules):
        if rule.name in seen:
            place = document.where(("rules", number, "name"))
            raise RuleError(f"{place}: rule {rule.name} is there twice")
        seen.add(rule.name)
        try:
            rule.check_signals(frozenset(rule.condition.signals) if signals is None else signals)
        except RuleError as error:
            place = document.where(("rules", number, "reject_if"))
            raise RuleError(f"{place}: {error}") from None
    return RuleSet(parsed.name, parsed.version, tuple(parsed.rules))


def locate(path: tuple[int | str, ...], document: Document) -> str:
    """Say where in a rule set something is wrong, with the rule's name if it has one."""
    place = document.where(path)
    match path:
        case ("rules", int(number), *rest):
            name = f"number {number + 1}"
            rule = document.data["rules"][number]
            if isinstance(rule, Mapping):
                name = rule.get("name", name)
            return ": ".join([place, f"rule {name}", *(str(part) for part in rest)])
        case _:
            return f"{place}: {'.'.join(str(part) for part in path) or 'rule set'}"
