"""What shapes the data of a stage, and in words why a file is not what would be made now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eurosift.pipeline import digest
from eurosift.stages.base import Step
from eurosift.stages.config import StageConfig
from eurosift.stages.errors import AssetError
from eurosift.stages.footer import Footer

if TYPE_CHECKING:
    from eurosift.pipeline.states import Task


def fingerprint_config(step: Step[Any]) -> dict[str, Any]:
    """What of a stage's configuration shapes its data: no path, but the content of every asset.

    Raises
    ------
    AssetError
        If an asset is not there.
    """
    found = _without_paths(step.config)
    found |= {f"embedded.{name}": value for name, value in step.embedded().items()}
    if step.per_language:
        found["per_language"] = {
            code: _without_paths(config) for code, config in sorted(step.per_language.items())
        }
    if step.uses_languages:
        found["languages"] = list(step.setting.languages)
    return found


def _without_paths(config: StageConfig) -> dict[str, Any]:
    digests: dict[Path, str] = {}
    for name, path in config.assets().items():
        try:
            digests[path] = digest.of_folder(path) if path.is_dir() else digest.of_file(path)
        except OSError as error:
            remedy = config.remedy(name)
            raise AssetError(
                f"{name}: {path}: cannot be read: {error.strerror}{remedy and f'; {remedy}'}"
            ) from None
    # A digest in the clothes of a path stands where the path stood, in lists and mappings, too.
    described = config.with_assets(lambda path: Path(f"sha256:{digests[path]}"))
    return described.model_dump(mode="json", exclude=config.indirect())


def differences(footer: Footer, task: Task) -> list[str]:
    """Say in words why a file is not what the task would make."""
    found: list[str] = []
    if footer.version != task.version:
        found.append(f"version of the stage: {footer.version} → {task.version}")
    for path, old, new in changes(footer.config, task.config):
        both = f"{digest.canonical_json(old)} → {digest.canonical_json(new)}"
        found.append(f"parameter {path}: {both}")
    for name in sorted({*footer.inputs, *task.inputs}):
        old, new = footer.inputs.get(name), task.inputs.get(name)
        if old == new:
            continue
        kind = "is new" if old is None else "is gone" if new is None else "has changed"
        found.append(f"{_what(name)} {kind}")
    return found or ["made by another format of eurosift"]


def _what(name: str) -> str:
    if name == "rows":
        return "the set of rows"
    if name == "input":
        return "the input file"
    if name == "quarantine":
        return "the list of quarantined pages"
    if name.startswith("mask."):
        return f"what `{name.removeprefix('mask.')}` rejects"
    return f"`{name}`"


def changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two configurations differ: the parameter, as ``a.b``, and both values."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from changes(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif old != new:
        yield path, old, new
