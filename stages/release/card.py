"""The data set card: ``README.md`` of a release, derived from its manifest alone.

The front matter follows the dataset card specification of the Hugging Face hub, so that
``datasets.load_dataset(folder, "mlt_Latn")`` works on a release as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from eurosift.stages import rights
from eurosift.stages.release.columns import TRAIN
from eurosift.stages.release.figures import FURTHER, KNOWN_RIGHTS
from eurosift.stages.release.front_matter import apart, filled_languages, front_matter
from eurosift.stages.release.markdown import cell, number, plain, row, table

_BUCKETS = """\
Some documents are kept apart, for you to take or to leave; no other configuration holds them:

- `_near`: the language is not sure enough, but close to it. Some of these documents are in another
  one.
- `_salvaged`: the text is what a page in another language has of paragraphs in this one."""
_MEASURES = ("documents", "characters", "words", "tokens", "bytes")
HEAD = ("code", "language", "documents", "characters", "words", "tokens", "bytes of text")
"""Head of the table of contents; tokens of further tokenizers follow."""
_USE = """\
```python
from datasets import load_dataset

texts = load_dataset("FOLDER", "{label}", split="train", streaming=True)
```

```sql
SELECT language, count(*), sum(n_words) FROM 'FOLDER/data/*/*.parquet' GROUP BY ALL;  -- DuckDB
```"""
_FILES = """\
`manifest.json` lists every file with its number of rows, its size and its SHA-256, and has the
configuration of every stage with the digests of its models. `eurosift verify FOLDER` checks all of
it, `sha256sum --check SHA256SUMS` the files alone. `croissant.json` describes the data set to
machines."""
_EVIDENCE = """\
The texts are those of their authors; the licence of the compilation says nothing of them. What HTTP
headers and markup of a page said of licences and reservations of rights when it was captured is in
column `rights_signals`. It is evidence, not a verdict: nothing was removed because of it, a link to
a licence may be about a picture, and `robots.txt` and terms of use were not read."""
_SPLITS = """\
Splits are made by a keyed hash of the id, so a document stays in its split in every release:"""
_LIMITATIONS = """\
- These are texts of the web as they were found. They may be wrong, offensive, biased, outdated, or
  written by machines, and they over-represent who writes much on the web.
- Language, quality and duplicates are decided by models and rules with known error rates, which
  differ by language; close languages are mistaken for each other most often.
- What is personal is looked for by patterns: see above for what is not.
- Rights are those of the authors and sites: see above for what is known of them."""


def card(manifest: Mapping[str, Any]) -> str:
    """Write the card of a release.

    Parameters
    ----------
    manifest
        The content of ``manifest.json``.
    """
    sections = [
        f"# {plain(manifest['title'])}",
        *_about(manifest),
        *_contents(manifest),
        *_use(manifest),
        *_how(manifest),
        *_removed(manifest),
        *_rights(manifest),
        *_privacy(manifest),
        "## Limitations",
        _LIMITATIONS,
        "## Files",
        _FILES,
    ]
    return front_matter(manifest) + "\n" + "\n\n".join(sections) + "\n"


def _about(manifest: Mapping[str, Any]) -> list[str]:
    paragraphs = re.split(r"\n\s*\n", manifest["description"] or "")
    found = [text for text in (plain(paragraph) for paragraph in paragraphs) if text]
    named = {
        "Version": manifest["release_version"],
        "Published": manifest["published"],
        "By": manifest["creator"],
        "Page": manifest["url"],
        "Contact, also for requests to remove something": manifest["contact"],
    }
    lines = [f"- {name}: {plain(value)}" for name, value in named.items() if value]
    if manifest["license"] != "other":
        lines.append(f"- Licence of the compilation: {plain(manifest['license'])}")
    return [*found, *(["\n".join(lines)] if lines else [])]


def _contents(manifest: Mapping[str, Any]) -> list[str]:
    filled = filled_languages(manifest)
    further = further_names(filled)
    rows = [_contents_cells(code, figures, further) for code, figures in filled.items()]
    sums = [number(_total(filled, measure)) for measure in _MEASURES]
    tokens = _counts(filled, FURTHER)
    sums += [number(tokens[name]) for name in further]
    head = (*HEAD, *(f"tokens, {name}" for name in further))
    found = ["## Contents", table(head, [*rows, ["", "**all**", *sums]])]
    empty = [
        f"{figures['name']} (`{code}`)"
        for code, figures in manifest["languages"].items()
        if not figures["documents"]
    ]
    if empty:
        found.append(f"Nothing was kept in {', '.join(empty)}, so there is no folder for it.")
    if apart(filled):
        found.append(_BUCKETS)
    tokenizers = ", ".join(f"`{digest}`" for digest in manifest["tokenizers"])
    named = manifest["further_tokenizers"].items()
    if tokenizers:
        found.append(f"Tokens were counted with this tokenizer: {tokenizers}.")
    elif not named:
        found.append("Tokens were not counted: no tokenizer was configured.")
    if named:
        columns = "; ".join(
            f"`n_tokens_{name}`: {', '.join(f'`{digest}`' for digest in digests)}"
            for name, digests in named
        )
        found.append(f"Tokens by name of the tokenizer have columns of their own: {columns}.")
    found.append(
        "One folder per language under `data/`; languages are written as ISO 639-3 and ISO 15924."
        " Columns and their types are the same in all files; a column that the run did not make is"
        " null."
    )
    return found


def further_names(languages: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names of the further tokenizers that tokens of some language were counted with."""
    return sorted({name for figures in languages.values() for name in figures[FURTHER]})


def contents_row(label: str, figures: Mapping[str, Any], further: Sequence[str]) -> str:
    """The line of the table of contents that has the figures of a label.

    Parameters
    ----------
    label, figures
        The label, and what the manifest says of it.
    further
        From `further_names`.
    """
    return row(_contents_cells(label, figures, further))


def _contents_cells(label: str, figures: Mapping[str, Any], further: Sequence[str]) -> list[str]:
    tokens = (figures[FURTHER].get(name) for name in further)
    sizes = (figures[measure] for measure in _MEASURES)
    return [f"`{label}`", figures["name"], *map(number, (*sizes, *tokens))]


def _use(manifest: Mapping[str, Any]) -> list[str]:
    filled = filled_languages(manifest)
    if not filled:
        return []
    found = ["## Use", _USE.format(label=next(iter(filled)))]
    if manifest["splits"]:
        names = sorted({split for f in filled.values() for split in f["splits"]} | {TRAIN})
        names.sort(key=lambda name: name != TRAIN)
        rows = [
            [f"`{code}`", *(number(figures["splits"].get(name, 0)) for name in names)]
            for code, figures in filled.items()
        ]
        found += [
            _SPLITS,
            table(["code", *names], rows),
        ]
    return found


def _how(manifest: Mapping[str, Any]) -> list[str]:
    stages = manifest["stages"]
    if not stages:
        return []
    days = [day for f in manifest["languages"].values() for day in f["dates"] or ()]
    rows = [
        [f"`{name}`", str(stage["version"]), f"`{stage['config_digest']}`"]
        for name, stage in stages.items()
    ]
    return [
        "## How it was made",
        "Made with eurosift, by these stages in this order:",
        table(["stage", "version", "digest of its configuration"], rows),
        f"Pages were captured from {min(days)} to {max(days)}."
        if days
        else "When pages were captured is not known.",
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
        rows.append([f"`{code}`", number(figures["documents"]), number(left)])
    reasons = _counts(rejected, "reasons")
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        *found,
        f"Decided by {', '.join(f'`{name}`' for name in manifest['deciding_stages'])}.",
        "Rejected documents are listed under `rejected/` with all their reasons.",
        table(["language", "rejected", "kept"], rows),
        "A document may have several reasons:",
        table(["reason", "documents"], [[f"`{cell(r)}`", number(n)] for r, n in ordered]),
    ]


def _rights(manifest: Mapping[str, Any]) -> list[str]:
    found = ["## Rights"]
    known = _total(manifest["languages"], KNOWN_RIGHTS)
    if not known:
        return [*found, "What pages say of licences and reservations of rights was not looked at."]
    counts = _counts(manifest["languages"], "rights")
    rows = [
        [f"`{name}`", meaning, number(counts[name])]
        for name, meaning in rights.MEANING.items()
        if name in counts
    ]
    found.append(_EVIDENCE)
    found.append(f"It was looked for in {number(known)} documents.")
    if not rows:
        return [*found, "Nothing of the kind was found."]
    return [*found, table(["signal", "meaning", "documents"], rows)]


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
    for column, head in (("pii", ["type", "spans"]), ("pii_counted", ["counted only", "found"])):
        counts = _counts(manifest["languages"], column)
        if counts:
            rows = [[f"`{cell(kind)}`", number(counts[kind])] for kind in sorted(counts)]
            found.append(table(head, rows))
    return found


def _counts(languages: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, int]:
    """Counts by type over all languages."""
    counts: dict[str, int] = {}
    for figures in languages.values():
        for kind, n in figures[name].items():
            counts[kind] = counts.get(kind, 0) + n
    return counts


def _total(languages: Mapping[str, Any], measure: str) -> int | None:
    counted = [f[measure] for f in languages.values() if f[measure] is not None]
    return sum(counted) if counted else None
