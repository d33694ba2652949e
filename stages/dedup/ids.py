"""Phase ids: no two documents may have the same id, in whatever shards and languages they are.

Covered are all documents that reach this stage. Rows that a stage before it rejected are not
looked at: nothing refers to them by id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import orjson
import pyarrow.compute as pc
import xxhash

from eurosift.dedup.match import ENTRY_BYTES, Matcher
from eurosift.filters.arrays import UInt64s
from eurosift.stages.dedup.config import DedupConfig
from eurosift.stages.dedup.signed import ID, KEY_COLUMNS, KEY_SPACE, key_row_groups, keys_of
from eurosift.stages.errors import StageError
from eurosift.stages.phases import DocumentPhase, Item, Workspace

MEND_IDS = (
    "give every document an id of its own, or leave the ids out so that they are made from path "
    "and row"
)
ROW_BITS = 32
"""A document is ``number of its shard << ROW_BITS | row`` here."""


class IdCollisionError(StageError):
    """Two documents have the same id."""


class CheckIds(DocumentPhase):
    """Checks that ids are unique; ids that were given with the data often are not."""

    name: ClassVar[str] = "ids"

    def __init__(self, config: DedupConfig) -> None:
        self._config = config

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per range of hashes, as many as the limit of memory asks for."""
        digests = []
        n = 0
        for shard, facts in workspace.facts("sign").items():
            digests.append([shard, *(part["digest"] for part in facts["languages"].values())])
            n += facts["ids"]["entries"][ID]
        inputs = {"signatures": xxhash.xxh3_128_hexdigest(orjson.dumps(digests))}
        n_ranges = -(-max(n, 1) // self._config.share(ENTRY_BYTES))
        return [
            Item(f"{number:05d}", f"ids/{number:05d}.json", inputs | {"ranges": str(n_ranges)},
                 [number, n_ranges])
            for number in range(n_ranges)
        ]  # fmt: skip

    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        """Compare the ids of a range.

        Raises
        ------
        IdCollisionError
            Naming the id and both places.
        """
        number, n_ranges = item.payload
        low, high = (edge * KEY_SPACE // n_ranges for edge in (number, number + 1))
        repeated = Repeated()
        matcher = Matcher(self._config.share(ENTRY_BYTES), repeated.add, parts=2)
        n = 0
        shards = workspace.facts("sign")
        for order, (shard, facts) in enumerate(shards.items()):
            row_groups = key_row_groups(facts["ids"]["keys"], low, high)
            batches = workspace.table("sign", shard, KEY_COLUMNS, row_groups)
            for kind, entries in keys_of(batches, low, high):
                if kind == ID:
                    documents = entries.places.astype(np.uint64) | np.uint64(order << ROW_BITS)
                    matcher.add(entries.keys, documents)
                    n += len(documents)
        matcher.finish()
        if repeated.first is not None:
            raise IdCollisionError(_message(repeated.first, repeated.n, list(shards), workspace))
        return {"documents": n}


class Repeated:
    """Documents whose id stands before: how many there are, and the first one with its double."""

    def __init__(self) -> None:
        self.n = 0
        self.first: tuple[int, int] | None = None

    def add(self, a: UInt64s, b: UInt64s) -> None:
        """Add pairs of documents with one id."""
        if len(a):
            self.n += len(a)
            place = np.lexsort((b, a))[0]
            pair = (int(a[place]), int(b[place]))
            self.first = pair if self.first is None else min(self.first, pair)


def _message(pair: tuple[int, int], n: int, shards: Sequence[str], workspace: Workspace) -> str:
    keys = [shards[number >> ROW_BITS] for number in pair]
    rows = [number & ((1 << ROW_BITS) - 1) for number in pair]
    batches = workspace.table("sign", keys[0], ["id", "row"])
    found = (batch.filter(pc.equal(batch.column("row"), rows[0])) for batch in batches)
    name = next(batch.column("id")[0].as_py() for batch in found if batch.num_rows)
    return (
        f"the id {name!r} stands in shard {keys[0]}, row {rows[0]}, and again in shard {keys[1]}, "
        f"row {rows[1]} ({n} documents repeat an id); {MEND_IDS}"
    )
