"""Counting a source: sizes of every text, tokens of every text or of a sample."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.pipeline import digest
from eurosift.pipeline.counts import ratio
from eurosift.pipeline.counts.estimate import estimate
from eurosift.pipeline.counts.figures import Sizes, Tokens, tokenizer_name
from eurosift.pipeline.counts.sources import Findings, Source, Unit
from eurosift.stages.count import SIZES, sizes_of
from eurosift.stages.tokenizer import TokenCounter, load_tokenizer, tokens_of

_HEADROOM = 1.1
"""More draws than the pilot sample asks for, so that a third pass is seldom needed."""


@dataclass(frozen=True)
class Tokenizer:
    """A tokenizer at work.

    Attributes
    ----------
    name
        For people.
    sha256
        SHA-256 hex of its file.
    count
        Numbers of tokens of some texts.
    """

    name: str
    sha256: str
    count: TokenCounter

    @classmethod
    def load(cls, path: Path, *, threads: int = 1) -> Tokenizer:
        """Load a tokenizer from a file.

        Raises
        ------
        AssetError
            If it is missing or none.
        """
        count = load_tokenizer(path, threads=threads)
        return cls(tokenizer_name(path), digest.of_file(path), count)


@dataclass
class Counted:
    """What a source holds.

    Attributes
    ----------
    sizes
        Exact sizes, by label.
    tokens
        By label: one figure for each tokenizer, or one estimate without any.
    files
        By label: names of the files that have texts of it.
    findings
        What came up beside.
    tokenized
        Characters that were tokenized, by label, each tokenizer once.
    draws
        Documents that were drawn, by label, if tokens were sampled.
    """

    sizes: dict[str, Sizes] = field(default_factory=dict)
    tokens: dict[str, list[Tokens]] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    tokenized: dict[str, int] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)


class _Extent(NamedTuple):
    """Characters of one label in one unit."""

    unit: Unit
    characters: int


def count(
    source: Source,
    tokenizers: Sequence[Tokenizer] = (),
    *,
    within: float | None = None,
    seed: int = 0,
) -> Counted:
    """Count all texts of a source.

    Parameters
    ----------
    source
        Where they are.
    tokenizers
        Those to count tokens with; without any, tokens are estimated.
    within
        Half of the width of the 95 % interval, relative to the estimate, at which sampling stops
        in each language; None to tokenize everything.
    seed
        Of the sample.

    Raises
    ------
    EurosiftError
        If the source cannot be read.
    """
    done = Counted()
    extents = read_all(source, tokenizers if within is None else (), done)
    if not tokenizers:
        done.tokens = {
            label: [estimate(label, sizes.characters)] for label, sizes in done.sizes.items()
        }
    elif within is not None:
        Sampler(source, tokenizers, done, extents, within=within, seed=seed).run()
    done.sizes = dict(sorted(done.sizes.items()))
    return done


def read_all(
    source: Source, tokenizers: Sequence[Tokenizer], done: Counted
) -> dict[str, list[_Extent]]:
    """Read everything once; return where the characters of each label are."""
    extents: dict[str, list[_Extent]] = {}
    sums: dict[str, list[int]] = {}
    for unit in source.units:
        here: dict[str, int] = {}
        for labels, texts in source.read(unit, done.findings):
            columns = list(sizes_of(texts).columns)
            columns += [tokens_of(texts, t.count) for t in tokenizers]
            for label, n, totals in _by_label(labels, columns):
                sizes = Sizes(n, *(totals[i] for i in (0, 1, 2, 3)))
                done.sizes.setdefault(label, Sizes()).add(sizes)
                here[label] = here.get(label, 0) + sizes.characters
                own = sums.setdefault(label, [0] * len(tokenizers))
                sums[label] = [a + b for a, b in zip(own, totals[len(SIZES) :], strict=True)]
        for label, characters in here.items():
            extents.setdefault(label, []).append(_Extent(unit, characters))
            files = done.files.setdefault(label, [])
            if not files or files[-1] != unit.name:
                files.append(unit.name)
    if tokenizers:
        for label, counts in sums.items():
            done.tokens[label] = _exact(tokenizers, counts)
            done.tokenized[label] = done.sizes[label].characters
    return extents


def _exact(tokenizers: Sequence[Tokenizer], counts: Sequence[int]) -> list[Tokens]:
    pairs = zip(tokenizers, counts, strict=True)
    return [Tokens(t.name, t.sha256, "exact", n) for t, n in pairs]


def _by_label(
    labels: pa.Array, columns: Sequence[pa.Array]
) -> Iterator[tuple[str, int, list[int]]]:
    """Documents and sums of columns of each label."""
    encoded = labels.dictionary_encode()
    codes = encoded.indices.to_numpy()
    names = encoded.dictionary.to_pylist()
    if len(names) == 1:
        yield names[0], len(labels), [pc.sum(column).as_py() or 0 for column in columns]
        return
    rows = np.bincount(codes, minlength=len(names))
    sums = []
    for column in columns:
        total = np.zeros(len(names), np.int64)
        np.add.at(total, codes, column.to_numpy().astype(np.int64))
        sums.append(total.tolist())
    for i, name in enumerate(names):
        yield name, int(rows[i]), [total[i] for total in sums]


class _Draw(NamedTuple):
    """A document that was drawn: its characters, its tokens by each tokenizer."""

    characters: int
    tokens: tuple[int, ...]


class Sampler:
    """Draws documents of each label until the interval of each tokenizer is narrow enough."""

    def __init__(
        self,
        source: Source,
        tokenizers: Sequence[Tokenizer],
        done: Counted,
        extents: Mapping[str, Sequence[_Extent]],
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
        """Enter what is narrow enough; return what is to be drawn next, and what wholly."""
        wanted: dict[str, int] = {}
        whole: set[str] = set()
        for label in asked:
            draws = self._draws[label]
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
            for labels, texts in self._source.read(unit, Findings()):
                for label in pc.unique(labels).to_pylist():
                    own = texts.filter(pc.equal(labels, label))
                    if label in whole:
                        counts = self._tokens(label, own)
                        sums[label] = [
                            n + int(c.sum()) for n, c in zip(sums[label], counts, strict=True)
                        ]
                    elif label in here:
                        begins[label] = self._pick(label, own, here[label], begins[label])
        for label in sorted(whole):
            self._done.tokens[label] = _exact(self._tokenizers, sums[label])

    def _pick(self, label: str, texts: pa.Array, places: list[tuple[int, int]], begin: int) -> int:
        """Tokenize the drawn ones of some texts; return where the next ones begin."""
        lengths = pc.utf8_length(texts).to_numpy().astype(np.int64)
        ends = begin + np.cumsum(lengths)
        end = int(ends[-1])
        first = bisect_right(places, (begin - 1, math.inf))
        last = bisect_right(places, (end - 1, math.inf))
        drawn = places[first:last]
        if drawn:
            rows = np.searchsorted(ends, [position for position, _ in drawn], side="right")
            distinct, which = np.unique(rows, return_inverse=True)
            counts = self._tokens(label, texts.take(pa.array(distinct)))
            for (_, number), i in zip(drawn, which.tolist(), strict=True):
                tokens = tuple(int(c[i]) for c in counts)
                self._draws[label][number] = _Draw(int(lengths[distinct[i]]), tokens)
        return end

    def _tokens(
        self, label: str, texts: pa.Array
    ) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Tokens of some texts by each tokenizer."""
        characters = int(pc.sum(pc.utf8_length(texts)).as_py() or 0)
        self._done.tokenized[label] = self._done.tokenized.get(label, 0) + characters
        return [tokens_of(texts, t.count).to_numpy().astype(np.int64) for t in self._tokenizers]
