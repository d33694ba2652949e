"""Sections that are made of the tables of `eurosift report`, and so of footers alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from eurosift.langid import buckets
from eurosift.pipeline import evidence, report
from eurosift.pipeline.counts import of_run
from eurosift.pipeline.html.charts import Part, bar
from eurosift.pipeline.html.fates import KEPT, Series
from eurosift.pipeline.html.grid import Column, Grid, Kind, percent
from eurosift.pipeline.tables import Table
from eurosift.pipeline.tasks import Run
from eurosift.stages.footer import UNDETERMINED

TOTAL = "total"
OTHER = "other"
_WORDS: tuple[str, ...] = ("language", "name")
_SHARE, _FATE, _SIZE = "share kept", "what became", "found, compared"
"""Keys of columns beside those of the report, which no stage can be called."""


class Tile(NamedTuple):
    """A figure of the overview: what it is, its value, and what to know of it."""

    title: str
    value: str
    note: str = ""


def tiles(run: Run, series: Series, languages: Table) -> list[Tile]:
    """The figures that come first."""
    fate = series.fate()
    total = languages.rows[-1]
    share = f"{percent(fate.kept / fate.found)} of them" if fate.found else ""
    found = [
        Tile("documents found", f"{fate.found:,}"),
        Tile("documents kept", f"{fate.kept:,}", share),
    ]
    sizes = languages.columns[languages.columns.index(report.SIZES[0]) :]
    for size in sizes:
        n = total[size]
        if isinstance(n, (int, float)):
            each = f"{n / fate.kept:,.0f} per document" if fate.kept else ""
            found.append(Tile(title(size), f"{n:,}", each))
    wanted = len(run.dag.recipe.head.languages)
    of = f"of {wanted} in the recipe" if wanted else ""
    found.append(Tile("languages", f"{len(_kept(series))}", of))
    first = series.layers[0] if series.layers else None
    n_bytes = sum(file.size_bytes for file in run.plan.files)
    found.append(Tile("input files", f"{len(run.plan.files):,}", f"{n_bytes:,} bytes"))
    if first is not None and first.losses:
        found.append(Tile("places of damage", f"{sum(first.losses.values()):,}", "in the input"))
    return found


def title(column: str) -> str:
    """Heading of a column of the report.

    Examples
    --------
    >>> title("words"), title("tokens_estimated"), title("tokens_mine")
    ('words', 'tokens, estimated', 'tokens, mine')
    """
    return column.replace("tokens_", "tokens, ")


def tokens(run: Run) -> Grid:
    """Tokens by language with what they were counted by; columns without a value are left out."""
    table = of_run.tokens(run)
    kinds: dict[str, Kind] = {
        "language": "code",
        "name": "text",
        "method": "text",
        "tokenizer": "text",
        "sha256": "code",
    }
    used = [c for c in table.columns if any(row.get(c) is not None for row in table.rows)]
    columns = [Column(c, c.replace("_", " "), kinds.get(c, "count")) for c in used]
    caption = "Tokens of kept documents, and how they were come by"
    return Grid("tokens-table", caption, columns, table.rows, footer=table.footer)


def _kept(series: Series) -> set[str]:
    """Languages of which documents are kept."""
    tallies = series.layers[-1].tallies.items() if series.layers else ()
    kept = {buckets.split(label)[0] for label, tally in tallies if tally.kept}
    return kept - {UNDETERMINED}


def _wanted(languages: Table) -> Sequence[dict[str, object]]:
    return [dict(row) for row in languages.rows if row["language"] not in {TOTAL, OTHER}]


def by_language(series: Series, languages: Table) -> Grid:
    """The table of languages, with what became of the documents of each."""
    shown = [str(row["language"]) for row in _wanted(languages)]
    others = [label for label in series.labels if label not in shown]
    most = max((n for row in _wanted(languages) if isinstance(n := row["found"], int)), default=0)
    is_divided = series.fate().unseen >= 0  # not where stages have rejected the same documents
    rows = []
    for row in languages.rows:
        name, found = str(row["language"]), row["found"]
        assert isinstance(found, int)  # noqa: S101 - tells mypy what the table is
        of = {TOTAL: None, OTHER: others}.get(name, [name])
        fate = series.fate(of, found=found)
        rows.append(
            {
                **row,
                _SHARE: fate.kept / found if found else None,
                _FATE: fate.chart(series.colours) if is_divided else None,
                _SIZE: bar([Part(KEPT, found)], most) if name not in {TOTAL, OTHER} else None,
            }
        )
    columns = [
        *(Column("language", "language", "code"), Column("name", "name", "text")),
        *(Column(c, title(c)) for c in languages.columns if c not in _WORDS),
    ]
    keys = [column.key for column in columns]
    sizes, found_at = keys.index(report.SIZES[0]), keys.index("found")
    columns[sizes:sizes] = [
        Column(_SHARE, "share kept", "share"),
        Column(_FATE, "what became of them", "chart"),
    ]
    columns.insert(found_at + 1, Column(_SIZE, "compared", "chart"))
    caption = "Documents found and left after each stage, and the sizes of what is kept"
    return Grid("languages-table", caption, columns, rows, footer=languages.footer)


class Confusion(NamedTuple):
    """What pages declare, or where they come from, against the language that was identified."""

    title: str
    note: str
    table: Grid


def confusions(run: Run) -> list[Confusion]:
    """The matrices of evidence, of the kinds of which some was counted."""
    texts = (
        (
            evidence.HTML_LANG,
            "Declared language",
            "What pages declare in HTML (columns) and the language that was identified (rows).",
        ),
        (
            evidence.TLD,
            "Top-level domain",
            "Domains of the addresses (columns) and the language that was identified (rows).",
        ),
    )
    found = []
    for kind, title, note in texts:
        table = evidence.matrix(run, kind)
        if table.rows:
            found.append(Confusion(title, note, _heated(table, title)))
    return found


def _heated(table: Table, title: str) -> Grid:
    kinds: dict[str, Kind] = {
        "language": "code",
        "documents": "count",
        "agree": "count",
        "disagree": "count",
        "agreement": "share",
    }
    columns = [Column(c, c, kinds.get(c, "heat")) for c in table.columns]
    caption = f"{title}: documents by identified language"
    return Grid(f"confusion-{table.name}", caption, columns, table.rows, footer=table.footer)
