"""Last phase: the manifest, which says what is in the release, and what is made from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, ClassVar

import xxhash

from eurosift.langid.buckets import name as label_name
from eurosift.stages.phases import DocumentPhase, Item, Workspace
from eurosift.stages.release import figures
from eurosift.stages.release.assemble import Assemble
from eurosift.stages.release.card import card
from eurosift.stages.release.columns import KEPT_VERDICT
from eurosift.stages.release.config import ReleaseConfig
from eurosift.stages.release.croissant import croissant
from eurosift.stages.types import type_name

FORMAT = 3
NAME = "manifest.json"
SUMS = "SHA256SUMS"
_LIBRARIES = ("eurosift", "numpy", "polars", "pyarrow")


class ManifestPhase(DocumentPhase):
    """Write ``manifest.json``, ``README.md``, ``croissant.json`` and ``SHA256SUMS``.

    All figures are sums over the footers of the files. ``languages`` has every language of the
    recipe, with zeros where nothing was kept, and a label for what is kept in a bucket apart;
    ``words``, ``segments`` and ``tokens`` are null where they were not counted.

    Parameters
    ----------
    config
        Configuration of the release.
    version
        Version of the release stage.
    languages
        The recipe's languages.
    phases
        Those whose files the manifest lists.
    """

    name: ClassVar[str] = "manifest"

    def __init__(
        self,
        config: ReleaseConfig,
        version: int,
        languages: Sequence[str],
        phases: Sequence[Assemble],
    ) -> None:
        self._config = config
        self._version = version
        self._languages = tuple(languages)
        self._phases = tuple(phases)

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item; it depends on every file, and on what the recipe says of the stages."""
        inputs = {
            "about": _digest(self._config.about()),
            "languages": _digest(self._languages),
            "stages": _digest(workspace.provenance()),
            "reasons": _digest(list(workspace.reasons())),
            "quarantined": _digest(workspace.quarantined()),
        }
        for phase in self._phases:
            inputs[phase.name] = _digest(
                {key: footer.fingerprint for key, footer in workspace.files(phase.name).items()}
            )
        return [Item("manifest", NAME, inputs)]

    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        """Add up the footers, and hash the files."""
        languages = {code: empty(code) for code in self._languages}
        rejected: dict[str, dict[str, Any]] = {}
        files = []
        for phase in self._phases:
            for key, footer in workspace.files(phase.name).items():
                path, facts = phase.selection.path(key), footer.facts
                language = facts["language"]
                entry = {"path": path, "language": language, "rows": footer.rows}
                if phase.selection.verdict == KEPT_VERDICT:
                    entry["split"] = facts["split"]
                    add_kept(languages.setdefault(language, empty(language)), facts)
                else:
                    add_rejected(rejected.setdefault(language, no_rejects()), facts)
                entry["size_bytes"] = workspace.path(path).stat().st_size
                files.append(entry | {"sha256": workspace.sha256(path)})
        provenance = workspace.provenance()
        return {
            "format": FORMAT,
            **self._config.about(),
            "version": self._version,
            "made_with": {library: version(library) for library in _LIBRARIES},
            "languages": {code: languages[code] for code in sorted(languages)},
            "rejected": {code: rejected[code] for code in sorted(rejected)},
            "columns": {
                phase.selection.folder: {
                    field.name: type_name(field.type) for field in phase.schema
                }
                for phase in self._phases
            },
            "splits": {**self._config.splits},
            "split_key": self._config.split_key,
            "pii": _privacy(provenance) if workspace.has("pii") else None,
            "rejected_text": any(
                phase.selection.verdict != KEPT_VERDICT and "text" in phase.selection.columns
                for phase in self._phases
            ),
            "quarantined": dict(workspace.quarantined()),
            "deciding_stages": list(workspace.reasons()),
            "recipe_languages": list(self._languages),
            "stages": {
                name: {
                    "version": stage["version"],
                    "config_digest": _digest(stage["config"]),
                    "config": stage["config"],
                }
                for name, stage in provenance.items()
            },
            "tokenizers": _tokenizers(provenance),
            "further_tokenizers": _further_tokenizers(provenance),
            "files": files,
        }

    def attach(self, item: Item, document: Mapping[str, Any]) -> Mapping[str, str]:
        """The data set card, in two forms, and checksums of everything but the manifest."""
        texts = {"README.md": card(document), "croissant.json": croissant(document)}
        sums = {entry["path"]: entry["sha256"] for entry in document["files"]}
        sums |= {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        lines = (f"{sha256}  {name}\n" for name, sha256 in sorted(sums.items()))
        return {**texts, SUMS: "".join(lines)}


def empty(code: str) -> dict[str, Any]:
    """Figures of no kept rows under a label, to be added to."""
    return {"name": label_name(code), "files": 0, **figures.nothing(), "splits": {}}


def no_rejects() -> dict[str, Any]:
    """Figures of no rejected rows, to be added to."""
    return {"files": 0, "documents": 0, "reasons": {}}


def add_kept(total: dict[str, Any], facts: Mapping[str, Any]) -> None:
    """Add what the footer of a file of kept rows says."""
    total["files"] += 1
    splits, split = total["splits"], facts["split"]
    splits[split] = splits.get(split, 0) + facts["documents"]
    figures.add(total, facts)


def add_rejected(total: dict[str, Any], facts: Mapping[str, Any]) -> None:
    """Add what the footer of a file of rejected rows says."""
    total["files"] += 1
    total["documents"] += facts["documents"]
    figures.add_counts(total["reasons"], facts["reasons"])


def _tokenizers(provenance: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Digests of the tokenizers that the tokens were counted with, each once."""
    found = [config.get("tokenizer") for config in _configs(provenance)]
    return [str(digest) for digest in dict.fromkeys(found) if digest]


def _further_tokenizers(provenance: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Digests of the tokenizers that have a name: several where languages differ."""
    found: dict[str, dict[str, None]] = {}
    for config in _configs(provenance):
        for name, digest in config.get("tokenizers", {}).items():
            found.setdefault(name, {})[str(digest)] = None
    return {name: list(found[name]) for name in sorted(found)}


def _privacy(provenance: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """What was looked for, and what was done about it: several modes where languages differ."""
    ours = [config for config in _configs(provenance) if {"mode", "types"} <= config.keys()]
    return {
        "modes": sorted({config["mode"] for config in ours}),
        "types": sorted({kind for config in ours for kind in config["types"]}),
    }


def _configs(provenance: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Configurations of all stages, those of languages among them."""
    found = []
    for stage in provenance.values():
        found += [stage["config"], *stage["config"].get("per_language", {}).values()]
    return found


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return xxhash.xxh3_128_hexdigest(text.encode())
