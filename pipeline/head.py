"""The keys of a recipe, all but those inside its stages."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    model_validator,
)

from eurosift.langid import languages as table
from eurosift.pipeline.storage import Storage, check_url
from eurosift.stages.config import as_list
from eurosift.stages.extract.stores import is_url, scheme_of

MIN_WORKER_BYTES = 256 << 20
"""Less memory than a worker has when it has only imported what it needs."""


_LOCAL = re.compile(r"^(?:file|local)://(?=/)")

MOST_SECONDS = 1_000_000.0
"""Above what any page can take, and below what a timer can be set to."""


class Section(BaseModel):
    """Base of all parts of a recipe: frozen, refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _as_input(value: Any) -> Any:
    return {"path": value} if isinstance(value, (str, list)) else value


def _as_codes(value: Any) -> Any:
    if isinstance(value, str) and value.lower() == "eu24":
        return table.EU24
    if not isinstance(value, list) or not value:
        raise ValueError("give `eu24` or a list of language codes, such as [mt, ga]")
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


def _as_place(pattern: str) -> str:
    if not is_url(pattern):
        return pattern
    check_url(pattern)
    return _LOCAL.sub("", f"{scheme_of(pattern)}{pattern[pattern.index(':') :]}")


class Input(Section):
    """What a run reads."""

    path: Annotated[
        tuple[Annotated[str, AfterValidator(_as_place)], ...], BeforeValidator(as_list)
    ] = Field(
        min_length=1,
        description="Files or glob patterns, relative to the recipe, or URLs of them such as "
        "`s3://bucket/crawl/*.warc.gz`.",
    )
    root: Annotated[str, AfterValidator(_as_place)] | None = Field(
        None,
        description="Folder or URL that the files' names are relative to in the data; "
        "by default the deepest folder common to all patterns.",
    )
    format: Literal["auto", "warc", "parquet", "jsonl", "html", "hplt", "fineweb2"] = Field(
        "auto",
        description="How to read the files; `auto` goes by their suffixes. `hplt` and `fineweb2` "
        "are tables whose columns are known. With `html`, `path` may "
        "name folders: each is an input, and every HTML file in it a document.",
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="For tables: our name → their name, e.g. `text: content` or `html: page`.",
    )
    storage: Storage = Field(
        default_factory=Storage, description="How inputs by URL are reached, without secrets."
    )

    @model_validator(mode="after")
    def _storage_of_urls(self) -> Input:
        urls = tuple(filter(is_url, self.path))
        if "storage" in self.model_fields_set and not urls:
            raise ValueError("`storage` is for URLs, and `path` has none: remove it")
        self.storage.for_urls(urls)
        return self


class Limits(Section):
    """What a worker process may take. Data does not depend on it, save by the quarantine list."""

    page_seconds: float | None = Field(
        default=60.0,
        gt=0,
        le=MOST_SECONDS,
        description="Processor time for one page in seconds; a page that takes longer twice is "
        "quarantined and becomes a row with `time_limit`. null: no limit.",
    )
    stalled_minutes: float | None = Field(
        default=60.0,
        gt=0,
        le=MOST_SECONDS / 60,
        description="For how long a worker may take no processor time to speak of (a thousandth of "
        "a core) while it has an item; it hangs, is ended, and its item is tried again. One that "
        "computes is not ended, also if it will never be done. null: for ever.",
    )
    worker_memory: ByteSize | None = Field(
        default=None,
        ge=MIN_WORKER_BYTES,
        description="Memory of one worker, e.g. `2GiB`; a worker with more is ended, and its item "
        "is tried again. Whether or not it is given, the largest worker is ended when all together "
        "have more than the machine, the control group or the SLURM job allows.",
    )
    worker_threads: int = Field(
        default=1, ge=1, description="Threads of one worker in pyarrow, Polars and numba."
    )


class Head(Section):
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
