"""Recall first: for a language with little text, what a sure decision would lose is kept apart.

For the languages of a profile, on top of the decision (`eurosift.langid.decide`):

- ``near``: a text that would be rejected, with a score below its threshold or with the language
  as its second label only. The whole text is kept. A text that two models do not agree on is none.
- ``salvaged``: of a page in another language, or of one that would be near but switches codes, the
  lines that are labelled with this one.
- ``main``: every other text that is kept, in whatever language.

A page that is kept in another language gives its lines only where they have their share of it: a
row has one text, and the language of the profile then goes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Bools
from eurosift.langid.buckets import MAIN, NEAR, SALVAGED
from eurosift.langid.decide import DISAGREEMENT, UNDETERMINED
from eurosift.langid.decisions import Decisions
from eurosift.langid.scripts import is_written_in

NEAR_SCORE = 0.2
"""Least score of a near label. The mass is shared by all labels, so that at a fifth few are left
that may be right; it was chosen before anything was measured."""
SALVAGE_LETTERS = 200
"""Least letters of salvaged lines: about two sentences."""
SALVAGE_SHARE = 0.2
"""Least share of the labelled letters in a page that another language would keep: that from which
on a text switches codes."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is put before precision, and how far.

    Attributes
    ----------
    languages
        Canonical codes, in the order in which ties are decided.
    near_score
        Least score of a near label.
    salvage_letters
        Least letters of salvaged lines; None salvages nothing.
    salvage_share
        Least share of the labelled letters in a page that another language would keep.
    """

    languages: tuple[str, ...]
    near_score: float = NEAR_SCORE
    salvage_letters: int | None = SALVAGE_LETTERS
    salvage_share: float = SALVAGE_SHARE


class Recalled(NamedTuple):
    """Decisions in which the languages of a profile went first.

    Attributes
    ----------
    decisions
        ``language``, ``script``, ``score`` and ``reasons`` of what is kept now; all else
        still speaks of the page as it was read.
    bucket : pa.StringArray
        ``main``, ``near``, ``salvaged``; null where the text is rejected.
    text : pa.StringArray
        The salvaged lines; null where the text is the page's own.
    """

    decisions: Decisions
    bucket: pa.StringArray
    text: pa.StringArray


class _Find(NamedTuple):
    """What one row is turned into."""

    row: int
    bucket: str
    language: str
    script: str
    score: float
    text: str | None = None


def recall(
    decisions: Decisions,
    texts: pa.StringArray,
    profile: Profile,
    decide: Callable[[pa.StringArray], Decisions],
) -> Recalled:
    """Keep what decisions lose of the languages of a profile.

    Parameters
    ----------
    decisions
        On the texts.
    texts
        Each has a segment per line.
    profile
        Its languages are among those that are wanted.
    decide
        Decides on salvaged lines: they are kept only if by themselves they are kept, in the
        language as which they were salvaged.
    """
    kept = np.asarray(pc.equal(pc.list_value_length(decisions.reasons), 0))
    rejected = ~kept & ~_doubted(decisions)
    first, second = (_near(decisions, rejected, profile, place) for place in (0, 1))
    # A page that is in the language is worth more than its lines, unless others have their share.
    mixed = np.asarray(pc.fill_null(decisions.code_switching, False))  # noqa: FBT003
    whole = {find.row for find in first if not mixed[find.row]}
    lines = [find for find in _lines(decisions, texts, kept, profile) if find.row not in whole]
    finds = {find.row: find for find in (*second, *first, *_confirmed(lines, decide))}
    rows = sorted(finds)
    changed = np.zeros(len(kept), dtype=bool)
    changed[rows] = True

    def put(column: pa.Array, values: Iterable[object]) -> pa.Array:
        replacements = pa.array(list(values), column.type)
        return pc.replace_with_mask(column, pa.array(changed), replacements)

    ordered = [finds[row] for row in rows]
    return Recalled(
        decisions._replace(
            language=put(decisions.language, (find.language for find in ordered)),
            script=put(decisions.script, (find.script for find in ordered)),
            score=put(decisions.score, (find.score for find in ordered)),
            reasons=pc.if_else(
                pa.array(changed), pa.scalar([], decisions.reasons.type), decisions.reasons
            ),
        ),
        put(
            pa.array([MAIN if is_kept else None for is_kept in kept], pa.string()),
            (find.bucket for find in ordered),
        ),
        put(pa.nulls(len(kept), pa.string()), (find.text for find in ordered)),
    )


def _doubted(decisions: Decisions) -> Bools:
    """Where a second model does not agree with the label."""
    found = np.zeros(len(decisions.reasons), np.bool_)
    is_it = np.asarray(pc.equal(pc.list_flatten(decisions.reasons), DISAGREEMENT))
    found[np.asarray(pc.list_parent_indices(decisions.reasons))[is_it]] = True
    return found


def _near(decisions: Decisions, rejected: Bools, profile: Profile, place: int) -> list[_Find]:
    """Rejected texts whose label at a place is a language of the profile, and near enough."""
    longer = np.asarray(pc.greater(pc.list_value_length(decisions.top), place))
    rows = np.flatnonzero(rejected & longer)
    top = pc.list_element(decisions.top.take(pa.array(rows)), place)
    language, score = pc.struct_field(top, "language"), pc.struct_field(top, "score")
    close = pc.and_(
        pc.is_in(language, pa.array(profile.languages, pa.string())),
        pc.greater_equal(score.cast(pa.float64()), profile.near_score),
    )
    columns = (pa.array(rows), language, decisions.script.take(pa.array(rows)), score)
    return [
        _Find(row, NEAR, code, script, value)
        for row, code, script, value in _tuples(*(column.filter(close) for column in columns))
        if is_written_in(code, script)
    ]


def _tuples(*columns: pa.Array) -> Iterator[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in columns), strict=True)


def _lines(
    decisions: Decisions, texts: pa.StringArray, kept: Bools, profile: Profile
) -> Iterator[_Find]:
    """Lines of each page that may be salvaged, joined to a text; script and score are not known."""
    if profile.salvage_letters is None:
        return
    ours = pa.array(profile.languages, pa.string())
    own = np.asarray(pc.is_in(decisions.language, ours))
    hits = np.asarray(pc.is_in(pc.list_flatten(decisions.segments), ours))
    parents = np.asarray(pc.list_parent_indices(decisions.segments))[hits]
    rows = np.setdiff1d(parents, np.flatnonzero(kept & own))
    chosen = pa.array(rows)
    # A text may hold bytes that are no UTF-8, as for the model: U+FFFD, and a line feed is one.
    pages = texts.take(chosen).cast(pa.large_binary())
    for row, page, segments in _tuples(chosen, pages, decisions.segments.take(chosen)):
        lines = page.decode("utf-8", "replace").split("\n")
        letters: Counter[str] = Counter()
        for line, label in zip(lines, segments, strict=True):
            letters[label] += 0 if label == UNDETERMINED else sum(map(str.isalpha, line))
        best = max(profile.languages, key=lambda code: letters[code])
        enough = letters[best] >= profile.salvage_letters
        if enough and (not kept[row] or letters[best] >= profile.salvage_share * letters.total()):
            own_lines = (x for x, label in zip(lines, segments, strict=True) if label == best)
            yield _Find(row, SALVAGED, best, "", 0.0, "\n".join(own_lines))


def _confirmed(
    finds: Sequence[_Find], decide: Callable[[pa.StringArray], Decisions]
) -> Iterator[_Find]:
    """Salvaged lines that are kept by themselves, with what is said of them then."""
    if not finds:
        return
    anew = decide(pa.array([find.text for find in finds], pa.string()))
    verdicts = _tuples(anew.language, anew.script, anew.score, anew.reasons)
    for find, (language, script, score, reasons) in zip(finds, verdicts, strict=True):
        if language == find.language and not reasons:
            yield find._replace(script=script, score=score)
