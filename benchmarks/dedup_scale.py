"""Matching and clustering of generated documents: time, peak memory and disk of each phase.

The files of the sign phase are generated (ids, merits and band keys, no text), as the phase itself
would write them; all phases behind it are the real ones. All documents are in one language, which
is the hardest case. Four of ten documents are copies in clusters of very different sizes, where
each band agrees with probability 0.7; one band of another tenth of all documents is the same.

Each phase does its items one after the other in one process on one pinned core.

``python dedup_scale.py [DOCUMENTS …]``: 10**6 and 10**7 if not said. 10**8 takes a quarter of an
hour on a quiet machine, and 25 GB of disk.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.shards import ShardWriter, read_batches
from eurosift.stages.dedup import Dedup, DedupConfig, signed
from eurosift.stages.dedup.signed import Entries
from eurosift.stages.footer import Footer, Head
from eurosift.stages.phases import Item

TITLE = "Matching and clustering of generated documents"
NOTE = """\
Generated documents (band keys only, one language), one core; 4 GiB per item allowed. `disk` is what
the phase wrote; documents per second are those of processor time, start of the process and loading
of kernels included. For 10**8 documents: `python benchmarks/dedup_scale.py 100000000`.

"""
COLUMNS = (
    *("documents", "phase", "items", "wall s", "processor s", "docs/s", "peak RSS MB"),
    *("disk MB", "result"),
)
LANGUAGE = "deu_Latn"
SHARD = 1_000_000
PHASES = ("match", "cluster", "members")
CONFIG = DedupConfig()
_MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def mix(values: Any) -> Any:
    """SplitMix64 of whole arrays."""
    with np.errstate(over="ignore"):
        values = (values + np.uint64(1)) * np.uint64(_MIX[0])
        values = (values ^ (values >> np.uint64(30))) * np.uint64(_MIX[1])
        values = (values ^ (values >> np.uint64(27))) * np.uint64(_MIX[2])
    return values ^ (values >> np.uint64(31))


def band_keys(documents: Any, total: int) -> Any:
    """Keys of the bands of some documents: uint64, shape (n, bands)."""
    bands = np.arange(CONFIG.bands, dtype=np.uint64)
    chance = (mix(documents) >> np.uint64(11)).astype(np.float64) / 2**53
    keys = mix(mix(documents)[:, None] ^ bands)
    copies = np.flatnonzero(chance < 0.4)
    cluster = ((chance[copies] / 0.4) ** 3 * total / 10).astype(np.uint64) + np.uint64(1 << 60)
    agree = keys[copies] % np.uint64(10) < np.uint64(7)
    keys[copies] = np.where(agree, mix(mix(cluster)[:, None] ^ bands), keys[copies])
    keys[(chance >= 0.4) & (chance < 0.5), 0] = np.uint64(12345)
    return keys


def write_signatures(folder: Path, number: int, n: int, total: int) -> None:
    """Write what the sign phase would write of one shard."""
    schema = signed.schema(CONFIG)
    documents = np.arange(number * SHARD, number * SHARD + n, dtype=np.uint64)
    sink = Writer(folder / f"sign/{number:05d}.parquet", schema)
    hashes = mix(documents)
    ids = np.char.add("doc-", documents.astype(np.str_))
    columns = {
        "language": pa.repeat(LANGUAGE, n),
        "row": pa.array(np.arange(n, dtype=np.uint32)),
        "id": pa.array(ids.tolist()),
        "merits": pa.ListArray.from_arrays(
            pa.array(np.arange(n + 1, dtype=np.int32) * 3),
            pa.array(np.stack([np.ones(n), *2 * [hashes % np.uint64(9000)]], 1).ravel()),
        ),
    }
    table = pa.table([columns.get(f.name, pa.nulls(n, f.type)) for f in schema], schema=schema)
    part = signed.write_part(table, sink, 0)
    places = np.repeat(np.arange(n, dtype=np.uint32), CONFIG.bands)
    entries = {signed.NEAR: Entries(band_keys(documents, total).reshape(1, -1), places)}
    keys = signed.write_keys(entries, LANGUAGE, schema, sink, len(part["row_groups"]))
    part |= {"keys": keys, "entries": {signed.NEAR: len(places)}}
    sink.facts["languages"] = {LANGUAGE: part}
    sink.finish("sign", f"{number:05d}")


class Writer(ShardWriter):
    """The writer of all shards, with a footer that says only what phases ask for."""

    def finish(self, phase: str, key: str) -> None:
        self.end_row_group()
        self.commit(
            Footer(
                stage="dedup",
                phase=phase,
                key=key,
                version=Dedup.version,
                config={},
                inputs={},
                fingerprint="",
                rows=self.rows,
                columns=self.column_digests(),
                facts=self.facts,
            )
        )


class Workspace:
    """A folder of the files of dedup, as its phases see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._heads: dict[str, dict[str, Head]] = {}

    def files(self, phase: str) -> dict[str, Head]:
        if phase not in self._heads:
            self._heads[phase] = {}
            for path in sorted((self.folder / phase).glob("*.parquet")):
                footer = read_footer(path)
                assert footer is not None
                self._heads[phase][path.stem] = Head.of(footer.model_dump(mode="json"))
        return self._heads[phase]

    def facts(self, phase: str) -> dict[str, Any]:
        return {key: head.facts for key, head in self.files(phase).items()}

    def table(
        self, phase: str, key: str, columns: Sequence[str], row_groups: Sequence[int] | None = None
    ) -> Iterator[pa.RecordBatch]:
        return read_batches(self.folder / phase / f"{key}.parquet", columns, row_groups)

    def path(self, relative: str) -> Path:
        return self.folder / relative


def generate(folder: Path, total: int) -> None:
    for number in range(-(-total // SHARD)):
        write_signatures(folder, number, min(SHARD, total - number * SHARD), total)


def work(folder: Path, name: str) -> dict[str, Any]:
    """Do all items of a phase; for a process of its own."""
    workspace: Any = Workspace(folder)
    (phase,) = (p for p in Dedup(CONFIG, name="dedup").phases if p.name == name)
    items = phase.items(workspace)
    facts = [_do(phase, item, workspace) for item in items]
    if name == "match":
        result = f"edges {sum(sum(fact['edges'].values()) for fact in facts):,}"
    elif name == "cluster":
        result = f"clusters {facts[0]['clusters']:,}"
    else:
        rows = sum(part["rows"] for fact in facts for part in fact["shards"].values())
        result = f"members {rows:,}"
    return {"items": len(items), "result": result}


def _do(phase: Any, item: Item, workspace: Any) -> dict[str, Any]:
    sink = Writer(workspace.folder / item.path, phase.schema)
    phase.run(item, workspace, sink)
    sink.finish(phase.name, item.key)
    return sink.facts


def measured(target: Any, *arguments: Any) -> dict[str, Any]:
    """Call in a process of its own, on one core: what it gave, wall seconds and peak memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (target, arguments))


def _measured(target: Any, arguments: Any) -> dict[str, Any]:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    pa.set_cpu_count(1)
    start = time.monotonic()
    found = target(*arguments) or {}
    found["wall s"] = round(time.monotonic() - start, 1)
    found["processor s"] = round(time.process_time(), 1)
    found["peak RSS MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    return found


def measure(
    totals: Sequence[int] = (10**6, 10**7), where: str | None = None
) -> list[dict[str, Any]]:
    rows = []
    for total in totals:
        folder = Path(tempfile.mkdtemp(dir=where))
        try:
            made = measured(generate, folder, total)
            print(f"  {total:,} generated: {made}", file=sys.stderr, flush=True)
            for name in PHASES:
                found = measured(work, folder, name)
                disk = sum(path.stat().st_size for path in (folder / name).iterdir())
                found |= {"documents": total, "phase": name, "disk MB": round(disk / 1e6)}
                found["docs/s"] = round(total / found["processor s"])
                rows.append({column: found[column] for column in COLUMNS})
                print(f"  {rows[-1]}", file=sys.stderr, flush=True)
        finally:
            shutil.rmtree(folder)
    return rows


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    print(json.dumps(measure(*([given] if given else [])), indent=1))
