"""The one writer of all shards, and how they are read.

pyarrow's bytes depend on how the chunks fall, so rows are gathered to row groups that are capped
by rows and by bytes, and combined before each write: the same rows give the same file, whoever
made it. A file appears under its name only when it is complete and on disk.
"""

from __future__ import annotations

import contextlib
import functools
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.digest import ColumnDigest, canonical_json
from eurosift.pipeline.errors import InvariantError, first_line
from eurosift.pipeline.seal import SealingFile
from eurosift.stages.errors import ContractError
from eurosift.stages.footer import FOOTER_KEY, Footer
from eurosift.stages.sizes import BATCH_BYTES, row_bytes, rows_that_fit, slices
from eurosift.stages.types import type_name

ROW_GROUP_ROWS = 10_000
ROW_GROUP_BYTES = 128 << 20
"""Cap on the bytes of a row group, far below the 2 GiB of an Arrow string array."""


class ShardWriter:
    """Writes one Parquet file atomically. Implements `eurosift.stages.phases.Sink`.

    Parameters
    ----------
    path
        Where the file will appear.
    schema
        Its schema; batches must have exactly this one.
    published
        Cut pages by content, so that stores that deduplicate take only what has changed. It costs
        a quarter of the time of writing, which layers do not have to pay.

    Raises
    ------
    ContractError
        If Parquet would give one of the columns back with another type.
    """

    def __init__(self, path: Path, schema: pa.Schema, *, published: bool = False) -> None:
        _check_storable(schema, path)
        self.path = path
        self.schema = schema
        self.facts: dict[str, Any] = {}
        self.rows = 0
        self._digests = [ColumnDigest(field.type) for field in schema]
        self._pending: list[pa.RecordBatch] = []
        self._pending_rows = 0
        self._pending_bytes = 0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._temporary = temporary_name(path)
        self._file = self._temporary.open("wb")
        self._sealing = SealingFile(self._file)
        self._parquet = pq.ParquetWriter(
            self._sealing,
            schema,
            compression="zstd",
            write_page_index=True,
            write_page_checksum=True,
            use_content_defined_chunking=published,
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows.

        Raises
        ------
        ContractError
            If the batch has another schema.
        """
        if not batch.schema.equals(self.schema):
            raise ContractError(f"{self.path.name}: {_difference(batch.schema, self.schema)}")
        for digest, column in zip(self._digests, batch.columns, strict=True):
            digest.update(column)
        self.rows += batch.num_rows
        sizes = row_bytes(batch)
        start = 0
        while start < batch.num_rows:
            room_rows = ROW_GROUP_ROWS - self._pending_rows
            total = np.cumsum(sizes[start : start + room_rows])
            fit = int(np.searchsorted(total, ROW_GROUP_BYTES - self._pending_bytes, side="right"))
            if fit == 0 and self._pending_rows == 0:
                fit = 1  # a single row above the cap is a row group of its own
            if fit:
                self._pending.append(batch.slice(start, fit))
                self._pending_rows += fit
                self._pending_bytes += int(total[fit - 1])
                start += fit
            if start < batch.num_rows:
                self.end_row_group()

    def end_row_group(self) -> None:
        """Let the next row begin a row group of its own."""
        if self._pending_rows:
            table = pa.Table.from_batches(self._pending, self.schema).combine_chunks()
            self._parquet.write_table(table, row_group_size=self._pending_rows)
        self._pending, self._pending_rows, self._pending_bytes = [], 0, 0

    def column_digests(self) -> dict[str, str]:
        """Canonical digest of each column as written so far."""
        return {
            name: d.hexdigest() for name, d in zip(self.schema.names, self._digests, strict=True)
        }

    def commit(self, footer: Footer) -> None:
        """Finish the file and let it appear, or replace an older one, in one step."""
        self.end_row_group()
        text = canonical_json(footer.model_dump(mode="json"))
        self._parquet.add_key_value_metadata({FOOTER_KEY: text.encode()})
        self._sealing.hold()
        self._parquet.close()
        self._sealing.seal()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self.path)
        sync_folder(self.path.parent)

    def abandon(self) -> None:
        """Give up: nothing remains."""
        # Left open, pyarrow's writer would write its end into the closed file when it is collected.
        with contextlib.suppress(pa.ArrowException, OSError, ValueError):
            self._parquet.close()
        self._parquet.is_open = False
        with contextlib.suppress(OSError):
            self._file.close()
        self._temporary.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Hidden name in the same folder, unique to this attempt: an orphan may overlap a re-run."""
    attempt = f"{os.uname().nodename}-{os.getpid()}-{secrets.token_hex(4)}"
    return path.with_name(f".{path.name}.{attempt}.tmp")


def remove_leftovers(folder: Path) -> None:
    """Remove what attempts of this host that no longer live left behind."""
    ours = re.compile(rf"\..+\.{re.escape(os.uname().nodename)}-(\d+)-[0-9a-f]{{8}}\.tmp")
    for path in folder.rglob(".*.tmp"):
        attempt = ours.fullmatch(path.name)
        if attempt and not Path(f"/proc/{attempt[1]}").exists():
            path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write a small text file atomically."""
    _write_parts(path, (text,))


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a text file atomically, line by line."""
    _write_parts(path, (f"{line}\n" for line in lines))


def _write_parts(path: Path, parts: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_name(path)
    with temporary.open("w", encoding="utf-8") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def read_batches(
    path: Path,
    columns: Sequence[str] | None = None,
    row_groups: Sequence[int] | None = None,
    batch_rows: int = 1024,
) -> Iterator[pa.RecordBatch]:
    """Read a file with page checksums verified, columns in the order asked for.

    A batch is at most `batch_rows` and `BATCH_BYTES`, or one larger row, and in one row group.

    Raises
    ------
    InvariantError
        If the file is missing or damaged.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            metadata = file.metadata
            for group in range(metadata.num_row_groups) if row_groups is None else row_groups:
                for batch in file.iter_batches(
                    batch_size=rows_that_fit(
                        metadata.row_group(group), columns, batch_rows, BATCH_BYTES
                    ),
                    columns=None if columns is None else list(columns),
                    row_groups=[group],
                ):
                    yield from slices(batch if columns is None else batch.select(list(columns)))
    except (pa.ArrowException, OSError, UnicodeError, KeyError) as error:
        # A damaged schema gives names that are no UTF-8, or that nobody asked for.
        raise InvariantError(f"{path}: is missing or damaged: {first_line(error)}") from error


@functools.cache
def _stored(schema: pa.Schema) -> pa.Schema:
    """`schema` as Parquet gives it back."""
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    return pq.read_schema(pa.BufferReader(sink.getvalue()))


def _check_storable(schema: pa.Schema, path: Path) -> None:
    back = _stored(schema)
    for field in schema:
        if type_name(back.field(field.name).type) != type_name(field.type):
            raise ContractError(
                f"{path.name}: `{field.name}` is {field.type}, which Parquet gives back as "
                f"{back.field(field.name).type}; declare the latter"
            )


def _difference(found: pa.Schema, wanted: pa.Schema) -> str:
    if found.names != wanted.names:
        return f"columns are {found.names}, should be {wanted.names}"
    wrong = [
        f"`{name}` is {found.field(name).type}, should be {wanted.field(name).type}"
        for name in wanted.names
        if not found.field(name).equals(wanted.field(name))
    ]
    return "; ".join(wrong) or "schema metadata differ"
