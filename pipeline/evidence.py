"""What pages and addresses say of the language, against the label that they were given.

Every number is a sum over the footers of the layer whose stage counted it. Languages agree when
they are the same but for the script (``lang="sr"`` does not say in which one a page is written),
or one is a macro-language of the other, see `eurosift.langid.agreement`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from eurosift.langid import buckets
from eurosift.langid.agreement import agree
from eurosift.langid.declared import UNKNOWN
from eurosift.langid.languages import LANGUAGES
from eurosift.langid.tlds import EXPECTED, GENERIC, OTHER
from eurosift.pipeline.ledger import NONE
from eurosift.pipeline.tables import Table, Value
from eurosift.pipeline.tasks import Run
from eurosift.pipeline.totals import LayerTotal, layer_totals

INACTIVE = "inactive"
"""Row for the documents that were rejected before their language was looked at."""
UNCOUNTED = "uncounted"
"""Row for those of shards that an earlier version of the stage made, if there are any."""


class Kind(NamedTuple):
    """A kind of evidence.

    Attributes
    ----------
    name
        Of its table.
    column
        Of the layer that has it.
    expected
        Languages that a value stands for; none if it says nothing.
    silent
        Values that say nothing, shown behind the others.
    """

    name: str
    column: str
    expected: Callable[[str], Collection[str]]
    silent: tuple[str, ...]


HTML_LANG = Kind(
    "html-lang",
    "declared_language",
    lambda value: (value,) if value in LANGUAGES else (),
    (UNKNOWN, NONE),
)
TLD = Kind("tld", "tld", lambda value: EXPECTED.get(value, ()), (OTHER, "eu", GENERIC, NONE))


def agrees(kind: Kind, language: str, value: str) -> bool | None:
    """Whether evidence stands for the language; None if it stands for none.

    Examples
    --------
    >>> agrees(TLD, "gle_Latn", "ie"), agrees(TLD, "gle_Latn", "mt"), agrees(TLD, "gle_Latn", "eu")
    (True, False, None)
    """
    expected = kind.expected(value)
    return any(agree(language, code) for code in expected) if expected else None


def matrix(run: Run, kind: Kind) -> Table:
    """One row per identified language, one column per value, and how often the two agree.

    Languages that are not in the recipe share the row `OTHER`, values that stand for none of the
    recipe's languages the column of that name; agreement is counted before. The documents of all
    rows are those of the layer.
    """
    layer = _layer(run, kind)
    if layer is None:
        return Table(kind.name, ("language", "documents", "agree", "disagree", "agreement"), [])
    counts = layer.evidence[kind.column]
    wanted = run.dag.recipe.head.languages or sorted({buckets.split(label)[0] for label in counts})
    own = [label for code in wanted for label in sorted(counts) if buckets.split(label)[0] == code]
    values = sorted({value for found in counts.values() for value in found} - {*kind.silent})
    spoken = [value for value in values if {*kind.expected(value)} & {*wanted}]

    def row(name: str, labels: Iterable[str], unseen: int = 0) -> dict[str, Value]:
        cells: Counter[str] = Counter()
        verdicts: Counter[bool | None] = Counter()
        for label in labels:
            for value, n in counts[label].items():
                cells[value if value in {*spoken, *kind.silent} else OTHER] += n
                verdicts[agrees(kind, label, value)] += n
        said = verdicts[True] + verdicts[False]
        return {
            "language": name,
            "documents": cells.total() + unseen,
            "agree": verdicts[True],
            "disagree": verdicts[False],
            "agreement": verdicts[True] / said if said else None,
            **cells,
        }

    inactive = layer.total.inactive
    uncounted = layer.total.kept + layer.total.rejected - layer.counted[kind.column]
    ends = [
        row(OTHER, [label for label in counts if label not in own]),
        row(INACTIVE, [], inactive),
        *([row(UNCOUNTED, [], uncounted)] if uncounted else ()),
        row("total", counts, inactive + uncounted),
    ]
    rows = [*(row(label, [label]) for label in own), *ends]
    shown = dict.fromkeys((*spoken, OTHER, *kind.silent))
    used = [value for value in shown if value in rows[-1]]
    columns = ("language", "documents", "agree", "disagree", "agreement", *used)
    filled = [dict.fromkeys(used, 0) | cells for cells in rows]
    return Table(kind.name, columns, filled, footer=len(ends))


def html_lang(run: Run) -> Table:
    """Identified against declared languages."""
    return matrix(run, HTML_LANG)


def tld(run: Run) -> Table:
    """Identified languages against top-level domains."""
    return matrix(run, TLD)


def evidence(run: Run) -> Table:
    """One row per kind of evidence, identified language and value: nothing is folded."""
    rows: list[dict[str, Value]] = []
    for kind in (HTML_LANG, TLD):
        layer = _layer(run, kind)
        for language, values in sorted(layer.evidence[kind.column].items()) if layer else ():
            for value, n in sorted(values.items(), key=lambda pair: (-pair[1], pair[0])):
                verdict = agrees(kind, language, value)
                rows.append(
                    {
                        "evidence": kind.name,
                        "language": language,
                        "value": value,
                        "documents": n,
                        "agrees": None if verdict is None else "yes" if verdict else "no",
                    }
                )
    return Table("evidence", ("evidence", "language", "value", "documents", "agrees"), rows)


def _layer(run: Run, kind: Kind) -> LayerTotal | None:
    return next((layer for layer in layer_totals(run) if kind.column in layer.evidence), None)
