"""Reading the manifest of a release that may come from anywhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from eurosift.pipeline.digest import of_document
from eurosift.pipeline.errors import InvariantError
from eurosift.stages.release.manifest import FORMAT, NAME

_DATA = re.compile(
    r"data/(?P<language>\w+)/(?P<split>[a-z0-9_]+)-\d{5,}-of-\d{5,}\.parquet", re.ASCII
)
_REJECTED = re.compile(r"rejected/(?P<language>\w+)/rejected-\d{5,}-of-\d{5,}\.parquet", re.ASCII)
_ATTACHED = re.compile(r"[\w-]+(?:\.[\w-]+)*", re.ASCII)


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a release.

    Paths in it lead to where files of a release are, and nowhere else.

    Raises
    ------
    InvariantError
        If it is damaged, of another format, or names other paths.
    """
    try:
        manifest = orjson.loads((folder / NAME).read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise InvariantError(f"{NAME}: cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("digest") != of_document(manifest):
        raise InvariantError(f"{NAME}: is damaged: its content is not what was written")
    if manifest.get("format") != FORMAT:
        told = f"is of format {manifest.get('format')}, and this eurosift reads {FORMAT}"
        raise InvariantError(f"{NAME}: {told}")
    strange = [entry["path"] for entry in manifest["files"] if not _is_placed(entry)]
    strange += [name for name in manifest["attached"] if not _ATTACHED.fullmatch(name)]
    if strange:
        lines = (f"{NAME}: names {path!r}, which is no file of a release" for path in strange)
        raise InvariantError("\n".join(lines))
    return manifest


def _is_placed(entry: dict[str, Any]) -> bool:
    """Whether the path of a file is that of its language and split."""
    pattern = _DATA if "split" in entry else _REJECTED
    match = pattern.fullmatch(entry["path"])
    return match is not None and all(
        entry[key] == value for key, value in match.groupdict().items()
    )
