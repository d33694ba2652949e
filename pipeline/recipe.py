"""The recipe: what a run reads, which stages it has, and with which parameters.

A recipe is YAML and is checked as a whole: every problem is reported at once, each with
``file:line:column`` and, for a misspelt word, the word that was probably meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eurosift.pipeline import yaml12
from eurosift.pipeline.errors import RecipeError
from eurosift.pipeline.head import Head, Section, eu24_code
from eurosift.pipeline.problems import problems_of
from eurosift.stages.config import as_list

FILE = "recipe.yaml"
"""Name of the recipe where a folder is given."""

SOURCE = "extract"
"""Name of the stage that makes the documents layer; added when a recipe does not name it."""

OTHER_FOLDERS = frozenset({"events", "launches", "logs", "quarantine"})
"""Folders of a run that are no layers."""


class StageEntry(Section):
    """What a stage of a recipe has beside its own parameters."""

    name: str
    uses: str
    needs: tuple[str, ...] | None
    config: dict[str, Any]
    per_language: dict[str, dict[str, Any]]
    written_codes: dict[str, str] = Field(default_factory=dict)
    """The keys of `per_language` as the recipe has them, by canonical code."""


class Recipe(BaseModel):
    """A checked recipe; the parameters of its stages are checked by `eurosift.pipeline.dag`."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    text: str
    base: Path
    document: yaml12.Document
    head: Head
    stages: tuple[StageEntry, ...]

    @property
    def folder(self) -> Path:
        """The run folder."""
        return (self.base / (self.head.output or f"runs/{self.head.name}")).resolve()

    def problem(self, path: yaml12.Path_, message: str) -> str:
        """``file:line:column: message`` for the value at `path`."""
        return f"{self.document.where(path)}: {message}"


def load(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises
    ------
    RecipeError
        With every problem that was found.
    """
    if path.is_dir():
        path /= FILE
    document = yaml12.load(path)
    return parse(path.read_text(encoding="utf-8"), path.resolve().parent, document)


def parse(text: str, base: Path, document: yaml12.Document | None = None) -> Recipe:
    """Check the text of a recipe whose relative paths begin at `base`. Errors as `load`."""
    document = document or yaml12.parse(text, FILE)
    if not isinstance(document.data, dict):
        raise RecipeError(
            [f"{document.where(())}: a recipe is a mapping with `version`, `name`, …"]
        )
    try:
        head = Head.model_validate(document.data)
    except ValidationError as error:
        problems = problems_of(error, document, (), Head)
        for name, raw in _mappings(document.data.get("stages")):
            _entry(name, raw, document, problems)
        raise RecipeError(problems) from None
    problems = []
    entries = [_entry(name, raw or {}, document, problems) for name, raw in head.stages.items()]
    if problems:
        raise RecipeError(problems)
    stages = [entry for entry in entries if entry is not None]
    if not any(entry.uses == SOURCE for entry in stages):
        source = StageEntry(name=SOURCE, uses=SOURCE, needs=(), config={}, per_language={})
        stages.insert(0, source)
    return Recipe(text=text, base=base, document=document, head=head, stages=tuple(stages))


def _mappings(stages: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The stages that look like stages, where the recipe around them is wrong."""
    for name, raw in stages.items() if isinstance(stages, dict) else ():
        if isinstance(name, str) and isinstance(raw, dict):
            yield name, raw


def _entry(
    name: str, raw: dict[str, Any], document: yaml12.Document, problems: list[str]
) -> StageEntry | None:
    config = dict(raw)
    where: yaml12.Path_ = ("stages", name)
    uses = config.pop("uses", name)
    needs = config.pop("needs", None)
    overlays = config.pop("per_language", None) or {}
    before = len(problems)
    if not name.isidentifier():
        problems.append(
            f"{document.where(where)}: `{name}` cannot be the name of a stage: "
            "use letters, digits and _"
        )
    if name in OTHER_FOLDERS:
        problems.append(
            f"{document.where(where)}: `{name}` cannot be the name of a stage: "
            "a folder of the run has it; give another one and say `uses:`"
        )
    if not isinstance(uses, str):
        problems.append(f"{document.where((*where, 'uses'))}: `uses` is the name of a stage")
    if needs is not None:
        needs = as_list(needs)
        if not isinstance(needs, list) or not all(isinstance(need, str) for need in needs):
            problems.append(f"{document.where((*where, 'needs'))}: `needs` is a list of stages")
    per_language: dict[str, dict[str, Any]] = {}
    written: dict[str, str] = {}
    if not isinstance(overlays, dict):
        problems.append(
            f"{document.where((*where, 'per_language'))}: "
            "`per_language` maps language codes to parameters"
        )
        overlays = {}
    for key, overlay in overlays.items():
        place = (*where, "per_language", key)
        try:
            code = eu24_code(key)
        except ValueError as error:
            problems.append(f"{document.where(place)}: {error}")
            continue
        if not isinstance(overlay, dict):
            problems.append(f"{document.where(place)}: give parameters of stage `{name}`")
        elif code in per_language:
            problems.append(f"{document.where(place)}: {code} is given twice")
        else:
            per_language[code] = overlay
            written[code] = key
    if len(problems) > before:
        return None
    return StageEntry(
        name=name,
        uses=uses,
        needs=None if needs is None else tuple(needs),
        config=config,
        per_language=per_language,
        written_codes=written,
    )
