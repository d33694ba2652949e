"""Small JSON documents that carry a digest of themselves: no edit and no damage goes unnoticed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eurosift.pipeline import digest
from eurosift.pipeline.shards import write_text

DIGEST = "digest"


def load(path: Path) -> dict[str, Any]:
    """Read a document, without its digest.

    Raises
    ------
    ValueError
        If it is not what was written.
    OSError
        If it cannot be read.
    """
    document = json.loads(path.read_bytes())
    if not isinstance(document, dict) or document.pop(DIGEST, None) != digest.of_json(document):
        raise ValueError("its content is not what was written")
    return document


def save(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document, atomically."""
    sealed = {**document, DIGEST: digest.of_json(document)}
    write_text(path, json.dumps(sealed, ensure_ascii=False, indent=1) + "\n")
