"""The ledger: how many rows went in, stayed, and were rejected, per language and reason.

Every row of every layer is inactive, kept or rejected: ``inactive + kept + rejected = rows``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Bools, Int64s
from eurosift.stages.footer import UNDETERMINED, Tally

NONE = "none"
"""Under which evidence is counted where there is none."""

Counts = dict[str, dict[str, dict[str, int]]]
"""How many by column, language and value."""
TIMES = "n"
"""Field of a finding that says how often it was found."""


class Ledger:
    """Counts the rows of one shard of a layer, batch by batch."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._evidence: dict[str, Counter[tuple[str, str]]] = {}
        self._findings: dict[str, Counter[tuple[str, str]]] = {}

    def add(
        self,
        active: pa.BooleanArray,
        language: pa.Array | None,
        reasons: pa.Array | None,
        measures: Mapping[str, pa.Array],
        evidence: Mapping[str, pa.Array | None] | None = None,
        findings: Mapping[str, pa.Array | None] | None = None,
    ) -> None:
        """Count some rows.

        Parameters
        ----------
        active
            Rows that the stage worked on.
        language
            Their language, or its label in a bucket; None or null counts as ``und``.
        reasons
            The stage's reasons; None if it does not decide.
        measures
            Sizes to be summed over the kept rows, by name.
        evidence
            Values to be counted over the active rows, by the name of their column.
        findings
            Numbers to be added up, or lists of what is to be counted, over the same rows.
        """
        rows = len(active)
        on = active.to_numpy(zero_copy_only=False)
        off = np.zeros(rows, dtype=bool)
        if reasons is not None:
            off = on & rejected_rows(reasons).to_numpy(zero_copy_only=False)
        codes, names = _encode(language, rows)
        kept = on & ~off
        inactive_n, kept_n, rejected_n = (
            np.bincount(codes[mask], minlength=len(names)) for mask in (~on, kept, off)
        )
        sums = {name: _sums(values, codes, kept, len(names)) for name, values in measures.items()}
        for code, label in enumerate(names):
            self._tally(label).add(
                Tally(
                    inactive=int(inactive_n[code]),
                    kept=int(kept_n[code]),
                    rejected=int(rejected_n[code]),
                    measures={name: int(values[code]) for name, values in sums.items()},
                )
            )
        if reasons is not None and off.any():
            self._add_reasons(reasons, codes, off, names)
        for column, values in (evidence or {}).items():
            self._add_evidence(column, values, codes, on, names)
        for column, values in (findings or {}).items():
            found = self._findings.setdefault(column, Counter())
            if values is not None and not pa.types.is_null(values.type):
                for (code, value), n in _found(column, values, codes, on).items():
                    found[names[code], value] += n

    def _add_reasons(
        self, reasons: pa.Array, codes: Int64s, rejected: Bools, names: list[str]
    ) -> None:
        parents = pc.list_parent_indices(reasons).to_numpy(zero_copy_only=False)
        words = pc.list_flatten(reasons).dictionary_encode()
        here = rejected[parents]
        width = len(words.dictionary)
        pairs = codes[parents][here] * width + words.indices.to_numpy(zero_copy_only=False)[here]
        counts = np.bincount(pairs, minlength=len(names) * width)
        for pair in np.flatnonzero(counts):
            label, reason = names[pair // width], words.dictionary[int(pair % width)].as_py()
            self._tally(label).add(Tally(reasons={reason: int(counts[pair])}))

    def _add_evidence(
        self, column: str, values: pa.Array | None, codes: Int64s, active: Bools, names: list[str]
    ) -> None:
        numbers, known = _encode(values, len(codes), NONE)
        width = len(known)
        counts = np.bincount(codes[active] * width + numbers[active])
        found = self._evidence.setdefault(column, Counter())
        for pair in np.flatnonzero(counts):
            found[names[pair // width], known[pair % width]] += int(counts[pair])

    def _tally(self, language: str) -> Tally:
        return self._tallies.setdefault(language, Tally())

    def tallies(self) -> dict[str, Tally]:
        """The counts so far, by language, in a fixed order."""
        return {
            language: tally.model_copy(
                update={
                    "reasons": dict(sorted(tally.reasons.items())),
                    "measures": dict(sorted(tally.measures.items())),
                }
            )
            for language, tally in sorted(self._tallies.items())
        }

    def evidence(self) -> Counts:
        """The evidence so far, in a fixed order."""
        return _nested(self._evidence)

    def findings(self) -> Counts:
        """The findings so far, in a fixed order; nothing that was not found."""
        return _nested(self._findings)


def _nested(counted: Mapping[str, Counter[tuple[str, str]]]) -> Counts:
    found: Counts = {}
    for column, counts in counted.items():
        of_column = found.setdefault(column, {})
        for (language, value), n in sorted(counts.items()):
            of_column.setdefault(language, {})[value] = n
    return found


def _found(column: str, values: pa.Array, codes: Int64s, active: Bools) -> Counter[tuple[int, str]]:
    """What was found in active rows, by the number of their language and what it is."""
    if not pa.types.is_list(values.type):
        sums = _sums(values, codes, active, int(codes.max(initial=0)) + 1)
        return Counter({(int(code), column): int(sums[code]) for code in np.flatnonzero(sums)})
    parents = pc.list_parent_indices(values).to_numpy(zero_copy_only=False)
    entries = pc.list_flatten(values)
    words = [entries.field(f.name) for f in entries.type if pa.types.is_string(f.type)]
    what = pc.binary_join_element_wise(*words, "/").dictionary_encode()
    times = np.ones(len(entries), np.int64)
    if entries.type.get_field_index(TIMES) >= 0:
        times = entries.field(TIMES).to_numpy(zero_copy_only=False).astype(np.int64)
    width = len(what.dictionary)
    here = active[parents]
    pairs = (codes[parents] * width + what.indices.to_numpy(zero_copy_only=False))[here]
    sums = np.bincount(pairs, times[here]).astype(np.int64)
    return Counter(
        {
            (int(pair // width), what.dictionary[int(pair % width)].as_py()): int(sums[pair])
            for pair in np.flatnonzero(sums)
        }
    )


def _encode(
    values: pa.Array | None, rows: int, absent: str = UNDETERMINED
) -> tuple[Int64s, list[str]]:
    """Number of each row's value, and the values; nulls count as `absent`."""
    if values is None or pa.types.is_null(values.type):
        return np.zeros(rows, dtype=np.int64), [absent] if rows else []
    encoded = pc.fill_null(values, absent).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, encoded.dictionary.to_pylist()


def _sums(values: pa.Array, codes: Int64s, kept: Bools, n: int) -> Int64s:
    sums = np.zeros(n, dtype=np.int64)
    sizes = pc.fill_null(values, 0).to_numpy(zero_copy_only=False)
    np.add.at(sums, codes[kept], sizes[kept])
    return sums


def rejected_rows(reasons: pa.Array) -> pa.BooleanArray:
    """Which rows a stage rejected: those with at least one reason; never null."""
    return pc.greater(pc.fill_null(pc.list_value_length(reasons), 0), 0)
