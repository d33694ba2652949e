"""Last phase: the manifest, which says what is in the release, and the card made from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import xxhash

from eurosift.langid.buckets import name as label_name
from eurosift.stages.base import DocumentPhase, Item, Workspace
from eurosift.stages.footer import Head
from eurosift.stages.release.assemble import Assemble
from eurosift.stages.release.card import card
from eurosift.stages.release.columns import KEPT_VERDICT

FORMAT = 1
MEASURES = ("documents", "bytes", "characters", "words", "tokens")


class ManifestPhase(DocumentPhase):
    """Write ``manifest.json`` and ``README.md``.

    All figures are sums over the footers of the files. ``languages`` has every language of the
    recipe, with zeros where nothing was kept, and a label for what is kept in a bucket apart;
    ``words`` and ``tokens`` are null where they were not counted.

    Parameters
    ----------
    title
        Name of the data set.
    version
        Version of the release stage.
    languages
        The recipe's languages.
    phases
        Those whose files the manifest lists.
    """

    name: ClassVar[str] = "manifest"

    def __init__(
        self, title: str, version: int, languages: Sequence[str], phases: Sequence[Assemble]
    ) -> None:
        self._title = title
        self._version = version
        self._languages = tuple(languages)
        self._phases = tuple(phases)

    def items(self, workspace: Workspace) -> Sequence[Item]:
        """One item; it depends on every file, and on what the recipe says of the stages."""
        inputs = {
            "languages": _digest(self._languages),
            "stages": _digest(workspace.provenance()),
            "reasons": _digest(list(workspace.reasons())),
            "quarantined": _digest(workspace.quarantined()),
        }
        for phase in self._phases:
            inputs[phase.name] = _digest(
                {key: footer.fingerprint for key, footer in workspace.files(phase.name).items()}
            )
        return [Item("manifest", "manifest.json", inputs)]

    def run(self, item: Item, workspace: Workspace) -> Mapping[str, Any]:
        """Add up the footers, and hash the files."""
        languages = {code: _empty(code) for code in self._languages}
        rejected: dict[str, dict[str, Any]] = {}
        files = []
        for phase in self._phases:
            for key, footer in workspace.files(phase.name).items():
                path = phase.selection.path(key)
                size = workspace.path(path).stat().st_size
                sha256 = workspace.sha256(path)
                files.append(
                    {"path": path, "rows": footer.rows, "size_bytes": size, "sha256": sha256}
                )
                language = footer.facts["language"]
                if phase.selection.verdict == KEPT_VERDICT:
                    _add_kept(languages.setdefault(language, _empty(language)), footer)
                else:
                    _add_rejected(rejected.setdefault(language, _no_rejects()), footer)
        provenance = workspace.provenance()
        return {
            "format": FORMAT,
            "title": self._title,
            "version": self._version,
            "languages": {code: languages[code] for code in sorted(languages)},
            "rejected": {code: rejected[code] for code in sorted(rejected)},
            "pii": _privacy(provenance) if workspace.has("pii") else None,
            "rejected_text": any(
                phase.selection.verdict != KEPT_VERDICT and "text" in phase.selection.columns
                for phase in self._phases
            ),
            "quarantined": dict(workspace.quarantined()),
            "deciding_stages": list(workspace.reasons()),
            "stages": {
                name: {"version": stage["version"], "config_digest": _digest(stage["config"])}
                for name, stage in provenance.items()
            },
            "tokenizers": _tokenizers(provenance),
            "files": files,
        }

    def attach(self, item: Item, document: Mapping[str, Any]) -> Mapping[str, str]:
        """The data set card."""
        return {"README.md": card(document)}


def _empty(code: str) -> dict[str, Any]:
    figures: dict[str, Any] = {"name": label_name(code), "files": 0, "documents": 0}
    return figures | {"bytes": 0, "characters": 0, "words": None, "tokens": None, "pii": {}}


def _no_rejects() -> dict[str, Any]:
    return {"files": 0, "documents": 0, "reasons": {}}


def _add_kept(figures: dict[str, Any], footer: Head) -> None:
    figures["files"] += 1
    for measure in MEASURES:
        found = footer.facts[measure]
        if found is not None:
            figures[measure] = (figures[measure] or 0) + found
    _add_counts(figures["pii"], footer.facts["pii"])


def _add_rejected(figures: dict[str, Any], footer: Head) -> None:
    figures["files"] += 1
    figures["documents"] += footer.facts["documents"]
    _add_counts(figures["reasons"], footer.facts["reasons"])


def _add_counts(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for key, n in more.items():
        counts[key] = counts.get(key, 0) + n


def _tokenizers(provenance: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Digests of the tokenizers that the tokens were counted with, each once."""
    found = [config.get("tokenizer") for config in _configs(provenance)]
    return [str(digest) for digest in dict.fromkeys(found) if digest]


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
