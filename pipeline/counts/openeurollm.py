"""``counts/<part>/source.json`` as OpenEuroLLM's training-data collection keeps it.

One file per part; a part is a folder of a collection, such as ``clean/mlt_Latn``. Shape and
definitions are those of the files published in OpenEuroLLM/training-data-collection: segments are
units between newlines, characters include blanks, bytes are those of the files as they are stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from eurosift.pipeline.counts.figures import Sizes, Tokens


def source_counts(
    sizes: Sizes,
    tokens: Tokens | None,
    *,
    files: int,
    file_bytes: int,
    required: Iterable[str],
    optional: Iterable[str] = (),
    errors: int = 0,
) -> dict[str, Any]:
    """Content of ``counts/<part>/source.json``; pure, ready for `as_text`.

    ``time`` is 0: what varies from run to run is not written into data. Behind the ten keys of the
    original stand ours: ``words``, and of the tokens ``tokenizer_sha256``, ``tokens_method``
    (``exact``, ``sampled``, ``estimated``) and ``tokens_interval`` (95 %, else null).

    Parameters
    ----------
    sizes
        Of the texts of the part; ``sizes.bytes`` is not used.
    tokens
        By one tokenizer; None gives nulls.
    files, file_bytes
        The files of the part and their size on disk.
    required, optional
        Keys that all records have, and that some have.
    errors
        Records that could not be read or have no text.
    """
    interval = None
    if tokens is not None and tokens.low is not None and tokens.high is not None:
        interval = [tokens.low, tokens.high]
    return {
        "files": files,
        "bytes": file_bytes,
        "documents": sizes.documents,
        "segments": sizes.segments,
        "tokens": None if tokens is None else tokens.count,
        "characters": sizes.characters,
        "time": 0,
        "errors": errors,
        "tokenizer": None if tokens is None else tokens.tokenizer,
        "keys": {"required": sorted(required), "optional": sorted(optional)},
        "words": sizes.words,
        "tokenizer_sha256": None if tokens is None else tokens.sha256,
        "tokens_method": None if tokens is None else tokens.method,
        "tokens_interval": interval,
    }


def path_of(part: str) -> str:
    """Where the counts of a part stand in a collection.

    Examples
    --------
    >>> path_of("clean/mlt_Latn")
    'counts/clean/mlt_Latn/source.json'
    """
    return f"counts/{part}/source.json"


def as_text(counts: Mapping[str, Any]) -> str:
    """The text of the file."""
    return json.dumps(counts, indent=2, ensure_ascii=False) + "\n"
