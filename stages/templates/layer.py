"""The layer of templates: texts without the lines that come again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.dedup.lines import Templates, line_keys, to_remove, without
from eurosift.stages.base import ROW
from eurosift.stages.phases import LayerPhase, Workspace
from eurosift.stages.templates.config import TemplatesConfig
from eurosift.stages.templates.find import TEMPLATE
from eurosift.stages.templates.lines import READS, domains_of

REMOVED = "template_lines"
ONLY_TEMPLATES = "only_templates"


class TemplatesLayer(LayerPhase):
    """Adds the text where lines are removed, and how many."""

    findings: ClassVar[tuple[str, ...]] = (REMOVED,)

    def __init__(self, reasons_column: str, config: TemplatesConfig) -> None:
        self._reasons_column = reasons_column
        self._config = config

    @property
    def reads(self) -> tuple[str, ...]:
        """Text and URL."""
        return (*READS, ROW)

    @property
    def adds(self) -> pa.Schema:
        """`text` is null where no line is removed."""
        return pa.schema(
            {
                "text": pa.string(),
                REMOVED: pa.int32(),
                self._reasons_column: pa.list_(pa.string()),
            }
        )

    def side_inputs(self, shard: str, workspace: Workspace) -> Mapping[str, str]:
        """Digests of the shard's templates, of the ranges that have any."""
        return {
            f"find/{key}": facts["shards"][shard]["digest"]
            for key, facts in workspace.facts("find").items()
            if shard in facts["shards"]
        }

    def side(self, shard: str, workspace: Workspace) -> Templates:
        """Read the shard's templates; ranges and the keys in them ascend."""
        keys = [np.empty(0, np.uint64)]
        first_rows, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for key, facts in workspace.facts("find").items():
            part = facts["shards"].get(shard)
            if part is not None:
                for batch in workspace.table("find", key, TEMPLATE.names, part["row_groups"]):
                    keys.append(batch.column("key").to_numpy())
                    first_rows.append(batch.column("first_row").to_numpy())
                    counts.append(pc.fill_null(batch.column("count"), 0).to_numpy())
        return Templates(np.concatenate(keys), np.concatenate(first_rows), np.concatenate(counts))

    def process(self, batch: pa.RecordBatch, side: Templates) -> pa.RecordBatch:
        """Remove lines; a text that had some and has none left is rejected."""
        lines = line_keys(batch.column("text"), domains_of(batch.column("url")))
        rows = batch.column(ROW).to_numpy()
        removed = to_remove(
            lines,
            rows,
            side,
            keep_first=self._config.keep_first,
            min_share=self._config.min_share,
        )
        counts = np.bincount(lines.texts[removed], minlength=batch.num_rows)
        texts = without(lines.lines, lines.places[removed])
        is_empty = pc.fill_null(pc.equal(texts, ""), fill_value=False).to_pylist()
        return pa.RecordBatch.from_arrays(
            [
                texts,
                pa.array(counts, pa.int32()),
                pa.array([[ONLY_TEMPLATES] if x else [] for x in is_empty], pa.list_(pa.string())),
            ],
            schema=self.adds,
        )
