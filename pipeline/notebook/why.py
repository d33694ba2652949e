"""Why a document was rejected: what each rule compared, and how far that is from the threshold."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import polars as pl
import pyarrow as pa
from markupsafe import Markup

from eurosift.pipeline.dag import LANGUAGE, Node
from eurosift.pipeline.harmless import printable
from eurosift.pipeline.notebook import markup
from eurosift.pipeline.notebook.markup import Cell
from eurosift.pipeline.sampling import fetch
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.view import View
from eurosift.stages.base import Margin
from eurosift.stages.quality import Quality

KEEPER: Final = "duplicate_of"


class Compared(NamedTuple):
    """What a rule made of a document.

    Attributes
    ----------
    stage, rule
        The stage, and the reason that the rule gives.
    fails
        Whether it rejects the document.
    value, threshold
        Both sides of its comparison; None if it does not compare numbers.
    distance
        Of the value from the threshold, relative to it; negative below it.
    detail
        The condition of the rule, or what else is known of the reason.
    """

    stage: str
    rule: str
    fails: bool
    value: float | None = None
    threshold: float | None = None
    distance: float | None = None
    detail: str | None = None


@dataclass(frozen=True)
class Why:
    """What became of a document, stage by stage.

    Attributes
    ----------
    header
        What is known of the document.
    fates
        Of every stage that rejects documents: ``kept``, ``rejected``, ``not reached`` or ``not run
        yet``.
    compared
        The rules that it failed, and of every stage those that it passed, nearest first.
    nearest
        How many of these are shown.
    """

    header: Markup
    fates: Mapping[str, str]
    compared: Sequence[Compared]
    nearest: int

    @property
    def frame(self) -> pl.DataFrame:
        """One row per rule, failed ones first; columns as in `Compared`."""
        types = {"fails": pl.Boolean} | dict.fromkeys(
            ("value", "threshold", "distance"), pl.Float64
        )
        return pl.DataFrame(
            list(self.compared),
            schema={name: types.get(name, pl.String) for name in Compared._fields},
            orient="row",
        )

    def near(self) -> list[Compared]:
        """What is shown: all rules that it failed, and of each stage the nearest that it passed."""
        passed: dict[str, int] = {}
        found = []
        for each in self.compared:
            if not each.fails:
                passed[each.stage] = passed.get(each.stage, 0) + 1
            if each.fails or passed[each.stage] <= self.nearest:
                found.append(each)
        return found

    def __repr__(self) -> str:
        lines = [", ".join(f"{stage}: {fate}" for stage, fate in self.fates.items())]
        for each in self.near():
            numbers = "  ".join(_numbers(each))
            verdict = "fails" if each.fails else "passes"
            lines.append(
                f"  {verdict:<6}  {each.stage}:{each.rule}  {numbers}  {each.detail or ''}".rstrip()
            )
        return printable("\n".join(lines))

    def _repr_html_(self) -> str:
        fates = [
            Markup('<b class="{}">{}</b> {}').format(
                {"kept": "kept", "rejected": "gone"}.get(fate, "soft"), stage, fate
            )
            for stage, fate in self.fates.items()
        ]
        head = [
            *(Cell(name) for name in ("rule", "stage", "verdict")),
            *(Cell(name, is_number=True) for name in ("value", "threshold", "distance")),
            Cell("rejects if"),
        ]
        rows = [
            [
                Cell(each.rule),
                Cell(each.stage),
                Cell(Markup('<b class="gone">fails</b>') if each.fails else "passes"),
                *(Cell(number, is_number=True) for number in _numbers(each)),
                Cell(each.detail or ""),
            ]
            for each in self.near()
        ]
        caption = "Rules that the document failed, and those that it passed by the least"
        return markup.shown(
            self.header,
            markup.paragraph(Markup(" · ").join(fates)),
            markup.table(head, rows, caption),
        )


def _numbers(each: Compared) -> tuple[str, str, str]:
    """Value, threshold and distance as they are shown."""
    if each.value is None or each.threshold is None:
        return "–", "–", "–"
    distance = "–" if each.distance is None else f"{each.distance:+.1%}"
    return f"{each.value:,.6g}", f"{each.threshold:,.6g}", distance


def explain(run: Run, place: pl.DataFrame, header: Markup, nearest: int) -> Why:
    """Put together what the stages have left about a document.

    Rules that it failed are told as they were recorded; those that it passed are compared again.

    Parameters
    ----------
    run
        The run.
    place
        ``shard`` and ``row``, one row.
    header
        What is known of the document.
    nearest
        How many of the rules that it passed are shown of each stage.
    """
    view = View(run, partial=True)
    judges = [node for node in run.dag.nodes.values() if node.decides]
    wanted = dict.fromkeys((LANGUAGE, KEEPER))
    for node in judges:
        wanted |= dict.fromkeys((node.step.reasons_column, _failed(node)))
        wanted |= dict.fromkeys(c for margin in node.step.margins().values() for c in margin.reads)
    found = fetch(view, place, [column for column in wanted if column in view.schema])
    row = found.to_dicts()[0]
    fates: dict[str, str] = {}
    compared: list[Compared] = []
    for node in judges:
        reasons = row.get(node.step.reasons_column)
        if reasons is None:
            is_done = node.step.reasons_column in row
            fates[node.name] = "not reached" if is_done else "not run yet"
            continue
        fates[node.name] = "rejected" if reasons else "kept"
        compared += _of_stage(node, row, found.to_arrow())
    order = {name: i for i, name in enumerate(fates)}
    failed = [each for each in compared if each.fails]
    passed = [each for each in compared if not each.fails]
    passed.sort(key=lambda each: (order[each.stage], abs(each.distance or 0)))
    return Why(header, fates, [*failed, *passed], nearest)


def _failed(node: Node) -> str:
    """Column in which a stage records what its rules compared."""
    return f"{node.name}_failed"


def _of_stage(node: Node, row: Mapping[str, Any], columns: pa.Table) -> Iterator[Compared]:
    rules, reasons = node.step.margins(), row[node.step.reasons_column]
    conditions = _conditions(node, row.get(LANGUAGE))
    recorded = {
        each["rule"]: (each["value"], each["threshold"]) for each in row.get(_failed(node)) or ()
    }
    is_duplicate = node.adds is not None and KEEPER in node.adds.names
    for rule in dict.fromkeys([*reasons, *rules]):
        fails, detail = rule in reasons, conditions.get(rule)
        value, threshold = recorded.get(rule) or (
            _measured(rules[rule], columns) if rule in rules else (None, None)
        )
        if fails and is_duplicate:
            detail = f"duplicate of {row[KEEPER]}"
        if fails or threshold is not None:
            distance = _distance(value, threshold)
            yield Compared(node.name, rule, fails, value, threshold, distance, detail)


def _measured(margin: Margin, row: pa.Table) -> tuple[float | None, float | None]:
    columns = [
        row.column(name).combine_chunks() if name in row.column_names else pa.nulls(row.num_rows)
        for name in margin.reads
    ]
    batch = pa.Table.from_arrays(columns, names=list(margin.reads)).to_batches()[0]
    found = margin.measure(batch)
    value, threshold = (found.column(i)[0].as_py() for i in range(2))
    known = value is not None and threshold is not None
    if not known or math.isnan(value) or math.isnan(threshold):
        return None, None
    return value, threshold


def _distance(value: float | None, threshold: float | None) -> float | None:
    return (value - threshold) / abs(threshold) if value is not None and threshold else None


def _conditions(node: Node, language: str | None) -> Mapping[str, str]:
    """What the rules of a language say, if the stage has such."""
    if not isinstance(node.step, Quality):
        return {}
    judge = node.step.judge_for(language or "")
    return {rule.name: rule.reject_if for rule in judge.rules.rules}
