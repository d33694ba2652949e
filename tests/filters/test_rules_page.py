"""The page of rules is in step with the rule sets."""

from pathlib import Path

from eurosift.filters.rule_files import SHIPPED, load_rule_set
from eurosift.filters.rules_page import page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_in_the_documentation_is_in_step():
    """Renew it by `python -m eurosift.filters.rules_page > docs/rules.md`."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_rule_has_a_line_with_its_source():
    for name in SHIPPED:
        for rule in load_rule_set(name).rules:
            assert f"| `{rule.name}` | {rule.version} | {rule.description} |" in page()
            assert rule.citation in page()


def test_thresholds_by_language_are_there():
    line = next(line for line in page().splitlines() if line.startswith("| `top_2_gram` | 0.173"))
    assert line.count("|") == 26
    assert "| 0.949 |" in line
