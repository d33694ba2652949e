"""The JSON Schema of recipes says what the checks of recipes say."""

import json
import re

import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline import schema, yaml12

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


class Validator:
    """As much of JSON Schema, draft 7, as the schema uses; refuses what it does not know."""

    silent = frozenset(
        {"$schema", "definitions", "title", "description", "default", "format"}
        | {"patternErrorMessage"}  # what editors say
    )

    def __init__(self, root):
        self.root = root

    def problems(self, value, rule=None, path="recipe"):
        """Everything that is wrong, as ``path: keyword``."""
        rule = self.root if rule is None else rule
        found = []
        for keyword, wanted in rule.items():
            if keyword in self.silent or keyword in {"then", "else"} or rule is True:
                continue
            check = getattr(self, "check_" + keyword.lstrip("$"))
            found += [
                p if isinstance(p, str) else f"{path}: {keyword}"
                for p in check(value, wanted, rule, path)
                if p
            ]
        return found

    def is_valid(self, value, rule):
        return not self.problems(value, rule)

    def resolved(self, rule):
        ref = rule.get("$ref")
        return self.root["definitions"][ref.removeprefix("#/definitions/")] if ref else rule

    def check_ref(self, value, ref, rule, path):
        return self.problems(value, self.resolved(rule), path)

    def check_type(self, value, names, rule, path):
        names = [names] if isinstance(names, str) else names
        is_number = not isinstance(value, bool)
        yield not any(isinstance(value, TYPES[n]) and (is_number or n == "boolean") for n in names)

    def check_const(self, value, wanted, rule, path):
        yield value != wanted

    def check_enum(self, value, wanted, rule, path):
        yield value not in wanted

    def check_anyOf(self, value, rules, rule, path):  # noqa: N802 - JSON Schema's name
        yield not any(self.is_valid(value, r) for r in rules)

    def check_allOf(self, value, rules, rule, path):  # noqa: N802
        for r in rules:
            yield from self.problems(value, r, path)

    def check_if(self, value, condition, rule, path):
        branch = "then" if self.is_valid(value, condition) else "else"
        yield from self.problems(value, rule.get(branch, {}), path)

    def check_properties(self, value, rules, rule, path):
        for key in rules if isinstance(value, dict) else ():
            if key in value:
                yield from self.problems(value[key], rules[key], f"{path}.{key}")

    def check_required(self, value, keys, rule, path):
        yield from (
            f"{path}.{k}: missing" for k in keys if isinstance(value, dict) and k not in value
        )

    def check_additionalProperties(self, value, wanted, rule, path):  # noqa: N802
        for key in set(value) - set(rule.get("properties", ())) if isinstance(value, dict) else ():
            if wanted is False:
                yield f"{path}.{key}: unknown"
            elif wanted is not True:
                yield from self.problems(value[key], wanted, f"{path}.{key}")

    def check_propertyNames(self, value, rules, rule, path):  # noqa: N802
        for key in value if isinstance(value, dict) else ():
            if not self.is_valid(key, rules):
                yield f"{path}.{key}: name"

    def check_items(self, value, rules, rule, path):
        for i, x in enumerate(value if isinstance(value, list) else ()):
            yield from self.problems(x, rules, f"{path}.{i}")

    def check_minItems(self, value, n, rule, path):  # noqa: N802
        yield isinstance(value, list) and len(value) < n

    def check_uniqueItems(self, value, wanted, rule, path):  # noqa: N802
        yield isinstance(value, list) and len({json.dumps(x) for x in value}) < len(value)

    def check_minLength(self, value, n, rule, path):  # noqa: N802
        yield isinstance(value, str) and len(value) < n

    def check_pattern(self, value, pattern, rule, path):
        yield isinstance(value, str) and not re.search(pattern, value)

    def check_minimum(self, value, n, rule, path):
        yield isinstance(value, (int, float)) and value < n

    def check_maximum(self, value, n, rule, path):
        yield isinstance(value, (int, float)) and value > n

    def check_exclusiveMinimum(self, value, n, rule, path):  # noqa: N802
        yield isinstance(value, (int, float)) and value <= n


@pytest.fixture(scope="module")
def check(tiny_stages):
    """Problems of a recipe, given as YAML."""
    validator = Validator(schema.recipe_schema())
    return lambda text: validator.problems(yaml12.parse(text, "recipe.yaml").data)


HEAD = "version: 1\nname: a\ninput: x/*.warc\nstages:\n"


@pytest.mark.parametrize("template", ["web", "demo"])
def test_what_init_writes_is_valid(check, template):
    from importlib import resources

    path = resources.files("eurosift.pipeline") / f"templates/{template}.yaml"
    assert check(path.read_text("utf-8")) == []


def test_recipes_of_the_documentation_are_valid(check):
    """All but those cut short with an ellipsis."""
    from pathlib import Path

    root = Path(__file__).parents[2]
    found = [
        block
        for document in (root / "README.md", root / "docs" / "recipe.md")
        for block in re.findall(r"```yaml\n(.*?)```", document.read_text("utf-8"), re.DOTALL)
        if block.startswith("version:")
    ]
    assert len(found) >= 3
    assert [check(block) for block in found] == [[]] * len(found)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  langid:\n",
        HEAD + "  langid: {threshold: 0.5, per_language: {mt: {threshold: 0.4}, ces_Latn: {}}}\n",
        HEAD + "  quality: {rules: own/rules.yaml, thresholds: {line_punct_ratio: null}}\n",
        HEAD
        + "  first: {uses: langid, needs: extract}\n  second: {uses: quality, needs: [first]}\n",
        HEAD + "  langid: {uses: langid}\n",
        HEAD + "  quality: {uses: datatrove, block: a.B}\n",
        HEAD + "  short: {min_chars: 3}\n",
        "version: 1\nname: a\ninput: {path: [a, b], columns: {text: t}}\nstages: {}\n",
        "version: 1\nname: a\ninput: a\nlanguages: [mt, hrv_Latn]\nstages: {}\n",
        "version: 1\nname: a\ninput: [a, b]\nlanguages: EU24\noutput: x\nworkers: 2\nstages: {}\n",
    ],
)
def test_short_and_long_forms_are_valid(check, project, text):
    """And the recipe's own checks say the same."""
    from eurosift.pipeline import recipe

    assert check(text) == []
    recipe.parse(text, project.folder)


MISTAKES = [
    ("  langid: {treshold: 0.5}", "stages.langid.treshold: unknown"),
    ("  langid: {threshold: 5}", "stages.langid.threshold: anyOf"),
    ("  langid: {threshold: high}", "stages.langid.threshold: anyOf"),
    ("  langid: {per_language: {mt: {x: 1}}}", "stages.langid.per_language.mt.x"),
    ("  langid: {per_language: {xx: {}}}", "stages.langid.per_language.xx: name"),
    ("  langid: {per_language: {no: {}}}", "stages.langid.per_language.no: name"),
    ("  langid: {per_language: [mt]}", "stages.langid.per_language: type"),
    ("  lid: {uses: langid, treshold: 1}", "stages.lid.treshold: unknown"),
    ("  lid: {uses: lang}", "stages.lid.uses: enum"),
    ("  lid: {threshold: 1}", "stages.lid.uses: missing"),
    ("  l-id: {uses: langid}", "stages.l-id: name"),
    ("  langid: {needs: 3}", "stages.langid.needs: anyOf"),
    ("  langid: 3", "stages.langid: type"),
    ("  extract: {format: warc}", "stages.extract.format: unknown"),
    ("  datatrove: {}", "stages.datatrove.block: missing"),
    ("  dedup: {keep: shortest}", "stages.dedup.keep: enum"),
]
"""Stages with a mistake, and what the schema says of it."""

MISTAKEN_HEADS = [
    ("version: 1", "version: 2", "version: const"),
    ("name: a", "nmae: a", "nmae: unknown"),
    ("name: a", "name: a b", "name: pattern"),
    ("input: x/*.warc", "input: {path: []}", "input: anyOf"),
    ("input: x/*.warc", "input: {path: x, format: arc}", "input: anyOf"),
    ("name: a", "name: a\nlanguages: all", "languages: anyOf"),
    ("name: a", "name: a\nlanguages: [mt, xx]", "languages: anyOf"),
    ("name: a", "name: a\nlanguages: [nob_Latn]", "languages: anyOf"),
    ("name: a", "name: a\nlanguages: []", "languages: anyOf"),
    ("name: a", "name: a\nworkers: 0", "workers: anyOf"),
    ("name: a", "name: a\nworkers: many", "workers: anyOf"),
]
"""The same for the head: what stands there otherwise, and what stands there now."""


@pytest.mark.parametrize(
    ("text", "problem"),
    [(f"{HEAD}{line}\n", problem) for line, problem in MISTAKES]
    + [(HEAD.replace(a, b) + "  langid: {}\n", problem) for a, b, problem in MISTAKEN_HEADS],
)
def test_mistakes_are_found_at_their_place(check, eurosift, project, text, problem):
    """And `eurosift validate` says no, too."""
    assert any(found.startswith(f"recipe.{problem}") for found in check(text)), check(text)
    project.recipe.write_text(text)
    found = eurosift("validate", project.recipe)
    assert found.code == 2
    assert "recipe.yaml:" in found.err


def test_languages_are_understood_in_every_style(check):
    for style in ("mt", "MLT", "mlt-Latn", "__label__mt", "Maltese", "pt-PT", "est", "sl-nedis"):
        assert check(f"{HEAD}  langid: {{}}\nlanguages: [{style}]\n") == []


def test_every_stage_and_parameter_is_described():
    found = schema.recipe_schema()
    validator = Validator(found)
    stages = found["properties"]["stages"]["properties"]
    for name in ("extract", "langid", "quality", "dedup", "pii", "count", "release", "datatrove"):
        entry = found["definitions"][f"{name}.stage"]
        assert name in stages
        assert entry["description"]
        rules = {k: validator.resolved(v) for k, v in entry["properties"].items()}
        assert [k for k, v in rules.items() if "description" not in v] == []


def test_the_24_languages_are_offered_for_the_run_and_for_each_stage():
    found = schema.recipe_schema()
    assert found["definitions"]["language"]["anyOf"][0]["enum"] == list(EU24)
    overlays = found["definitions"]["langid.stage"]["properties"]["per_language"]["properties"]
    assert list(overlays) == list(EU24)


def test_a_stage_that_cannot_be_imported_is_left_out(tiny_stages):
    found = json.loads(schema.text())["properties"]["stages"]["properties"]
    assert "short" in found
    assert not {"vanished", "mistake"} & set(found)


def test_every_reference_leads_somewhere(tiny_stages):
    found = schema.recipe_schema()
    names = set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(found)))
    assert names
    assert names <= set(found["definitions"])
