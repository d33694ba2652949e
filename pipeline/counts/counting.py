"""Counting a source: sizes of every text, tokens of every text or of a sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from eurosift.pipeline.counts.counted import Counted, Extent, Tokenizer, exact_figures
from eurosift.pipeline.counts.estimate import estimate
from eurosift.pipeline.counts.figures import Sizes
from eurosift.pipeline.counts.sampling import Sampler
from eurosift.pipeline.counts.sources import Source
from eurosift.stages.count import SIZES, sizes_of
from eurosift.stages.tokenizer import tokens_of


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
) -> dict[str, list[Extent]]:
    """Read everything once; return where the characters of each label are."""
    extents: dict[str, list[Extent]] = {}
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
            extents.setdefault(label, []).append(Extent(unit, characters))
            files = done.files.setdefault(label, [])
            if not files or files[-1] != unit.name:
                files.append(unit.name)
    if tokenizers:
        for label, counts in sums.items():
            done.tokens[label] = exact_figures(tokenizers, counts)
            done.tokenized[label] = done.sizes[label].characters
    return extents


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
