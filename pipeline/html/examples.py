"""Documents to look at: some of every language and fate, the same ones each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
import xxhash
from markupsafe import Markup

from eurosift.langid import buckets
from eurosift.langid.languages import LANGUAGES
from eurosift.pipeline.excerpts import CHARS
from eurosift.pipeline.html.fates import KEPT
from eurosift.pipeline.html.survey import LABEL
from eurosift.pipeline.html.visible import marked
from eurosift.pipeline.identifiers import SPANS
from eurosift.pipeline.sampling import fetch
from eurosift.pipeline.view import REASONS, SHARD, TEXT_FROM, View
from eurosift.stages.base import ROW

_KEY: Final = "sample_key"
_FATE: Final = "fate"
_SHOWN: Final = ("id", "url", "title", "language_score", REASONS, TEXT_FROM, SPANS, "text")


@dataclass(frozen=True)
class Example:
    """One document.

    Attributes
    ----------
    place
        Shard and row.
    url, title, score
        As far as they are known.
    reasons
        Why it was rejected, ``stage:reason`` each.
    scrubbed
        Whether a stage that scrubs has written its text.
    text
        Its beginning, escaped, with the surrogates of identifiers marked.
    rest
        How many characters are left out.
    """

    place: str
    url: str
    title: str
    score: float | None
    reasons: Sequence[str]
    scrubbed: bool
    text: Markup
    rest: int


class Examples:
    """Finds the documents with the smallest keyed hashes, of each language and fate.

    They are the first ones that `eurosift sample` draws of the same documents.

    Parameters
    ----------
    view
        Rows of the run.
    n
        How many of each.
    """

    def __init__(self, view: View, n: int) -> None:
        self._view, self._n = view, n
        self._judges = {node.name: node.step.reasons_column for node in view.deciders}
        self.columns: Sequence[str] = (SHARD, ROW, "id", *self._judges.values())
        self._best = pl.DataFrame(
            schema={
                SHARD: pl.String,
                ROW: pl.Int64,
                LABEL: pl.String,
                _FATE: pl.String,
                _KEY: pl.UInt64,
            }
        )

    def add(self, rows: pl.DataFrame) -> None:
        """Look at a block."""
        keys = [xxhash.xxh3_64_intdigest(i, 0) for i in rows["id"].to_list()]
        fate: pl.Expr = pl.lit(KEPT)
        for stage, column in reversed(self._judges.items()):
            fate = pl.when(pl.col(column).list.len() > 0).then(pl.lit(stage)).otherwise(fate)
        found = rows.select(SHARD, ROW, LABEL, fate.alias(_FATE), pl.Series(_KEY, keys, pl.UInt64))
        ordered = self._best.vstack(found).sort(LABEL, _FATE, _KEY, SHARD, ROW)
        self._best = ordered.filter(pl.int_range(pl.len()).over(LABEL, _FATE) < self._n)

    def found(self, scrubbing: Sequence[str]) -> Mapping[str, Mapping[str, list[Example]]]:
        """The documents by language and fate: kept, or the stage that rejected them.

        Parameters
        ----------
        scrubbing
            Stages whose text is scrubbed.
        """
        shown = [c for c in _SHOWN if c in self._view.schema]
        texts = fetch(self._view, self._best, [SHARD, ROW, *shown])
        fates = {name: i for i, name in enumerate((KEPT, *self._judges))}
        found: dict[str, dict[str, list[Example]]] = {}
        places = self._best.select(LABEL, _FATE).iter_rows()
        for (label, fate), row in zip(places, texts.iter_rows(named=True), strict=True):
            found.setdefault(label, {}).setdefault(fate, []).append(_example(row, scrubbing))
        return {
            label: dict(sorted(by.items(), key=lambda pair: fates[pair[0]]))
            for label, by in found.items()
        }


def _example(row: Mapping[str, Any], scrubbing: Sequence[str]) -> Example:
    text = row["text"] or ""
    scrubbed = row[TEXT_FROM] in scrubbing
    spans = row.get(SPANS) or () if scrubbed else ()
    return Example(
        place=f"{row[SHARD]}/{row[ROW]}",
        url=row.get("url") or "",
        title=row.get("title") or "",
        score=row.get("language_score"),
        reasons=row[REASONS],
        scrubbed=scrubbed,
        text=highlight(text[:CHARS], spans),
        rest=max(len(text) - CHARS, 0),
    )


def language_tag(label: str) -> str:
    """Language of a text as HTML has it (BCP 47); empty where none is known.

    Examples
    --------
    >>> language_tag("mlt_Latn"), language_tag("srp_Latn_near"), language_tag('"><script>')
    ('mt-Latn', 'sr-Latn', '')
    """
    known = LANGUAGES.get(buckets.split(label)[0])
    if known is None:
        return ""
    codes = (row.iso639_1 for row in LANGUAGES.values() if row.iso639_3 == known.iso639_3)
    script = known.code.partition("_")[2]
    return "-".join(part for part in (next(filter(None, codes), known.iso639_3), script) if part)


def highlight(text: str, spans: Sequence[Mapping[str, Any]]) -> Markup:
    """Text as markup, with spans marked that name their type.

    Examples
    --------
    >>> print(highlight("<a> to b", [{"start": 4, "end": 6, "type": "email"}]))
    &lt;a&gt; <mark title="email">to</mark> b
    """
    parts, at = [], 0
    for span in sorted(spans, key=lambda span: int(span["start"])):
        start, end = max(span["start"], at), min(span["end"], len(text))
        if start < end:
            parts += [
                marked(text[at:start]),
                Markup('<mark title="{}">{}</mark>').format(span["type"], marked(text[start:end])),
            ]
            at = end
    return Markup().join([*parts, marked(text[at:])])
