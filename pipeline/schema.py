"""JSON Schema of recipes, with the parameters of every installed stage, for editors.

A recipe that is valid for `eurosift.pipeline.build` is valid here. The opposite does not hold:
order, columns and files are beyond a schema. Editors also write what they find here: a default
that a schema names becomes part of the recipe as soon as its key is completed.
"""

from __future__ import annotations

import json
from typing import Any

from eurosift.langid import languages as table
from eurosift.pipeline.head import Head
from eurosift.stages import registry
from eurosift.stages.base import Step
from eurosift.stages.errors import StageError
from eurosift.stages.source import SourceStage

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that YAML editors know best."""

FILE = "recipe.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE}"
"""First line of a recipe; tells editors where the schema is."""

MOVED = ("format", "columns", "preset")
"""Parameters of the stage that makes the documents which a recipe gives in `input`."""

Json = dict[str, Any]


def recipe_schema() -> Json:
    """The schema; a stage whose package cannot be imported is left out."""
    schema = Head.model_json_schema(ref_template="#/definitions/{model}")
    definitions: Json = schema.pop("$defs")
    kinds = {}
    for name in registry.names():
        try:
            kinds[name] = registry.load(name)
        except StageError:
            continue
    for name, kind in kinds.items():
        definitions |= _stage(name, kind)
    definitions["language"] = _language()
    definitions["needs"] = _needs(list(kinds))
    definitions["stage"] = _named_stage(list(kinds))
    properties = schema["properties"]
    _widen_head(properties, definitions)
    properties["stages"] = {
        "description": properties["stages"]["description"],
        "type": "object",
        "properties": {
            name: _short_or_named(name, definitions[f"{name}.stage"]["description"])
            for name in kinds
        },
        "propertyNames": {
            "pattern": r"^[^\W\d]\w*$|[^\x00-\x7f]",
            "patternErrorMessage": "The name of a stage has letters, digits and _ only.",
        },
        "additionalProperties": _ref("stage"),
    }
    definitions = {
        name: {"title": name.removesuffix(".stage"), **_plain(rule)}
        for name, rule in definitions.items()
    }
    schema = _plain(schema)
    schema["title"] = "eurosift recipe"
    schema["description"] = "What a run reads, which stages it has, and with which parameters."
    return {"$schema": DIALECT, **schema, "definitions": definitions}


def text() -> str:
    """The schema as it is printed and written."""
    return json.dumps(recipe_schema(), ensure_ascii=False, indent=1) + "\n"


def _ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def _plain(part: Any) -> Any:
    """What pydantic makes, without defaults that are null, and with keys as their own titles."""
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {
        key: _plain(value)
        for key, value in part.items()
        if key not in {"title", "properties"} and (key, value) != ("default", None)
    }
    if "properties" in part:
        plain["properties"] = {
            name: rule if "$ref" in rule else {"title": name, **_plain(rule)}
            for name, rule in part["properties"].items()
        }
    return plain


def _language() -> Json:
    """A language: the 24 codes are offered, every style is understood."""
    return {
        "type": "string",
        "anyOf": [{"enum": list(table.EU24)}, {"pattern": table.pattern(table.EU24)}],
    }


def _needs(kinds: list[str]) -> Json:
    """What a stage comes after: other stages are offered, names of one's own are allowed."""
    stage = {"type": "string", "anyOf": [{"enum": kinds}, {"type": "string"}]}
    return {
        "description": "The stages that it comes after.",
        "anyOf": [stage, {"type": "array", "items": stage}, {"type": "null"}],
    }


def _widen_head(properties: Json, definitions: Json) -> None:
    """Let in what is understood beside what the models hold: a path alone, any style of code."""
    paths = {"type": "array", "items": {"type": "string"}, "minItems": 1}
    path_or_paths = [{"type": "string"}, paths]
    given = properties["input"]
    properties["input"] = {
        "description": given["description"],
        "anyOf": [*path_or_paths, _ref("Input")],
    }
    path = definitions["Input"]["properties"]["path"]
    definitions["Input"]["properties"]["path"] = {
        "description": path["description"],
        "anyOf": path_or_paths,
    }
    properties["languages"] = {
        "description": properties["languages"]["description"],
        "anyOf": [
            {"const": "eu24"},
            {"type": "string", "pattern": "^[eE][uU]24$"},
            {"type": "array", "items": _ref("language"), "minItems": 1, "uniqueItems": True},
        ],
    }


def _stage(name: str, kind: type[Step[Any]]) -> Json:
    """Definitions of a stage: its entry in a recipe, and its parameters for one language."""
    config = kind.config_type.model_json_schema(ref_template=f"#/definitions/{name}.{{model}}")
    found = {f"{name}.{model}": body for model, body in config.pop("$defs", {}).items()}
    parameters: Json = config.get("properties", {})
    required: list[str] = config.get("required", [])
    if issubclass(kind, SourceStage):
        parameters = {key: value for key, value in parameters.items() if key not in MOVED}
    # What an overlay leaves out is as in the stage, so none of its keys has a default.
    own = {
        key: {k: v for k, v in rule.items() if k != "default"} for key, rule in parameters.items()
    }
    overlay = {
        "description": f"Parameters of `{name}` for this language.",
        "type": "object",
        "properties": own,
        "additionalProperties": False,
    }
    common: Json = {
        "uses": {"const": name, "description": "Which stage it is; by default its name."},
        "needs": _ref("needs"),
        "per_language": {
            "description": "Parameters that are different for a language.",
            "type": ["object", "null"],
            "propertyNames": _ref("language"),
            "properties": {code: _ref(f"{name}.overlay") for code in table.EU24},
            "additionalProperties": _ref(f"{name}.overlay"),
        },
    }
    entry: Json = {
        "description": (kind.__doc__ or kind.config_type.__doc__ or name).strip().splitlines()[0],
        # A name with nothing behind it stands for a stage without parameters of its own.
        "type": "object" if required else ["object", "null"],
        "properties": {**parameters, **{k: v for k, v in common.items() if k not in parameters}},
        "additionalProperties": False,
    }
    if required:
        entry["required"] = required
    return {**found, f"{name}.overlay": overlay, f"{name}.stage": entry}


def _short_or_named(name: str, description: str) -> Json:
    """A stage under the name of its kind; `uses` may make it another one."""
    return {
        "description": description,
        "type": ["object", "null"],
        "if": {"type": "object", "required": ["uses"]},
        "then": _ref("stage"),
        "else": _ref(f"{name}.stage"),
    }


def _named_stage(kinds: list[str]) -> Json:
    """A stage under a name of its own, whose kind is told by `uses`."""
    branches = [
        {
            "if": {"type": "object", "properties": {"uses": {"const": name}}, "required": ["uses"]},
            "then": _ref(f"{name}.stage"),
        }
        for name in kinds
    ]
    return {
        "type": "object",
        "required": ["uses"],
        "properties": {"uses": {"enum": kinds, "description": "Which stage it is."}},
        "allOf": branches,
    }
