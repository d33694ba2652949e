"""Entering the rows of a layer into its ledger, and a digest of those that it rejects."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.pipeline.dag import BUCKET, LANGUAGE, TEXT, Dag, Node
from eurosift.pipeline.digest import of_json
from eurosift.pipeline.ledger import Ledger, rejected_rows


class Rejects:
    """Digest of which rows a layer rejects: their numbers, however they were batched."""

    def __init__(self) -> None:
        self._rows: list[pa.Array] = []
        self._start = 0

    def add(self, reasons: pa.Array) -> None:
        """Append rows."""
        numbers = pc.indices_nonzero(rejected_rows(reasons))
        self._rows.append(pc.add(numbers.cast(pa.int64()), self._start))
        self._start += len(reasons)

    def hexdigest(self) -> str:
        """Digest of all that was added."""
        return of_json([number for rows in self._rows for number in rows.to_pylist()])


def _column(batch: pa.RecordBatch, name: str) -> pa.Array | None:
    return batch.column(name) if name in batch.schema.names else None


def count_rows(
    ledger: Ledger,
    dag: Dag,
    node: Node,
    out: pa.RecordBatch,
    read: pa.RecordBatch | None,
    active: pa.BooleanArray | None,
) -> None:
    """Enter rows of a layer into its ledger.

    Parameters
    ----------
    ledger
        Where to.
    dag, node
        The stage whose rows they are.
    out
        Its columns.
    read
        What it read, as `layer_columns`; None for a source.
    active
        Rows that it worked on; None for all.
    """
    if active is None:
        active = pa.repeat(True, out.num_rows)  # noqa: FBT003 - by position only

    def column(name: str) -> pa.Array | None:
        found = _column(out, name)
        return found if found is not None or read is None else _column(read, name)

    def characters() -> pa.Array | None:
        texts = [_column(batch, TEXT) for batch in (out, read) if batch is not None]
        lengths = [pc.utf8_length(x) for x in texts if x is not None and x.type == pa.string()]
        return pc.coalesce(*lengths) if lengths else None

    enter(ledger, dag, node, active, column, characters)


def enter(
    ledger: Ledger,
    dag: Dag,
    node: Node,
    active: pa.BooleanArray,
    column: Callable[[str], pa.Array | None],
    characters: Callable[[], pa.Array | None],
) -> None:
    """Enter rows of a layer into its ledger, wherever their columns come from.

    Parameters
    ----------
    ledger
        Where to.
    dag, node
        The stage whose rows they are.
    active
        Rows that it worked on.
    column
        Gives a column of the layer itself or of those before it; None if there is none.
    characters
        Gives the lengths of the texts as the stage leaves them, where no column has them; None if
        there is no text.
    """
    sizes: dict[str, pa.Array] = {}
    for measure, name in dag.measures(node).items():
        array = column(name)
        if array is not None and array.null_count < len(array):
            sizes[measure] = array.cast(pa.int64())
    if "characters" not in sizes and node.decides:  # others have those of the stage before
        lengths = characters()
        if lengths is not None:
            sizes["characters"] = lengths.cast(pa.int64())
    evidence = {name: column(name) for name in node.evidence}
    findings = {name: column(name) for name in node.findings}
    language = column(LANGUAGE)
    labels = None if language is None else buckets.labels(language, column(BUCKET))
    ledger.add(active, labels, column(node.step.reasons_column), sizes, evidence, findings)
