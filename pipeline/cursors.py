"""Several layers read side by side: the same rows of each, whatever the batches of their files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from eurosift.pipeline.errors import AlignmentError


class Cursor:
    """Rows of one layer, taken in pieces of any size."""

    def __init__(
        self, name: str, layer: str, columns: Sequence[str], batches: Iterator[pa.RecordBatch]
    ) -> None:
        self.name = name
        self._layer = layer
        self._columns = columns
        self._batches = batches
        self._batch: pa.RecordBatch | None = None

    def available(self) -> int:
        """Rows that can be taken at once; 0 at the end."""
        while self._batch is None or self._batch.num_rows == 0:
            self._batch = next(self._batches, None)
            if self._batch is None:
                return 0
        return int(self._batch.num_rows)

    def take(self, n: int) -> dict[tuple[str, str], pa.Array]:
        """The next `n` rows, which `available` has promised."""
        batch = self._batch
        assert batch is not None  # noqa: S101 - `available` was asked before
        self._batch = batch.slice(n)
        return {(self._layer, c): batch.column(i).slice(0, n) for i, c in enumerate(self._columns)}


def aligned(cursors: Sequence[Cursor]) -> Iterator[dict[tuple[str, str], pa.Array]]:
    """Yield pieces of the same rows of all cursors, by layer and column.

    Raises
    ------
    AlignmentError
        If one ends before the others.
    """
    taken = 0
    while True:
        sizes = [cursor.available() for cursor in cursors]
        n = min(sizes)
        if n == 0:
            if any(sizes):
                ended = cursors[sizes.index(0)].name
                longer = next(c.name for c, size in zip(cursors, sizes, strict=True) if size)
                raise AlignmentError(
                    f"{ended} ends after {taken} rows, but {longer} goes on: the layers do not "
                    "speak of the same rows; run `eurosift verify`"
                )
            return
        pieces: dict[tuple[str, str], pa.Array] = {}
        for cursor in cursors:
            pieces.update(cursor.take(n))
        yield pieces
        taken += n
