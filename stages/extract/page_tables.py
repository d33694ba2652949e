"""Parquet and JSONL files with a column of HTML: pages, extracted like those of a crawl."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from eurosift.stages.base import Account
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.html import Page
from eurosift.stages.extract.pages import Won, win_page
from eurosift.stages.extract.rows import batches
from eurosift.stages.extract.tables import lines_of, row_of
from eurosift.stages.protection import LimitError


def read_pages(
    path: Path,
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
            html = line.values.get("html")
            page, encoding, mended = (
                (Page(reasons=["too_large"]), None, ())
                if line.too_large
                else _win(html, row["id"], account, config)
            )
            account.mend(mended)
            yield row | {
                "text": page.text,
                "title": row["title"] or page.title,
                "encoding": encoding,
                "html_lang": page.html_lang,
                "engine": page.engine,
                "extract_confidence": page.confidence,
                reasons: page.reasons,
            }

    return batches(rows(), schema)


def _win(html: Any, id_: str, account: Account, config: ExtractConfig) -> Won:
    if not isinstance(html, (str, bytes)) or not html.strip():
        return Page(reasons=["no_text"]), None, ()
    try:
        return account.protect(id_, partial(win_page, html, None, config))
    except LimitError as limit:
        return Page(reasons=[limit.reason]), None, ()
