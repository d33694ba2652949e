"""Pages with gold text, to learn from and to measure by.

A folder holds ``warc/`` with the pages and ``index.csv`` with a row for each: `record_id`, `id`,
`url`, `lang`, `source`, `licence`, `licence_class`, `kind`. The gold is JSONL: `id`, `text`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from eurosift.stages.errors import InputError
from eurosift.stages.extract.body import decode_body
from eurosift.stages.extract.config import ExtractConfig
from eurosift.stages.extract.decode import decode
from eurosift.stages.extract.http import parse_response
from eurosift.stages.extract.records import MAX_HEADER
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

_NEEDED = ("record_id", "id", "url", "licence_class", "kind")


class GoldPage(NamedTuple):
    """A page, decoded, with its gold text and its row of the index; and as it came.

    `charset` is what HTTP declares.
    """

    row: Mapping[str, str]
    html: str
    gold: str
    body: bytes
    charset: str | None

    @property
    def is_clean(self) -> bool:
        """Whether page and gold are under a stated open licence."""
        return self.row["licence_class"].startswith("clean")

    @property
    def is_natural(self) -> bool:
        """Whether the page stood on the web as it is."""
        return not any(word in self.row["kind"] for word in ("synthetic", "transcoded"))


def read_gold(folder: Path, gold_path: Path) -> Iterator[GoldPage]:
    """Yield the pages that have gold, file by file.

    Raises
    ------
    InputError
        If index or gold cannot be read.
    """
    gold = _texts(gold_path)
    index = _index(folder / "index.csv")
    config = ExtractConfig()
    for path in sorted((folder / "warc").iterdir()):
        for record in read_records(path, config.max_bytes + MAX_HEADER, Account()):
            row = index.get(record.headers.get("warc-record-id", ""))
            if row is None or record.kind != "response" or row["id"] not in gold:
                continue
            response = parse_response(record.block)
            body = decode_body(response.body, response.headers, config.max_bytes)
            html, _ = decode(body, response.charset)
            html = html.replace("\0", "")
            yield GoldPage(row, html, gold[row["id"]], body, response.charset)


def _texts(path: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    number = 0
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                number += 1
                page: dict[str, Any] = json.loads(line)
                if not isinstance(page["text"], str):
                    raise TypeError("`text` is no string")  # noqa: TRY301 - told with the others
                texts[page["id"]] = page["text"]
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: line {number} is no gold with `id` and `text`: {error}"
        ) from error
    return texts


def _index(path: Path) -> dict[str, dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
            if missing:
                raise InputError(f"{path}: has no column {', '.join(missing)}")
            index = {}
            for row in rows:
                if any(row[name] is None for name in _NEEDED):
                    raise InputError(f"{path}: line {rows.line_num} has too few fields")
                index[row["record_id"]] = row
            return index
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
