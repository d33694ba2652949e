"""HTML files, alone or in folders: a row each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import quote

import pyarrow as pa

from eurosift.stages.errors import InputError
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.formats import html_files
from eurosift.stages.extract.pages import columns_of, protected, win_page
from eurosift.stages.extract.remote import Remote, Source
from eurosift.stages.extract.rows import batches, row_id
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
    """Yield the pages of a folder, or one HTML file, as batches of `schema`.

    `file_path` is the name of the page's own file, relative to the input root; `url` is the same as
    a relative reference (RFC 3986, section 4.2), as nothing says where it came from.

    Raises
    ------
    InputError
        If a file cannot be read.
    """

    def rows() -> Iterator[dict[str, Any]]:
        if isinstance(path, Remote) or not path.is_dir():
            yield _row(path, relative, account, config, reasons)
            return
        for page in html_files(path):
            name = f"{relative}/{page.relative_to(path).as_posix()}"
            yield _row(page, name, account, config, reasons)

    return batches(rows(), schema)


def _row(
    path: Source, name: str, account: Account, config: ExtractConfig, reasons: str
) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            body = file.read(config.max_bytes + 1)
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    id_ = row_id(name)
    won = protected(account, id_, partial(win_page, body, None, config))
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return columns_of(won, reasons) | {
        "id": id_,
        "url": quote(name),
        "file_path": name,
        "offset": 0,
        "length": size,
    }
