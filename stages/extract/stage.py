"""The `extract` stage: input files to the documents layer."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from typing import ClassVar

import pyarrow as pa

from eurosift.stages.base import MARGIN, Margin, Setting
from eurosift.stages.errors import InputError
from eurosift.stages.extract.config import TREES, ExtractConfig
from eurosift.stages.extract.formats import TABLES, detect_format
from eurosift.stages.extract.remote import Source
from eurosift.stages.extract.rights import RIGHTS
from eurosift.stages.extract.tables import lines_of, read_table, read_texts
from eurosift.stages.source import Account, SourceStage

FEW_LANGUAGES = 8
"""Where a recipe wants no more languages than these, the language gate is on."""
_CHECKED_ROWS = 256


class Extract(SourceStage[ExtractConfig]):
    """Makes documents of input files: one row per page or text of a crawl, or row of a table.

    Texts of tables are read in place: they are not copied into the layer, `texts` gives them.
    """

    version: ClassVar[int] = 9
    config_type: ClassVar[type[ExtractConfig]] = ExtractConfig

    def __init__(
        self,
        config: ExtractConfig,
        *,
        name: str,
        setting: Setting | None = None,
        per_language: Mapping[str, ExtractConfig] | None = None,
    ) -> None:
        super().__init__(config, name=name, setting=setting, per_language=per_language)
        languages, wanted = config.gate_languages, self.setting.languages
        if languages is None:
            languages = tuple(sorted(wanted)) if len(wanted) <= FEW_LANGUAGES else ()
        if wanted:
            consequence = ", so that its pages would be extracted only to be rejected"
            self.refuse_unwanted("gate_languages", languages, wanted, consequence)
        update = {"gate_languages": () if self._in_place else languages}
        self.config = config.model_copy(update=update)

    @property
    def adds(self) -> pa.Schema:
        """Columns of the documents layer; `text` unless it is read in place, `language` if mapped.

        ``format: auto`` stands for WARC here: the runtime resolves it before it makes the stage.
        """
        table = self.config.format in TABLES
        fields = [
            pa.field("id", pa.string()),
            pa.field("url", pa.string()),
            *([] if self._in_place else [pa.field("text", pa.string())]),
            pa.field("markdown", pa.string()),
            pa.field("title", pa.string()),
            pa.field("author", pa.string()),
            pa.field("published", pa.date32()),
            pa.field("site_name", pa.string()),
            pa.field("canonical_url", pa.string()),
            pa.field("rights", RIGHTS),
            pa.field("date", pa.timestamp("ms", tz="UTC")),
            pa.field("crawl", pa.string()),
            pa.field("file_path", pa.string()),
            pa.field("offset", pa.int64()),
            pa.field("length", pa.int64()),
            pa.field("content_type", pa.string()),
            pa.field("encoding", pa.string()),
            pa.field("html_lang", pa.string()),
            pa.field("http_status", pa.int16()),
            pa.field("engine", pa.string()),
            pa.field("extract_confidence", pa.float32()),
        ]
        if self.config.gate_languages:
            fields.append(pa.field("gate_score", pa.float32()))
        if table and "language" in self.config.columns:
            fields.append(pa.field("language", pa.string()))
        fields.append(pa.field(self.reasons_column, pa.list_(pa.string())))
        return pa.schema(fields)

    def open(self) -> None:
        """Silence trafilatura, which logs every page without text as an error; load all that works.

        Raises
        ------
        AssetError
            If the classifier of blocks or the language gate is needed and cannot be used.
        """
        logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
        if not self._in_place:
            from eurosift.stages.extract.html import warm_up  # noqa: PLC0415 # as in `read`

            warm_up(self.config)

    def embedded(self) -> Mapping[str, str]:
        """Digests of the classifier of blocks and of what the language gate asks, if they are."""
        found = {}
        if self.config.engine == "auto" and not self._in_place:
            trees = files("eurosift.stages.extract").joinpath(TREES).read_bytes()
            found[f"extract/{TREES}"] = sha256(trees).hexdigest()
        if self.config.gate_languages:
            from eurosift.langid import letters  # noqa: PLC0415 # as in `read`
            from eurosift.langid import model as models  # noqa: PLC0415

            names = (letters.TABLE, models.EMBEDDED, models.WORDS, *models.LEXICONS)
            found |= {f"langid/{name}": models.embedded_digest(name) for name in names}
        return found

    def margins(self) -> Mapping[str, Margin]:
        """Of the language gate."""
        if not self.config.gate_languages:
            return {}
        return {"gate_language": Margin(("gate_score",), self._measure)}

    def _measure(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        scores = batch.column("gate_score").cast(pa.float64())
        cuts = pa.repeat(self.config.gate_cut, len(scores)).cast(pa.float64())
        return pa.RecordBatch.from_arrays([scores, cuts], schema=MARGIN)

    def read(self, path: Source, relative: str, account: Account) -> Iterator[pa.RecordBatch]:
        """Yield the documents of one file, in order, in batches of bounded size."""
        # Parsers of pages take long to import, and only workers need them.
        if self._format(path) == "warc":
            from eurosift.stages.extract.pages import read_pages as read  # noqa: PLC0415
        elif self._format(path) == "html":
            from eurosift.stages.extract.page_files import read_pages as read  # noqa: PLC0415
        elif not self._in_place:
            from eurosift.stages.extract.page_tables import read_pages as read  # noqa: PLC0415
        else:
            read = read_table
        return read(path, relative, account, self.config, self.adds, reasons=self.reasons_column)

    def check(self, path: Source) -> None:
        """Read the first rows of a table, so that wrong names of columns are told."""
        if self.config.format in TABLES:
            for _ in islice(lines_of(path, self.config, Account()), _CHECKED_ROWS):
                pass

    def texts(self, path: Source) -> Iterator[pa.Array] | None:
        """Texts of a table, row by row like `read`; None where pages are extracted."""
        if self._format(path) == "warc" or not self._in_place:
            return None
        return read_texts(path, self.config)

    @property
    def _in_place(self) -> bool:
        return self.config.format in TABLES and "html" not in self.config.columns

    def _format(self, path: Source) -> str:
        if self.config.format != "auto":
            return self.config.format
        found = detect_format(path.name)
        if found not in ("warc", "html"):
            raise InputError(f"{path}: is {found}; set the input's format to {found}")
        return found
