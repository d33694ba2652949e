"""Parquet and JSONL files with a column of HTML: pages, extracted like those of a crawl."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pyarrow as pa

from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.html import Page
from eurosift.stages.extract.jsonl import Line
from eurosift.stages.extract.pages import Won, columns_of, protected, win_page
from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.rows import batches
from eurosift.stages.extract.tables import lines_of, row_of
from eurosift.stages.source import Account


def read_pages(
    path: Source,
    relative: str,
    account: Account,
    config: ExtractConfig,
    schema: pa.Schema,
    *,
    reasons: str,
) -> Iterator[pa.RecordBatch]:
    """Yield the pages of a table as batches of `schema`, a row each.

    Raises
    ------
    InputError
        If the file cannot be read, or a column that it must have is missing.
    """

    def rows() -> Iterator[dict[str, Any]]:
        for number, line in enumerate(lines_of(path, config, account)):
            row = row_of(line, relative, number)
            won = protected(account, row["id"], partial(_win, line, config))
            found = columns_of(won, reasons, url=row["url"])
            # What the table says goes before what the page says.
            given = {name: row[name] or found[name] for name in row if name in found}
            yield row | found | given

    return batches(rows(), schema)


def _win(line: Line, config: ExtractConfig) -> Won:
    if line.too_large:
        return Page(reasons=["too_large"]), None, ()
    html = line.values.get("html")
    if not isinstance(html, (str, bytes)) or not html.strip():
        return Page(reasons=["no_text"]), None, ()
    return win_page(html, None, config)
