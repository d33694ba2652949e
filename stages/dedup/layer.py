"""The layer of dedup: what the clusters mean for each row of a shard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.base import ROW, LayerPhase, Workspace
from eurosift.stages.dedup.cluster import MEMBER
from eurosift.stages.dedup.match import EXACT, NEAR
from eurosift.stages.dedup.signed import gather, read_part

REASONS = {EXACT: "exact_duplicate", NEAR: "near_duplicate"}


class Members(NamedTuple):
    """The members of clusters in one shard: their rows, ascending, and what is known of them."""

    rows: npt.NDArray[np.int64]
    table: pa.Table


class DedupLayer(LayerPhase):
    """Adds cluster, keeper and reasons to every active row."""

    def __init__(self, reasons_column: str, policy_column: str | None) -> None:
        self._reasons_column = reasons_column
        self._policy_column = policy_column

    @property
    def reads(self) -> tuple[str, ...]:
        """Ids; and what the keeper policy needs, so that a recipe without it is refused."""
        return ("id", ROW, *([self._policy_column] if self._policy_column else []))

    @property
    def adds(self) -> pa.Schema:
        """`duplicate_of` is the id of the keeper, null for keepers."""
        return pa.schema(
            {
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
            f"cluster/{language}": facts["shards"][shard]["digest"]
            for language, facts in workspace.facts("cluster").items()
            if shard in facts["shards"]
        }

    def side(self, shard: str, workspace: Workspace) -> Members:
        """Read the shard's members."""
        batches = [
            batch
            for language, facts in workspace.facts("cluster").items()
            if (part := facts["shards"].get(shard)) is not None
            for batch in read_part(workspace, "cluster", language, part, MEMBER.names)
        ]
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
        reasons = pa.ListArray.from_arrays(
            pa.array(np.concatenate([[0], np.cumsum(removed)]).astype(np.int32)),
            pc.if_else(pc.equal(kind, EXACT), REASONS[EXACT], REASONS[NEAR]).drop_null(),
        )
        ids = batch.column("id").cast(pa.string())
        columns = [
            pc.coalesce(column("cluster_id"), ids),
            pc.fill_null(column("cluster_size"), 1),
            is_keeper,
            pc.if_else(is_keeper, None, column("keeper")),
            reasons,
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.adds)
