"""The page of all shipped rules, as ``python -m eurosift.filters.rules_page`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from eurosift.filters.rule_files import SHIPPED, rule_file
from eurosift.filters.rules import Rule

HEAD = """\
# Rules

Made from the rule sets by `python -m eurosift.filters.rules_page > docs/rules.md`. Names are the
reasons in the column `quality_reasons`. How sets are combined, thresholds changed and rules added
is in the [recipe reference](recipe.md#quality). A dash says that a rule is disabled.
"""
GENERAL = "all"


def page() -> str:
    """Markdown of all sets: each rule with its condition, its source and its thresholds."""
    parts = [HEAD]
    for name in SHIPPED:
        found = rule_file(name)
        parts += [f"\n## `{name}`\n\nVersion {found.version}. Source: {found.source}.\n"]
        parts += list(_rules(found.rules))
        parts += list(_thresholds({r.name: r for r in found.rules if r.by_language}))
    return "".join(parts)


def _rules(rules: list[Rule]) -> Iterator[str]:
    yield "\n| rule | version | rejects | if | threshold | source |\n|---|---:|---|---|---:|---|\n"
    for rule in rules:
        cells = (
            f"`{rule.name}`",
            str(rule.version),
            rule.description,
            f"`{rule.reject_if}`",
            _number(rule.threshold),
            rule.citation,
        )
        yield f"| {' | '.join(cells)} |\n"


def _thresholds(rules: Mapping[str, Rule]) -> Iterator[str]:
    """A row for each language, a column for each rule that has thresholds by language."""
    languages = sorted({code for rule in rules.values() for code in rule.by_language})
    if not languages:
        return
    names = list(rules)
    yield "\nThresholds by language; other languages have those above.\n\n"
    yield f"| rule | {' | '.join(code.partition('_')[0] for code in languages)} |\n"
    yield f"|---|{'---:|' * len(languages)}\n"
    for name in names:
        rule = rules[name]
        values = (rule.by_language.get(code, rule.threshold) for code in languages)
        yield f"| `{name}` | {' | '.join(_number(value) for value in values)} |\n"


def _number(value: float | None) -> str:
    return f"{value:g}" if value else "–"


if __name__ == "__main__":
    sys.stdout.write(page())
