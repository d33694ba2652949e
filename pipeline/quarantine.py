"""The quarantine list of a run: pages that have passed a protective limit twice.

There is one small file per shard that has such pages, ``quarantine/00017.json``. It is an input of
the plan: with it the pages are rows with a reason, on every machine and whatever its speed. Without
it, or when the input has changed, they are tried again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from eurosift.pipeline import sealed_json
from eurosift.pipeline.errors import PlanError, first_line
from eurosift.pipeline.plan import InputFile

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
        document = sealed_json.load(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        remedy = "restore it, or remove it, so that its pages are tried again"
        raise PlanError(f"{path}: is damaged: {first_line(error)}; {remedy}") from error
    return dict(document["pages"]) if document["input"] == file.fingerprint else {}


def add(folder: Path, file: InputFile, pages: Mapping[str, str]) -> None:
    """Put pages of an input on the list."""
    all_pages = dict(sorted({**load(folder, file), **pages}.items()))
    sealed_json.save(_path(folder, file), {"input": file.fingerprint, "pages": all_pages})


def _path(folder: Path, file: InputFile) -> Path:
    return folder / FOLDER / f"{file.shard}.json"
