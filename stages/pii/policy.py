"""The policy: per identifier and language, on what evidence it is found and what becomes of it.

It is data (``data/policy.yaml``). A policy of one's own says only what is different from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from eurosift.filters.errors import YamlError
from eurosift.filters.yaml12 import MAX_CHARS, parse
from eurosift.langid.languages import canonical
from eurosift.stages.errors import AssetError

Evidence = Literal["form", "checksum", "separator", "context", "off"]
Action = Literal["mask", "count"]
Replacement = Literal["surrogate", "tag"]

_SHIPPED = "data/policy.yaml"


class Rule(NamedTuple):
    """What is done about one identifier in one language.

    Attributes
    ----------
    evidence
        What it needs: its form alone; its form and its check; official separators or a word near
        it; a word near it; or it is not looked for.
    action
        ``mask`` or ``count``.
    replacement
        What is written in its place, if another thing than the stage's mode says.
    """

    evidence: Evidence
    action: Action
    replacement: Replacement | None = None


Rules = Mapping[str, Rule]
"""Rule of every identifier, by name."""


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    evidence: Evidence | None = None
    action: Action | None = None
    replacement: Replacement | None = None

    def over(self, rule: Rule) -> Rule:
        """The rule with what is said here in place of it."""
        return Rule(
            self.evidence or rule.evidence,
            self.action or rule.action,
            self.replacement or rule.replacement,
        )


class _Identifier(_Entry):
    languages: dict[str, _Entry] = {}


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1]
    identifiers: dict[str, _Identifier]


class Policy:
    """Rules of every identifier, and how they differ by language.

    Attributes
    ----------
    general
        Rules where a language has none of its own.
    by_language
        Rules of the other languages, by canonical code.
    """

    def __init__(self, general: Rules, by_language: Mapping[str, Rules]) -> None:
        self.general = general
        self.by_language = by_language

    def rules(self, language: str | None) -> Rules:
        """Rules that hold for texts of a language."""
        return self.by_language.get(language or "", self.general)


def shipped_source() -> bytes:
    """Content of the shipped policy."""
    return files("eurosift.stages.pii").joinpath(_SHIPPED).read_bytes()


def shipped_digest() -> str:
    """Digest of the shipped policy, for fingerprints."""
    return blake2b(shipped_source(), digest_size=16).hexdigest()


@cache
def shipped() -> Policy:
    """The shipped policy."""
    parsed = _parse(shipped_source(), _SHIPPED, None)
    return _merge({}, parsed)


def load(path: Path | None) -> Policy:
    """Load a policy: the shipped one, or one that changes it.

    Raises
    ------
    AssetError
        If it cannot be read, or says something that is not understood: with file and line.
    """
    if path is None:
        return shipped()
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_CHARS + 1)
    except OSError as error:
        raise AssetError(f"policy: cannot read {path}: {error.strerror}") from error
    parsed = _parse(content, str(path), shipped().general)
    return _merge(shipped().general, parsed)


def _parse(content: bytes, where: str, known: Rules | None) -> _File:
    try:
        document = parse(content.decode(), where)
    except UnicodeDecodeError as error:
        raise AssetError(f"policy: {where}: is no UTF-8: {error}") from error
    except YamlError as error:
        raise AssetError(f"policy: {error}") from error
    try:
        parsed = _File.model_validate(document.data)
    except ValidationError as error:
        raise AssetError(
            "\n".join(
                f"policy: {document.where(problem['loc'])}: "
                f"{'.'.join(map(str, problem['loc'])) or 'policy'}: {problem['msg']}"
                for problem in error.errors()
            )
        ) from None
    problems = []
    for name, entry in parsed.identifiers.items():
        place = ("identifiers", name)
        if known is not None and name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            problems.append(f"policy: {document.where(place)}: no identifier `{name}`; {hint}")
        for code in entry.languages:
            try:
                canonical(code, known=True)
            except ValueError as error:
                at = document.where((*place, "languages", code))
                problems.append(f"policy: {at}: {error}")
    if problems:
        raise AssetError("\n".join(problems))
    return parsed


def _merge(base: Rules, changes: _File) -> Policy:
    general = dict(base)
    for name, entry in changes.identifiers.items():
        general[name] = entry.over(general.get(name, Rule("checksum", "mask")))
    by_language: dict[str, dict[str, Rule]] = {}
    for name, entry in changes.identifiers.items():
        for code, change in entry.languages.items():
            rules = by_language.setdefault(canonical(code), dict(general))
            rules[name] = change.over(rules[name])
    return Policy(general, by_language)
