"""What Parquet files hold, told from their own footers: for one file, or for a folder of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.digest import canonical_json
from eurosift.pipeline.errors import InvariantError, RunFolderError, first_line
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.tables import Table, Value
from eurosift.stages.footer import FOOTER_KEY, Footer

SUFFIX = ".parquet"
SHOWN_INPUTS = 60
"""How many of the things that a file was made from are listed."""


@dataclass(frozen=True)
class ParquetInfo:
    """What the footer of a Parquet file says.

    Attributes
    ----------
    path
        The file.
    metadata
        Parquet's own.
    footer
        Ours; None if the file was not written by eurosift.
    """

    path: Path
    metadata: pq.FileMetaData
    footer: Footer | None

    @classmethod
    def read(cls, path: Path) -> ParquetInfo:
        """Read the footer of a file.

        Raises
        ------
        InvariantError
            If it is damaged, or no Parquet.
        """
        try:
            metadata = pq.read_metadata(path)
            text = (metadata.metadata or {}).get(FOOTER_KEY)
            return cls(path, metadata, None if text is None else Footer.model_validate_json(text))
        except (pa.ArrowException, OSError, ValueError) as error:
            first = first_line(error)
            raise InvariantError(f"{path}: is damaged, or no Parquet: {first}") from error

    @property
    def made_by(self) -> str:
        """Stage, phase and version, as ``dedup.match 1``."""
        footer = self.footer
        if footer is None:
            return "not eurosift"
        label = f"{footer.stage}.{footer.phase}" if footer.phase else footer.stage
        return f"{label} {footer.version}"

    def groups(self) -> Iterator[pq.RowGroupMetaData]:
        """The row groups."""
        return (self.metadata.row_group(i) for i in range(self.metadata.num_row_groups))


def facts(info: ParquetInfo, chars: int = 0) -> Table:
    """What the file is, in words: one row per fact, cut after `chars`, if that is not 0."""
    footer = info.footer
    found: dict[str, Value] = {
        "file": str(info.path),
        "bytes": info.path.stat().st_size,
        "rows": info.metadata.num_rows,
        "row groups": info.metadata.num_row_groups,
        "written by": info.metadata.created_by,
    }
    if footer is None:
        found["made by"] = "not eurosift: it has no footer of ours"
    else:
        found |= {"stage": footer.stage, "phase": footer.phase or "layer", "item": footer.key}
        found |= {"stage version": footer.version, "fingerprint": footer.fingerprint}
        found |= {f"parameter {k}": canonical_json(v) for k, v in footer.config.items()}
        found |= {f"made from {k}": v for k, v in islice(footer.inputs.items(), SHOWN_INPUTS)}
        if len(footer.inputs) > SHOWN_INPUTS:
            found["made from"] = f"{len(footer.inputs) - SHOWN_INPUTS} more"
        found |= {f"fact {k}": _fact(v) for k, v in footer.facts.items()}
    rows: list[dict[str, Value]] = [
        {"what": what, "value": value if what == "file" else _value(value, chars)}
        for what, value in found.items()
    ]
    return Table("file", ("what", "value"), rows)


def _fact(value: Any) -> Value:
    """A fact as it is, or how many there are of it."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    text = canonical_json(value)
    return text if len(text) <= 200 else f"{len(value)} entries"


def columns(info: ParquetInfo) -> Table:
    """One row per column: type, size on disk, and the digest of its content."""
    schema = info.metadata.schema.to_arrow_schema()
    sizes: Counter[str] = Counter()
    for group in info.groups():
        for i in range(group.num_columns):
            chunk = group.column(i)
            sizes[chunk.path_in_schema.partition(".")[0]] += chunk.total_compressed_size
    digests = {} if info.footer is None else info.footer.columns
    rows: list[dict[str, Value]] = [
        {
            "column": f.name,
            "type": str(f.type),
            "bytes": sizes[f.name],
            "digest": digests.get(f.name),
        }
        for f in schema
    ]
    return Table("columns", ("column", "type", "bytes", "digest"), rows)


def row_groups(info: ParquetInfo) -> Table:
    """One row per row group."""
    rows: list[dict[str, Value]] = [
        {
            "row_group": i,
            "rows": group.num_rows,
            "bytes": sum(group.column(c).total_compressed_size for c in range(group.num_columns)),
            "bytes_uncompressed": group.total_byte_size,
        }
        for i, group in enumerate(info.groups())
    ]
    return Table("row_groups", ("row_group", "rows", "bytes", "bytes_uncompressed"), rows)


def counts(info: ParquetInfo) -> Table:
    """One row per language: what the ledger in the footer says."""
    tallies = {} if info.footer is None else info.footer.tallies
    rows: list[dict[str, Value]] = [
        {
            "language": language,
            "inactive": tally.inactive,
            "kept": tally.kept,
            "rejected": tally.rejected,
        }
        for language, tally in tallies.items()
    ]
    return Table("counts", ("language", "inactive", "kept", "rejected"), rows)


def reasons(info: ParquetInfo) -> Table:
    """One row per reason, the most frequent first."""
    found = {} if info.footer is None else info.footer.total().reasons
    rows: list[dict[str, Value]] = [
        {"reason": reason, "documents": n}
        for reason, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Table("reasons", ("reason", "documents"), rows)


def head(info: ParquetInfo, n: int, chars: int) -> Table:
    """The first rows, one line per cell, since rows are too wide for a terminal.

    Parameters
    ----------
    info
        The file.
    n
        How many rows.
    chars
        How much of each value is shown; 0 for all of it.
    """
    names = info.metadata.schema.to_arrow_schema().names
    rows: list[dict[str, Value]] = []
    if n:
        batches = read_batches(info.path, batch_rows=n)
        documents = chain.from_iterable(batch.to_pylist() for batch in batches)
        for i, document in enumerate(islice(documents, n)):
            rows += [{"row": i, "column": c, "value": _value(document[c], chars)} for c in names]
    return Table("head", ("row", "column", "value"), rows)


def _value(value: Any, chars: int) -> Value:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else str(value)
    text = printable(text)
    return text if chars == 0 or len(text) <= chars else f"{text[:chars]}…"


@dataclass
class _Group:
    """Files of one folder that were made by the same stage."""

    files: int = 0
    rows: int = 0
    bytes: int = 0
    schemas: set[str] = field(default_factory=set)


def folders(folder: Path) -> tuple[Table, list[str]]:
    """One row per sub-folder and maker, and what is damaged, in words.

    Raises
    ------
    RunFolderError
        If there is no Parquet file.
    """
    groups: dict[tuple[str, str], _Group] = {}
    problems: list[str] = []
    for path in parquet_files(folder):
        try:
            info = ParquetInfo.read(path)
        except InvariantError as error:
            problems.append(str(error))
            continue
        key = (path.parent.relative_to(folder).as_posix(), info.made_by)
        group = groups.setdefault(key, _Group())
        group.files += 1
        group.rows += info.metadata.num_rows
        group.bytes += path.stat().st_size
        group.schemas.add(
            info.metadata.schema.to_arrow_schema().to_string(show_schema_metadata=False)
        )
    if not groups and not problems:
        raise RunFolderError(f"{folder}: holds no Parquet file")
    rows: list[dict[str, Value]] = [
        {
            "folder": where,
            "made_by": maker,
            "files": group.files,
            "rows": group.rows,
            "bytes": group.bytes,
            "schemas": len(group.schemas),
        }
        for (where, maker), group in groups.items()
    ]
    return Table(
        "folders", ("folder", "made_by", "files", "rows", "bytes", "schemas"), rows
    ), problems


def parquet_files(folder: Path) -> Iterator[Path]:
    """Parquet files below a folder, in a fixed order; hidden folders too, temporary files not."""
    for where, names, files in os.walk(folder):
        names.sort()
        for name in sorted(files):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield Path(where, name)
