"""Where tables of others keep text and language: FineWeb-2, HPLT, and what is like them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import buckets
from eurosift.langid.languages import lookup
from eurosift.stages.errors import InputError
from eurosift.stages.footer import UNDETERMINED

TEXT_COLUMNS = ("text", "content", "raw_content")
LANGUAGE_COLUMNS = ("language", "lang", "openlid_v3", "openlid_v2", "glotlid_v3")
"""Ours and FineWeb-2's; that of HPLT 2 and 3, and those of HPLT 4."""
SCRIPT_COLUMN = "language_script"
"""Beside the three letters that FineWeb-2 has in ``language``."""

_FOLDER = re.compile(r"[a-z]{3}_[A-Z][a-z]{3}(?:_[a-z]+)?")
_KINDS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)


@dataclass(frozen=True)
class Layout:
    """The columns of one table.

    Attributes
    ----------
    text
        Column of the text.
    language
        Column of the language: a code, a list of codes with the best first, or a structure with
        such a list as ``lang``; None if there is none.
    script
        Column of the script, if it has one of its own.
    """

    text: str
    language: str | None
    script: str | None

    @property
    def columns(self) -> list[str]:
        """What has to be read."""
        return [c for c in (self.text, self.language, self.script) if c is not None]


def layout_of(
    names: Collection[str], where: object, *, text: str | None = None, language: str | None = None
) -> Layout:
    """Find the columns of a table.

    Parameters
    ----------
    names
        Its columns.
    where
        The file, for messages.
    text, language
        Columns that the user has named.

    Raises
    ------
    InputError
        If there is no such column, or no text.
    """
    shown = ", ".join(list(names)[:40])
    for option, name in (("--text-column", text), ("--language-column", language)):
        if name is not None and name not in names:
            raise InputError(f"{where}: has no column {name!r} ({option}); its columns are {shown}")
    found = text or next((name for name in TEXT_COLUMNS if name in names), None)
    if found is None:
        raise InputError(
            f"{where}: has none of the columns {', '.join(TEXT_COLUMNS)}; its columns are {shown}. "
            "Name the right one with --text-column"
        )
    label = language or next((name for name in LANGUAGE_COLUMNS if name in names), None)
    scripted = label == LANGUAGE_COLUMNS[0] and SCRIPT_COLUMN in names
    return Layout(found, label, SCRIPT_COLUMN if scripted else None)


def folder_label(path: PurePath) -> str | None:
    """Label that a folder above a file is named by, as in ``data/mlt_Latn/train-00000.parquet``.

    Examples
    --------
    >>> folder_label(PurePath("clean/lav_Latn/1.jsonl.zst")), folder_label(PurePath("a/b.jsonl"))
    ('lvs_Latn', None)
    """
    for part in reversed(path.parts[:-1]):
        if _FOLDER.fullmatch(part):
            language, bucket = buckets.split(part)
            code = lookup(language)
            if code is not None:
                return buckets.join(code, bucket)
    return None


def first_code(value: Any) -> str | None:
    """The best code of a value in any of the layouts.

    Examples
    --------
    >>> first_code(["mlt", "ita"]), first_code({"lang": ["mlt_Latn"], "prob": [0.9]})
    ('mlt', 'mlt_Latn')
    """
    if isinstance(value, Mapping):
        value = value.get("lang")
    if isinstance(value, (list, tuple)):
        value = value[0] if value else None
    return value if isinstance(value, str) else None


class Labels:
    """Turns codes in any style into labels; what is no code of a language counts as ``und``.

    Parameters
    ----------
    folder
        Label of the folder, for rows without a code; and if it names a bucket of their language.
    unknown
        Called with what is no code, and how many rows have it.
    """

    def __init__(self, folder: str | None, unknown: Callable[[str, int], None]) -> None:
        self._folder = folder
        self._unknown = unknown

    def of(self, codes: pa.Array, scripts: pa.Array | None) -> pa.Array:
        """Labels of some rows: strings without nulls.

        Parameters
        ----------
        codes
            Codes, or languages without a script.
        scripts
            Their scripts, if these have a column of their own.
        """
        joined = codes
        if scripts is not None:
            short = pc.equal(pc.utf8_length(codes), 3)
            with_script = pc.binary_join_element_wise(codes, scripts, "_")
            joined = pc.if_else(pc.and_kleene(short, scripts.is_valid()), with_script, codes)
        encoded = joined.fill_null("").dictionary_encode()
        rows = np.bincount(encoded.indices.to_numpy(), minlength=len(encoded.dictionary))
        pairs = zip(encoded.dictionary.to_pylist(), rows.tolist(), strict=True)
        found = [self._label(code, n) for code, n in pairs]
        return pa.array(found, pa.string()).take(encoded.indices)

    def _label(self, code: str, rows: int) -> str:
        if not code.strip():
            return self._folder or UNDETERMINED
        label = lookup(code)
        if label is None:
            self._unknown(code, rows)
            return UNDETERMINED
        if self._folder and buckets.split(self._folder)[0] == label:
            return self._folder
        return label


def code_column(column: pa.Array) -> pa.Array:
    """Best code of each row of a column in any of the layouts: strings."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if any(is_kind(column.type) for is_kind in _KINDS):
        return column.cast(pa.string())
    return pa.array([first_code(value) for value in column.to_pylist()], pa.string())


def text_column(column: pa.Array, where: object) -> pa.Array:
    """Texts of a column as strings.

    Raises
    ------
    InputError
        If it holds none.
    """
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not any(is_kind(column.type) for is_kind in _KINDS) and not pa.types.is_null(column.type):
        raise InputError(
            f"{where}: the text is {column.type}, not strings; name another one with --text-column"
        )
    return column.cast(pa.string())
