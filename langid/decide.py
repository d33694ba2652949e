"""What is said of texts: language, how sure that is, lines, and why a text is rejected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pyarrow as pa

from eurosift.filters.arrays import Bools, Float32s, Float64s, Int32s
from eurosift.filters.buffers import string_buffers
from eurosift.langid.agreement import agreement
from eurosift.langid.decisions import TOP, Decisions, Verdict, chosen, lists, take, verdicts
from eurosift.langid.lines import (
    LINE_WINDOW,
    NO_LABEL,
    related_numbers,
    share_lines,
    split_lines,
)
from eurosift.langid.model import LanguageModel, as_strings
from eurosift.langid.points import Spans, spans
from eurosift.langid.scripts import NO_SCRIPT, is_written_in, script_names, scripts_of
from eurosift.langid.short import Short, characters_of

UNDETERMINED = "und"
"""Label of a text without words and of a line that gets none (ISO 639-2)."""

NO_LETTERS = "no_letters"
"""Reason: the text holds no word (no letters, or letters in addresses only)."""
OTHER = "other"
"""Reason: the best label is none of the wanted languages."""
SCRIPT = "script"
"""Reason: most letters that the model saw are not of the script of the best label."""
UNSURE = "unsure"
"""Reason: the score of the best label is below its threshold."""
DISAGREEMENT = "disagreement"
"""Reason: a second model gives a label that does not agree (see `eurosift.langid.agreement`)."""
REASONS = (NO_LETTERS, OTHER, SCRIPT, UNSURE, DISAGREEMENT)

TOP_K = 3


class Decider:
    """Decides on texts; of each, a pure function of the text once made.

    Of a long text, evenly spread windows are read (`eurosift.langid.normalise.sample`), for the
    script as for the label.

    Parameters
    ----------
    model
        Answers with any of its labels.
    wanted
        Canonical codes of the languages to keep.
    threshold
        Least score of a label, by canonical code.
    short
        What is asked of short texts and lines beyond that.
    segments
        Whether to label lines, too.
    second
        A model that has to agree on the label of the text.
    """

    def __init__(
        self,
        model: LanguageModel,
        wanted: Collection[str],
        threshold: Callable[[str], float],
        *,
        short: Short = Short(),  # noqa: B008 - it cannot be changed
        segments: bool = True,
        second: LanguageModel | None = None,
    ) -> None:
        self.model = model
        self.segments = segments
        self.second = second
        # Tables by number of the label; the last entry, at -1, is for no label.
        codes = model.languages
        self._names = pa.array([*codes, UNDETERMINED])
        self._wanted: Bools = np.array([*(code in wanted for code in codes), False])
        self._thresholds: Float64s = np.array([*map(threshold, codes), 0.0])
        self._short = short
        self._eased: Bools = np.array([*(code in short.but for code in codes), True])
        self._written: Bools = np.array(
            [
                [is_written_in(code, script) for script in script_names()]
                for code in (*codes, UNDETERMINED)
            ]
        )
        self._related = related_numbers(codes)
        if second is not None:
            self._second_names = pa.array([*second.languages, UNDETERMINED])
            self._agreement = agreement(codes, second.languages)

    def __call__(self, text: str) -> Verdict:
        """Decide on one text."""
        return self.decide_all([text])[0]

    def decide_all(self, texts: Sequence[str]) -> list[Verdict]:
        """Decide on each text."""
        return list(verdicts(self.decide(as_strings(texts))))

    def decide(self, texts: pa.Array | pa.ChunkedArray) -> Decisions:
        """Decide on each row of a column of strings; a null row counts as empty."""
        rows = spans(string_buffers(texts))
        read = self.model.read(rows)
        scripts = scripts_of(spans(read))
        lettered = read._replace(valid=read.valid & (scripts != NO_SCRIPT))
        top, scores = self.model.classify(lettered, TOP_K)
        best = top[:, 0].copy()
        worded = best != NO_LABEL
        segments, share, switching = self._lines(rows, best)
        second, second_score, doubted = self._second(rows, best)
        failed = np.column_stack(
            [
                ~worded,
                worded & ~self._wanted[best],
                worded & ~self._written[best, scripts],
                worded & ~self._is_sure(best, scores[:, 0], characters_of(read)),
                doubted,
            ]
        )
        there = top != NO_LABEL
        ranked = [take(self._names, top[there]), pa.array(scores[there])]
        return Decisions(
            language=take(self._names, best),
            script=take(pa.array(script_names()), scripts),
            score=pa.array(scores[:, 0]),
            top=lists(
                pa.StructArray.from_arrays(ranked, fields=[*TOP.value_type]),
                there.sum(axis=1).cumsum(),
            ),
            segments=segments,
            language_share=share,
            code_switching=switching,
            second_language=second,
            second_score=second_score,
            reasons=chosen(pa.array(REASONS), failed),
        )

    def _is_sure(self, labels: Int32s, scores: Float32s, characters: Int32s) -> Bools:
        least = np.where(self._eased[labels], 0.0, self._short.least(characters))
        sure: Bools = scores.astype(np.float64) >= np.maximum(self._thresholds[labels], least)
        return sure

    def _lines(self, rows: Spans, best: Int32s) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Labels of lines, share of the text's own, code-switching.

        A line gets no label if it is too short, if its best label is not sure enough, or if its
        text has none.
        """
        if not self.segments:
            kinds = (pa.list_(pa.string()), pa.float32(), pa.bool_())
            nothing, no_share, no_switching = (pa.nulls(len(best), kind) for kind in kinds)
            return nothing, no_share, no_switching
        lines = split_lines(rows)
        wanted = lines.enough & np.repeat(best != NO_LABEL, np.diff(lines.offsets))
        # Most lines of a text may be empty: nothing is made of those that get no label.
        read = self.model.read(lines.rows.where(wanted), LINE_WINDOW, 1)
        found, scores = self.model.classify(read, 1)
        labels = np.full(len(wanted), NO_LABEL, np.int32)
        sure = self._is_sure(found[:, 0], scores[:, 0], characters_of(read))
        labels[wanted] = np.where(sure, found[:, 0], NO_LABEL)
        share, switching = share_lines(lines.offsets, lines.characters, labels, best, self._related)
        return (
            lists(take(self._names, labels), lines.offsets[1:]),
            pa.array(share, mask=np.isnan(share)),
            pa.array(switching),
        )

    def _second(self, rows: Spans, best: Int32s) -> tuple[pa.Array, pa.Array, Bools]:
        """Labels of the second model and their scores; where it does not agree with the first."""
        worded = best != NO_LABEL
        if self.second is None:
            none = pa.nulls(len(best), pa.string())
            return none, pa.nulls(len(best), pa.float32()), np.zeros_like(worded)
        labels = np.full(len(best), NO_LABEL, np.int32)
        scores = np.zeros(len(best), np.float32)
        found = self.second.classify(self.second.read(rows.where(worded)), 1)
        labels[worded], scores[worded] = found[0][:, 0], found[1][:, 0]
        agreed = self._agreement[best, labels]
        return take(self._second_names, labels), pa.array(scores), worded & ~agreed
