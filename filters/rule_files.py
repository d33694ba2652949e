"""Rule sets in YAML files: rules in order, the name and version of the set, and where it is from.

The shipped sets are in ``rulesets/``. The names of rules are the reasons that datatrove and
FineWeb-2's removed documents give, where there are such.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from eurosift.filters.errors import Problems, RuleError, YamlError
from eurosift.filters.rule_sets import RuleSet
from eurosift.filters.rules import Rule, suggest
from eurosift.filters.yaml12 import MAX_CHARS, Document, parse, without_prefix

Shipped = Literal["fineweb2", "fineweb", "gopher", "c4", "mc4", "madlad", "wds", "bad_words"]
SHIPPED: Final[tuple[str, ...]] = get_args(Shipped)
"""Names of the shipped rule sets."""


class RuleFile(BaseModel):
    """What stands in the YAML file of a rule set."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(description="Name of the set.")
    version: int = Field(ge=1, description="Raised when any rule changes.")
    source: str = Field(description="Where the set comes from.")
    provenance: dict[str, Any] = Field(
        default_factory=dict, description="What a set that was computed was computed from."
    )
    rules: list[Rule] = Field(min_length=1, description="The rules, in order.")


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


def rule_file(name: str) -> RuleFile:
    """What stands in the file of a shipped rule set."""
    return RuleFile.model_validate(parse(shipped(name).decode(), name).data)


def load_rule_set(
    rules: str | Path,
    canonical: Callable[[str], str] = lambda code: code,
) -> RuleSet:
    """Load a rule set: the name of a shipped one, or the path of a YAML file.

    Parameters
    ----------
    rules
        Name or path.
    canonical
        Turns the language codes of a file into canonical ones; raises ValueError for others.

    Raises
    ------
    RuleError
        If there is none, or it does not say what it must: a line for each problem, with the rule,
        and line and column of the file.
    """
    if isinstance(rules, str) and rules in SHIPPED:
        return shipped_rule_set(rules)
    path = Path(rules)
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_CHARS + 1)
    except OSError as error:
        near = get_close_matches(path.name, SHIPPED, n=1)
        meant = f"did you mean `{near[0]}`? Shipped" if near else "shipped"
        raise RuleError(
            f"{path.name}: no such rule set; {meant} are {', '.join(SHIPPED)}, anything else is "
            f"the path of a YAML file ({rules}: {error.strerror})"
        ) from error
    return parse_rule_set(content, str(path), canonical)


def parse_rule_set(
    content: bytes,
    where: str,
    canonical: Callable[[str], str] = lambda code: code,
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
        wrong = [f"{locate(each['loc'], document)}: {in_words(each)}" for each in error.errors()]
        raise RuleError("\n".join(dict.fromkeys(wrong))) from error
    places: dict[str, str] = {}
    problems = Problems()
    for number, rule in enumerate(parsed.rules):
        with problems.collected(document.where(("rules", number, "name")) + ": "):
            if rule.name in places:
                raise RuleError(f"rule {rule.name} is there twice")
        places[rule.name] = document.where(("rules", number, "reject_if"))
    problems.tell()
    return RuleSet(parsed.name, parsed.version, tuple(parsed.rules), places)


def in_words(problem: ErrorDetails) -> str:
    """What is wrong, in the words of YAML."""
    if problem["type"] == "missing":
        return "is missing"
    if problem["type"] == "extra_forbidden":
        *above, key = problem["loc"]
        return f"unknown key{suggest(str(key), (Rule if above else RuleFile).model_fields)}"
    if problem["type"] == "model_type":
        return "should be a mapping"
    return without_prefix(problem["msg"])


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
