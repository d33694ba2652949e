"""The structure of a page beside its text: the blocks that were kept as Markdown.

Headings, lists, tables, quotations and preformatted text are what the page's elements say. Links,
emphasis and pictures are left out. Words and their order are those of the blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

import numpy as np
from resiliparse.parse.html import HTMLTree

from eurosift.filters.arrays import Bools
from eurosift.stages.extract.blocks.classifier import texts
from eurosift.stages.extract.blocks.scan import CONTAINER, Blocks, scan
from eurosift.stages.extract.blocks.vocabulary import element_names
from eurosift.stages.extract.markdown import fenced, heading, line, table

_LISTS = ("ul", "ol", "menu")
_CELLS = ("td", "th")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_VERBATIM = ("pre", "listing")
_TABLE = ("table",)
_ROW = ("tr",)
_STRUCTURAL = frozenset(
    (*_LISTS, "li", "blockquote", *_TABLE, *_ROW, *_CELLS, *_HEADINGS, *_VERBATIM)
)
_OF_LAYOUT = frozenset((*_LISTS, "li", "blockquote", *_HEADINGS, *_VERBATIM))
"""What is in cells of tables that are there for the layout."""
_MAX_LEVELS: Final = 8
"""Lists and quotations in one another; deeper ones are written on this level."""
_MAX_AROUND: Final = 64
"""Elements around a block that are looked at, so that deep pages do not take memory."""
_MAX_COLUMNS: Final = 50
_MAX_CELL: Final = 300
"""Characters of a cell on average; tables with more are layout."""


_PREFORMATTED = re.compile(r"(<pre>(?:(?!<pre>).)*?</pre>)", re.DOTALL)
_TABBED = re.compile(r"(?:^[^\n]*\t\t[^\n]*(?:\n|$))+", re.MULTILINE)
_NEW_BLOCK = re.compile(r"(?<!<br>)\n")


class _Element(NamedTuple):
    """An element with a meaning, and its number in the page."""

    number: int
    name: str


Around = tuple[_Element, ...]
"""Elements around a block that mean something, outer ones first."""


class _Part(NamedTuple):
    """A block that is kept, and what is around it."""

    text: str
    around: Around


def to_markdown(blocks: Blocks, wanted: Bools) -> str:
    """Write the blocks that are wanted as Markdown.

    Parameters
    ----------
    blocks
        Blocks of a page.
    wanted
        Shape (n_blocks,).

    Returns
    -------
    str
        CommonMark with tables. Rendered, it has the words of the blocks in their order.
    """
    parts, columns = _read(blocks, wanted)
    tables = _tables(parts, columns)
    writer = _Writer()
    for element, run in groupby(parts, lambda part: _last(part.around, _TABLE)):
        if element is not None and element.number in tables:
            _write_table(writer, list(run), tables[element.number])
        else:
            _write_parts(writer, run)
    return writer.text()


def of_html(html: str) -> str:
    """Write all of a page as Markdown, such as the main text that an engine gave as HTML."""
    blocks = scan(str(HTMLTree.parse(html)))
    return to_markdown(blocks, np.ones(len(blocks.table), bool))


def of_minimal_html(html: str) -> str:
    """Write the minimal HTML of resiliparse as Markdown.

    It sets blocks and rows of tables on lines without tags, and tabs between cells.
    """
    parts = _PREFORMATTED.split(html)
    for at in range(0, len(parts), 2):
        parts[at] = _NEW_BLOCK.sub("<br><br>", _TABBED.sub(_table_of_lines, parts[at]))
    return of_html("".join(parts))


def _table_of_lines(lines: re.Match[str]) -> str:
    rows = lines.group().rstrip("\n").replace("\t\t", "<td>").split("\n")
    return f"<table>{''.join(f'<tr><td>{row}' for row in rows)}</table>"


def _read(blocks: Blocks, wanted: Bools) -> tuple[list[_Part], dict[int, int]]:
    """Parts of the blocks that are wanted, and the column of each cell by its number."""
    known = element_names()
    names = [known[i] for i in blocks.names.tolist()]
    around: list[Around] = [()]
    columns: dict[int, int] = {}
    cells = Counter[int]()
    for number, parent in list(enumerate(blocks.parents.tolist()))[1:]:
        name = names[number]
        outer = around[parent]
        means = name in _STRUCTURAL and len(outer) < _MAX_AROUND
        around.append((*outer, _Element(number, name)) if means else outer)
        if name in _CELLS:
            columns[number] = cells[parent]
            cells[parent] += 1
    found = zip(texts(blocks), blocks.table[:, CONTAINER].tolist(), wanted.tolist(), strict=True)
    return [_Part(text, around[number]) for text, number, is_ in found if is_], columns


def _last(around: Around, names: Collection[str]) -> _Element | None:
    return next((element for element in reversed(around) if element.name in names), None)


def _write_parts(writer: _Writer, parts: Iterable[_Part]) -> None:
    """Write blocks that are no cells of a table; those of one ``pre`` stand together."""
    for verbatim, run in groupby(parts, lambda part: _last(part.around, _VERBATIM)):
        if verbatim is not None:
            same = list(run)
            writer.write(same[0].around, fenced("\n".join(part.text for part in same)))
            continue
        for part in run:
            title = _last(part.around, _HEADINGS)
            if title is not None:
                writer.write(part.around, [heading(part.text, int(title.name[1]))])
            else:
                lines = [line(text) for text in part.text.split("\n")]
                writer.write(part.around, lines, paragraph=True)


Rows = list[list[str]]


def _tables(parts: Sequence[_Part], columns: Mapping[int, int]) -> dict[int, Rows]:
    """Rows of the tables that hold data, by number; others are there for the layout."""
    groups: dict[int, list[_Part]] = {}
    outer: set[int] = set()
    for part in parts:
        tables = [element.number for element in part.around if element.name in _TABLE]
        if tables:
            groups.setdefault(tables[-1], []).append(part)
            outer.update(tables[:-1])
    rows = {n: _rows(group, columns) for n, group in groups.items() if n not in outer}
    return {number: found for number, found in rows.items() if found}


def _rows(group: Sequence[_Part], columns: Mapping[int, int]) -> Rows | None:
    """Texts of the cells of a table by row; None if it is no table of data.

    Data are in two rows and two columns at least, and in short cells without blocks of their own.
    """
    grid: dict[int, dict[int, list[str]]] = {}
    for part in group:
        place = _place(part.around)
        if place is None:
            if grid:
                return None
        elif any(element.name in _OF_LAYOUT for element in place):
            return None
        else:
            cell = _last(place, _CELLS)
            row = _last(place, _ROW)
            if cell is None or row is None:
                return None
            grid.setdefault(row.number, {}).setdefault(columns[cell.number], []).append(part.text)
    used = sorted({column for row in grid.values() for column in row})
    n_cells = sum(map(len, grid.values()))
    chars = sum(len(text) for row in grid.values() for cell in row.values() for text in cell)
    if len(grid) < 2 or not 2 <= len(used) <= _MAX_COLUMNS or chars > _MAX_CELL * n_cells:
        return None
    return [[" ".join(row.get(column, ())) for column in used] for row in grid.values()]


def _place(around: Around) -> Around | None:
    """What is around a block in its table, from the row on; None if it is in no row."""
    at = max(i for i, element in enumerate(around) if element.name in _TABLE)
    inner = around[at + 1 :]
    return inner if inner and inner[0].name in _ROW else None


def _write_table(writer: _Writer, group: Sequence[_Part], rows: Rows) -> None:
    _write_parts(writer, (part for part in group if _place(part.around) is None))
    last = group[-1].around
    at = max(i for i, element in enumerate(last) if element.name in _TABLE)
    writer.write(last[:at], table(rows))


class _Writer:
    """Puts blocks one under the other, within the lists and quotations that they are in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._open: Around = ()
        self._after_paragraph = False
        self._items = Counter[int]()
        self._signs: dict[int, str] = {}
        self._indents: dict[int, str] = {}

    def text(self) -> str:
        """What was written."""
        return "\n".join(self._lines)

    def write(self, around: Around, lines: Sequence[str], *, paragraph: bool = False) -> None:
        """Write a block."""
        containers = _containers(around)
        shared = 0
        for ours, theirs in zip(self._open, containers, strict=False):
            if ours != theirs:
                break
            shared += 1
        first = rest = ""
        for at, element in enumerate(containers):
            if at == shared:
                between = rest
            if element.name == "blockquote":
                first, rest = first + "> ", rest + "> "
            elif element.name == "li":
                if at < shared:
                    mark = self._indents[element.number]
                else:
                    mark = self._mark(containers, at, shared)
                    self._indents[element.number] = " " * len(mark)
                first, rest = first + mark, rest + " " * len(mark)
        if shared == len(containers):
            between = rest
        if self._lines and not (self._after_paragraph and self._is_item(containers, shared)):
            self._lines.append(between.rstrip())
        self._lines.append(first + lines[0])
        self._lines += [rest + text if text else rest.rstrip() for text in lines[1:]]
        self._open, self._after_paragraph = containers, paragraph

    def _is_item(self, containers: Around, shared: int) -> bool:
        """Whether a block is the next item of the list that is open, or the first of one in it."""
        new = [element.name for element in containers[shared : shared + 2]]
        if shared and containers[shared - 1].name == "li":
            return len(new) == 2 and new[0] in _LISTS and new[1] == "li"
        before = [element.name for element in self._open[shared : shared + 1]]
        return new[:1] == before == ["li"]

    def _mark(self, containers: Around, at: int, shared: int) -> str:
        """Sign or number of an item; a list that follows another one gets other signs."""
        list_ = containers[at - 1] if at and containers[at - 1].name in _LISTS else None
        if list_ is None:
            return "- "
        signs = ".)" if list_.name == "ol" else "-*"
        if list_.number not in self._signs:
            before = self._open[at - 1] if at - 1 == shared < len(self._open) else None
            is_next = before is not None and (before.name == "ol") == (list_.name == "ol")
            sign = self._signs.get(before.number) if before is not None and is_next else None
            self._signs[list_.number] = signs[1] if sign == signs[0] else signs[0]
        self._items[list_.number] += 1
        number = str(self._items[list_.number]) if list_.name == "ol" else ""
        return f"{number}{self._signs[list_.number]} "


def _containers(around: Around) -> Around:
    """Lists, items and quotations, as deep as they are written."""
    found = [e for e in around if e.name in (*_LISTS, "li", "blockquote")]
    levels = 0
    for at, element in enumerate(found):
        levels += element.name not in _LISTS
        if levels > _MAX_LEVELS:
            return tuple(found[:at])
    return tuple(found)
