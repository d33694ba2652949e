"""The index of a run: what its footers say, in one file per stage, so that looking is quick.

Reading tens of thousands of footers takes longer than anyone wants to wait for `eurosift status`.
So the coordinator of a run leaves an index behind after each stage, and commands that only show
something believe it for every file whose size, times and inode are still the same. Everything else
they read from the file itself.

The index is never truth: `run` and `verify` do not look at it, and one that is missing, damaged,
out of date or of another run costs time and nothing else. What cannot be written is left out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline import seal, sealed_json
from eurosift.pipeline.errors import InvariantError
from eurosift.pipeline.footers import read_footer, read_footer_json
from eurosift.pipeline.plan import Plan
from eurosift.pipeline.shards import ShardWriter
from eurosift.pipeline.stamp import Stamp
from eurosift.stages.errors import EurosiftError
from eurosift.stages.footer import EVIDENCE, FINDINGS, Footer, Head

FOLDER = ".index"
FORMAT = 1
PHASE = "index"
"""What the footer of an index calls itself."""
_INPUTS = "inputs.json"
_SCHEMA = pa.schema(
    [
        ("name", pa.string()),
        *((field, pa.int64()) for field in ("size", "modified", "changed", "inode")),
        ("head", pa.binary()),
        ("facts", pa.binary()),
    ]
)
_BATCH = 1024
"""Files in a row group."""


class Sums:
    """Footers of a layer, added up.

    Attributes
    ----------
    tallies
        Per language as in a footer: inactive, kept, rejected, reasons, measures.
    skipped, losses, mended
        For the documents layer: records that are no documents, stretches of input that could not
        be read, and documents whose letters were put right, by reason.
    evidence
        Rows by column, language and value, of stages that count some.
    findings
        What was found by column, language and value, of stages that count it.
    counted
        Rows by column that the stage worked on in shards in which it counted this evidence: files
        that an earlier version made have none.
    """

    def __init__(self, known: Mapping[str, Any] | None = None) -> None:
        known = known or {}
        self.tallies: dict[str, dict[str, Any]] = known.get("tallies", {})
        self.skipped: dict[str, int] = known.get("skipped", {})
        self.losses: dict[str, int] = known.get("losses", {})
        self.mended: dict[str, int] = known.get("mended", {})
        self.evidence: dict[str, dict[str, dict[str, int]]] = known.get("evidence", {})
        self.findings: dict[str, dict[str, dict[str, int]]] = known.get("findings", {})
        self.counted: dict[str, int] = known.get("counted", {})

    def add(self, footer: Mapping[str, Any]) -> None:
        """Add a footer, as JSON has it."""
        for language, tally in footer["tallies"].items():
            total = self.tallies.setdefault(
                language, {"inactive": 0, "kept": 0, "rejected": 0, "reasons": {}, "measures": {}}
            )
            for name in ("inactive", "kept", "rejected"):
                total[name] += tally[name]
            for name in ("reasons", "measures"):
                _add(total[name], tally[name])
        _add(self.skipped, footer["facts"].get("skipped", {}))
        _add(self.mended, footer["facts"].get("mended", {}))
        for loss in footer["facts"].get("losses", ()):
            _add(self.losses, {loss["reason"]: 1})
        worked_on = sum(tally["kept"] + tally["rejected"] for tally in footer["tallies"].values())
        for column, languages in footer["facts"].get(EVIDENCE, {}).items():
            _add(self.counted, {column: worked_on})
            _add_values(self.evidence.setdefault(column, {}), languages)
        for column, languages in footer["facts"].get(FINDINGS, {}).items():
            _add_values(self.findings.setdefault(column, {}), languages)

    def known(self) -> dict[str, Any]:
        """What to make the same sums of again."""
        return dict(vars(self))


def _add(total: dict[str, int], more: Mapping[str, int]) -> None:
    for name, n in more.items():
        total[name] = total.get(name, 0) + n


def _add_values(total: dict[str, dict[str, int]], more: Mapping[str, Mapping[str, int]]) -> None:
    for language, values in more.items():
        _add(total.setdefault(language, {}), values)


@dataclass
class Index:
    """The index of one stage.

    Attributes
    ----------
    entries
        Stamp and head of each file, by its name in the folder of the stage.
    sums
        Sum of all files that are directly in it: those of the layer.
    """

    entries: dict[str, tuple[Stamp, Head]]
    sums: Mapping[str, Any]

    @property
    def layer(self) -> set[str]:
        """Files that `sums` speaks of."""
        return {name for name in self.entries if "/" not in name}


def load(folder: Path, stage: str) -> Index | None:
    """The index of a stage; None if there is none that can be used."""
    path = _path(folder, stage)
    try:
        seal.check(path)
        footer = read_footer(path)
        if footer is None or (footer.stage, footer.phase, footer.version) != (stage, PHASE, FORMAT):
            return None
        entries: dict[str, tuple[Stamp, Head]] = {}
        # One thread and one row group at a time: starting threads takes longer than to read.
        with pq.ParquetFile(path, pre_buffer=False) as file:
            for batch in file.iter_batches(_BATCH, use_threads=False):
                entries |= _entries(batch)
    except (InvariantError, pa.ArrowException, OSError, TypeError, ValueError):
        return None
    pa.default_memory_pool().release_unused()
    return Index(entries, footer.facts)


def _entries(batch: pa.RecordBatch) -> dict[str, tuple[Stamp, Head]]:
    names, *stamps, heads, facts = (column.to_pylist() for column in batch.columns)
    return {
        name: (Stamp(*stamp), Head(**orjson.loads(head), facts_json=json))
        for name, head, json, *stamp in zip(names, heads, facts, *stamps, strict=True)
    }


def refresh(folder: Path, stages: Iterable[str]) -> None:
    """Bring the index of these stages up to date."""
    for stage in stages:
        with contextlib.suppress(EurosiftError, pa.ArrowException, OSError):
            _refresh(folder, stage)


def _refresh(folder: Path, stage: str) -> None:
    stamps = dict(_files(folder / stage))
    old = load(folder, stage)
    if old is not None and {name: stamp for name, (stamp, _) in old.entries.items()} == stamps:
        return
    sums = Sums()
    writer = ShardWriter(_path(folder, stage), _SCHEMA)
    try:
        rows: list[tuple[Any, ...]] = []
        for name, stamp in stamps.items():
            footer = _footer(folder / stage / name)
            if footer is None:
                continue
            if "/" not in name:
                sums.add(footer)
            head = Head.of(footer)
            rest = {n: value for n, value in vars(head).items() if n != "facts_json"}
            rows.append((name, *stamp, orjson.dumps(rest), head.facts_json))
            if len(rows) == _BATCH:
                writer.write(_batch(rows))
                writer.end_row_group()
                rows = []
        writer.write(_batch(rows))
        writer.facts |= sums.known()
        writer.commit(_describe(stage, writer))
    except BaseException:
        writer.abandon()
        raise


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else [()] * len(_SCHEMA)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)


def _describe(stage: str, writer: ShardWriter) -> Footer:
    return Footer(
        stage=stage,
        phase=PHASE,
        key=stage,
        version=FORMAT,
        config={},
        inputs={},
        fingerprint="",
        rows=writer.rows,
        columns=writer.column_digests(),
        facts=writer.facts,
    )


def _footer(path: Path) -> dict[str, Any] | None:
    try:
        return read_footer_json(path)
    except InvariantError:
        return None


def _files(folder: Path) -> Iterator[tuple[str, Stamp]]:
    """Parquet files below a folder by name, in order, with their stamps."""
    for path in sorted(folder.rglob("*.parquet")):
        with contextlib.suppress(OSError):
            yield path.relative_to(folder).as_posix(), Stamp.of(path)


def _path(folder: Path, stage: str) -> Path:
    return folder / FOLDER / f"{stage}.footers"


def load_inputs(folder: Path) -> dict[str, tuple[Stamp, str]]:
    """Stamp and digest of each input as they were when it was last read, by name."""
    try:
        inputs = sealed_json.load(folder / FOLDER / _INPUTS)["inputs"]
        return {name: (Stamp(*stamp), edges) for name, (stamp, edges) in inputs.items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}


def save_inputs(folder: Path, plan: Plan, stamps: Mapping[str, Stamp]) -> None:
    """Keep the stamps of inputs that are as they were planned, for `load_inputs`."""
    inputs = {f.path: (stamps[f.path], f.edges) for f in plan.files if f.path in stamps}
    if load_inputs(folder) == inputs:
        return
    lists = {name: [[*stamp], edges] for name, (stamp, edges) in inputs.items()}
    with contextlib.suppress(OSError):
        sealed_json.save(folder / FOLDER / _INPUTS, {"inputs": lists})
