"""What was counted, as tables for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eurosift.pipeline.counts import estimate
from eurosift.pipeline.counts.cells import TOKENS, TOTAL, label_name, token_cells
from eurosift.pipeline.counts.counted import Counted, Tokenizer
from eurosift.pipeline.counts.figures import Sizes, Tokens, total
from eurosift.pipeline.tables import Table, Value

SIZES = ("documents", "bytes", "characters", "words", "segments")


def counts(counted: Counted, *, brief: bool = False) -> Table:
    """One row per language and tokenizer, and their sums.

    Parameters
    ----------
    counted
        What was counted.
    brief
        Leave out columns that say nothing here, and digests: for people, who find these in
        `tokenizers`.
    """
    labels = list(counted.sizes)
    sums = Sizes()
    for sizes in counted.sizes.values():
        sums.add(sizes)
    rows = [
        row for label in labels for row in _rows(label, counted.sizes[label], counted.tokens[label])
    ]
    totals = [total(column) for column in zip(*(counted.tokens[x] for x in labels), strict=True)]
    footer = list(_rows(TOTAL, sums, totals)) if labels else []
    columns = ["language", "name", *SIZES, *TOKENS]
    if brief:
        methods = {row["method"] for row in rows}
        columns.remove("sha256")
        if "sampled" not in methods:
            columns = [c for c in columns if c not in {"low", "high"}]
        if methods <= {"estimated"}:
            columns.remove("tokenizer")
    return Table("counts", tuple(columns), [*rows, *footer], footer=len(footer))


def _rows(label: str, sizes: Sizes, figures: Sequence[Tokens]) -> Iterator[dict[str, Value]]:
    for figure in figures:
        row: dict[str, Value] = {"language": label, "name": label_name(label)}
        row |= {name: getattr(sizes, name) for name in SIZES}
        yield row | token_cells(figure, sizes.characters)


def how(counted: Counted, used: Sequence[Tokenizer], within: float | None, seed: int) -> str:
    """How tokens were counted, in words."""
    if not used:
        table = estimate.table()
        return f"estimate, not a count; uncertainty {table['uncertainty']}; {table['source']}"
    if within is None:
        return "every text"
    return (
        f"ratio on characters of a sample, 95 % interval within {100 * within:g} % in each "
        f"language, seed {seed}; {sum(counted.draws.values()):,} draws in "
        f"{len(counted.draws)} of {len(counted.sizes)} languages, the others exactly"
    )


def tokenizers(
    counted: Counted,
    used: Sequence[Tokenizer],
    within: float | None,
    seed: int,
    *,
    brief: bool = False,
) -> Table:
    """One row per tokenizer: what identifies it, and how tokens were counted.

    Parameters
    ----------
    counted, used, within, seed
        What was counted, and by what.
    brief
        Leave out how: for people, who would have to read it in a column wider than their screen.
    """
    words_column = () if brief else ("how",)
    columns = ("tokenizer", "sha256", *words_column, "characters_tokenized", "characters")
    characters = sum(sizes.characters for sizes in counted.sizes.values())
    words = how(counted, used, within, seed)
    if not used:
        row: dict[str, Value] = {"tokenizer": estimate.table()["tokenizer"], "how": words}
        rows = [row | {"characters_tokenized": 0, "characters": characters}]
        return Table("tokenizers", columns, rows)
    return Table(
        "tokenizers",
        columns,
        [
            {
                "tokenizer": tokenizer.name,
                "sha256": tokenizer.sha256,
                "how": words,
                "characters_tokenized": sum(counted.tokenized.values()),
                "characters": characters,
            }
            for tokenizer in used
        ],
    )


def remarks(counted: Counted) -> Iterator[str]:
    """What a reader of the figures should know beside them."""
    found = counted.findings
    missing = sum(found.no_text.values())
    if missing:
        yield f"{missing:,} rows have no text and are not counted"
    if found.damage:
        kinds = ", ".join(f"{reason} {n:,}" for reason, n in sorted(found.damage.items()))
        yield f"damaged, and not counted: {kinds}"
    if found.unknown_rows:
        values = ", ".join(repr(value[:40]) for value in found.unknown)
        yield f"{found.unknown_rows:,} rows counted as und: their language is no code, as {values}"
    unknown = [x for x, figures in counted.tokens.items() if figures[0].count is None]
    if unknown:
        yield (
            f"no estimate of tokens, and none in the total, for {', '.join(unknown[:8])}"
            f"{' …' if len(unknown) > 8 else ''}: count with --tokenizer"
        )
