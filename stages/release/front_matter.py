"""The head of a card: what the Hugging Face hub, and `datasets`, want to know of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from eurosift.langid import buckets
from eurosift.langid.languages import LANGUAGES
from eurosift.stages.release.columns import TRAIN
from eurosift.stages.release.markdown import one_line

_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
    (10_000_000_000, "1B<n<10B"),
    (100_000_000_000, "10B<n<100B"),
    (1_000_000_000_000, "100B<n<1T"),
)


def front_matter(manifest: Mapping[str, Any]) -> str:
    """YAML of a card, between its lines."""
    filled = filled_languages(manifest)
    spoken = list(dict.fromkeys(buckets.split(label)[0] for label in filled))
    total = sum(figures["documents"] for figures in filled.values())
    matter: dict[str, Any] = {
        "pretty_name": one_line(manifest["title"]),
        "license": one_line(manifest["license"]),
        "language": [LANGUAGES[c].iso639_1 or c[:3] if c in LANGUAGES else c[:3] for c in spoken],
        "multilinguality": ["multilingual" if len(spoken) > 1 else "monolingual"],
        "size_categories": [size_category(total)],
        "task_categories": ["text-generation"],
        "tags": ["pre-training", "web-crawl", "eurosift"],
    }
    if filled:
        main = [f"data/{label}" for label in filled if label not in apart(filled)]
        patterns: dict[str, list[str]] = {}
        if main:
            patterns["all"] = main if len(main) < len(filled) else ["data/*"]
        patterns |= {label: [f"data/{label}"] for label in filled}
        matter["configs"] = [
            {
                "config_name": name,
                **({"default": True} if number == 0 else {}),
                "data_files": _data_files(pattern, _splits(filled, name)),
            }
            for number, (name, pattern) in enumerate(patterns.items())
        ]
    text = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{text}---\n"


def _splits(filled: Mapping[str, Any], name: str) -> dict[str, int]:
    """Documents by split of a configuration, ``train`` first."""
    chosen = [name] if name in filled else [label for label in filled if not apart([label])]
    found: dict[str, int] = {}
    for label in chosen:
        for split, n in filled[label]["splits"].items():
            found[split] = found.get(split, 0) + n
    return dict(sorted(found.items(), key=lambda pair: (pair[0] != TRAIN, pair[0])))


def _data_files(folders: Sequence[str], splits: Iterable[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for split in splits:
        paths = [f"{folder}/{split}-*.parquet" for folder in folders]
        found.append({"split": split, "path": paths if len(paths) > 1 else paths[0]})
    return found


def size_category(documents: int) -> str:
    """Size category of the hub.

    Examples
    --------
    >>> size_category(999), size_category(1000), size_category(10**12)
    ('n<1K', '1K<n<10K', 'n>1T')
    """
    return next((name for limit, name in _SIZES if documents < limit), "n>1T")


def filled_languages(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of the labels that have documents."""
    return {code: f for code, f in manifest["languages"].items() if f["documents"]}


def apart(labels: Iterable[str]) -> list[str]:
    """Labels of documents that are kept apart."""
    return [label for label in labels if buckets.split(label)[1] != buckets.MAIN]
