"""Rows of Parquet and JSONL files. Those with a `text` are read in place: it is not copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.stages.errors import InputError
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.jsonl import Line, read_lines
from eurosift.stages.extract.presets import PRESETS
from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.rows import batches, exceeds, row_id
from eurosift.stages.extract.times import capture_time, date_of
from eurosift.stages.sizes import rows_that_fit, slices
from eurosift.stages.source import Account

_OWN_NAMES = ("id", "text", "url")
"""Columns that are looked for by their own name where they are not mapped."""

_PARQUET_ROWS = 256
_PARQUET_BYTES = 1 << 20
"""What a batch of Parquet should hold on average. Far below what fits, because nothing in a file
says how unequal the rows of a row group are."""
_READ_BYTES = 1 << 20
"""Buffer of a column; otherwise its whole part of a row group is read, whatever its size."""
_ESCAPED = 3
"""Times that a text grows in JSON at most (``\\u0431``), but for control characters."""
_LINE_REST = 16 << 20
"""What the rest of a line of JSONL may take, beside its text."""


def read_table(
    path: Source,
    relative: str,
    account: Account,
    config: ExtractConfig,
    schema: pa.Schema,
    *,
    reasons: str,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a table, without their text, as batches of `schema`.

    ``offset`` and ``length`` are those of the line in the uncompressed JSONL, null for Parquet.

    Raises
    ------
    InputError
        If the file cannot be read, or a column that it must have is missing.
    """
    rows = (
        row_of(line, relative, number) | {reasons: _reasons(line)}
        for number, line in enumerate(lines_of(path, config, account))
    )
    return batches(rows, schema)


def row_of(line: Line, relative: str, number: int) -> dict[str, Any]:
    """Return what a row of a table says of its document, apart from the text."""
    values = line.values
    given = values.get("id")
    return {
        "id": row_id(relative, number) if given is None else str(given),
        "url": _string(values.get("url")),
        "title": _string(values.get("title")),
        "author": _string(values.get("author")),
        "published": _date(values.get("published")),
        "site_name": _string(values.get("site_name")),
        "canonical_url": _string(values.get("canonical_url")),
        "date": _time(values.get("date")),
        "crawl": _string(values.get("crawl")),
        "html_lang": _string(_first(values.get("html_lang"))),
        "language": _language(values.get("language")),
        "file_path": relative,
        "offset": line.offset,
        "length": line.length,
    }


def read_texts(path: Source, config: ExtractConfig) -> Iterator[pa.Array]:
    """Yield the texts of a table (string arrays of bounded size), row by row like `read_table`.

    Blank texts are null.
    """
    if config.format == "parquet":
        yield from _parquet_texts(path, config)
        return
    schema = pa.schema([pa.field("text", pa.string())])
    rows = ({"text": _text(line.values)} for line in lines_of(path, config, Account()))
    for batch in batches(rows, schema):
        yield batch.column(0)


def lines_of(path: Source, config: ExtractConfig, account: Account) -> Iterator[Line]:
    """Yield the mapped values of each row, under our names.

    Raises
    ------
    InputError
        If the file cannot be read, or a column that it must have is missing.
    """
    if config.format == "parquet":
        yield from _parquet_lines(path, config)
        return
    try:
        yield from _jsonl_lines(path, config, account)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _jsonl_lines(path: Source, config: ExtractConfig, account: Account) -> Iterator[Line]:
    columns = config.columns
    names = _candidates(config)
    missing = _needed(columns)
    seen: set[str] = set()
    content, limit = _content(config)
    for line in read_lines(path, account, _ESCAPED * limit + _LINE_REST):
        if missing:  # afterwards names are of no use, and there may be millions of them
            seen.update(line.values)
            missing -= seen
        values = {ours: _first_value(line.values, theirs) for ours, theirs in names.items()}
        text = values.get(content)
        too_large = isinstance(text, str) and exceeds(text, limit)
        if too_large:
            values[content] = None
        yield Line(values, line.offset, line.length, line.too_large or too_large)
    # Writers leave null keys out, so only a column that no line has is missing.
    if seen and missing:
        _check(path, columns, sorted(seen))


def _parquet_lines(path: Source, config: ExtractConfig) -> Iterator[Line]:
    content, limit = _content(config)
    with _readable(path, config) as (file, names):
        for batch in _batches(file, sorted(set(names.values()))):
            rows, large = _without_large(batch, names[content], limit)
            for row, too_large in zip(_microseconds(rows).to_pylist(), large, strict=True):
                values = {ours: row[theirs] for ours, theirs in names.items()}
                yield Line(values, None, None, too_large)


def _parquet_texts(path: Source, config: ExtractConfig) -> Iterator[pa.Array]:
    """Yield texts, of which no Python objects are made: that would take longer than all else."""
    content, limit = _content(config)
    with _readable(path, config) as (file, names):
        for batch in _batches(file, [names[content]]):
            rows, _ = _without_large(batch, names[content], limit)
            texts = pa.record_batch([_not_blank(rows.column(0))], [content])
            for part in slices(texts):
                yield part.column(0).cast(pa.string())


def _not_blank(texts: pa.Array) -> pa.Array:
    """Strings of which something is left by ``str.strip``; null for all else."""
    if not pa.types.is_string(texts.type) and not pa.types.is_large_string(texts.type):
        return pa.nulls(len(texts), pa.string())
    texts.validate(full=True)  # as Python would, of which they have been kept
    has_words = pc.match_substring_regex(texts, _no_space())
    return pc.if_else(has_words, texts, pa.scalar(None, texts.type))


@cache
def _no_space() -> str:
    spaces = "".join(f"\\x{{{code:x}}}" for code in range(0x10000) if chr(code).isspace())
    return f"[^{spaces}]"


@contextmanager
def _readable(
    path: Source, config: ExtractConfig
) -> Iterator[tuple[pq.ParquetFile, Mapping[str, str]]]:
    """Open a Parquet file; under our names, those of its columns that are wanted."""
    try:
        with _open_parquet(path) as file:
            has = file.schema_arrow.names
            _check(path, config.columns, has)
            yield (
                file,
                {
                    ours: next(name for name in theirs if name in has)
                    for ours, theirs in _candidates(config).items()
                    if not set(theirs).isdisjoint(has)
                },
            )
    except (pa.ArrowException, ValueError, OverflowError) as error:
        # The latter two: strings that are no UTF-8, times outside of the years 1 to 9999.
        raise InputError(f"{path}: is no readable Parquet file ({error})") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error


def _open_parquet(path: Source) -> pq.ParquetFile:
    """Open a file of which only those parts are read, and requested, that are asked for."""
    where = path if isinstance(path, Path) else path.open("rb", buffering=0)
    return pq.ParquetFile(where, page_checksum_verification=True, buffer_size=_READ_BYTES)


def _batches(file: pq.ParquetFile, columns: list[str]) -> Iterator[pa.RecordBatch]:
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        rows = rows_that_fit(group, columns, _PARQUET_ROWS, _PARQUET_BYTES)
        yield from file.iter_batches(batch_size=rows, columns=columns, row_groups=[number])


def _without_large(
    batch: pa.RecordBatch, column: str, max_bytes: int
) -> tuple[pa.RecordBatch, list[bool]]:
    """Drop texts that are too large, before Python takes several times their memory."""
    index = batch.schema.get_field_index(column)
    texts = batch.column(index)
    if pa.types.is_dictionary(texts.type):
        texts = texts.dictionary_decode()
    if pa.types.is_string_view(texts.type):
        texts = texts.cast(pa.large_string())
    if pa.types.is_binary_view(texts.type):
        texts = texts.cast(pa.large_binary())
    kinds = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
    if texts.type not in kinds:
        return batch, [False] * batch.num_rows
    large = pc.greater(pc.fill_null(pc.binary_length(texts), 0), max_bytes)
    if large.true_count:
        texts = pc.if_else(large, pa.scalar(None, texts.type), texts)
    return batch.set_column(index, column, texts), large.to_pylist()


def _microseconds(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Cut nanoseconds off, which Python's times do not have."""
    for index, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            times = batch.column(index).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(index, field.name, times)
    return batch


def _candidates(config: ExtractConfig) -> dict[str, tuple[str, ...]]:
    """Names that each of our columns may have in the input, best first."""
    found: dict[str, tuple[str, ...]] = {name: (name,) for name in _own_names(config.columns)}
    if config.preset is not None:
        preset = PRESETS[config.preset]
        found |= {n: theirs for n, theirs in preset.items() if n != "text" or "text" in found}
    return found | {ours: (theirs,) for ours, theirs in config.columns.items()}


def _first_value(values: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), None)


def _own_names(columns: Mapping[str, str]) -> list[str]:
    """Of the columns that are looked for by their own name, those that this table is about."""
    return [name for name in _OWN_NAMES if not (name == "text" and "html" in columns)]


def _content(config: ExtractConfig) -> tuple[str, int]:
    """Which of our columns holds the documents, and the most bytes that one may have."""
    if "html" in config.columns:
        return "html", config.max_bytes
    return "text", config.max_text_bytes


def _needed(columns: Mapping[str, str]) -> set[str]:
    """Columns that a table must have."""
    own = {} if "html" in columns else {"text": "text"}
    return set({**own, **columns}.values())


def _check(path: Source, columns: Mapping[str, str], has: list[str]) -> None:
    missing = sorted(_needed(columns).difference(has))
    if missing:
        named = {"text", "html"} & columns.keys()
        kinds = "" if named else ": as `text` for texts, `html` for pages"
        raise InputError(
            f"{path}: has no column {', '.join(map(repr, missing))}; its columns are "
            f"{', '.join(has)}. Name the right ones under `columns` of the input{kinds}"
        )


def _text(values: Mapping[str, Any]) -> str | None:
    text = values.get("text")
    return text if isinstance(text, str) and text.strip() else None


def _reasons(line: Line) -> list[str]:
    if line.too_large:
        return ["too_large"]
    return [] if _text(line.values) else ["no_text"]


def _first(value: Any) -> Any:
    """The first of several values; HPLT has a list of declared languages."""
    return next(iter(value), None) if isinstance(value, list) else value


def _string(value: Any) -> str | None:
    return None if value is None else str(value)


def _time(value: Any) -> datetime | None:
    """Read a time as UTC, to the second: a timestamp, a date, or ISO 8601."""
    if isinstance(value, datetime):
        time = value.replace(microsecond=0)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, str):
        return None
    try:
        return _time(datetime.fromisoformat(value))
    except OverflowError:  # in UTC it is before the year 1 or after 9999
        return None
    except ValueError:
        return capture_time(value)


def _date(value: Any) -> date | None:
    """Read a date as it is written, without a time."""
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date_of(_string(value) or "")


def _language(value: Any) -> str | None:
    """Return the canonical code; what is no known code stays as it is given."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return canonical(value)
    except UnknownLanguageError:
        return value.strip()
