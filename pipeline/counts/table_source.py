"""Texts of tables of others, and of releases."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from eurosift.pipeline.counts.layouts import (
    Labels,
    Layout,
    code_column,
    first_code,
    folder_label,
    layout_of,
    text_column,
)
from eurosift.pipeline.counts.sources import Findings, Source, Texts, Unit
from eurosift.pipeline.errors import first_line
from eurosift.pipeline.shards import read_batches
from eurosift.stages.errors import InputError, StageError
from eurosift.stages.extract.formats import TABLES, detect_format
from eurosift.stages.extract.jsonl import Line, read_lines
from eurosift.stages.sizes import BATCH_BYTES
from eurosift.stages.source import Account

DATA = "data"
"""Folder of a release in which the kept documents are."""
_LINES = 512
_MAX_LINE = 1 << 28


class TableSource(Source):
    """Parquet and JSONL files below a folder, or one file.

    Parameters
    ----------
    path
        The folder or the file.
    text, language
        Columns of both, where they are not found by themselves.
    label
        Language of everything, as a canonical code; no column is looked at then.

    Raises
    ------
    InputError
        If there is no table, or one has no text.
    """

    def __init__(
        self,
        path: Path,
        *,
        text: str | None = None,
        language: str | None = None,
        label: str | None = None,
    ) -> None:
        self._path = path
        self._text = text
        self._language = language
        self._label = label
        self._files = list(_tables(path))
        if not self._files:
            raise InputError(
                f"{path}: holds no table: no .parquet, and no .jsonl, plain or with .gz or .zst"
            )
        self._layouts: dict[str, tuple[Layout, list[str]]] = {}

    @cached_property
    def units(self) -> Sequence[Unit]:
        """Row groups of Parquet files, and JSONL files, in the order of their names."""
        found = []
        for path in self._files:
            if detect_format(path.name) == "jsonl":
                found.append(Unit(str(path)))
                continue
            try:
                metadata = pq.read_metadata(path)
                names = metadata.schema.to_arrow_schema().names
            except (pa.ArrowException, OSError, UnicodeError) as error:
                first = first_line(error)
                raise InputError(f"{path}: is no readable Parquet file ({first})") from error
            self._layouts[str(path)] = (self._layout(names, path), names)
            found += [Unit(str(path), i) for i in range(metadata.num_row_groups)]
        return found

    def read(self, unit: Unit, findings: Findings) -> Iterator[Texts]:
        """Yield the documents of a row group or of a JSONL file."""
        path = Path(unit.name)
        labels = Labels(folder_label(self._place(path)), findings.note_unknown)
        if unit.row_group is None:
            yield from self._read_lines(path, labels, findings)
        else:
            yield from self._read_group(path, unit.row_group, labels, findings)

    def _place(self, path: Path) -> Path:
        """Path of a file from above the folder that was named, whose name may say the language."""
        named = self._path.absolute()  # not resolved: where a link leads to says nothing
        above = named.parent if named.is_dir() else named.parent.parent
        return path.absolute().relative_to(above)

    def _layout(self, names: Sequence[str], where: Path) -> Layout:
        found = layout_of(names, where, text=self._text, language=self._language)
        return found if self._label is None else Layout(found.text, None, None)

    def _read_group(
        self, path: Path, group: int, labels: Labels, findings: Findings
    ) -> Iterator[Texts]:
        layout, names = self._layouts[str(path)]
        for batch in read_batches(path, layout.columns, [group]):
            texts = text_column(batch.column(layout.text), path)
            codes = scripts = None
            if layout.language is not None:
                codes = code_column(batch.column(layout.language))
            if layout.script is not None:
                scripts = code_column(batch.column(layout.script))
            yield self._labelled(texts, codes, scripts, labels, names, findings)

    def _read_lines(self, path: Path, labels: Labels, findings: Findings) -> Iterator[Texts]:
        account = Account()
        layout: Layout | None = None
        for block in _blocks(read_lines(path, account, _MAX_LINE)):
            if layout is None:
                names = dict.fromkeys(name for values in block for name in values)
                layout = self._layout(list(names), path)
            texts = (values.get(layout.text) for values in block)
            yield self._labelled(
                pa.array((t if isinstance(t, str) else None for t in texts), pa.string()),
                _codes(block, layout.language),
                _codes(block, layout.script),
                labels,
                block,
                findings,
            )
        for loss in account.losses:
            findings.damage[str(loss["reason"])] += 1

    def _labelled(
        self,
        texts: pa.Array,
        codes: pa.Array | None,
        scripts: pa.Array | None,
        labels: Labels,
        keys: Sequence[Any],
        findings: Findings,
    ) -> Texts:
        if self._label is not None:
            found = pa.array([self._label] * len(texts), pa.string())
        else:
            none = pa.nulls(len(texts), pa.string())
            found = labels.of(none if codes is None else codes, scripts)
        if keys and not isinstance(keys[0], str):
            for one, values in zip(found.to_pylist(), keys, strict=True):
                findings.note_keys(one, list(values), 1)
        else:
            findings.note_columns(found, keys)
        there = texts.is_valid()
        findings.count_missing(found, there)
        return Texts(found.filter(there), texts.filter(there))


def _blocks(lines: Iterable[Line]) -> Iterator[list[Mapping[str, Any]]]:
    """Values of some lines at a time, few if they are long."""
    block: list[Mapping[str, Any]] = []
    size = 0
    for line in lines:
        block.append(line.values)
        size += line.length or 0
        if len(block) == _LINES or size >= BATCH_BYTES:
            yield block
            block, size = [], 0
    if block:
        yield block


def _codes(rows: Sequence[Any], column: str | None) -> pa.Array | None:
    if column is None:
        return None
    return pa.array([first_code(values.get(column)) for values in rows], pa.string())


def _tables(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if _is_table(path.name):
            yield path
        return
    root = path / DATA if is_release(path) else path
    for where, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and _is_table(name):
                yield Path(where, name)


def _is_table(name: str) -> bool:
    try:
        return detect_format(name) in TABLES
    except StageError:
        return False


def is_release(path: Path) -> bool:
    """Whether a folder is a release of ours: only what was kept is counted then."""
    try:
        manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and "languages" in manifest and (path / DATA).is_dir()
