"""``eurosift count``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, cast

import click

from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.pipeline.cli.common import FormatName, show
from eurosift.pipeline.counts import openeurollm, tables
from eurosift.pipeline.counts.counted import Counted, Tokenizer
from eurosift.pipeline.counts.counting import count
from eurosift.pipeline.counts.opening import open_source
from eurosift.pipeline.counts.run_source import RunSource
from eurosift.pipeline.counts.sources import Source
from eurosift.pipeline.harmless import escaped_json, printable
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Format

OPENEUROLLM = "openeurollm"


class Share(click.ParamType[float]):
    """A share such as ``0.5%`` or ``0.005``."""

    name = "share"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read a share; it has to be above 0 and below 1."""
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = 0.0
        if not 0 < share < 1:
            self.fail(f"{text!r} is no share; give one like 0.5% or 0.005", param, ctx)
        return share


class LanguageCode(click.ParamType[str]):
    """A language in any style; becomes its canonical code."""

    name = "language"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read a code."""
        try:
            return canonical(str(value), known=True)
        except UnknownLanguageError as error:
            self.fail(str(error), param, ctx)


@click.command("count")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--tokenizer",
    "tokenizer_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="A Hugging Face tokenizer.json or a SentencePiece model; repeatable.",
)
@click.option("--within", type=Share(), help="Sample until the 95 % interval is ± this, as 0.5%.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample.")
@click.option("--text-column", help="Column of the text, if it is not found.")
@click.option("--language-column", help="Column of the language, if it is not found.")
@click.option("--language", type=LanguageCode(), help="Language of everything.")
@click.option("--threads", type=click.IntRange(min=1), help="Threads of a tokenizer; all cores.")
@click.option(
    "--format",
    "style",
    type=FormatName(OPENEUROLLM),
    default="table",
    help="How to print.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --format openeurollm: folder to write counts/<part>/source.json into.",
)
def command(
    path: Path,
    tokenizer_files: tuple[Path, ...],
    within: float | None,
    seed: int,
    text_column: str | None,
    language_column: str | None,
    language: str | None,
    threads: int | None,
    style: str,
    out: Path | None,
) -> None:
    """Count documents, bytes, characters, words, segments and tokens per language.

    PATH is a recipe or a run, a release, or any folder or file of Parquet or JSONL (.gz, .zst).
    Everything but tokens is exact. Tokens are counted with each tokenizer in one pass, exactly or,
    with --within, from a sample; without a tokenizer they are an estimate and marked as such. CSV,
    TSV and JSON lines print the first table only.
    """
    if within is not None and not tokenizer_files:
        raise click.UsageError("--within is about sampling for a tokenizer: give --tokenizer, too")
    if out is not None and style != OPENEUROLLM:
        raise click.UsageError("--out goes with --format openeurollm")
    if language is not None and language_column is not None:
        raise click.UsageError("give --language or --language-column, not both")
    cores = threads or len(os.sched_getaffinity(0))
    tokenizers = [Tokenizer.load(file, threads=cores) for file in tokenizer_files]
    source = open_source(path, text=text_column, language=language_column, label=language)
    counted = count(source, tokenizers, within=within, seed=seed)
    if style == OPENEUROLLM:
        _show_parts(parts(source, counted), out)
    else:
        brief = style in {"table", "md"}
        found = [
            tables.counts(counted, brief=brief),
            tables.tokenizers(counted, tokenizers, within, seed, brief=brief),
        ]
        show(found, cast("Format", style))
        if brief:
            click.echo(f"tokens: {tables.how(counted, tokenizers, within, seed)}", err=True)
    for line in tables.remarks(counted):
        click.echo(printable(f"{path}: {line}"), err=True)
    unfinished = source.unfinished() if isinstance(source, RunSource) else []
    if unfinished:
        click.echo(f"incomplete: {', '.join(unfinished)} not up to date", err=True)
        sys.exit(3)


def parts(source: Source, counted: Counted) -> dict[str, dict[str, Any]]:
    """Counts of each language as OpenEuroLLM has them, by path; of the first tokenizer."""
    found = {}
    for label, sizes in counted.sizes.items():
        files = counted.files.get(label, [])
        missing = counted.findings.no_text[label]
        required, optional = counted.findings.keys(label, sizes.documents + missing)
        found[openeurollm.path_of(label)] = openeurollm.source_counts(
            sizes,
            counted.tokens[label][0],
            files=len(files),
            file_bytes=sum(source.size_bytes(name) for name in files),
            required=required,
            optional=optional,
            errors=missing,
        )
    return found


def _show_parts(found: dict[str, dict[str, Any]], out: Path | None) -> None:
    if out is None:
        click.echo(escaped_json(json.dumps(found, indent=2, ensure_ascii=False)))
        return
    for relative, content in found.items():
        write_text(out / relative, openeurollm.as_text(content))
        click.echo(str(out / relative))
