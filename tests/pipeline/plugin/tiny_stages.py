"""Small real stages of a third party, found by entry point; what they do is plain to see."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from eurosift.stages.base import MARGIN, Margin, Stage
from eurosift.stages.config import AssetPath, StageConfig
from eurosift.stages.errors import AssetError
from eurosift.stages.phases import (
    DocumentPhase,
    Item,
    LayerPhase,
    PhasedStage,
    Sink,
    TablePhase,
    Workspace,
)
from eurosift.stages.pii import Pii
from eurosift.stages.pii.candidates import find
from eurosift.stages.pii.stage import Candidate
from eurosift.stages.protection import LimitError
from eurosift.stages.source import Account, SourceStage

REASONS = pa.list_(pa.string())


class NoConfig(StageConfig):
    """Nothing to configure."""


def batch(schema: pa.Schema, *arrays: pa.Array) -> pa.RecordBatch:
    """Columns as a batch of exactly `schema`."""
    return pa.RecordBatch.from_arrays(
        [a.cast(f.type) for a, f in zip(arrays, schema, strict=True)], schema=schema
    )


class Label(Stage[NoConfig]):
    """The first word of the text is its language; texts without one are rejected as `other`."""

    version = 1
    config_type = NoConfig
    reads: ClassVar = ("text",)

    @property
    def adds(self) -> pa.Schema:
        return pa.schema([("language", pa.string()), (self.reasons_column, REASONS)])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        first = [t.split(" ", 1)[0] for t in rows.column("text").to_pylist()]
        labels = [w if "_" in w else None for w in first]
        reasons = [[] if w else ["other"] for w in labels]
        return batch(self.adds, pa.array(labels, pa.string()), pa.array(reasons, REASONS))


class Length(Stage[NoConfig]):
    """Characters of every row that has text."""

    version = 1
    config_type = NoConfig
    active_on = "text"
    reads: ClassVar = ("text",)
    adds: ClassVar = pa.schema([("n_chars", pa.int32())])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        return batch(self.adds, pc.utf8_length(rows.column("text")))


class ShortConfig(StageConfig):
    """How short is too short."""

    min_chars: int = Field(10, ge=0, description="Texts with fewer characters are rejected.")
    max_chars: int = Field(1000, ge=0, description="Texts with more characters are rejected.")


class Short(Stage[ShortConfig]):
    """Rejects by length alone, with a threshold per language; never sees the text."""

    version = 1
    config_type = ShortConfig
    reads: ClassVar = ("n_chars",)
    reads_if_present: ClassVar = ("language",)

    @property
    def adds(self) -> pa.Schema:
        return pa.schema([(self.reasons_column, REASONS)])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        reasons = []
        for n, language in zip(*(rows.column(i).to_pylist() for i in (0, 1)), strict=True):
            config = self.config_for(language)
            found = ["too_short"] if n < config.min_chars else []
            reasons.append(found + (["too_long"] if n > config.max_chars else []))
        return batch(self.adds, pa.array(reasons, REASONS))

    def margins(self) -> Mapping[str, Margin]:
        fields = {"too_short": "min_chars", "too_long": "max_chars"}
        return {
            name: Margin(("n_chars", "language"), partial(self._measure, field))
            for name, field in fields.items()
        }

    def _measure(self, field: str, rows: pa.RecordBatch) -> pa.RecordBatch:
        languages = rows.column("language").to_pylist()
        limits = [getattr(self.config_for(language), field) for language in languages]
        return batch(MARGIN, rows.column("n_chars"), pa.array(limits))


class Scrub(Stage[NoConfig]):
    """Replaces a word in the text; null where nothing changed."""

    version = 1
    config_type = NoConfig
    reads: ClassVar = ("text",)
    adds: ClassVar = pa.schema([("text", pa.string())])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        text = rows.column("text")
        new = pc.replace_substring(text, "secret", "******")
        return batch(self.adds, pc.if_else(pc.equal(new, text), None, new))


class UpperConfig(StageConfig):
    """What to put behind the text."""

    suffix: str = Field("", description="Put behind every text.")
    words: AssetPath | None = Field(None, description="A file whose content is put behind, too.")


class Upper(Stage[UpperConfig]):
    """Text in capitals."""

    version = 1
    config_type = UpperConfig
    reads: ClassVar = ("text",)
    adds: ClassVar = pa.schema([("upper", pa.string())])

    def open(self) -> None:
        path: Path | None = self.config.words
        if path is not None and not path.exists():
            raise AssetError(f"{path}: no such list of words")

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        more = self.config.suffix + (self.config.words.read_text() if self.config.words else "")
        upper = pc.utf8_upper(rows.column("text"))
        return batch(self.adds, pc.binary_join_element_wise(upper, more, ""))


class SlowConfig(StageConfig):
    """How slow."""

    seconds: float = Field(0.0, ge=0, description="Sleeps so long before each batch.")
    until: str | None = Field(
        None, description="Hangs on all inputs but the first until this file is there."
    )


class Slow(Stage[SlowConfig]):
    """Takes its time."""

    version = 1
    config_type = SlowConfig
    reads: ClassVar = ("id",)
    adds: ClassVar = pa.schema([("slept", pa.bool_())])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        time.sleep(self.config.seconds)
        if self.config.until is not None and not rows.column("id")[0].as_py().startswith("d0-"):
            while not Path(self.config.until).exists():
                time.sleep(0.2)
        return batch(self.adds, pa.array([True] * rows.num_rows))


class BrokenConfig(StageConfig):
    """How it breaks."""

    how: Literal["raise", "rows", "schema", "die"] = Field("raise", description="How it breaks.")
    until: str | None = Field(None, description="Breaks no more once this file is there.")


class Broken(Stage[BrokenConfig]):
    """Breaks its contract on batches with the word `poison`."""

    version = 1
    config_type = BrokenConfig
    reads: ClassVar = ("text",)
    adds: ClassVar = pa.schema([("fine", pa.bool_())])

    def process(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        fine = batch(self.adds, pa.array([True] * rows.num_rows))
        if not any("poison" in text for text in rows.column("text").to_pylist()):
            return fine
        if self.config.until is not None and Path(self.config.until).exists():
            return fine
        if self.config.how == "raise":
            raise ValueError("this text is poison")
        if self.config.how == "rows":
            return fine.slice(1)
        if self.config.how == "schema":
            return fine.rename_columns(["good"])
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class Torn(Pii):
    """Scrubs, and fails in the midst of a text with the word `poison`."""

    def candidates(self, rows: pa.RecordBatch) -> Iterator[Candidate]:
        for candidate in super().candidates(rows):
            found = find(candidate.text, candidate.hits, candidate.scope)
            if found.masked and "poison" in candidate.text:
                raise ValueError(f"cannot make a stand-in for {found.masked[0]}")
            yield candidate


class CountKept(TablePhase):
    """Counts the active rows of each shard."""

    name = "count"
    schema = pa.schema([("n", pa.int64())])

    def items(self, workspace: Workspace) -> Sequence[Item]:
        return [
            Item(s, f"count/{s}.parquet", workspace.digests(s, ["id"])) for s in workspace.shards
        ]

    def run(self, item: Item, workspace: Workspace, sink: Sink) -> None:
        n = sum(pc.sum(rows.active).as_py() or 0 for rows in workspace.rows(item.key, ["id"]))
        sink.write(pa.record_batch([pa.array([n], pa.int64())], schema=self.schema))


class ShareOfAll(LayerPhase):
    """Gives every row the number of active rows of the whole run."""

    reads: ClassVar = ("id",)
    adds: ClassVar = pa.schema([("n_all", pa.int64())])

    def side_inputs(self, shard: str, workspace: Workspace) -> Mapping[str, str]:
        return {"counts": str(self.side(shard, workspace))}

    def side(self, shard: str, workspace: Workspace) -> int:
        keys = workspace.files("count")
        return sum(b.column(0)[0].as_py() for k in keys for b in workspace.table("count", k))

    def process(self, rows: pa.RecordBatch, side: Any) -> pa.RecordBatch:
        return batch(self.adds, pa.array([side] * rows.num_rows))


class Census(PhasedStage[NoConfig]):
    """Counts over all shards: two phases."""

    version = 1
    config_type = NoConfig
    phases: ClassVar = (CountKept(), ShareOfAll())


class ListShards(DocumentPhase):
    """Lists the shards in one document, with a text file beside it."""

    name = "manifest"

    def items(self, workspace: Workspace) -> Sequence[Item]:
        inputs = {s: workspace.digests(s, ["id"])["rows"] for s in workspace.shards}
        return [Item("manifest", "manifest.json", inputs)]

    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        return {"shards": list(workspace.shards)}

    def attach(self, item: Item, document: Mapping[str, Any]) -> Mapping[str, str]:
        return {"README.md": f"{len(document['shards'])} shards\n"}


class Manifest(PhasedStage[NoConfig]):
    """One document about the run; no layer."""

    version = 1
    config_type = NoConfig
    phases: ClassVar = (ListShards(),)


class PagesConfig(StageConfig):
    """What every source is told of the input."""

    format: str = Field("auto", description="Not used.")
    columns: dict[str, str] = Field(default_factory=dict, description="Not used.")


class Pages(SourceStage[PagesConfig]):
    """Makes a document of every line of JSONL; the work on it is what its text says."""

    version = 1
    config_type = PagesConfig

    @property
    def adds(self) -> pa.Schema:
        fields = [("id", pa.string()), ("text", pa.string()), (self.reasons_column, REASONS)]
        return pa.schema(fields)

    def read(self, path: Path, relative: str, account: Account) -> Iterator[pa.RecordBatch]:
        rows = []
        for line in path.read_text().splitlines():
            values = json.loads(line)
            row = {"id": values["id"], "text": None, self.reasons_column: []}
            try:
                row["text"] = account.protect(values["id"], partial(toil, values["text"]))
            except LimitError as limit:
                row[self.reasons_column] = [limit.reason]
            rows.append(row)
        yield pa.RecordBatch.from_pylist(rows, self.adds)


def toil(text: str) -> str:
    """Do what a page can do to an extractor."""
    match text.partition(" ")[0]:
        case "loop":  # in Python, where signals are heard, and swallows what is raised once
            with contextlib.suppress(BaseException):
                while True:
                    pass
            while True:
                pass
        case "hang":  # in C, where no signal is heard
            hashlib.pbkdf2_hmac("sha256", b"", b"", 1 << 30)
        case "crash":
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGSEGV)
        case "grow":
            held = []
            while True:
                held.append(b"x" * (64 << 20))
                time.sleep(0.05)
    return text


class NotAStage:
    """What somebody registered by mistake."""
