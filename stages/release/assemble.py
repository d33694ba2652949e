"""Second phase: every output file is put together from the row groups that it needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.stages.base import Item, Sink, TablePhase, Workspace
from eurosift.stages.errors import ContractError
from eurosift.stages.release.columns import KEPT_VERDICT, Selection
from eurosift.stages.release.content import combine
from eurosift.stages.release.parts import PARTS

FILE_ROWS = 5_000_000
"""Cap on the rows of a file, for rows that have no text to measure."""


class Group(NamedTuple):
    """One row group of one part."""

    shard: str
    number: int
    rows: int
    text_bytes: int
    digest: str


class Assemble(TablePhase):
    """Write the files of one verdict; rows are in order of (shard, row).

    The footer's facts are the figures of the manifest: ``language``, ``documents``, and for kept
    rows ``bytes``, ``characters``, ``words``, ``tokens`` (null where they were not counted) and
    ``pii`` (spans by type); for rejected rows ``reasons``.
    """

    published: ClassVar[bool] = True

    def __init__(self, selection: Selection, target_bytes: int) -> None:
        self.selection = selection
        self._target_bytes = target_bytes

    @property
    def schema(self) -> pa.Schema:
        """The columns of the verdict."""
        return self.selection.schema

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item per file; where files end is computed from the footers of the parts."""
        items = []
        for language, groups in sorted(self._groups(workspace).items()):
            files = list(split(groups, self._target_bytes))
            for number, content in enumerate(files):
                key = f"{language}-{number:05d}-of-{len(files):05d}"
                digest = combine([group.digest for group in content])
                items.append(
                    Item(
                        key,
                        self.selection.path(key),
                        {f"{self.selection.verdict}.{language}": digest},
                        {"language": language, "sources": _sources(content)},
                    )
                )
        return items

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Copy the row groups of one file, and add up what is in them."""
        names = self.schema.names
        figures = _Figures()
        for source in item.payload["sources"]:
            found = 0
            for batch in workspace.table(PARTS, source["shard"], names, source["row_groups"]):
                sink.write(batch)
                figures.add(batch)
                found += batch.num_rows
            if found != source["rows"]:
                raise ContractError(
                    f"release: row groups {source['row_groups']} of part {source['shard']} have"
                    f" {found} rows, but its footer says {source['rows']}; remove .parts and run"
                    " again"
                )
        sink.facts["language"] = item.payload["language"]
        sink.facts |= figures.facts(kept=self.selection.verdict == KEPT_VERDICT)

    def _groups(self, workspace: Workspace) -> dict[str, list[Group]]:
        parts = workspace.files(PARTS)
        groups: dict[str, list[Group]] = {}
        for shard in workspace.shards:
            for index, fact in enumerate(parts[shard].facts["row_groups"]):
                if fact["verdict"] == self.selection.verdict:
                    group = Group(shard, index, fact["rows"], fact["text_bytes"], fact["digest"])
                    groups.setdefault(fact["language"], []).append(group)
        return groups


class Kept(Assemble):
    """The files under ``data/``."""

    name: ClassVar[str] = "data"


class Rejected(Assemble):
    """The files under ``rejected/``."""

    name: ClassVar[str] = "rejected"


def split(groups: Iterable[Group], target_bytes: int) -> Iterator[list[Group]]:
    """Cut row groups into files: the next one begins where `target_bytes` would be passed.

    A row group that is larger by itself is a file of its own.
    """
    content: list[Group] = []
    size = rows = 0
    for group in groups:
        over = size + group.text_bytes > target_bytes or rows + group.rows > FILE_ROWS
        if content and over:
            yield content
            content, size, rows = [], 0, 0
        content.append(group)
        size += group.text_bytes
        rows += group.rows
    if content:
        yield content


def _sources(groups: Sequence[Group]) -> list[dict[str, Any]]:
    sources: dict[str, dict[str, Any]] = {}
    for group in groups:
        source = sources.setdefault(
            group.shard, {"shard": group.shard, "row_groups": [], "rows": 0}
        )
        source["row_groups"].append(group.number)
        source["rows"] += group.rows
    return list(sources.values())


class _Figures:
    """Sums over the rows of a file."""

    def __init__(self) -> None:
        self._documents = 0
        self._sums: dict[str, int | None] = dict.fromkeys(
            ("bytes", "characters", "words", "tokens")
        )
        self._counts: dict[str, Counter[str]] = {"pii": Counter(), "reasons": Counter()}

    def add(self, batch: pa.RecordBatch) -> None:
        """Add the figures of a batch."""
        self._documents += batch.num_rows
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        if "text" in columns:
            self._sum("bytes", pc.binary_length(columns["text"]))
            self._sum("characters", pc.utf8_length(columns["text"]))
        if "n_words" in columns:
            self._sum("words", columns["n_words"])
        if "n_tokens" in columns:
            self._sum("tokens", columns["n_tokens"])
        if "pii" in columns:
            self._count("pii", pc.struct_field(pc.list_flatten(columns["pii"]), "type"))
        if "reasons" in columns:
            self._count("reasons", _distinct(columns["reasons"]))

    def facts(self, *, kept: bool) -> dict[str, Any]:
        """The sums, with the names of the manifest."""
        counts = {
            name: {key: counter[key] for key in sorted(counter)}
            for name, counter in self._counts.items()
        }
        if kept:
            return {"documents": self._documents, **self._sums, "pii": counts["pii"]}
        return {"documents": self._documents, "reasons": counts["reasons"]}

    def _sum(self, name: str, values: pa.Array) -> None:
        total = pc.sum(values).as_py()
        if total is not None:
            self._sums[name] = (self._sums[name] or 0) + total

    def _count(self, name: str, values: pa.Array) -> None:
        for entry in pc.value_counts(values).to_pylist():
            self._counts[name][entry["values"]] += entry["counts"]


def _distinct(reasons: pa.Array) -> pa.Array:
    """Reasons of all rows, each counted once per row: a document is rejected for it only once."""
    values = pc.list_flatten(reasons)
    if not len(values):
        return values
    encoded = values.dictionary_encode()
    rows = np.asarray(pc.list_parent_indices(reasons)).astype(np.int64)
    pairs = np.unique(rows * len(encoded.dictionary) + np.asarray(encoded.indices))
    return encoded.dictionary.take(pa.array(pairs % len(encoded.dictionary)))
