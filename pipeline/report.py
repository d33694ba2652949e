"""Reports: documents, characters, words and tokens per language and stage, and the funnel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from eurosift.langid import buckets
from eurosift.pipeline import evidence, identifiers
from eurosift.pipeline.counts import of_run
from eurosift.pipeline.particulars import TEMPLATE_LINES
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import LayerTotal, layer_totals
from eurosift.stages.footer import UNDETERMINED, Tally

SIZES = ("characters", "words")
ESTIMATE = "tokens_estimated"
"""Column of tokens where no tokenizer has counted them."""


def summary(run: Run) -> Table:
    """One row per language: documents after each deciding stage, and the sizes of what is left.

    Documents in a bucket apart have a row of their own, behind that of their language.
    """
    totals = [t for t in layer_totals(run) if t.shards]
    labelled = next(
        (t for t in totals if set(t.tallies) - {UNDETERMINED}), next(iter(totals), None)
    )
    deciders = [t for t in totals if t.decides and _from(totals, t, labelled)]
    last = totals[-1] if totals else None
    has = {} if last is None else last.total.measures
    # An estimate has a name of its own, so that nobody takes it for a count.
    tokens = of_run.measures_of(last) if last is not None else []
    shown_tokens = tokens or [ESTIMATE]
    columns = ("language", "name", "found", *(t.stage for t in deciders), *SIZES, *shown_tokens)
    wanted = list(run.dag.recipe.head.languages)
    labels = {label for t in deciders for label in t.tallies}
    shown = [
        label
        for code in wanted
        for label in (code, *sorted(x for x in labels - {code} if buckets.split(x)[0] == code))
    ]
    others = sorted(labels - set(shown))

    def row(code: str, name: str, codes: list[str]) -> dict[str, Value]:
        found = _sum(labelled, codes)
        cells: dict[str, Value] = {
            "language": code,
            "name": name,
            "found": found.kept + found.rejected,
        }
        cells |= {t.stage: _sum(t, codes).kept for t in deciders}
        sizes = _sum(last, codes).measures
        for size in (*SIZES, "tokens", *tokens):
            cells[size] = sizes.get(size, 0) if size in has else None
        if not tokens:
            cells[ESTIMATE] = of_run.estimated(last.tallies, codes) if last is not None else None
        return cells

    rows = [row(label, buckets.name(label), [label]) for label in shown]
    footer = [row("other", "", others)]
    footer.append(row("total", "", [*shown, *others]))
    return Table("languages", columns, [*rows, *footer], footer=len(footer))


def _from(totals: list[LayerTotal], layer: LayerTotal, first: LayerTotal | None) -> bool:
    return first is None or totals.index(layer) >= totals.index(first)


def _sum(layer: LayerTotal | None, codes: list[str]) -> Tally:
    total = Tally()
    for code in codes if layer is not None else ():
        assert layer is not None  # noqa: S101 - tells mypy what the line above says
        total.add(layer.tallies.get(code, Tally()))
    return total


def funnel(run: Run) -> Table:
    """One row per stage and reason: from records to the documents that are left."""
    rows: list[dict[str, Value]] = []
    for layer in (layer for layer in layer_totals(run) if layer.shards):
        total = layer.total
        common: dict[str, Value] = {"stage": layer.stage}
        rows += [
            common | {"what": "skipped record", "reason": reason, "count": n}
            for reason, n in sorted(layer.skipped.items())
        ]
        rows += [
            common | {"what": "damage", "reason": reason, "count": n}
            for reason, n in sorted(layer.losses.items())
        ]
        rows += [
            common | {"what": "mended", "reason": reason, "count": n}
            for reason, n in sorted(layer.mended.items())
        ]
        rows += [
            common | {"what": "removed lines", "reason": TEMPLATE_LINES, "count": _all(languages)}
            for languages in _removed(layer)
        ]
        rows.append(
            common | {"what": "documents in", "reason": "", "count": total.kept + total.rejected}
        )
        if layer.decides:
            rows += [
                common | {"what": "rejected for", "reason": reason, "count": n}
                for reason, n in sorted(total.reasons.items(), key=lambda x: (-x[1], x[0]))
            ]
            rows.append(common | {"what": "rejected", "reason": "", "count": total.rejected})
        rows.append(common | {"what": "documents out", "reason": "", "count": total.kept})
    return Table("funnel", ("stage", "what", "reason", "count"), rows)


def _removed(layer: LayerTotal) -> list[dict[str, dict[str, int]]]:
    """Lines that a stage has removed, by language; nothing if it removes none."""
    return [layer.findings[TEMPLATE_LINES]] if TEMPLATE_LINES in layer.findings else []


def _all(languages: Mapping[str, Mapping[str, int]]) -> int:
    return sum(n for values in languages.values() for n in values.values())


def funnel_by_language(run: Run) -> Table:
    """One row per stage, language and reason, balanced to the document.

    For each stage and language in = out + rejected, and rejected is the sum over the reasons less
    what is `counted again`: a document counts for each of its reasons. Documents that a stage did
    not work on, because they were rejected before, are `inactive`: in + inactive are all. Summed
    over the languages, the rows of a stage are those of `funnel`.
    """
    rows: list[dict[str, Value]] = []
    for layer in (layer for layer in layer_totals(run) if layer.shards):
        for language, tally in sorted(layer.tallies.items()):
            common: dict[str, Value] = {"stage": layer.stage, "language": language}
            lines = [("inactive", "", tally.inactive), ("in", "", tally.kept + tally.rejected)]
            if layer.decides:
                ordered = sorted(tally.reasons.items(), key=lambda x: (-x[1], x[0]))
                lines += [("rejected for", reason, n) for reason, n in ordered]
                again = sum(tally.reasons.values()) - tally.rejected
                lines += [("counted again", "", again)] if again else []
                lines.append(("rejected", "", tally.rejected))
            lines += [
                ("removed lines", TEMPLATE_LINES, _all({language: languages.get(language, {})}))
                for languages in _removed(layer)
            ]
            lines.append(("out", "", tally.kept))
            rows += [common | {"what": w, "reason": r, "documents": n} for w, r, n in lines]
    columns = ("stage", "language", "what", "reason", "documents")
    return Table("funnel-languages", columns, rows)


def inputs(run: Run) -> Table:
    """One row per input file: what became of it, and what of it could not be read."""
    columns = ("input", "shard", "bytes", "documents", "kept", "skipped", "damage")
    rows: list[dict[str, Value]] = []
    for file in run.plan.files:
        head = run.files.layer_head(run.dag.source.name, file.shard)
        row: dict[str, Value] = {"input": file.path, "shard": file.shard, "bytes": file.size_bytes}
        if head is not None:
            losses = Counter(str(loss["reason"]) for loss in head.facts["losses"])
            row |= {
                "documents": head.rows,
                "kept": head.counts[1],
                "skipped": sum(head.facts["skipped"].values()),
                "damage": ", ".join(f"{reason} {n}" for reason, n in sorted(losses.items())),
            }
        rows.append(row)
    return Table("inputs", columns, rows)


def by_stage(run: Run) -> Table:
    """One row per stage and language: everything that the footers say."""
    measures = ("characters", "words", "tokens", "bytes", "segments")
    columns = ("stage", "language", "inactive", "kept", "rejected", *measures)
    rows: list[dict[str, Value]] = []
    for layer in layer_totals(run):
        has = layer.total.measures
        for language, tally in sorted(layer.tallies.items()):
            counts: dict[str, Value] = {
                "stage": layer.stage,
                "language": language,
                "inactive": tally.inactive,
                "kept": tally.kept,
                "rejected": tally.rejected,
            }
            counts |= {m: tally.measures.get(m, 0) if m in has else None for m in measures}
            rows.append(counts)
    return Table("stages", columns, rows)


def reasons(run: Run) -> Table:
    """One row per stage, language and reason."""
    rows: list[dict[str, Value]] = [
        {"stage": layer.stage, "language": language, "reason": reason, "documents": n}
        for layer in layer_totals(run)
        for language, tally in sorted(layer.tallies.items())
        for reason, n in sorted(tally.reasons.items())
    ]
    return Table("reasons", ("stage", "language", "reason", "documents"), rows)


def quarantine(run: Run) -> Table:
    """One row per page that has passed a protective limit, and is left out for that."""
    rows: list[dict[str, Value]] = []
    for file in run.plan.files:
        head = run.files.layer_head(run.dag.source.name, file.shard)
        pages = {} if head is None else head.facts["quarantined"]
        common: dict[str, Value] = {"input": file.path, "shard": file.shard}
        rows += [common | {"id": page, "reason": reason} for page, reason in pages.items()]
    return Table("quarantine", ("input", "shard", "id", "reason"), rows)


VIEWS: Mapping[str, Callable[[Run], Table]] = {
    "languages": summary,
    "funnel": funnel,
    "funnel-languages": funnel_by_language,
    "tokens": of_run.tokens,
    "stages": by_stage,
    "reasons": reasons,
    "inputs": inputs,
    "quarantine": quarantine,
    "html-lang": evidence.html_lang,
    "tld": evidence.tld,
    "evidence": evidence.evidence,
    "pii": identifiers.table,
}
"""Every table of a report, by its name."""
