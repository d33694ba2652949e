"""Drawing documents whose tokens tell those of all."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.filters.arrays import Int64s
from eurosift.pipeline.counts import ratio
from eurosift.pipeline.counts.counted import Counted, Extent, Tokenizer, exact_figures
from eurosift.pipeline.counts.figures import Tokens
from eurosift.pipeline.counts.sources import Findings, Source, Unit
from eurosift.stages.errors import InputError
from eurosift.stages.tokenizer import tokens_of

_HEADROOM = 1.1
"""More draws than the pilot sample asks for, so that a third pass is seldom needed."""


class _Draw(NamedTuple):
    """A document that was drawn: its characters, its tokens by each tokenizer."""

    characters: int
    tokens: tuple[int, ...]


class _Own(NamedTuple):
    """Texts of one label in a batch: where they stand in it, and their characters."""

    texts: pa.Array
    rows: Int64s
    lengths: Int64s


class Sampler:
    """Draws documents of each label until the interval of each tokenizer is narrow enough."""

    def __init__(
        self,
        source: Source,
        tokenizers: Sequence[Tokenizer],
        done: Counted,
        extents: Mapping[str, Sequence[Extent]],
        *,
        within: float,
        seed: int,
    ) -> None:
        self._source = source
        self._tokenizers = tokenizers
        self._done = done
        self._extents = extents
        self._ends = {
            label: list(accumulate(e.characters for e in units)) for label, units in extents.items()
        }
        self._within = within
        self._seed = seed
        self._draws: dict[str, list[_Draw]] = {}

    def run(self) -> None:
        """Sample all labels; those that are too small for it are tokenized wholly."""
        wanted: dict[str, int] = {}
        whole: set[str] = set()
        for label, sizes in self._done.sizes.items():
            if sizes.documents <= 2 * ratio.PILOT or not sizes.characters:
                whole.add(label)
            else:
                wanted[label] = ratio.PILOT
        while wanted or whole:
            self._read(wanted, whole)
            wanted, whole = self._settle(wanted)

    def _settle(self, asked: Mapping[str, int]) -> tuple[dict[str, int], set[str]]:
        """Enter what is narrow enough; return what is to be drawn next, and what wholly.

        Raises
        ------
        InputError
            If documents that were drawn have not been found again.
        """
        wanted: dict[str, int] = {}
        whole: set[str] = set()
        for label in asked:
            draws = self._draws[label]
            if not all(draw.tokens for draw in draws):
                raise InputError(
                    f"documents in {label} have changed while they were counted; count again"
                )
            total = self._done.sizes[label].characters
            characters = [draw.characters for draw in draws]
            found = [
                ratio.estimate([draw.tokens[i] for draw in draws], characters, total)
                for i in range(len(self._tokenizers))
            ]
            needed = max(ratio.draws_for(one, self._within) for one in found)
            if needed <= len(draws):
                self._enter(label, found)
            elif needed * sum(characters) >= total * len(draws):
                whole.add(label)
            else:
                wanted[label] = math.ceil(needed * _HEADROOM)
        return wanted, whole

    def _enter(self, label: str, found: Sequence[ratio.Estimate]) -> None:
        self._done.draws[label] = len(self._draws[label])
        self._done.tokens[label] = [
            Tokens(
                tokenizer.name,
                tokenizer.sha256,
                "sampled",
                round(one.total),
                max(0, math.floor(one.total - one.margin)),
                math.ceil(one.total + one.margin),
            )
            for tokenizer, one in zip(self._tokenizers, found, strict=True)
        ]

    def _read(self, wanted: Mapping[str, int], whole: set[str]) -> None:
        """Draw as many documents of each label, beside those that there are, and count others."""
        places: dict[Unit, dict[str, list[tuple[int, int]]]] = {}
        for label, stop in wanted.items():
            draws = self._draws.setdefault(label, [])
            start = len(draws)
            draws += [_Draw(0, ())] * (stop - start)
            total = self._done.sizes[label].characters
            drawn = ratio.positions(self._seed, label, total, start, stop)
            for number, position in enumerate(drawn, start):
                i = bisect_right(self._ends[label], position)
                before = self._ends[label][i - 1] if i else 0
                unit = self._extents[label][i].unit
                of_label = places.setdefault(unit, {}).setdefault(label, [])
                of_label.append((position - before, number))
        units = {extent.unit for label in whole for extent in self._extents[label]}
        sums = {label: [0] * len(self._tokenizers) for label in whole}
        for unit in self._source.units:
            here = {label: sorted(found) for label, found in places.get(unit, {}).items()}
            if not here and unit not in units:
                continue
            begins = dict.fromkeys(here, 0)
            for batch in self._source.read(unit, Findings()):
                lengths = pc.utf8_length(batch.texts).to_numpy().astype(np.int64)
                for label, rows in _rows_by_label(batch.labels):
                    if label in whole:
                        counts = self._tokens(label, batch.texts.take(pa.array(rows)))
                        sums[label] = [
                            n + int(c.sum()) for n, c in zip(sums[label], counts, strict=True)
                        ]
                    elif label in here:
                        own = _Own(batch.texts, rows, lengths[rows])
                        begins[label] = self._pick(label, own, here[label], begins[label])
        for label in sorted(whole):
            self._done.tokens[label] = exact_figures(self._tokenizers, sums[label])

    def _pick(self, label: str, own: _Own, places: list[tuple[int, int]], begin: int) -> int:
        """Tokenize the drawn ones of some texts; return where the next ones begin."""
        ends = begin + np.cumsum(own.lengths)
        end = int(ends[-1])
        first = bisect_right(places, (begin - 1, math.inf))
        last = bisect_right(places, (end - 1, math.inf))
        drawn = places[first:last]
        if drawn:
            found = np.searchsorted(ends, [position for position, _ in drawn], side="right")
            distinct, which = np.unique(found, return_inverse=True)
            counts = self._tokens(label, own.texts.take(pa.array(own.rows[distinct])))
            for (_, number), i in zip(drawn, which.tolist(), strict=True):
                tokens = tuple(int(c[i]) for c in counts)
                self._draws[label][number] = _Draw(int(own.lengths[distinct[i]]), tokens)
        return end

    def _tokens(self, label: str, texts: pa.Array) -> list[Int64s]:
        """Tokens of some texts by each tokenizer."""
        characters = int(pc.sum(pc.utf8_length(texts)).as_py() or 0)
        self._done.tokenized[label] = self._done.tokenized.get(label, 0) + characters
        return [tokens_of(texts, t.count).to_numpy().astype(np.int64) for t in self._tokenizers]


def _rows_by_label(labels: pa.Array) -> Iterator[tuple[str, Int64s]]:
    """Rows of each label, in order: without copying a text, as almost none of them is drawn."""
    encoded = labels.dictionary_encode()
    codes = encoded.indices.to_numpy()
    for code, label in enumerate(encoded.dictionary.to_pylist()):
        yield label, np.flatnonzero(codes == code)
