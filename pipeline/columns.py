"""Columns of a run as arrays: all rows of a shard at once, a few columns of some layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.errors import InvariantError, first_line
from eurosift.pipeline.tasks import Run


def reader(run: Run, layers: Sequence[str]) -> Node:
    """A place behind some layers, from where a workspace can look at them."""
    order = list(run.dag.nodes)
    nearest_first = tuple(sorted(set(layers), key=order.index, reverse=True))
    return Node("columns", run.dag.source.step, nearest_first[:1], nearest_first)


def read_columns(
    run: Run, shard: str, by_layer: Mapping[str, Sequence[str]]
) -> dict[str, pa.Array]:
    """Read columns of a shard, by name; languages come dictionary-encoded.

    Parameters
    ----------
    run
        The run.
    shard
        Its key.
    by_layer
        Names of the columns by that of the stage that has them.

    Raises
    ------
    IncompleteError
        If a layer does not have the shard.
    InvariantError
        If a file is damaged, or layers do not speak of the same rows.
    """
    columns = [name for names in by_layer.values() for name in names]
    run.workspace(reader(run, list(by_layer))).digests(shard, columns)
    found: dict[str, pa.Array] = {}
    for layer, names in by_layer.items():
        path = run.files.layer(layer, shard)
        strings = [name for name in names if name == LANGUAGE]
        try:
            with pq.ParquetFile(
                path, page_checksum_verification=True, read_dictionary=strings
            ) as file:
                table = file.read(columns=list(names), use_threads=False)
        except (pa.ArrowException, OSError) as error:
            raise InvariantError(f"{path}: is missing or damaged: {first_line(error)}") from error
        found |= {name: whole(table.column(name)) for name in names}
    return found


def whole(column: pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    one = column.unify_dictionaries().combine_chunks()
    return one.chunk(0) if isinstance(one, pa.ChunkedArray) else one


def made_shards(run: Run, layers: Sequence[str]) -> list[str]:
    """Shards that all of some layers have, in the order of the plan."""
    folders = [run.files.folder / layer for layer in layers]
    there = [{path.stem for path in folder.glob("*.parquet")} for folder in folders]
    return [shard for shard in run.plan.shards if all(shard in made for made in there)]
