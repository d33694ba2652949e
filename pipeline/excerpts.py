"""Documents for people and for programs: wrapped text, Markdown, JSON, JSON lines."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from eurosift.langid import buckets
from eurosift.pipeline.harmless import escaped_json, printable
from eurosift.pipeline.particulars import particulars
from eurosift.pipeline.tables import SCHEMA_VERSION

ExcerptFormat = Literal["table", "json", "jsonl", "md"]
EXCERPT_FORMATS: tuple[ExcerptFormat, ...] = ("table", "json", "jsonl", "md")
CHARS = 600
"""How much of a text people are shown unless they ask for more."""

Document = Mapping[str, Any]


def render(
    documents: Sequence[Document],
    style: ExcerptFormat,
    *,
    chars: int = CHARS,
    width: int = 100,
) -> str:
    """Text of documents as `eurosift.pipeline.sampling` gives them, ending in a line break.

    Parameters
    ----------
    documents
        Rows by column.
    style
        JSON and JSON lines hold texts as they are. For people, control characters are made
        visible, so that a page cannot steer a terminal.
    chars
        How much of each text is shown to people; 0 for all of it.
    width
        Columns to wrap text at.
    """
    if style == "json":
        body = {"schema_version": SCHEMA_VERSION, "documents": [dict(d) for d in documents]}
        return escaped_json(json.dumps(body, ensure_ascii=False, indent=1, default=str)) + "\n"
    if style == "jsonl":
        return "".join(
            escaped_json(json.dumps(dict(d), ensure_ascii=False, default=str)) + "\n"
            for d in documents
        )
    show = _markdown if style == "md" else _block
    return "\n".join(show(document, chars, width) for document in documents)


def _block(document: Document, chars: int, width: int) -> str:
    lines = [_title(document), f"  {printable(str(document.get('id')))}"]
    if document.get("url"):
        lines.append(f"  {printable(str(document['url']))}")
    for line in particulars(document):
        lines += textwrap.wrap(
            printable(line), width, initial_indent="  ", subsequent_indent="    "
        )
    shown, rest = _excerpt(document, chars)
    for paragraph in shown.splitlines():
        lines += textwrap.wrap(
            paragraph, width, initial_indent="    ", subsequent_indent="    ", tabsize=4
        ) or [""]
    return "\n".join([*lines, *([f"    {rest}"] if rest else [])]) + "\n"


def _markdown(document: Document, chars: int, _width: int) -> str:
    shown, rest = _excerpt(document, chars)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", shown)), 3)
    lines = [f"### {_title(document)}", "", f"`{printable(str(document.get('id')))}`"]
    if document.get("url"):
        lines[-1] += f" <{printable(str(document['url']))}>"
    # In code, so that nothing of it is taken for markup.
    lines += [f"- `{printable(line).replace('`', '')}`" for line in particulars(document)]
    lines += ["", f"{fence}text", *shown.splitlines(), fence]
    return "\n".join([*lines, *(["", rest] if rest else [])]) + "\n"


def _title(document: Document) -> str:
    parts = [f"{document.get('shard')}/{document.get('row')}"]
    if document.get("language"):
        score = document.get("language_score")
        label = buckets.join(document["language"], document.get(buckets.COLUMN) or buckets.MAIN)
        parts.append(label + ("" if score is None else f" {score:.3f}"))
    reasons = document.get("reasons")
    parts.append(f"rejected: {', '.join(reasons)}" if reasons else "kept")
    if document.get("distance") is not None:
        value, threshold = (f"{document[name]:,.6g}" for name in ("value", "threshold"))
        parts.append(f"{value} for a threshold of {threshold} ({document['distance']:+.1%})")
    return printable("  ".join(parts))


def _excerpt(document: Document, chars: int) -> tuple[str, str]:
    text = document.get("text")
    if text is None:
        return "", "(no text)"
    shown = text if chars == 0 else text[:chars]
    rest = len(text) - len(shown)
    return printable(shown), f"… and {rest:,} more characters" if rest else ""
