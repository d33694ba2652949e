"""The columns of a release: explicit types and a fixed order, whatever the run has.

A file whose schema follows from its data cannot be read together with its neighbours: a column
that happens to be empty in one file gets another type there. So columns that the run does not have
are null, with their type.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from eurosift.langid import buckets
from eurosift.stages.base import FURTHER_TOKENS, TOKENIZER_NAME
from eurosift.stages.errors import StageError

KEPT_VERDICT = "kept"
REJECTED_VERDICT = "rejected"
OBLIGATORY = ("id", "text", "language")
TRAIN = "train"
"""The split of all that is held out for nothing; the recipe gives others."""
RIGHTS = "rights_signals"
"""What `eurosift.stages.rights` makes of the evidence of rights."""

_TYPES: dict[str, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "url": pa.string(),
    "title": pa.string(),
    "author": pa.string(),
    "published": pa.date32(),
    "site_name": pa.string(),
    "canonical_url": pa.string(),
    "date": pa.timestamp("ms", tz="UTC"),
    "crawl": pa.string(),
    "file_path": pa.string(),
    "offset": pa.int64(),
    "length": pa.int64(),
    "content_type": pa.string(),
    "encoding": pa.string(),
    "html_lang": pa.string(),
    RIGHTS: pa.list_(pa.string()),
    "language": pa.string(),
    "language_bucket": pa.string(),
    "language_script": pa.string(),
    "language_score": pa.float32(),
    "language_share": pa.float32(),
    "top_langs": pa.list_(pa.struct([("language", pa.string()), ("score", pa.float32())])),
    "seg_langs": pa.list_(pa.string()),
    "code_switching": pa.bool_(),
    "quality_score": pa.float32(),
    "cluster_id": pa.string(),
    "cluster_size": pa.int32(),
    "upsampling_weight": pa.float64(),
    "pii": pa.list_(
        pa.struct(
            [
                ("start", pa.int32()),
                ("end", pa.int32()),
                ("type", pa.string()),
                ("detector", pa.string()),
            ]
        )
    ),
    "pii_counted": pa.list_(pa.struct([("detector", pa.string()), ("n", pa.int32())])),
    "n_bytes": pa.int64(),
    "n_chars": pa.int64(),
    "n_words": pa.int32(),
    "n_segments": pa.int32(),
    "n_tokens": pa.int32(),
    "rejected_by": pa.list_(pa.string()),
    "reasons": pa.list_(pa.string()),
    "quality_failed": pa.list_(
        pa.struct([("rule", pa.string()), ("value", pa.float32()), ("threshold", pa.float32())])
    ),
}


@dataclass(frozen=True)
class Selection:
    """The columns of the rows of one verdict.

    Attributes
    ----------
    verdict
        ``kept`` or ``rejected``.
    folder
        Where the files go.
    stem
        How their names begin.
    columns
        The columns, in order.
    """

    verdict: str
    folder: str
    stem: str
    columns: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """Schema of the files."""
        return schema_of(self.columns)

    def path(self, key: str) -> str:
        """Path of the file ``<label>-00000-of-00001``, relative to the release.

        Of another split than the usual one, the key is ``<label>.<split>-00000-of-00001``.
        """
        place, number = key.split("-", 1)
        label, _, split = place.partition(".")
        return f"{self.folder}/{label}/{split or self.stem}-{number}.parquet"


_REASONED = ("rejected_by", "reasons", "quality_failed")
KNOWN = tuple(name for name in _TYPES if name not in _REASONED)
"""Columns that kept rows may have."""
KEPT = Selection(
    KEPT_VERDICT,
    "data",
    TRAIN,
    # Bucket: the folder says it, too. Authors are people. Few recipes weigh.
    tuple(name for name in KNOWN if name not in (buckets.COLUMN, "author", "upsampling_weight")),
)
REJECTED = Selection(
    REJECTED_VERDICT,
    "rejected",
    "rejected",
    (
        "id",
        "url",
        "language",
        "language_score",
        "rejected_by",
        "reasons",
        "quality_failed",
        "date",
        "crawl",
        "file_path",
        "text",
    ),
)


def kept(columns: tuple[str, ...]) -> Selection:
    """Kept rows with these columns only."""
    return Selection(KEPT.verdict, KEPT.folder, KEPT.stem, columns)


def in_order(columns: Iterable[str]) -> tuple[str, ...]:
    """Columns of kept rows in the order of all releases, so that two can be put together.

    Tokens of further tokenizers stand behind the others, by name, and scores of classifiers behind
    these.
    """
    chosen = set(columns)
    further = sorted(name for name in chosen if is_further(name))
    scores = sorted(name for name in chosen if is_score(name))
    return (*(name for name in KNOWN if name in chosen), *further, *scores)


def is_further(name: str) -> bool:
    """Whether a column has the tokens of a further tokenizer.

    Examples
    --------
    >>> is_further("n_tokens_oellm"), is_further("n_tokens"), is_further("n_tokens_../x")
    (True, False, False)
    """
    return re.fullmatch(FURTHER_TOKENS + TOKENIZER_NAME, name) is not None


def is_score(name: str) -> bool:
    """Whether a column may have the scores of a classifier; by the name of its stage.

    Examples
    --------
    >>> is_score("edu_score"), is_score("quality_score"), is_score("../x_score")
    (True, False, False)
    """
    return name not in _TYPES and re.fullmatch(r"[A-Za-z0-9][\w.-]*_score", name) is not None


def rejected(*, text: bool) -> Selection:
    """Rejected rows, with or without their text."""
    columns = tuple(name for name in REJECTED.columns if text or name != "text")
    return Selection(REJECTED.verdict, REJECTED.folder, REJECTED.stem, columns)


def schema_of(columns: tuple[str, ...]) -> pa.Schema:
    """Schema with the types of these columns."""
    return pa.schema([(name, _type_of(name)) for name in columns])


def _type_of(name: str) -> pa.DataType:
    if is_score(name):
        return _TYPES["quality_score"]
    return _TYPES["n_tokens" if is_further(name) else name]


def conform(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Give a batch exactly this schema; absent columns become nulls.

    Raises
    ------
    StageError
        If a column cannot be turned into its type without loss.
    """
    columns = []
    for field in schema:
        index = batch.schema.get_field_index(field.name)
        if index < 0:
            columns.append(pa.nulls(batch.num_rows, field.type))
            continue
        column = batch.column(index)
        try:
            columns.append(column.cast(field.type))
        except pa.ArrowException as error:
            raise StageError(
                f"release: column `{field.name}` is {column.type} and cannot become {field.type}:"
                f" {error}; convert it on the way in, or leave it out of `columns`"
            ) from error
    return pa.RecordBatch.from_arrays(columns, schema=schema)
