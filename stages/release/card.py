"""The data set card: ``README.md`` of a release, derived from its manifest alone.

The front matter follows the dataset card specification of the Hugging Face hub, so that
``datasets.load_dataset(folder, "mlt_Latn")`` works on a release as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from eurosift.langid import buckets
from eurosift.langid.languages import LANGUAGES

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
_ABSENT = "n/a"
_BUCKETS = """\
Some documents are kept apart, for you to take or to leave; no other configuration holds them:

- `_near`: the language is not sure enough, but close to it. Some of these documents are in another
  one.
- `_salvaged`: the text is what a page in another language has of paragraphs in this one."""
_MEASURES = ("documents", "characters", "words", "tokens", "bytes")


def card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a release.

    Parameters
    ----------
    manifest
        The content of ``manifest.json``.
    """
    sections = [
        f"# {_inline(manifest['title'])}",
        *_contents(manifest),
        *_how(manifest),
        *_removed(manifest),
        *_privacy(manifest),
        "## Files",
        "`manifest.json` lists every file with its number of rows, its size and its SHA-256.",
    ]
    return _front_matter(manifest) + "\n" + "\n\n".join(sections) + "\n"


def _front_matter(manifest: Mapping[str, Any]) -> str:
    filled = _filled(manifest)
    spoken = list(dict.fromkeys(buckets.split(label)[0] for label in filled))
    total = sum(figures["documents"] for figures in filled.values())
    matter: dict[str, Any] = {
        "pretty_name": manifest["title"],
        "license": "other",
        "language": [LANGUAGES[c].iso639_1 or c[:3] if c in LANGUAGES else c[:3] for c in spoken],
        "multilinguality": ["multilingual" if len(spoken) > 1 else "monolingual"],
        "size_categories": [size_category(total)],
        "task_categories": ["text-generation"],
        "tags": ["pre-training", "web-crawl", "eurosift"],
    }
    if filled:
        apart = _apart(filled)
        main = [f"data/{label}/train-*.parquet" for label in filled if label not in apart]
        patterns: dict[str, str | list[str]] = {}
        if main:
            patterns["all"] = main if apart else "data/*/train-*.parquet"
        patterns |= {label: f"data/{label}/train-*.parquet" for label in filled}
        matter["configs"] = [
            {
                "config_name": name,
                **({"default": True} if number == 0 else {}),
                "data_files": [{"split": "train", "path": pattern}],
            }
            for number, (name, pattern) in enumerate(patterns.items())
        ]
    text = yaml.safe_dump(matter, sort_keys=False, allow_unicode=True, width=1000)
    return f"---\n{text}---\n"


def size_category(documents: int) -> str:
    """Size category of the hub.

    Examples
    --------
    >>> size_category(999), size_category(1000), size_category(10**12)
    ('n<1K', '1K<n<10K', 'n>1T')
    """
    return next((name for limit, name in _SIZES if documents < limit), "n>1T")


def _contents(manifest: Mapping[str, Any]) -> list[str]:
    filled = _filled(manifest)
    rows = [
        [f"`{code}`", figures["name"], *(_number(figures[m]) for m in _MEASURES)]
        for code, figures in filled.items()
    ]
    sums = [_number(_total(filled, measure)) for measure in _MEASURES]
    head = ["code", "language", "documents", "characters", "words", "tokens", "bytes of text"]
    found = ["## Contents", _table(head, [*rows, ["", "**all**", *sums]])]
    empty = [
        f"{figures['name']} (`{code}`)"
        for code, figures in manifest["languages"].items()
        if not figures["documents"]
    ]
    if empty:
        found.append(f"Nothing was kept in {', '.join(empty)}, so there is no folder for it.")
    if _apart(filled):
        found.append(_BUCKETS)
    tokenizers = ", ".join(f"`{digest}`" for digest in manifest["tokenizers"])
    found.append(
        f"Tokens were counted with this tokenizer: {tokenizers}."
        if tokenizers
        else "Tokens were not counted: no tokenizer was configured."
    )
    found.append(
        "One folder per language under `data/`; languages are written as ISO 639-3 and ISO 15924."
        " Columns and their types are the same in all files; a column that the run did not make is"
        " null."
    )
    return found


def _how(manifest: Mapping[str, Any]) -> list[str]:
    stages = manifest["stages"]
    if not stages:
        return []
    rows = [
        [f"`{name}`", str(stage["version"]), f"`{stage['config_digest']}`"]
        for name, stage in stages.items()
    ]
    return [
        "## How it was made",
        "Made with eurosift, by these stages in this order:",
        _table(["stage", "version", "digest of its configuration"], rows),
    ]


def _removed(manifest: Mapping[str, Any]) -> list[str]:
    rejected = manifest["rejected"]
    found = ["## What was removed"]
    if not rejected:
        return [*found, "No document was rejected."]
    kept = manifest["languages"]
    rows = []
    for code, figures in rejected.items():
        left = kept[code]["documents"] if code in kept else 0
        rows.append([f"`{code}`", _number(figures["documents"]), _number(left)])
    reasons: dict[str, int] = {}
    for figures in rejected.values():
        for reason, n in figures["reasons"].items():
            reasons[reason] = reasons.get(reason, 0) + n
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        *found,
        f"Decided by {', '.join(f'`{name}`' for name in manifest['deciding_stages'])}.",
        "Rejected documents are listed under `rejected/` with all their reasons.",
        _table(["language", "rejected", "kept"], rows),
        "A document may have several reasons:",
        _table(["reason", "documents"], [[f"`{_cell(r)}`", _number(n)] for r, n in ordered]),
    ]


def _privacy(manifest: Mapping[str, Any]) -> list[str]:
    found = ["## Personal data"]
    pii = manifest["pii"]
    if pii is None:
        return [*found, "No personal identifiers were looked for or removed."]
    if pii["types"]:
        found.append(f"Looked for: {', '.join(f'`{kind}`' for kind in pii['types'])}.")
    if pii["modes"] == ["spans"]:
        found.append("What was found is marked in column `pii`, but was **not** removed.")
    else:
        found.append(
            "The scrubbing covers direct structured identifiers only; names are not removed."
            " Column `pii` says where something was found and of which type, never what it was."
            " URLs, titles and names of sites are as they were found."
        )
        if "spans" in pii["modes"]:
            found.append("In some languages, what was found is marked, but was **not** removed.")
    if manifest["rejected_text"]:
        found.append("The text of rejected documents was **not** scrubbed.")
    spans: dict[str, int] = {}
    for figures in manifest["languages"].values():
        for kind, n in figures["pii"].items():
            spans[kind] = spans.get(kind, 0) + n
    if spans:
        rows = [[f"`{_cell(kind)}`", _number(spans[kind])] for kind in sorted(spans)]
        found.append(_table(["type", "spans"], rows))
    return found


def _filled(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {code: f for code, f in manifest["languages"].items() if f["documents"]}


def _apart(labels: Iterable[str]) -> list[str]:
    """Labels of documents that are kept apart."""
    return [label for label in labels if buckets.split(label)[1] != buckets.MAIN]


def _total(languages: Mapping[str, Any], measure: str) -> int | None:
    counted = [f[measure] for f in languages.values() if f[measure] is not None]
    return sum(counted) if counted else None


def _number(n: int | None) -> str:
    return _ABSENT if n is None else f"{n:,}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    numeric = [
        all(row[i] in {"", _ABSENT} or row[i][0].isdigit() for row in rows)
        for i in range(len(head))
    ]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *rows])


def _cell(text: str) -> str:
    """Text that cannot end a code span or a table cell."""
    return _inline(text).replace("`", "'").replace("|", "/")


def _inline(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
