from __future__ import annotations

import pyarrow as pa
import pytest

from eurosift.stages.base import Account, SourceStage
from eurosift.stages.errors import InputError
from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.registry import load

COLUMNS = [
    "id",
    "url",
    "text",
    "markdown",
    "title",
    "author",
    "published",
    "site_name",
    "canonical_url",
    "rights",
    "date",
    "crawl",
    "file_path",
    "offset",
    "length",
    "content_type",
    "encoding",
    "html_lang",
    "http_status",
    "engine",
    "extract_confidence",
    "extract_reasons",
]


def stage(name="extract", **config):
    return Extract(ExtractConfig(**config), name=name)


def test_stage_is_found_by_its_entry_point():
    assert load("extract") is Extract
    assert issubclass(Extract, SourceStage)


def test_columns_of_the_layer_are_those_of_the_contract():
    schema = stage(format="warc").adds
    assert schema.names == COLUMNS
    assert schema.field("date").type == pa.timestamp("ms", tz="UTC")
    assert schema.field("http_status").type == pa.int16()
    assert schema.field("extract_reasons").type == pa.list_(pa.string())


def test_table_layer_has_no_text_and_the_language_where_mapped():
    names = stage(format="jsonl", columns={"language": "lang"}).adds.names
    assert names == [n for n in COLUMNS if n not in ("text", "extract_reasons")] + [
        "language",
        "extract_reasons",
    ]


def test_reasons_are_named_after_the_stage():
    assert stage("read").adds.names[-1] == "read_reasons"


def test_warc_is_copied_so_there_are_no_texts_in_place(tmp_path):
    assert stage(format="warc").texts(tmp_path / "x.warc.gz") is None


def test_auto_reads_warc_and_asks_for_the_format_of_tables(tmp_path):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"")
    assert list(stage().read(path, "x.warc.gz", Account())) == []
    with pytest.raises(InputError, match="set the input's format to jsonl"):
        stage().read(tmp_path / "x.jsonl", "x.jsonl", Account())


def test_package_exports_nothing_else():
    import eurosift.stages.extract as package

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = package.Nothing
