"""Tables for people and for programs: aligned text, Markdown, JSON, JSON lines, CSV, TSV.

Numbers are never cut, rounded or abbreviated, however narrow the terminal is. Text may come from
the web: it steers no terminal, and no spreadsheet takes it for a formula.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eurosift.pipeline.harmless import escaped_json, printable, spreadsheet_cell

Format = Literal["table", "json", "jsonl", "csv", "tsv", "md"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv", "tsv", "md")
SCHEMA_VERSION = 1
LONGEST = 60
"""Characters of what is cut in aligned text."""
Value = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Rows with named columns.

    Attributes
    ----------
    name
        Key in JSON and heading elsewhere.
    columns
        Names, in order.
    rows
        One mapping per row; a missing value is null.
    footer
        How many rows at the end are sums, set apart in text.
    cut
        Columns of words that are cut in aligned text, such as addresses, which may be very long.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Value]]
    footer: int = 0
    cut: tuple[str, ...] = ()


def render(tables: Sequence[Table], style: Format) -> str:
    """Text of the tables, ending in a line break.

    CSV, TSV and JSON lines hold the first table only; JSON holds all, with a ``schema_version``.
    """
    if style == "json":
        body: dict[str, object] = {t.name: [dict(row) for row in t.rows] for t in tables}
        return _json({"schema_version": SCHEMA_VERSION} | body, indent=1)
    if style == "jsonl":
        return "".join(_json(dict(row)) for row in tables[0].rows)
    if style in {"csv", "tsv"}:
        out = io.StringIO()
        writer = csv.writer(out, delimiter="," if style == "csv" else "\t", lineterminator="\n")
        writer.writerow([_plain(name) for name in tables[0].columns])
        writer.writerows([_plain(row.get(c)) for c in tables[0].columns] for row in tables[0].rows)
        return out.getvalue()
    return "\n".join(_markdown(table) if style == "md" else _text(table) for table in tables)


def _json(value: Mapping[str, object], indent: int | None = None) -> str:
    return escaped_json(json.dumps(value, ensure_ascii=False, indent=indent)) + "\n"


def _plain(value: Value) -> Value:
    return spreadsheet_cell(printable(value)) if isinstance(value, str) else value


def _cell(value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return (
        f"{value:.3f}" if isinstance(value, float) else " ".join(printable(str(value)).splitlines())
    )


def _is_number(value: Value) -> bool:
    return value is None or isinstance(value, (int, float))


def _layout(table: Table) -> tuple[list[list[str]], list[bool]]:
    cells = [[_cell(row.get(c)) for c in table.columns] for row in table.rows]
    right = [
        bool(table.rows) and all(_is_number(row.get(c)) for row in table.rows)
        for c in table.columns
    ]
    return cells, right


def _text(table: Table) -> str:
    cells, right = _layout(table)
    cut = [column in table.cut for column in table.columns]
    cells = [[_cut(v) if c else v for v, c in zip(row, cut, strict=True)] for row in cells]
    columns = [_cell(name) for name in table.columns]
    widths = [max(len(x) for x in column) for column in zip(columns, *cells, strict=True)]

    def line(values: Sequence[str]) -> str:
        parts = (
            v.rjust(w) if r else v.ljust(w) for v, w, r in zip(values, widths, right, strict=True)
        )
        return "  ".join(parts).rstrip()

    rule = "  ".join("─" * w for w in widths)
    body = [line(row) for row in cells]
    if table.footer:
        body.insert(len(body) - table.footer, rule)
    return "\n".join([line(columns), rule, *body]) + "\n"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _markdown(table: Table) -> str:
    cells, right = _layout(table)
    lines = [
        f"| {' | '.join(_markdown_cell(_cell(name)) for name in table.columns)} |",
        f"|{'|'.join('---:' if r else '---' for r in right)}|",
        *(f"| {' | '.join(map(_markdown_cell, row))} |" for row in cells),
    ]
    return f"### {table.name}\n\n" + "\n".join(lines) + "\n"


def _markdown_cell(text: str) -> str:
    """Text that neither ends its cell nor begins an element of HTML."""
    return text.replace("|", "\\|").replace("<", "&lt;")
