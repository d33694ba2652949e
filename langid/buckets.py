"""Buckets: kept texts of a language that are told apart, so that users may take or leave them.

A text is counted and filed under a label: its language and, unless that is the main one, its
bucket, as in ``mlt_Latn_near``.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from eurosift.langid import languages

COLUMN = "language_bucket"
"""Name of the column; null where a text was rejected."""
MAIN = "main"
"""The label is sure enough, and the text is the whole page."""
NEAR = "near"
"""The label is not sure enough, but close to it."""
SALVAGED = "salvaged"
"""The text is what a page has of lines in the language."""
APART = (NEAR, SALVAGED)
"""Buckets with labels of their own."""


def labels(language: pa.Array, bucket: pa.Array | None) -> pa.Array:
    """Label of each text; null where it has no language.

    Examples
    --------
    >>> languages = pa.array(["mlt_Latn", "mlt_Latn", None])
    >>> labels(languages, pa.array(["near", "main", None])).to_pylist()
    ['mlt_Latn_near', 'mlt_Latn', None]
    """
    if bucket is None or pa.types.is_null(bucket.type) or pa.types.is_null(language.type):
        return language
    apart = pc.is_in(bucket, pa.array(APART, bucket.type))
    return pc.if_else(apart, pc.binary_join_element_wise(language, bucket, "_"), language)


def split(label: str) -> tuple[str, str]:
    """Language and bucket of a label.

    Examples
    --------
    >>> split("mlt_Latn_near"), split("mlt_Latn")
    (('mlt_Latn', 'near'), ('mlt_Latn', 'main'))
    """
    for bucket in APART:
        if label.endswith(f"_{bucket}"):
            return label.removesuffix(f"_{bucket}"), bucket
    return label, MAIN


def join(language: str, bucket: str) -> str:
    """Label of a language and a bucket."""
    return language if bucket == MAIN else f"{language}_{bucket}"


def name(label: str) -> str:
    """English name of what a label stands for.

    Raises
    ------
    UnknownLanguageError
        If its language cannot be a language code.

    Examples
    --------
    >>> name("mlt_Latn_near"), name("gle_Latn")
    ('Maltese (near)', 'Irish')
    """
    language, bucket = split(label)
    english = languages.name(language)
    return english if bucket == MAIN else f"{english} ({bucket})"
