"""Registrable domains: what the owner of a site has registered, by the public suffix list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import polars as pl

from eurosift.filters.hosts import registrable
from eurosift.pipeline.html.charts import Part, bar
from eurosift.pipeline.html.fates import KEPT as KEPT_PART
from eurosift.pipeline.html.grid import Column, Grid
from eurosift.pipeline.html.survey import LABEL
from eurosift.pipeline.view import KEPT

URL: Final = "url"
SHOWN: Final = 25
EACH: Final = 5
"""So many domains of each language are shown."""
MOST: Final = 200_000
"""So many different domains are counted before those with the fewest documents are forgotten."""
_HOST: Final = r"^(?i:[a-z][a-z0-9+.\-]*:)?//(?:[^/?#]*@)?([^/?#:\[\]@]+)"


@lru_cache(65_536)
def domain_of(host: str) -> str:
    """Registrable domain of a host; a public suffix or an address as it is.

    Examples
    --------
    >>> domain_of("www.example.co.uk"), domain_of("a.b.example.mt"), domain_of("192.0.2.1")
    ('example.co.uk', 'example.mt', '192.0.2.1')
    """
    return registrable(f"https://{host}") or host


class Domains:
    """Counts documents by registrable domain and language.

    Attributes
    ----------
    forgotten
        Whether there were more domains than are counted: then counts may be a little too low.
    """

    columns: Sequence[str] = (URL,)

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: dict[str, dict[str, list[int]]] = {}
        self.forgotten = False

    def add(self, rows: pl.DataFrame) -> None:
        """Count a block."""
        hosts = rows.select(LABEL, KEPT, pl.col(URL).cast(pl.String).str.extract(_HOST).alias(URL))
        counts = hosts.group_by(URL, LABEL).agg(pl.len(), pl.col(KEPT).sum().alias("left"))
        for host, label, n, left in counts.sort(URL, LABEL).iter_rows():
            if host:
                of = self._found.setdefault(domain_of(host), {}).setdefault(label, [0, 0])
                of[0] += n
                of[1] += left
        if len(self._found) > self._most:
            self.forgotten = True
            best = sorted(self._found.items(), key=lambda pair: (-_documents(pair[1]), pair[0]))
            self._found = dict(best[: self._most // 2])

    def grid(self) -> Grid | None:
        """The domains with the most documents."""
        best = sorted(self._found.items(), key=lambda pair: (-_documents(pair[1]), pair[0]))
        if not best:
            return None
        whole = _documents(best[0][1])
        rows: list[dict[str, Any]] = []
        for domain, languages in best[:SHOWN]:
            documents, kept = _documents(languages), sum(n for _, n in languages.values())
            drawn = [Part(KEPT_PART, kept), Part("gone", documents - kept)]
            by = sorted(languages.items(), key=lambda pair: (-pair[1][0], pair[0]))
            rows.append(
                {
                    "domain": domain,
                    "documents": documents,
                    "kept": kept,
                    "share": kept / documents,
                    "chart": bar(drawn, whole),
                    "languages": ", ".join(label for label, _ in by[:3])
                    + (f" and {len(by) - 3} more" if len(by) > 3 else ""),
                }
            )
        columns = (
            Column("domain", "domain", "code"),
            Column("documents", "documents"),
            Column("kept", "kept"),
            Column("share", "share kept", "share"),
            Column("chart", "compared", "chart"),
            Column("languages", "languages", "text"),
        )
        caption = f"The domains with the most documents, of {len(self._found):,}"
        return Grid("domains-table", caption, columns, rows)

    def by_language(self) -> Grid | None:
        """The domains with the most kept documents of each language."""
        of: dict[str, list[tuple[int, str]]] = {}
        for domain, languages in self._found.items():
            for label, (_, kept) in languages.items():
                if kept:
                    of.setdefault(label, []).append((kept, domain))
        rows: list[dict[str, Any]] = []
        for label, found in sorted(of.items()):
            found.sort(key=lambda pair: (-pair[0], pair[1]))
            kept = sum(n for n, _ in found)
            best = found[:EACH]
            rows.append(
                {
                    "language": label,
                    "domains": len(found),
                    "share": sum(n for n, _ in best) / kept,
                    "best": ", ".join(f"{domain} ({n:,})" for n, domain in best),
                }
            )
        columns = (
            Column("language", "language", "code"),
            Column("domains", "domains"),
            Column("share", f"kept documents from the first {EACH}", "share"),
            Column("best", "domains with the most kept documents", "text"),
        )
        caption = "Domains of each language"
        return Grid("domains-languages", caption, columns, rows) if rows else None


def _documents(languages: dict[str, list[int]]) -> int:
    return sum(n for n, _ in languages.values())
