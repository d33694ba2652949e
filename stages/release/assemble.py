"""Second phase: every output file is put together from the row groups that it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import pyarrow as pa

from eurosift.stages.errors import ContractError
from eurosift.stages.phases import Item, Sink, TablePhase, Workspace
from eurosift.stages.release.columns import KEPT_VERDICT, TRAIN, Selection
from eurosift.stages.release.content import combine
from eurosift.stages.release.figures import Figures
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

    The footer's facts are the figures of the manifest: ``language`` and those of `Figures`, for
    kept rows also ``split``.
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
        for (language, part), groups in sorted(self._groups(workspace).items()):
            files = list(split(groups, self._target_bytes))
            place = language if part in ("", TRAIN) else f"{language}.{part}"
            for number, content in enumerate(files):
                key = f"{place}-{number:05d}-of-{len(files):05d}"
                digest = combine([group.digest for group in content])
                items.append(
                    Item(
                        key,
                        self.selection.path(key),
                        {f"{self.selection.verdict}.{place}": digest},
                        {"language": language, "split": part, "sources": _sources(content)},
                    )
                )
        return items

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        """Copy the row groups of one file, and add up what is in them."""
        names = self.schema.names
        figures = Figures()
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
        kept = self.selection.verdict == KEPT_VERDICT
        sink.facts["language"] = item.payload["language"]
        if kept:
            sink.facts["split"] = item.payload["split"]
        sink.facts |= figures.facts(kept=kept)

    def _groups(self, workspace: Workspace) -> dict[tuple[str, str], list[Group]]:
        parts = workspace.files(PARTS)
        groups: dict[tuple[str, str], list[Group]] = {}
        for shard in workspace.shards:
            for index, fact in enumerate(parts[shard].facts["row_groups"]):
                if fact["verdict"] == self.selection.verdict:
                    group = Group(shard, index, fact["rows"], fact["text_bytes"], fact["digest"])
                    # Parts of version 3, which are out of date but still there, have no splits.
                    place = (fact["language"], fact.get("split", TRAIN))
                    groups.setdefault(place, []).append(group)
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
