"""Phase cluster: the clusters of one language, their members and which of them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.dedup.cluster import Forest, assign
from eurosift.dedup.exact import HASH_TYPE
from eurosift.filters.arrays import UInt32s, UInt64s
from eurosift.stages.base import Item, Sink, TablePhase, Workspace
from eurosift.stages.dedup.match import EXACT, NEAR, file_name
from eurosift.stages.dedup.signed import (
    ROW_BITS,
    Parts,
    gather,
    languages,
    read_parts,
    shard_keys,
    write_part,
)

MEMBER = pa.schema(
    {
        "shard": pa.string(),
        "row": pa.uint32(),
        "id": pa.string(),
        "cluster_id": pa.string(),
        "cluster_size": pa.int32(),
        "keeper": pa.string(),
        "is_keeper": pa.bool_(),
        "kind": pa.string(),
    }
)
"""One member of a cluster of two or more, kept or not. `kind` says how a member that is not kept
relates to the keeper: ``exact`` if their texts are equal, else ``near``; null for keepers."""

EDGE = pa.schema({"a": pa.uint64(), "b": pa.uint64()})
SIGNED = pa.schema(
    {"id": pa.string(), "text_hash": HASH_TYPE, "priority": pa.float64(), "n_chars": pa.int64()}
)


class Cluster(TablePhase):
    """Joins the edges of one language to clusters and chooses each one's keeper.

    The table is sorted by shard and row, each shard begins a row group and has a digest of its
    own. Memory: about 150 bytes per member of a cluster.
    """

    name: ClassVar[str] = "cluster"

    @property
    def schema(self) -> pa.Schema:
        """The membership table, see `MEMBER`."""
        return MEMBER

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per language."""
        signed = languages(workspace.facts("sign"))
        found = []
        for language, footer in workspace.files("match").items():
            parts = signed[language]
            inputs = {f"match.{column}": digest for column, digest in footer.columns.items()}
            inputs |= {f"sign/{shard}": part["digest"] for shard, part in parts.items()}
            found.append(Item(language, f"cluster/{file_name(language)}", inputs, parts))
        return found

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Cluster one language."""
        members, roots = _clusters(item.key, workspace)
        signed = _read_members(members, item.payload, workspace)
        table = _describe(members, roots, signed, shard_keys(members, workspace.shards))
        facts: dict[str, Any] = {}
        n_row_groups = 0
        start = 0
        counts = pc.value_counts(table.column("shard")).to_pylist()
        for shard, n in ((count["values"], count["counts"]) for count in counts):
            facts[shard] = write_part(table.slice(start, n), sink, n_row_groups)
            n_row_groups += len(facts[shard]["row_groups"])
            start += n
        sink.facts["shards"] = facts
        sink.facts["clusters"] = len(np.unique(roots))


def _clusters(language: str, workspace: Workspace) -> tuple[UInt64s, UInt32s]:
    """Numbers of all members, ascending, and the root of each one's cluster."""
    edges = gather(
        list(workspace.table("match", language, EDGE.names)),
        EDGE,
    )
    a, b = (edges.column(name).to_numpy() for name in EDGE.names)
    members = np.unique(np.concatenate([a, b]))
    forest = Forest(len(members))
    forest.link(
        np.searchsorted(members, a).astype(np.uint32), np.searchsorted(members, b).astype(np.uint32)
    )
    return members, forest.roots()


def _read_members(members: UInt64s, parts: Parts, workspace: Workspace) -> pa.Table:
    """Read what the sign phase knows of the members, in their order."""
    shards = set(shard_keys(members, workspace.shards).unique().to_pylist())
    needed = {shard: part for shard, part in parts.items() if shard in shards}
    found = []
    for numbers, batch in read_parts(workspace, needed, SIGNED.names):
        places = np.minimum(np.searchsorted(members, numbers), len(members) - 1)
        found.append(batch.filter(pa.array(members[places] == numbers)))
    return gather(found, SIGNED)


def _describe(members: UInt64s, roots: UInt32s, signed: pa.Table, shards: pa.Array) -> pa.Table:
    """Make the membership table."""
    ids, hashes = (signed.column(name).combine_chunks() for name in ("id", "text_hash"))
    clusters = assign(
        roots,
        priority=signed.column("priority").to_numpy(),
        n_chars=signed.column("n_chars").to_numpy(),
        id_rank=pc.rank(ids, "ascending", tiebreaker="dense").to_numpy().astype(np.int64),
    )
    is_keeper = pa.array(clusters.keeper == np.arange(len(members)))
    kind = pc.if_else(pc.equal(hashes, hashes.take(pa.array(clusters.keeper))), EXACT, NEAR)
    columns = {
        "shard": shards,
        "row": pa.array((members & np.uint64((1 << ROW_BITS) - 1)).astype(np.uint32)),
        "id": ids,
        "cluster_id": ids.take(pa.array(clusters.name)),
        "cluster_size": pa.array(clusters.size.astype(np.int32)),
        "keeper": ids.take(pa.array(clusters.keeper)),
        "is_keeper": is_keeper,
        "kind": pc.if_else(is_keeper, None, kind),
    }
    return pa.Table.from_arrays(list(columns.values()), schema=MEMBER)
