"""The JSON Schema of recipes says what the checks of recipes say."""

import json
import re
import textwrap
from pathlib import Path

import jsonschema
import pytest

from eurosift.langid.languages import EU24
from eurosift.pipeline import schema, yaml12


def problems(recipe):
    """Everything that the schema finds wrong with a recipe, as ``path: keyword``."""
    validator = jsonschema.Draft7Validator(schema.recipe_schema())
    return [problem for error in validator.iter_errors(recipe) for problem in told(error)]


def told(error):
    path = ".".join(["recipe", *map(str, error.absolute_path)])
    keyword, rule, value = error.validator, error.schema, error.instance
    if "propertyNames" in error.absolute_schema_path:
        return [f"{path}.{value}: name"]
    if keyword == "required":
        return [f"{path}.{key}: missing" for key in rule["required"] if key not in value]
    if keyword == "additionalProperties":
        return [f"{path}.{key}: unknown" for key in sorted(set(value) - set(rule["properties"]))]
    return [f"{path}: {keyword}"]


@pytest.fixture(scope="module")
def check(tiny_stages):
    """Problems of a recipe, given as YAML."""
    return lambda text: problems(yaml12.parse(text, "recipe.yaml").data)


HEAD = "version: 1\nname: a\ninput: x/*.warc\nstages:\n"


@pytest.mark.parametrize("template", ["web", "demo"])
def test_what_init_writes_is_valid(check, template):
    from importlib import resources

    path = resources.files("eurosift.pipeline") / f"templates/{template}.yaml"
    assert check(path.read_text("utf-8")) == []


ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"(?<!-->\n)^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)


def as_recipe(block):
    """A whole recipe out of a part of one: some of its keys, or some of its stages."""
    block = textwrap.dedent(block)
    keys = set(re.findall(r"^(\w+):", block, re.MULTILINE))
    if not keys <= {"version", "name", "input", "languages", "output", "stages"}:
        block = f"stages:\n{textwrap.indent(block, '  ')}"
        keys = {"stages"}
    rest = {"version": "1", "name": "a", "input": "x/*.warc", "stages": "{}"}
    return block + "".join(f"{key}: {rest[key]}\n" for key in rest if key not in keys)


@pytest.mark.parametrize("page", ["README", *sorted(p.stem for p in ROOT.glob("docs/*.md"))])
def test_recipes_of_the_documentation_are_valid(check, page):
    """And parts of recipes; what a page says something of is run, and others are no recipes."""
    path = ROOT / ("" if page == "README" else "docs") / f"{page}.md"
    for block in BLOCK.findall(path.read_text("utf-8")):
        if not re.search(r"^(extends|identifiers|rules):", block, re.MULTILINE):
            assert check(as_recipe(block)) == [], block


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "  langid:\n",
        HEAD + "  langid: {threshold: 0.5, per_language: {mt: {threshold: 0.4}, ces_Latn: {}}}\n",
        HEAD + "  quality: {rules: own/rules.yaml, thresholds: {line_punct_ratio: null}}\n",
        HEAD
        + "  first: {uses: langid, needs: extract}\n  second: {uses: quality, needs: [first]}\n",
        HEAD + "  langid: {uses: langid, recall_first: mt}\n  dedup: {against: ../earlier}\n",
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


def resolved(root, rule):
    name = rule.get("$ref", "").removeprefix("#/definitions/")
    return root["definitions"][name] if name else rule


def test_every_stage_and_parameter_is_described():
    found = schema.recipe_schema()
    stages = found["properties"]["stages"]["properties"]
    for name in ("extract", "langid", "quality", "dedup", "pii", "count", "release", "datatrove"):
        entry = found["definitions"][f"{name}.stage"]
        assert name in stages
        assert entry["description"]
        rules = {k: resolved(found, rule) for k, rule in entry["properties"].items()}
        assert [k for k, rule in rules.items() if "description" not in rule] == []


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
