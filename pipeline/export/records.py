"""Documents as records with the key names of HPLT v4, which OpenEuroLLM's tools read.

Source of the names: the keys that OpenEuroLLM/training-data-catalogue lists for HPLT 4.0. What HPLT
has of its own models (``openlid_v3``, ``doc_scores``, ``web-register``) has no counterpart here and
is not made up: our labels stand under ``eurosift`` and ``seg_langs_eurosift``, in the same shapes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

KEEP = "keep"
"""What key ``filter`` says of a document that no rule rejects."""

_RENAMED = {
    "file_path": "f",
    "offset": "o",
    "length": "s",
    "url": "u",
    "content_type": "c",
    "date": "ts",
    "encoding": "de",
    "crawl": "crawl_id",
    "html_lang": "htmllang",
    "id": "id",
    "title": "title",
    "text": "text",
    "top_langs": "eurosift",
    "seg_langs": "seg_langs_eurosift",
    "cluster_size": "cluster_size",
    "quality_score": "quality_score",
    "rights_signals": "rights_signals",
    "pii": "pii",
}
COLUMNS = tuple(_RENAMED)
"""Columns that records are made of, those of a release; absent ones are left out."""


def records(batch: pa.RecordBatch, noise: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield each row as a record; keys without a value are left out, as HPLT does.

    Parameters
    ----------
    batch
        `COLUMNS`, as far as they are there.
    noise
        Column with the reasons of rejected rows; they get ``noise``, and their first reason as
        ``filter``.
    """
    names = [name for name in COLUMNS if name in batch.schema.names]
    reasons = None if noise is None else batch.column(noise).to_pylist()
    for number, row in enumerate(batch.select(names).to_pylist()):
        record = {_RENAMED[name]: value for name, value in row.items() if value is not None}
        _reshape(record)
        record["filter"] = KEEP
        if reasons is not None:
            why = [reason.partition(":")[2] for reason in reasons[number]]
            record |= {"filter": why[0], "noise": why}
        yield record


def _reshape(record: dict[str, Any]) -> None:
    """Give values the shapes that HPLT has."""
    if "ts" in record:
        record["ts"] = record["ts"].strftime("%Y-%m-%dT%H:%M:%SZ")
    if "htmllang" in record:
        record["htmllang"] = [record["htmllang"]]
    if "eurosift" in record:
        record["eurosift"] = _labels(record["eurosift"])
    if "pii" in record:
        record["pii"] = [[span["start"], span["end"]] for span in record["pii"]]
    # One label per line; of salvaged paragraphs, the labels still speak of the whole page.
    if len(record.get("seg_langs_eurosift", ())) != segments(record["text"]):
        record.pop("seg_langs_eurosift", None)


def _labels(top: list[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {
        "lang": [each["language"] for each in top],
        "prob": [round(each["score"], 6) for each in top],
    }


def segments(text: str) -> int:
    """Units between newlines; none in an empty text."""
    return text.count("\n") + 1 if text else 0
