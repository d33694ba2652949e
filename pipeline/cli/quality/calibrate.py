"""``eurosift quality calibrate``."""

from __future__ import annotations

import math
from pathlib import Path

import click

from eurosift.filters.calibrate import Method
from eurosift.filters.errors import RuleError
from eurosift.filters.rule_files import load_rule_set
from eurosift.filters.rule_sets import RuleSet
from eurosift.langid.languages import UnknownLanguageError, canonical
from eurosift.pipeline.calibration import Calibrated, calibrate, dump_rules, next_version
from eurosift.pipeline.calibration_sample import Rows
from eurosift.pipeline.cli.common import Share, format_option, mendable, show, target_argument
from eurosift.pipeline.cli.quality.common import check_documents, open_sample, sample_options
from eurosift.pipeline.errors import QueryError
from eurosift.pipeline.problems import suggest
from eurosift.pipeline.shards import write_text
from eurosift.pipeline.tables import Format, Table, Value

METHODS = ("tail", "quantile", "mean_std", "median_ratio")
COLUMNS = ("rule", "language", "before", "after", "rejected_before", "rejected_after")


@click.command("calibrate")
@target_argument
@click.option(
    "--method", type=click.Choice(METHODS), default="tail", show_default=True,
    help="tail: reject the worst share. Others follow a reference language: quantile rejects the "
    "same share, mean_std is as many standard deviations from the mean, median_ratio has the same "
    "ratio to the median.",
)  # fmt: skip
@click.option(
    "--share", type=Share(within=True), default=0.1,
    show_default=True, help="For tail: share of documents that each rule rejects.",
)  # fmt: skip
@click.option(
    "--reference", default="eng_Latn", show_default=True, metavar="LANGUAGE",
    help="For the other methods: whose thresholds are taken to the others.",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="RULE", help="Only this rule; repeatable.")
@sample_options("active")
@format_option
def command(
    target: Path,
    method: Method,
    share: float,
    reference: str,
    only: tuple[str, ...],
    stage: str | None,
    rows: Rows,
    min_documents: int,
    out: Path,
    style: Format,
) -> None:
    """Compute thresholds of rules from a run, language by language.

    Starts from the rules of the recipe and writes a rule set, which `rules` of the stage `quality`
    may name, with what it was computed from. A threshold that cannot be had (too few documents, no
    value, a result of 0) stays as it was, and so do disabled rules, and those of the reference
    language. The version is the next one after those of the rules it starts from and of the file
    that is written anew; the same rules keep theirs.
    """
    earlier = _earlier(out)
    sample = open_sample(target, stage, rows)
    rules = sample.step.judges[""].rules
    unknown = [name for name in only if name not in {rule.name for rule in rules.rules}]
    if unknown:
        known = [rule.name for rule in rules.rules]
        raise QueryError(f"--only {unknown[0]}: no such rule{suggest(unknown[0], known)}")
    if only:
        rules = rules.without(tuple(r.name for r in rules.rules if r.name not in only))
    try:
        code = canonical(reference, known=True)
    except UnknownLanguageError as error:
        raise QueryError(f"--reference: {error}") from None
    if method != "tail" and code not in sample.documents:
        raise QueryError(f"--reference: the run has no document in {code} to measure")
    with mendable():
        check_documents(sample, min_documents)
        found, changes = calibrate(
            sample, rules, method, share=share, reference=code, min_documents=min_documents
        )
        provenance = sample.provenance(rows)
    how = {"share": share} if method == "tail" else {"reference": code}
    based_on = {"name": rules.name, "version": rules.version}
    provenance = {
        "based_on": based_on, "method": method, **how, "min_documents": min_documents, **provenance
    }  # fmt: skip
    found = next_version(found, rules, earlier)
    write_text(out, dump_rules(found, f"{rules.name}, calibrated by {method}", provenance))
    show([_table(changes)], style)
    old = sum(not each.is_new for each in changes)
    click.echo(
        f"{out}: version {found.version}, {len(changes) - old} thresholds computed, "
        f"{old} as they were",
        err=True,
    )


def _earlier(out: Path) -> RuleSet | None:
    """The rule set that is written anew, if there is one."""
    if not out.exists():
        return None
    try:
        return load_rule_set(out, canonical)
    except RuleError as error:
        raise QueryError(f"--out: {out} is there, and is no rule set: {error}") from None


def _table(changes: list[Calibrated]) -> Table:
    rows: list[dict[str, Value]] = []
    for each in changes:
        values = (each.before, each.after, each.rejected_before, each.rejected_after)
        shown = [None if math.isnan(value) else value for value in values]
        rows.append(dict(zip(COLUMNS, (each.rule, each.language, *shown), strict=True)))
    return Table("thresholds", COLUMNS, rows)
