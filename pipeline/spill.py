"""What is compared of documents, on disk: in parts by a hash of the id that fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

_ROW_BITS = 32
Codes = npt.NDArray[np.int32]
_SPILLED = np.dtype(
    [
        ("high", np.uint64),
        ("low", np.uint64),
        ("place", np.int64),
        ("verdict", np.int32),
        ("label", np.int32),
    ]
)


def write(
    files: Sequence[IO[bytes]],
    ids: pa.Array,
    shard: int,
    start: int,
    verdicts: Codes,
    labels: Codes,
) -> None:
    """Append some documents of a shard to the parts that they belong to.

    Parameters
    ----------
    files
        The parts.
    ids
        Ids of the documents; kept as 128 bits of hashes.
    shard, start
        Number of the shard, and of the first row.
    verdicts, labels
        Shape (n_rows,): what is to be compared.
    """
    series = pl.Series(ids)
    rows = np.empty(len(ids), _SPILLED)
    rows["high"] = series.hash(seed=1).to_numpy()
    rows["low"] = series.hash(seed=2).to_numpy()
    rows["place"] = (shard << _ROW_BITS) + np.arange(start, start + len(ids))
    rows["verdict"], rows["label"] = verdicts, labels
    parts = rows["high"] % np.uint64(len(files))
    for i, file in enumerate(files):
        file.write(rows[parts == i].tobytes())


def place_of(place: int) -> tuple[int, int]:
    """Number of the shard, and of the row in it, of a `place`."""
    return place >> _ROW_BITS, place & ((1 << _ROW_BITS) - 1)


def load(folder: Path, name: str, part: int) -> pl.DataFrame:
    """One part: ``high``, ``low`` (of the hash), ``place``, ``verdict``, ``label``."""
    rows = np.fromfile(folder / f"{name}-{part}", _SPILLED)
    return pl.DataFrame({column: rows[column].copy() for column in _SPILLED.names or ()})


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """With the number of the row among those of the same id, which a run should have once."""
    return frame.sort("place").with_columns(nth=pl.int_range(pl.len()).over("high", "low"))
