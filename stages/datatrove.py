"""Any datatrove filter or formatter as a stage.

::

    stages:
      gopher:
        uses: datatrove
        block: datatrove.pipeline.filters.gopher_quality_filter.GopherQualityFilter
        arguments: {min_doc_words: 20}

A filter becomes the column of reasons, a formatter the column ``text``. Only verdicts, reasons and
formatted text are taken over: what a filter does to the text or to the metadata is not. Each
document is judged by itself; a block whose result depends on the documents that it saw before
(``SamplerFilter``, ``PIIFormatter``) would give other data for other batches, and should not be
used.

The block is imported in `DatatroveFilter.open`, so that nothing is imported to plan a run.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field, field_validator

from eurosift.stages.base import Stage
from eurosift.stages.config import StageConfig, Words
from eurosift.stages.errors import StageError

_TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*[.:][A-Za-z_]\w*")
_FORMATTERS = "datatrove.pipeline.formatters."


class DatatroveConfig(StageConfig):
    """Which block to run, and how."""

    block: str = Field(
        description="Class of the block: `package.module.Class` or `package.module:Class`."
    )
    arguments: Mapping[str, Any] = Field(
        default_factory=dict, description="Keyword arguments of the block's constructor."
    )
    kind: Literal["filter", "formatter"] | None = Field(
        default=None,
        description="What the block is; by default a formatter if it comes from"
        " datatrove.pipeline.formatters, else a filter.",
    )
    metadata: Words = Field(
        default=("url", "date", "language", "language_score"),
        description="Columns that the block sees as metadata, where they are present.",
    )

    @field_validator("block")
    @classmethod
    def _is_dotted(cls, block: str) -> str:
        if not _TARGET.fullmatch(block):
            raise ValueError(f"{block!r} is no class path; write package.module.Class")
        return block

    @property
    def resolved_kind(self) -> Literal["filter", "formatter"]:
        """The kind, told from the path if it is not given."""
        return self.kind or ("formatter" if self.block.startswith(_FORMATTERS) else "filter")


class DatatroveFilter(Stage[DatatroveConfig]):
    """One datatrove block as a stage.

    Adds ``<name>_reasons`` and, for a formatter, ``text`` (null where it changed nothing). A filter
    that gives no reason is recorded under the name of its class. A document on which the block
    raises an exception is rejected with ``error:<exception>``; it never ends the task.
    """

    version = 2
    config_type = DatatroveConfig
    overlays = False

    _block: Any

    @property
    def reads(self) -> tuple[str, ...]:
        """The documents."""
        return ("id", "text")

    @property
    def reads_if_present(self) -> tuple[str, ...]:
        """What the block sees as metadata."""
        return tuple(column for column in self.config.metadata if column not in self.reads)

    @property
    def adds(self) -> pa.Schema:
        """Reasons, and the text that a formatter changed."""
        fields = [pa.field(self.reasons_column, pa.list_(pa.string()))]
        if self.config.resolved_kind == "formatter":
            fields.append(pa.field("text", pa.string()))
        return pa.schema(fields)

    def open(self) -> None:
        """Import and make the block.

        Raises
        ------
        StageError
            If the block cannot be imported or made, or is of another kind than was declared.
        """
        config = self.config
        where = f"stage {self.name!r}: block {config.block!r}"
        module, _, attribute = config.block.replace(":", ".").rpartition(".")
        try:
            block_type = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError) as error:
            raise StageError(f"{where} cannot be imported: {error}") from error
        method = "filter" if config.resolved_kind == "filter" else "format"
        if not callable(getattr(block_type, method, None)):
            raise StageError(
                f"{where} has no method {method}(), so it is no {config.resolved_kind};"
                " set `kind` to filter or formatter, or name another class"
            )
        try:
            self._block = block_type(**config.arguments)
        except Exception as error:  # whatever a third party's constructor finds wrong
            raise StageError(f"{where} cannot be made with these arguments: {error}") from error

    def process(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Run the block on each document."""
        if self.config.resolved_kind == "formatter":
            return self._format(batch)
        reasons = [self._judge(document) for document in self._documents(batch)]
        return pa.record_batch([pa.array(reasons, pa.list_(pa.string()))], schema=self.adds)

    def _documents(self, batch: pa.RecordBatch) -> Iterator[Any]:
        from datatrove.data import Document  # noqa: PLC0415 - planning must not import datatrove

        present = [column for column in self.reads_if_present if column in batch.schema.names]
        metadata = batch.select(present).to_pylist() if present else [{}] * batch.num_rows
        ids, texts = batch.column("id").to_pylist(), batch.column("text").to_pylist()
        for id_, text, row in zip(ids, texts, metadata, strict=True):
            known = {key: value for key, value in row.items() if value is not None}
            yield Document(text=text or "", id=id_, metadata=known)

    def _judge(self, document: Any) -> list[str]:
        try:
            result = self._block.filter(document)
        except Exception as error:  # noqa: BLE001 - one document must not end the task
            return [_error_reason(error)]
        kept, reason = result if isinstance(result, tuple) else (result, None)
        return [] if kept else [str(reason or type(self._block).__name__)]

    def _format(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        reasons: list[list[str]] = []
        texts: list[str | None] = []
        for text in batch.column("text").to_pylist():
            try:
                changed = self._block.format(text or "")
            except Exception as error:  # noqa: BLE001 - one document must not end the task
                changed, reason = None, [_error_reason(error)]
            else:
                reason = []
            reasons.append(reason)
            texts.append(None if changed == (text or "") else changed)
        return pa.record_batch(
            [pa.array(reasons, pa.list_(pa.string())), pa.array(texts, pa.string())],
            schema=self.adds,
        )


def _error_reason(error: Exception) -> str:
    return f"error:{type(error).__name__}"
