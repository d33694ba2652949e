"""Records have the key names and shapes of HPLT; what is not known is left out."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from eurosift.pipeline.export.records import records
from eurosift.stages.release.columns import KEPT

ROW = {
    "id": "a1",
    "text": "one\ntwo",
    "url": "https://example.org/",
    "date": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    "file_path": "crawl/0.warc.gz",
    "offset": 7,
    "length": 8,
    "content_type": "text/html",
    "encoding": "utf-8",
    "crawl": "CC-MAIN-2026-01",
    "html_lang": "mt",
    "top_langs": [{"language": "mlt_Latn", "score": 0.9}, {"language": "ita_Latn", "score": 0.1}],
    "seg_langs": ["mlt_Latn", "und"],
    "cluster_size": 2,
    "pii": [{"start": 1, "end": 3, "type": "email", "detector": "email"}],
}


def of(row, **options):
    return next(records(pa.RecordBatch.from_pylist([row], KEPT.schema), **options))


def test_keys_are_those_of_hplt():
    assert of(ROW) == {
        "id": "a1",
        "text": "one\ntwo",
        "u": "https://example.org/",
        "ts": "2026-01-02T03:04:05Z",
        "f": "crawl/0.warc.gz",
        "o": 7,
        "s": 8,
        "c": "text/html",
        "de": "utf-8",
        "crawl_id": "CC-MAIN-2026-01",
        "htmllang": ["mt"],
        "eurosift": {"lang": ["mlt_Latn", "ita_Latn"], "prob": [0.9, 0.1]},
        "seg_langs_eurosift": ["mlt_Latn", "und"],
        "cluster_size": 2,
        "pii": [[1, 3]],
        "filter": "keep",
    }


def test_what_is_not_known_is_left_out():
    assert of({"id": "a1", "text": "x"}) == {"id": "a1", "text": "x", "filter": "keep"}


def test_labels_of_other_lines_are_left_out():
    """There is one label for each line, or none."""
    assert "seg_langs_eurosift" not in of(ROW | {"text": "one"})


def test_noisy_records_say_why():
    batch = pa.RecordBatch.from_pylist([ROW], KEPT.schema)
    why = pa.array([["quality:too_short", "quality:no_stop_words"]], pa.list_(pa.string()))
    (record,) = records(batch.append_column("why", why), "why")
    assert record["filter"] == "too_short"
    assert record["noise"] == ["too_short", "no_stop_words"]
