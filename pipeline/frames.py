"""Tables of the command line as data frames."""

from __future__ import annotations

import polars as pl

from eurosift.pipeline.tables import Table


def frame(table: Table) -> pl.DataFrame:
    """A table of the command line as a data frame; what is missing everywhere is a count."""
    found = pl.DataFrame(
        [[row.get(c) for c in table.columns] for row in table.rows],
        schema=list(table.columns),
        orient="row",
        infer_schema_length=None,
    )
    missing = [name for name, kind in found.schema.items() if kind == pl.Null]
    return found.with_columns(pl.col(missing).cast(pl.Int64))
