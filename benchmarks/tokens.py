"""The sampled number of tokens: how often its interval holds the exact one, and what it costs."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tokens_corpus

from eurosift.pipeline.counts.counting import Counted, Sampler, Tokenizer, count, read_all
from eurosift.pipeline.counts.sources import TableSource

TITLE = "Sampled token counts"
NOTE = """\
`eurosift count --within 3%` on sentences, paragraphs and entries of user interfaces in five
languages, joined to documents of 700 characters on average with a log-normal distribution, sources
and languages shuffled, in 4 Parquet files. Tokenizers are trained on a part of it: a byte-level BPE
(`tokenizers`, 16,000) and a unigram model (`sentencepiece`, 8,000). `covered`: share of 300 seeds
whose 95 % interval holds the exact count. `half-width`: mean of the intervals, relative to the
count. `characters`: mean share of the characters that is tokenized. The last column is of all
languages together: processor time of a sampled count against that of an exact one, reading and the
exact sizes (which both have) included, with the BPE; it falls as the corpus grows, since the number
of draws does not depend on its size."""
WITHIN = 0.03
SEEDS = 300
ROUNDS = 3


def known(tokenizer: Tokenizer, source: TableSource) -> Tokenizer:
    """A tokenizer that remembers all texts, so that hundreds of samples take seconds."""
    found: dict[str, int] = {}

    def remember(texts: Sequence[str]) -> list[int]:
        counts = tokenizer.count(texts)
        found.update(zip(texts, counts, strict=True))
        return counts

    count(source, [Tokenizer(tokenizer.name, tokenizer.sha256, remember)])
    return Tokenizer(tokenizer.name, tokenizer.sha256, lambda texts: [found[t] for t in texts])


def cost(source: TableSource, tokenizer: Tokenizer) -> float:
    """Processor seconds of a sampled count relative to an exact one, best of interleaved rounds."""
    seconds: dict[float | None, list[float]] = {WITHIN: [], None: []}
    for _ in range(ROUNDS):
        for within, times in seconds.items():
            start = time.process_time()
            count(source, [tokenizer], within=within)
            times.append(time.process_time() - start)
    return min(seconds[WITHIN]) / min(seconds[None])


def measure() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokens_corpus.write(folder)
        source = TableSource(folder / "corpus")
        names = (tokens_corpus.BPE, tokens_corpus.UNIGRAM)
        loaded = [Tokenizer.load(folder / name) for name in names]
        share = cost(source, loaded[0])
        for tokenizer in loaded:
            memory = known(tokenizer, source)
            exact = count(source, [memory])
            found: dict[str, list[tuple[bool, float, float]]] = {x: [] for x in exact.sizes}
            for seed in range(SEEDS):
                done = Counted()
                extents = read_sizes(source, exact, done)
                Sampler(source, [memory], done, extents, within=WITHIN, seed=seed).run()
                for language, figures in done.tokens.items():
                    one, truth = figures[0], exact.tokens[language][0].count
                    assert one.method == "sampled"
                    width = (one.high - one.low) / 2 / one.count
                    characters = done.tokenized[language] / done.sizes[language].characters
                    found[language].append((one.low <= truth <= one.high, width, characters))
            for language, results in found.items():
                covered, width, characters = np.mean(results, axis=0).tolist()
                rows.append(
                    {
                        "language": language,
                        "tokenizer": "BPE" if tokenizer is loaded[0] else "unigram",
                        "documents": exact.sizes[language].documents,
                        "covered": f"{covered:.1%}",
                        "half-width": f"{width:.2%}",
                        "characters": f"{characters:.1%}",
                        "processor time, all": f"{share:.1%}",
                    }
                )
    return rows


_EXTENTS: dict[int, Any] = {}


def read_sizes(source: TableSource, exact: Counted, done: Counted) -> Any:
    """What the first pass finds: the same each time."""
    if id(source) not in _EXTENTS:
        _EXTENTS[id(source)] = read_all(source, (), Counted())
    done.sizes = exact.sizes
    return _EXTENTS[id(source)]


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
