"""What a recipe says of quality: rule sets, rules of its own, thresholds; and all of it as one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from eurosift.filters.errors import Problems
from eurosift.filters.rule_files import SHIPPED, Shipped, load_rule_set
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import DEFAULT, RuleBody, named
from eurosift.langid.languages import canonical
from eurosift.stages.config import AssetPath, StageConfig, Words


class QualityConfig(StageConfig):
    """Configuration of the quality stage."""

    rules: Shipped | AssetPath | tuple[Shipped | AssetPath, ...] = Field(
        default="fineweb2",
        description="Rule set, or a list of them, of which later ones replace rules of the same "
        f"name: {', '.join(f'`{name}`' for name in SHIPPED)}, or the path of a YAML file.",
    )
    add: dict[str, RuleBody] = Field(
        default_factory=dict,
        description="Rules of your own, by name; one of a name that is there takes its place.",
    )
    disable: Words = Field(default=(), description="Rules to leave out, by name.")
    thresholds: dict[str, float | dict[str, float | None] | None] = Field(
        default_factory=dict,
        description="Other thresholds by rule: one for every language, or some by language, and "
        "with `default` one for all others; 0 or null disables.",
    )
    medians: AssetPath | None = Field(
        default=None,
        description="What is usual in each language, as `eurosift quality medians` writes it; "
        "without it there is no `quality_score`.",
    )

    @field_validator("rules", mode="before")
    @classmethod
    def check_names(cls, value: Any) -> Any:
        """Refuse what names no rule sets, in words of its own."""
        names = value if isinstance(value, list | tuple) else [value]
        if not all(isinstance(name, str | Path) for name in names):
            raise ValueError(
                "should be the name of a rule set, the path of a file, or a list of them"
            )
        return value

    @field_validator("add", mode="before")
    @classmethod
    def settle_rules(cls, value: Any) -> Any:
        """Make language codes canonical."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: {**rule, "by_language": _settled(rule["by_language"])}
            if isinstance(rule, Mapping) and isinstance(rule.get("by_language"), Mapping)
            else rule
            for name, rule in value.items()
        }

    @field_validator("thresholds", mode="before")
    @classmethod
    def settle_thresholds(cls, value: Any) -> Any:
        """Make language codes canonical, and refuse what is no number."""
        if not isinstance(value, Mapping):
            return value
        return {
            name: _settled(given) if isinstance(given, Mapping) else _number(name, given)
            for name, given in value.items()
        }


def _number(name: Any, value: Any) -> Any:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError(f"{name}: {value!r} is no number, and no mapping of languages to numbers")


def _settled(thresholds: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for written, threshold in thresholds.items():
        code = written if written == DEFAULT else canonical(written, known=True)
        if code in found:
            raise ValueError(f"{written!r}: {code} has a threshold already")
        found[code] = _number(written, threshold)
    return found


def joined_rules(config: QualityConfig) -> RuleSet:
    """The rule sets of a configuration and its own rules, as one.

    Raises
    ------
    RuleError
        With a line for each problem of any of them.
    """
    names = config.rules if isinstance(config.rules, tuple) else (config.rules,)
    problems = Problems()
    sets, own = [], []
    for path in names:
        with problems.collected():
            sets.append(load_rule_set(path, canonical))
    for name, body in config.add.items():
        with problems.collected():
            own.append(named(name, body))
    problems.tell()
    if own:
        sets.append(RuleSet("recipe", 1, tuple(own)))
    return reduce(RuleSet.joined, sets) if sets else RuleSet("none", 1, ())
