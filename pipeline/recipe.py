"""The recipe: what a run reads, which stages it has, and with which parameters.

A recipe is YAML and is checked as a whole: every problem is reported at once, each with
``file:line:column`` and, for a misspelt word, the word that was probably meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    ValidationError,
)

from eurosift.langid import languages as table
from eurosift.pipeline import yaml12
from eurosift.pipeline.errors import RecipeError

FILE = "recipe.yaml"
"""Name of the recipe where a folder is given."""

SOURCE = "extract"
"""Name of the stage that makes the documents layer; added when a recipe does not name it."""

OTHER_FOLDERS = frozenset({"events", "launches", "logs", "quarantine"})
"""Folders of a run that are no layers."""

MIN_WORKER_BYTES = 256 << 20
"""Less memory than a worker has when it has only imported what it needs."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _as_input(value: Any) -> Any:
    return {"path": value} if isinstance(value, (str, list)) else value


def _as_codes(value: Any) -> Any:
    if isinstance(value, str) and value.lower() == "eu24":
        return table.EU24
    if not isinstance(value, list) or not value:
        raise ValueError("give `eu24` or a list of language codes")
    return value


def _once(codes: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise ValueError(f"{', '.join(twice)} is given twice, perhaps in two styles of code")
    return codes


def eu24_code(text: str) -> str:
    """Canonical code of one of the 24 languages, from any style of code.

    Raises
    ------
    ValueError
        If `text` is no language, or none of the 24.
    """
    code = table.canonical(text, known=True)
    if code not in table.EU24:
        raise ValueError(f"`{text}` is {code}, which is not one of the 24 official EU languages")
    return code


class Input(_Section):
    """What a run reads."""

    path: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = Field(
        min_length=1, description="Files or glob patterns, relative to the recipe."
    )
    root: str | None = Field(
        None,
        description="Folder that the files' names are relative to in the data; "
        "by default the deepest folder common to all patterns.",
    )
    format: Literal["auto", "warc", "parquet", "jsonl"] = Field(
        "auto", description="How to read the files; `auto` goes by their suffixes."
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="For tables: our name → their name, e.g. `text: content`.",
    )


class Limits(_Section):
    """What a worker process may take. Data does not depend on it, save by the quarantine list."""

    page_seconds: float | None = Field(
        default=60.0,
        gt=0,
        description="Processor time for one page in seconds; a page that takes longer twice is "
        "quarantined and becomes a row with `time_limit`. null: no limit.",
    )
    worker_memory: ByteSize | None = Field(
        default=None,
        ge=MIN_WORKER_BYTES,
        description="Memory of one worker, e.g. `2GiB`; a worker with more is ended, and its item "
        "is tried again. By default an equal share of what the machine, the control group or the "
        "SLURM job allows.",
    )
    worker_threads: int = Field(
        default=1, ge=1, description="Threads of one worker in pyarrow, Polars and numba."
    )


class Head(_Section):
    """All of a recipe but its stages."""

    version: Literal[1] = Field(description="Version of the recipe format.")
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="Name of the run.")
    input: Annotated[Input, BeforeValidator(_as_input)] = Field(
        description="What the run reads: a mapping as below, or just the path."
    )
    languages: Annotated[
        tuple[Annotated[str, AfterValidator(eu24_code)], ...],
        BeforeValidator(_as_codes),
        AfterValidator(_once),
    ] = Field(table.EU24, description="`eu24` or a list of codes in any style.")
    output: str | None = Field(
        None, description="The run folder, relative to the recipe; by default runs/<name>."
    )
    workers: int | None = Field(
        None, ge=1, description="Worker processes; by default the number of cores."
    )
    limits: Limits = Field(default_factory=Limits, description="What a worker process may take.")
    stages: dict[str, dict[str, Any] | None] = Field(
        description="The stages, in order; each with its parameters."
    )


class StageEntry(_Section):
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
        raise RecipeError(problems_of(error, document, (), Head)) from None
    problems: list[str] = []
    entries = [_entry(name, raw or {}, document, problems) for name, raw in head.stages.items()]
    if problems:
        raise RecipeError(problems)
    stages = [entry for entry in entries if entry is not None]
    if not any(entry.uses == SOURCE for entry in stages):
        source = StageEntry(name=SOURCE, uses=SOURCE, needs=(), config={}, per_language={})
        stages.insert(0, source)
    return Recipe(text=text, base=base, document=document, head=head, stages=tuple(stages))


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
        needs = _as_list(needs)
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


def problems_of(
    error: ValidationError,
    document: yaml12.Document,
    prefix: yaml12.Path_,
    model: type[BaseModel],
    also: Iterable[str] = (),
    moved: Mapping[str | int, yaml12.Path_] | None = None,
) -> list[str]:
    """One line per problem that pydantic found.

    Parameters
    ----------
    error
        What pydantic raised.
    document
        Where the values stand.
    prefix
        Path of the validated mapping in the document.
    model
        The model, whose field names are offered for misspelt keys.
    also
        Further keys that are allowed there.
    moved
        Paths of the mappings where keys of the model stand that do not stand at `prefix`.
    """
    lines = []
    for problem in error.errors():
        loc = tuple(part for part in problem["loc"] if isinstance(part, (str, int)))
        full = (*((moved or {}).get(loc[0], prefix) if loc else prefix), *loc)
        where = document.where(full)
        dotted = ".".join(str(part) for part in full)
        if problem["type"] == "extra_forbidden":
            known = [*_fields_at(model, loc[:-1]), *also]
            lines.append(f"{where}: {dotted}: unknown key{suggest(str(loc[-1]), known)}")
        elif problem["type"] == "missing":
            lines.append(f"{where}: {dotted}: is missing")
        else:
            lines.append(f"{where}: {dotted}: {_in_words(problem['msg'])}")
    return sorted(set(lines), key=lines.index)


_WORDS = {
    "String should match pattern '^[A-Za-z0-9][A-Za-z0-9._-]*$'": "begin with a letter or digit, "
    "go on with those and . _ -",
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
    "valid dictionary or instance of": "mapping as for",
    "valid dictionary": "mapping",
    "valid tuple": "list",
    "valid list": "list",
    "Tuple should have at least 1 item after validation, not 0": "give at least one",
}
"""What pydantic calls by its Python name, in the words of YAML."""


def _in_words(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    for python, words in _WORDS.items():
        message = message.replace(python, words)
    return message[0].lower() + message[1:]


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    for part in loc:
        field = model.model_fields.get(str(part))
        annotation = field.annotation if field else None
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return []
        model = annotation
    return list(model.model_fields)


def suggest(word: str, known: Iterable[str]) -> str:
    """``; did you mean `x`?`` or ``; known are …``, to be put behind a message."""
    known = sorted(set(known))
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean `{close[0]}`?"
    return f"; known: {', '.join(known)}" if known else ""
