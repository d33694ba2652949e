"""The layer of dedup: what the clusters mean for each row of a shard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.base import ROW
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.members import MEMBER
from eurosift.stages.dedup.signed import EXACT, NEAR, URL, gather
from eurosift.stages.errors import StageError
from eurosift.stages.phases import LayerPhase, Workspace

REASONS = {EXACT: "exact_duplicate", URL: "url_duplicate", NEAR: "near_duplicate"}
WEIGHT = "upsampling_weight"


class Members(NamedTuple):
    """The members of clusters in one shard: their rows, ascending, and what is known of them."""

    rows: npt.NDArray[np.int64]
    table: pa.Table


class DedupLayer(LayerPhase):
    """Adds cluster, keeper and reasons to every active row."""

    def __init__(self, reasons_column: str, config: DedupConfig) -> None:
        self._reasons_column = reasons_column
        self._config = config

    @property
    def reads(self) -> tuple[str, ...]:
        """Ids; and what the keeper policy needs, so that a recipe without it is refused."""
        url = ["url"] if self._config.urls else []
        return tuple(dict.fromkeys(("id", ROW, *self._config.policy_columns(), *url)))

    @property
    def adds(self) -> pa.Schema:
        """`duplicate_of` is the id of the keeper, null for keepers."""
        weight = {WEIGHT: pa.float64()} if self._config.upsampling else {}
        return pa.schema(
            weight
            | {
                "cluster_id": pa.string(),
                "cluster_size": pa.int32(),
                "is_keeper": pa.bool_(),
                "duplicate_of": pa.string(),
                self._reasons_column: pa.list_(pa.string()),
            }
        )

    def side_inputs(self, shard: str, workspace: Workspace) -> Mapping[str, str]:
        """Digests of the shard's members, of the languages that have any."""
        return {
            f"members/{key}": facts["shards"][shard]["digest"]
            for key, facts in workspace.facts("members").items()
            if shard in facts["shards"]
        }

    def side(self, shard: str, workspace: Workspace) -> Members:
        """Read the shard's members."""
        batches: list[pa.RecordBatch] = []
        for key, facts in workspace.facts("members").items():
            part = facts["shards"].get(shard)
            if part is not None:
                found = list(workspace.table("members", key, MEMBER.names, part["row_groups"]))
                if sum(batch.num_rows for batch in found) != part["rows"]:
                    raise StageError(
                        f"members/{key}.parquet has other rows of shard {shard} than its footer "
                        "says; delete the file and run again"
                    )
                batches += found
        table = gather(batches, MEMBER).sort_by("row")
        return Members(table.column("row").to_numpy().astype(np.int64), table)

    def process(self, batch: pa.RecordBatch, side: Members) -> pa.RecordBatch:
        """Look the rows up; who is in no cluster is one of its own."""
        rows = batch.column(ROW).to_numpy()
        places = np.searchsorted(side.rows, rows)
        found = np.zeros(len(rows), np.bool_)
        inside = places < len(side.rows)
        found[inside] = side.rows[places[inside]] == rows[inside]
        members = side.table.take(pa.array(places, mask=~found)).combine_chunks()

        def column(name: str) -> pa.Array:
            return pa.chunked_array(members.column(name), MEMBER.field(name).type).combine_chunks()

        is_keeper = pc.fill_null(column("is_keeper"), True)  # noqa: FBT003 - pyarrow's own order
        kind = column("kind")
        removed = pc.invert(is_keeper).to_numpy(zero_copy_only=False)
        names = pa.array(list(REASONS))
        values = pa.array(list(REASONS.values())).take(pc.index_in(kind.drop_null(), names))
        offsets = np.concatenate([[0], np.cumsum(removed)]).astype(np.int32)
        size = pc.fill_null(column("cluster_size"), 1)
        columns = [
            pc.coalesce(column("cluster_id"), batch.column("id").cast(pa.string())),
            size,
            is_keeper,
            pc.if_else(is_keeper, None, column("keeper")),
            pa.ListArray.from_arrays(pa.array(offsets), values),
        ]
        if self._config.upsampling:
            columns.insert(0, self._weights(size, is_keeper))
        return pa.RecordBatch.from_arrays(columns, schema=self.adds)

    def _weights(self, size: pa.Array, is_keeper: pa.Array) -> pa.Array:
        """Weight of each keeper, null for others; 1 below the first size that has one."""
        sizes = np.array([0, *self._config.upsampling])
        weights = np.array([1.0, *self._config.upsampling.values()])
        found = weights[np.searchsorted(sizes, size.to_numpy(), side="right") - 1]
        return pc.if_else(is_keeper, pa.array(found), None)
