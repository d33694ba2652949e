"""Texts with their languages: of a run, of a release, or of tables of others."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from eurosift.langid import buckets
from eurosift.pipeline import recipe
from eurosift.pipeline.counts.layouts import (
    Labels,
    Layout,
    code_column,
    first_code,
    folder_label,
    layout_of,
    text_column,
)
from eurosift.pipeline.dag import BUCKET, LANGUAGE, TEXT
from eurosift.pipeline.errors import first_line
from eurosift.pipeline.launch import open_run
from eurosift.pipeline.shards import read_batches
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import KEPT, View
from eurosift.stages.base import Account
from eurosift.stages.errors import InputError, StageError
from eurosift.stages.extract.formats import TABLES, detect_format
from eurosift.stages.extract.jsonl import Line, read_lines
from eurosift.stages.footer import UNDETERMINED
from eurosift.stages.release.parts import folder_of

DATA = "data"
"""Folder of a release in which the kept documents are."""
_LINES = 512
_MAX_LINE = 1 << 30
_MAX_KEYS = 1_000
"""Names of keys that are remembered of one label: a damaged file may have millions."""


class Texts(NamedTuple):
    """Some consecutive documents: their labels (strings) and texts, both without nulls."""

    labels: pa.Array
    texts: pa.Array


class Unit(NamedTuple):
    """What can be read by itself: a file or a shard, or one row group of a file."""

    name: str
    row_group: int | None = None


@dataclass
class Findings:
    """What came up in reading beside texts.

    Attributes
    ----------
    no_text
        Rows without a text, by label.
    damage
        Stretches of JSONL that could not be read, by reason.
    unknown
        Values of the language column that are no codes of languages, with their rows; the first
        few.
    unknown_rows
        How many rows have such a value.
    keys_seen
        Keys of the records, by label, and how many have them.
    """

    no_text: Counter[str] = field(default_factory=Counter)
    damage: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    unknown_rows: int = 0
    keys_seen: dict[str, Counter[str]] = field(default_factory=dict)

    def note_unknown(self, value: str, rows: int) -> None:
        """Note rows whose language is none."""
        self.unknown_rows += rows
        if value in self.unknown or len(self.unknown) < 5:
            self.unknown[value] += rows

    def note_keys(self, label: str, names: Sequence[str], rows: int) -> None:
        """Note the keys of some records."""
        seen = self.keys_seen.setdefault(label, Counter())
        for name in names:
            if name in seen or len(seen) < _MAX_KEYS:
                seen[name] += rows

    def keys(self, label: str, records: int) -> tuple[list[str], list[str]]:
        """Keys that all of so many records of a label have, and those that some have."""
        seen = self.keys_seen.get(label, Counter())
        required = sorted(name for name, n in seen.items() if n == records)
        return required, sorted(set(seen) - set(required))


class Source(ABC):
    """Documents that can be read more than once, unit by unit, in the same order each time."""

    @property
    @abstractmethod
    def units(self) -> Sequence[Unit]:
        """All units, in order."""

    @abstractmethod
    def read(self, unit: Unit, findings: Findings) -> Iterator[Texts]:
        """Yield the documents of a unit, and add to `findings`.

        Raises
        ------
        EurosiftError
            If it cannot be read.
        """

    def size_bytes(self, name: str) -> int:
        """Size on disk of the file of a unit."""
        return Path(name).stat().st_size


class RunSource(Source):
    """The documents of a run that all complete stages have kept, with their text as it is now."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._view = View(run)
        self._columns = [
            name for name in (LANGUAGE, BUCKET, TEXT, KEPT) if name in self._view.schema
        ]

    @cached_property
    def units(self) -> Sequence[Unit]:
        """The shards."""
        return [Unit(shard) for shard in self._view.shards]

    def read(self, unit: Unit, findings: Findings) -> Iterator[Texts]:
        """Yield the kept documents of a shard."""
        for frame in self._view.batches(unit.name, self._columns):
            rows = frame.filter(KEPT).drop(KEPT).to_arrow().combine_chunks()
            for batch in rows.to_batches():
                texts = batch.column(TEXT).cast(pa.string())
                labels = _run_labels(batch)
                there = texts.is_valid()
                _count_missing(findings, labels, there)
                _note_keys(findings, labels, ("id", "text"))
                yield Texts(labels.filter(there), texts.filter(there))

    def size_bytes(self, name: str) -> int:
        """Size of the input file of a shard."""
        return self._run.plan.file(name).size_bytes


def _run_labels(batch: pa.RecordBatch) -> pa.Array:
    """Labels as a release has them: what is no code of a language, as ``und``."""
    names = batch.schema.names
    if LANGUAGE not in names:
        return pa.array([UNDETERMINED] * batch.num_rows, pa.string())
    bucket = batch.column(BUCKET).cast(pa.string()) if BUCKET in names else None
    labels = buckets.labels(batch.column(LANGUAGE).cast(pa.string()), bucket)
    encoded = labels.fill_null(UNDETERMINED).dictionary_encode()
    folders = [folder_of(label) for label in encoded.dictionary.to_pylist()]
    return pa.array(folders, pa.string()).take(encoded.indices)


def _count_missing(findings: Findings, labels: pa.Array, there: pa.BooleanArray) -> None:
    if there.true_count < len(there):
        for entry in pc.value_counts(labels.filter(pc.invert(there))).to_pylist():
            findings.no_text[entry["values"]] += entry["counts"]


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
        relative = path.relative_to(self._path.parent)
        labels = Labels(folder_label(relative), findings.note_unknown)
        if unit.row_group is None:
            yield from self._read_lines(path, labels, findings)
        else:
            yield from self._read_group(path, unit.row_group, labels, findings)

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
        lines = read_lines(path, account, _MAX_LINE)
        layout: Layout | None = None
        while block := list(islice(lines, _LINES)):
            if layout is None:
                names = dict.fromkeys(name for line in block for name in line.values)
                layout = self._layout(list(names), path)
            yield from self._block(block, layout, labels, findings)
        for loss in account.losses:
            findings.damage[str(loss["reason"])] += 1

    def _block(
        self, block: Sequence[Line], layout: Layout, labels: Labels, findings: Findings
    ) -> Iterator[Texts]:
        values = [line.values for line in block]
        texts = [v.get(layout.text) for v in values]
        size, start = 0, 0
        for stop, text in enumerate(texts, 1):
            size += len(text) if isinstance(text, str) else 0
            if size < 1 << 28 and stop < len(texts):
                continue
            rows = values[start:stop]
            yield self._labelled(
                pa.array(
                    [t if isinstance(t, str) else None for t in texts[start:stop]], pa.string()
                ),
                _codes(rows, layout.language),
                _codes(rows, layout.script),
                labels,
                rows,
                findings,
            )
            size, start = 0, stop

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
        _note_keys(findings, found, keys)
        there = texts.is_valid()
        _count_missing(findings, found, there)
        return Texts(found.filter(there), texts.filter(there))


def _note_keys(findings: Findings, labels: pa.Array, keys: Sequence[Any]) -> None:
    """Note the columns of a table, or the keys of each line."""
    if keys and not isinstance(keys[0], str):
        for label, values in zip(labels.to_pylist(), keys, strict=True):
            findings.note_keys(label, list(values), 1)
        return
    for entry in pc.value_counts(labels).to_pylist():
        findings.note_keys(entry["values"], list(keys), entry["counts"])


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


def open_source(
    path: Path,
    *,
    text: str | None = None,
    language: str | None = None,
    label: str | None = None,
) -> Source:
    """Open whatever is there: a recipe or a run, a release, a folder of tables, a table.

    Raises
    ------
    EurosiftError
        If it is none of these, or cannot be read.
    """
    if path.suffix in {".yaml", ".yml"} or (path / recipe.FILE).exists() or _is_run(path):
        return RunSource(open_run(path))
    return TableSource(path, text=text, language=language, label=label)


def _is_run(path: Path) -> bool:
    return (path / "launches").is_dir()
