"""Labelled text from files: Parquet or TSV, a column with the text and one with its language.

TSV is read as IANA has it (text/tab-separated-values): UTF-8, names in the first line, one row a
line, no quoting, so a text cannot hold a tab or a line break; quotes are characters like others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from eurosift.langid.errors import LabelledTextError
from eurosift.langid.languages import canonical, explain, lookup

OTHER = "other"
"""Label of text in none of the 24 languages, whichever it is."""
_MAGIC = b"PAR1"
_PACKED = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
"""How packed files begin, as far as four bytes tell."""
_SHOWN = 5
"""So many wrong labels are told at once."""
_NAME = 60
"""So many characters of a name are told of a file that is no TSV."""
_TEXT = (pl.String, pl.Binary, pl.Categorical, pl.Enum, pl.Null)
"""Types of a column with text: bytes are UTF-8, and all may be missing."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which columns and rows of a file are meant.

    Attributes
    ----------
    text, language
        Names of the columns with the text and with its language.
    only
        By name of a column, the values of rows that are taken; the empty one stands for null.
    without
        Labels of rows that are left out.
    min_chars
        Shorter texts are left out.
    group
        Name of a column by which results are grouped.
    """

    text: str = "text"
    language: str = "language"
    only: Mapping[str, Collection[str]] = field(default_factory=dict)
    without: Collection[str] = ()
    min_chars: int = 0
    group: str | None = None


def label_of(text: str, *, known: bool = False) -> str:
    """Canonical code of a label; ``other`` (or ``oth``) stands for text in none of the 24.

    Raises
    ------
    UnknownLanguageError
        As `eurosift.langid.languages.canonical` does.

    Examples
    --------
    >>> label_of("__label__hr"), label_of("Maltese"), label_of("oth")
    ('hrv_Latn', 'mlt_Latn', 'other')
    """
    return OTHER if _is_other(text) else canonical(text, known=known)


def _is_other(text: str) -> bool:
    return text.strip().casefold() in {OTHER, "oth"}


def read_labelled(path: Path, selection: Selection | None = None) -> pl.DataFrame:
    """Read labelled text.

    Parameters
    ----------
    path
        A Parquet or a TSV file.
    selection
        What to take of it.

    Returns
    -------
    pl.DataFrame
        Columns ``text`` (a missing one is empty), ``label`` (canonical code, or ``other``) and
        ``group`` (null where there is none), all strings; one row or more.

    Raises
    ------
    LabelledTextError
        If the file cannot be read, has not these columns, a row has no label or one that is no
        language code, or no row is left.
    """
    chosen = selection or Selection()
    others = [chosen.language, *chosen.only, *([chosen.group] if chosen.group else [])]
    frame, where = _read(path, chosen.text, others)
    for column, values in chosen.only.items():
        frame = frame.filter(pl.col(column).fill_null("").is_in(list(values)))
    labels = _labels(frame, chosen.language, f"{path}: {where}")
    taken = frame.select(
        pl.col(chosen.text).fill_null("").alias("text"),
        pl.col(chosen.language).replace_strict(labels, return_dtype=pl.String).alias("label"),
        (pl.col(chosen.group) if chosen.group else pl.lit(None, pl.String)).alias("group"),
    ).filter(
        ~pl.col("label").is_in(list(chosen.without)),
        pl.col("text").str.len_chars() >= chosen.min_chars,
    )
    if taken.is_empty():
        raise LabelledTextError(f"{path}: holds no rows, or none of those that were asked for")
    return taken


def read_texts(path: Path, column: str = "text") -> pl.Series:
    """Read the text of a file alone; missing ones are left out.

    Raises
    ------
    LabelledTextError
        If the file cannot be read or has no such column.
    """
    frame, _ = _read(path, column)
    return frame[column].drop_nulls()


def _labels(frame: pl.DataFrame, column: str, where: str) -> dict[str, str]:
    """Labels as they are written, and what they mean.

    Parameters
    ----------
    frame
        With the column and ``" row"``, the number of each row.
    column
        Where the labels are.
    where
        What stands before the number of a row in messages.
    """
    meaning, wrong = {}, []
    for written, row in frame.group_by(column).agg(pl.col(" row").min()).sort(" row").iter_rows():
        # Of a column of something else all may be wrong, and to explain takes long.
        found = None if written is None else OTHER if _is_other(written) else lookup(written)
        if found is None:
            wrong.append((written, row))
        else:
            meaning[written] = found
    problems = [
        f"{where} {row}: {explain(written) if (written or '').strip() else 'has no language'}"
        for written, row in wrong[:_SHOWN]
    ]
    if problems:
        if len(wrong) > _SHOWN:
            problems.append(f"and {len(wrong) - _SHOWN} more")
        problems.append(f"correct them; text in none of the 24 languages may be labelled {OTHER!r}")
        raise LabelledTextError("\n".join(problems))
    return meaning


def _read(path: Path, text: str, others: Collection[str] = ()) -> tuple[pl.DataFrame, str]:
    """Columns as strings, and ``" row"``, the number of each row; what its number counts."""
    columns = [text, *others]
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise LabelledTextError(
                f"{path}: is a pipe or a device, and labelled text is read twice: make it a file"
            )
        with path.open("rb") as file:
            first = file.read(len(_MAGIC))
        for magic, packing in _PACKED.items():
            if first.startswith(magic):
                raise LabelledTextError(f"{path}: is packed ({packing}); unpack it first")
        is_parquet = first == _MAGIC or path.suffix == ".parquet"
        return _parquet(path, text, columns) if is_parquet else _tsv(path, columns)
    except OSError as error:
        raise LabelledTextError(f"{path}: cannot be read ({error.strerror or error})") from error


def _parquet(path: Path, text: str, columns: Collection[str]) -> tuple[pl.DataFrame, str]:
    try:
        schema = pl.read_parquet_schema(path)
        _check_columns(path, columns, list(schema))
        for name in columns:
            kind = schema[name]
            if kind.is_nested() or (name == text and kind not in _TEXT):
                raise LabelledTextError(f"{path}: column {name!r} holds {kind}, not text")
        frame = pl.read_parquet(path, columns=sorted(set(columns)))
        return frame.cast(pl.String).with_row_index(" row", offset=1), "row"
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise LabelledTextError(f"{path}: not a Parquet file of text: {first}") from error


def _tsv(path: Path, columns: Collection[str]) -> tuple[pl.DataFrame, str]:
    data = path.read_bytes()
    try:
        lines = data.decode("utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LabelledTextError(
            f"{path}: line {line}: not UTF-8 at byte {error.start} of the file; convert the file"
        ) from error
    names, *rows = (line.removesuffix("\r").split("\t") for line in lines)
    if lines == [""]:
        raise LabelledTextError(f"{path}: is empty")
    if len(names) == 1 and not {*columns} <= {*names}:
        raise LabelledTextError(
            f"{path}: has one column, {names[0][:_NAME]!r}; fields of TSV are separated by tabs "
            "(CSV and JSON lines are not read: make it TSV or Parquet)"
        )
    _check_columns(path, columns, names)
    for number, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise LabelledTextError(
                f"{path}: line {number}: fields are {len(row)}, columns {len(names)}; there is no "
                "quoting in TSV: put text with tabs or line breaks into a Parquet file"
            )
    places = {name: names.index(name) for name in columns}
    frame = pl.DataFrame(
        {name: [row[place] for row in rows] for name, place in places.items()},
        schema=dict.fromkeys(places, pl.String),
    )
    return frame.with_row_index(" row", offset=2), "line"


def _check_columns(path: Path, wanted: Collection[str], there: list[str]) -> None:
    missing = sorted(set(wanted) - set(there))
    if missing:
        several = len(missing) > 1
        raise LabelledTextError(
            f"{path}: has no column{'s' * several} {' and '.join(map(repr, missing))}; it has "
            f"{', '.join(map(repr, there))}: name the right one{'s' * several}"
        )
    twice = sorted({name for name in wanted if there.count(name) > 1})
    if twice:
        raise LabelledTextError(f"{path}: has the column {twice[0]!r} twice; rename one")
