"""Reading a file of a run from its first byte to its last, against what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import seal
from eurosift.pipeline.digest import ColumnDigest
from eurosift.pipeline.errors import InvariantError, first_line
from eurosift.pipeline.footers import parse_footer
from eurosift.pipeline.shards import ROW_GROUP_ROWS
from eurosift.pipeline.states import Task
from eurosift.stages.footer import Footer

BATCH_BYTES = 16 << 20
"""About how much is decoded at a time."""


class Reread:
    """One file: its bytes against the seal, its columns against the footer.

    Its bytes come first, so that nothing is made of a byte that is not what was written; what is
    then read of it comes out of the page cache.

    Parameters
    ----------
    path
        The file.
    task
        The item that it should be the result of; None if that is not known here.
    also
        Gets all of its bytes.

    Attributes
    ----------
    footer
        What it says of itself; also if it is not what the task would make now.
    schema
        Its columns.

    Raises
    ------
    InvariantError
        If it is missing, damaged, or the result of another item.
    """

    def __init__(self, path: Path, task: Task | None, also: seal.Hash | None = None) -> None:
        seal.check(path, also)
        self._path = path
        self._name = str(path) if task is None else task.path
        try:
            self._file = pq.ParquetFile(path, page_checksum_verification=True)
        except (pa.ArrowException, OSError) as error:
            first = first_line(error)
            raise InvariantError(f"{path}: is damaged: {first}") from error
        self.footer: Footer = parse_footer(path, self._file.metadata.metadata)
        footer, rows = self.footer, self._file.metadata.num_rows
        self.schema: pa.Schema = self._file.schema_arrow
        made = (footer.stage, footer.phase, footer.key)
        if task is not None and made != (task.stage, task.phase, task.key):
            made_as = f"{footer.stage}.{footer.phase}".rstrip(".") + f"/{footer.key}"
            raise InvariantError(f"{task.path}: is not {task.label}, but was written as {made_as}")
        if footer.rows != rows:
            raise InvariantError(
                f"{self._name}: has {rows} rows, but its footer says {footer.rows}"
            )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Read all columns, some rows at a time, with page checksums verified.

        Raises
        ------
        InvariantError
            At the end, if the content of a column is not what was written.
        """
        schema, footer = self.schema, self.footer
        try:
            with self._file as file:
                digests = [ColumnDigest(field.type) for field in schema]
                for batch in file.iter_batches(_batch_rows(file.metadata), use_threads=False):
                    for digest, column in zip(digests, batch.columns, strict=True):
                        digest.update(column)
                    yield batch
        except (pa.ArrowException, OSError, UnicodeError) as error:
            first = first_line(error)
            raise InvariantError(f"{self._path}: is missing or damaged: {first}") from error
        found = {n: d.hexdigest() for n, d in zip(schema.names, digests, strict=True)}
        wrong = [name for name, digest in found.items() if footer.columns.get(name) != digest]
        wrong += [name for name in footer.columns if name not in found]
        if wrong:
            names = ", ".join(wrong)
            raise InvariantError(f"{self._name}: content of {names} is not what was written")


def _batch_rows(metadata: pq.FileMetaData) -> int:
    """As many rows as a row group may have, but none that are larger than `BATCH_BYTES`."""
    groups = (metadata.row_group(i) for i in range(metadata.num_row_groups))
    row = max((g.total_byte_size / g.num_rows for g in groups if g.num_rows), default=1)
    return max(1, min(ROW_GROUP_ROWS, int(BATCH_BYTES / max(row, 1))))
