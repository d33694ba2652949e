"""Tables of scores, models side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import polars as pl

from eurosift.langid.evaluate import Confusion, Counted, Score, confusions, mistakes, score
from eurosift.pipeline.tables import Table, Value

SHOWN = 3
"""So many confusions stand beside the scores of a language."""
SUMMARY = ("n", "n_other", "macro_f1", "fpr", "worst", "worst_f1")


def by_model(counted: Mapping[str, Sequence[Confusion]]) -> Table:
    """One row for each model.

    Parameters
    ----------
    counted
        What `confusions` gives, by model.
    """
    rows = [{"model": name, **_summary(score(counts))} for name, counts in counted.items()]
    return Table("models", ("model", *SUMMARY), rows)


def by_part(
    kind: str, parts: pl.Series, labels: pl.Series, answers: Mapping[str, pl.Series]
) -> Table:
    """One row for each part of the text and each model.

    Parameters
    ----------
    kind
        What a part is called.
    parts, labels
        Of each text: its part, its label.
    answers
        By model, what it takes each text for.
    """
    rows = []
    for part in parts.unique().sort():
        mask = parts == part
        for name, answer in answers.items():
            found = score(confusions(labels.filter(mask), answer.filter(mask)))
            rows.append({kind: str(part), "model": name, **_summary(found)})
    return Table(f"{kind}s", (kind, "model", *SUMMARY), rows)


def by_language(counted: Mapping[str, Sequence[Confusion]]) -> Table:
    """One row for each language and model."""
    rows = [
        {
            "language": language.language,
            "model": name,
            "n": language.n,
            "f1": language.f1,
            "precision": language.precision,
            "recall": language.recall,
            "missed_as": _listed(language.missed),
            "mistaken_from": _listed(language.mistaken),
        }
        for name, counts in counted.items()
        for language in score(counts).languages
    ]
    rows.sort(key=lambda row: str(row["language"]))
    columns = ("language", "model", "n", "f1", "precision", "recall", "missed_as", "mistaken_from")
    return Table("languages", columns, rows)


def top_mistakes(counted: Mapping[str, Sequence[Confusion]], top: int) -> Table:
    """The most frequent confusions of each model, with the share of the label's texts."""
    rows: list[dict[str, Value]] = []
    for name, counts in counted.items():
        of_label = Counter[str]()
        for label, _, n in counts:
            of_label[label] += n
        rows += [
            {"model": name, "label": label, "taken_for": said, "n": n, "share": n / of_label[label]}
            for label, said, n in mistakes(counts)[:top]
        ]
    return Table("confusions", ("model", "label", "taken_for", "n", "share"), rows)


def _summary(found: Score) -> dict[str, Value]:
    worst = found.worst
    values = (
        found.n,
        found.n_other,
        found.macro_f1,
        found.false_positive_rate,
        worst and worst.language,
        worst and worst.f1,
    )
    return dict(zip(SUMMARY, values, strict=True))


def _listed(counted: Counted) -> str:
    return ", ".join(f"{label} {n:,}" for label, n in counted[:SHOWN])
