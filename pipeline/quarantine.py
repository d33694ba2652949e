"""The quarantine list of a run: pages that have passed a protective limit twice.

There is one small file per shard that has such pages, ``quarantine/00017.json``. It is an input of
the plan: with it the pages are rows with a reason, on every machine and whatever its speed. Without
it, or when the input has changed, they are tried again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from eurosift.pipeline import digest
from eurosift.pipeline.errors import PlanError
from eurosift.pipeline.plan import InputFile
from eurosift.pipeline.shards import write_text

FOLDER = "quarantine"


def load(folder: Path, file: InputFile) -> dict[str, str]:
    """Quarantined pages of an input as it was planned: id → reason.

    Raises
    ------
    PlanError
        If the list is damaged.
    """
    path = _path(folder, file)
    try:
        document = json.loads(path.read_bytes())
        pages, of = document["pages"], document["input"]
        whole = document["digest"] == digest.of_document(document)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, type(error).__name__) from error
    if not whole:
        raise _damaged(path, "its content is not what was written")
    return dict(pages) if of == file.fingerprint else {}


def _damaged(path: Path, why: str) -> PlanError:
    return PlanError(
        f"{path}: is damaged ({why}); restore it, or remove it, so that its pages are tried again"
    )


def add(folder: Path, file: InputFile, pages: Mapping[str, str]) -> None:
    """Put pages of an input on the list."""
    all_pages = dict(sorted({**load(folder, file), **pages}.items()))
    document: dict[str, object] = {"input": file.fingerprint, "pages": all_pages}
    document["digest"] = digest.of_document(document)
    write_text(_path(folder, file), json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _path(folder: Path, file: InputFile) -> Path:
    return folder / FOLDER / f"{file.shard}.json"
