"""Phase ids: no two documents may have the same id, in whatever shards and languages they are.

Covered are all documents that reach this stage. Rows that a stage before it rejected are not
looked at: nothing refers to them by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from eurosift.dedup.exact import hash_keys, hash_texts
from eurosift.dedup.match import match
from eurosift.stages.base import DocumentPhase, Item, Workspace
from eurosift.stages.dedup.signed import ROW_BITS, Parts, languages, read_parts, shard_keys
from eurosift.stages.errors import StageError

DOCUMENTS_PER_PASS = 1 << 26
"""Documents compared at once, at about 64 bytes each: 4 GiB. Larger runs take several passes over
the ids, each with another part of the hashes."""


class IdCollisionError(StageError):
    """Two documents have the same id."""


class CheckIds(DocumentPhase):
    """Checks that ids are unique; ids that were given with the data often are not."""

    name: ClassVar[str] = "ids"

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item for the whole run."""
        parts = languages(workspace.facts("sign"))
        inputs = {
            f"sign/{shard}/{language}": part["digest"]
            for language, shards in parts.items()
            for shard, part in shards.items()
        }
        return [Item("all", "ids/all.json", inputs, parts)]

    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        """Compare all ids.

        Raises
        ------
        IdCollisionError
            Naming the id and both places.
        """
        parts: Mapping[str, Parts] = item.payload
        n = sum(part["rows"] for shards in parts.values() for part in shards.values())
        n_passes = max(1, -(-n // DOCUMENTS_PER_PASS))
        for number in range(n_passes):
            self._check(parts, workspace, number, n_passes)
        return {"documents": n}

    def _check(
        self, parts: Mapping[str, Parts], workspace: Workspace, number: int, n_passes: int
    ) -> None:
        keys = [np.empty((2, 0), np.uint64)]
        found = [np.empty(0, np.uint64)]
        for shards in parts.values():
            for documents, batch in read_parts(workspace, shards, ["id"]):
                hashes = hash_keys(hash_texts(batch.column("id")))
                mine = hashes[1] % np.uint64(n_passes) == number
                keys.append(hashes[:, mine])
                found.append(documents[mine])
        documents = np.concatenate(found)
        edges = match(np.concatenate(keys, axis=1))
        if edges.a.size == 0:
            return
        pairs = np.sort(np.stack([documents[edges.a], documents[edges.b]], axis=1), axis=1)
        pair = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))[0]]
        shards = shard_keys(pair, workspace.shards).to_pylist()
        rows = (pair & np.uint64((1 << ROW_BITS) - 1)).tolist()
        raise IdCollisionError(
            f"the id {_find_id(parts, workspace, pair[0])!r} stands in shard {shards[0]}, row "
            f"{rows[0]}, and again in shard {shards[1]}, row {rows[1]} ({len(pairs)} documents "
            "repeat an id); give every document an id of its own, or leave the ids out so that "
            "they are made from path and row"
        )


def _find_id(parts: Mapping[str, Parts], workspace: Workspace, document: np.uint64) -> Any:
    return next(
        ids[np.flatnonzero(documents == document)[0]].as_py()
        for shards in parts.values()
        for documents, (ids,) in read_parts(workspace, shards, ["id"])
        if document in documents
    )
