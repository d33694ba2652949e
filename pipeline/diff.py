"""How two runs differ: in parameters, in counts, and in what became of which documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from eurosift.pipeline.digest import canonical_json
from eurosift.pipeline.footers import read_footer
from eurosift.pipeline.staleness import changes
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import layer_totals
from eurosift.pipeline.verdicts import Pair, Verdicts, ids_of
from eurosift.stages.footer import Tally

NOW_REJECTED, NOW_KEPT, OTHER = "kept → rejected", "rejected → kept", "rejected otherwise"


_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")


def parameters(first: Run, second: Run, *, brief: bool = False) -> Table:
    """One row per parameter of a stage that differs, as the data was made with it.

    Parameters
    ----------
    first, second
        The runs.
    brief
        Cut digests, of which two that differ are wider than most screens.
    """
    rows: list[dict[str, Value]] = []
    ours, theirs = _configs(first), _configs(second)
    for stage in dict.fromkeys((*ours, *theirs)):
        for path, old, new in changes(ours.get(stage), theirs.get(stage)):
            row: dict[str, Value] = {"stage": stage, "parameter": path or "(stage)"}
            rows.append(
                row | {"first": _shown(old, brief=brief), "second": _shown(new, brief=brief)}
            )
    return Table("parameters", ("stage", "parameter", "first", "second"), rows)


def _configs(run: Run) -> dict[str, Mapping[str, Any]]:
    """Version and configuration of each stage that has a layer, from its first shard."""
    found: dict[str, Mapping[str, Any]] = {}
    for node in run.dag.nodes.values():
        paths = (run.files.layer(node.name, shard) for shard in run.plan.shards)
        footer = next((f for path in paths if (f := read_footer(path)) is not None), None)
        if footer is not None:
            found[node.name] = {"version": footer.version, **footer.config}
    return found


def _shown(value: Any, *, brief: bool) -> Value:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else canonical_json(value)
    return _DIGEST.sub(r"\1…", text) if brief else text


def counts(first: Run, second: Run) -> Table:
    """One row per stage that decides and language, where documents differ in number."""
    ours, theirs = _tallies(first), _tallies(second)
    rows: list[dict[str, Value]] = []
    for stage in dict.fromkeys((*ours, *theirs)):
        before, after = ours.get(stage, {}), theirs.get(stage, {})
        for language in sorted({*before, *after}):
            one, other = (tallies.get(language, Tally()) for tallies in (before, after))
            if (one.kept, one.rejected) == (other.kept, other.rejected):
                continue
            row: dict[str, Value] = {"stage": stage, "language": language}
            for side, tally in (("first", one), ("second", other)):
                row |= {f"kept_{side}": tally.kept, f"rejected_{side}": tally.rejected}
                row[f"characters_{side}"] = tally.measures.get("characters")
            rows.append(row | {"kept_change": other.kept - one.kept})
    sides = [f"{m}_{s}" for m in ("kept", "rejected", "characters") for s in ("first", "second")]
    return Table("counts", ("stage", "language", *sides, "kept_change"), rows)


def _tallies(run: Run) -> dict[str, dict[str, Tally]]:
    return {x.stage: x.tallies for x in layer_totals(run) if x.shards and x.decides}


def documents(found: Verdicts) -> Table:
    """What became of the documents of both runs; the rows up to the rule are all of them once."""
    kinds = Counter[str]()
    for pair, n in found.pairs.items():
        kinds[_kind(pair)] += n
    lines = {
        "same verdict, same reasons": kinds[""],
        **{kind: kinds[kind] for kind in (NOW_REJECTED, NOW_KEPT, OTHER)},
        "only in the first run": found.only_first,
        "only in the second run": found.only_second,
        "of those in both, with another language": sum(
            n for pair, n in found.pairs.items() if pair.label != pair.label_after
        ),
    }
    rows: list[dict[str, Value]] = [{"documents": k, "count": n} for k, n in lines.items()]
    return Table("documents", ("documents", "count"), rows, footer=1)


def _kind(pair: Pair) -> str:
    if pair.before == pair.after:
        return ""
    if not pair.before:
        return NOW_REJECTED
    return OTHER if pair.after else NOW_KEPT


def rules(found: Verdicts) -> Table:
    """As `verdicts`, all languages together."""
    return _verdicts("rules", found, ())


def verdicts(found: Verdicts) -> Table:
    """One row per change, stage, rule and language; a document counts for each of its rules."""
    return _verdicts("verdicts", found, ("language",))


def _verdicts(name: str, found: Verdicts, more: tuple[str, ...]) -> Table:
    sums: Counter[tuple[str, ...]] = Counter()
    for pair, n in found.pairs.items():
        kind = _kind(pair)
        for side, reason in _moved(pair):
            stage, _, rule = reason.partition(":")
            sums[kind, stage, rule, side, *([pair.label] if more else [])] += n
    columns = ("change", "stage", "rule", "rejected_by", *more)
    order = (NOW_REJECTED, NOW_KEPT, OTHER)
    rows: list[dict[str, Value]] = [
        {**dict(zip(columns, key, strict=True)), "documents": n}
        for key, n in sorted(sums.items(), key=lambda x: (order.index(x[0][0]), x[0][1:]))
    ]
    return Table(name, (*columns, "documents"), rows)


def _moved(pair: Pair) -> Iterator[tuple[str, str]]:
    """Reasons that only one run has, and which."""
    yield from (("first", reason) for reason in pair.before if reason not in pair.after)
    yield from (("second", reason) for reason in pair.after if reason not in pair.before)


def languages(found: Verdicts) -> Table:
    """One row per language and the one that the second run says instead."""
    sums: Counter[tuple[str, str]] = Counter()
    for pair, n in found.pairs.items():
        if pair.label != pair.label_after:
            sums[pair.label, pair.label_after] += n
    rows: list[dict[str, Value]] = [
        {"first": one, "second": other, "documents": n}
        for (one, other), n in sorted(sums.items(), key=lambda x: (-x[1], x[0]))
    ]
    return Table("languages", ("first", "second", "documents"), rows)


def changed(first: Run, found: Verdicts) -> Table:
    """Documents that one run keeps and the other rejects, as many as were asked for."""
    ids = ids_of(first, found.changed)
    columns = ("id", "shard", "row", "language", "first", "second")
    rows: list[dict[str, Value]] = [
        {
            "id": ids[place.shard, place.row],
            "shard": place.shard,
            "row": place.row,
            "language": place.pair.label,
            "first": ", ".join(place.pair.before) or "kept",
            "second": ", ".join(place.pair.after) or "kept",
        }
        for place in found.changed
    ]
    return Table("changed", columns, rows)
