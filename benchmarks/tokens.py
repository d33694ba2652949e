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

from eurosift.pipeline.counts.counted import Counted, Tokenizer
from eurosift.pipeline.counts.counting import count, read_all
from eurosift.pipeline.counts.ratio import PILOT, estimate
from eurosift.pipeline.counts.sampling import Sampler
from eurosift.pipeline.counts.sources import Findings
from eurosift.pipeline.counts.table_source import TableSource

TITLE = "Sampled token counts"
NOTE = """\
`eurosift count --within 4%` on sentences, paragraphs and entries of user interfaces in five
languages, joined to documents of 700 characters on average with a log-normal distribution, sources
and languages shuffled, in 4 Parquet files. Tokenizers are trained on a part of it: a byte-level BPE
(`tokenizers`, 16,000) and a unigram model (`sentencepiece`, 8,000). `covered`: share of 900 seeds
whose 95 % interval holds the exact count, and of each 300 of them, in order (by chance alone 300
seeds of an exact 95 % interval give less than 93 % or more than 97 % in one case of nine).
`of 20,000`: the same of 20,000 samples of 64 documents, drawn from their known counts without the
reading, in which chance moves it by 0.3 points at most. `half-width`: mean of the intervals,
relative to the count. `characters`: mean share of the characters that is tokenized. `time of
tokens`: processor time of a sampled count relative to an exact one, both without that of the sizes,
which are exact in both; of all languages together. The number of draws does not depend on the size
of the corpus: in one of a thousand times the size they are a thousandth.

"""
WITHIN = 0.04
SEEDS, GROUPS, SIMULATED = 300, 3, 20_000
ROUNDS = 5


def known(tokenizer: Tokenizer, source: TableSource, found: dict[str, int]) -> Tokenizer:
    """A tokenizer that remembers all texts, so that hundreds of samples take seconds."""

    def remember(texts: Sequence[str]) -> list[int]:
        counts = tokenizer.count(texts)
        found.update(zip(texts, counts, strict=True))
        return counts

    count(source, [Tokenizer(tokenizer.name, tokenizer.sha256, remember)])
    return Tokenizer(tokenizer.name, tokenizer.sha256, lambda texts: [found[t] for t in texts])


def simulated(source: TableSource, found: dict[str, int]) -> dict[str, float]:
    """Share of intervals that hold the exact count, by language."""
    documents: dict[str, list[tuple[int, int]]] = {}
    for unit in source.units:
        for labels, texts in source.read(unit, Findings()):
            for label, text in zip(labels.to_pylist(), texts.to_pylist(), strict=True):
                documents.setdefault(label, []).append((found[text], len(text)))
    random = np.random.default_rng(1)
    shares = {}
    for label, counts in documents.items():
        tokens, characters = np.array(counts).T
        ends = characters.cumsum() / characters.sum()
        held = 0
        for _ in range(SIMULATED):
            rows = np.searchsorted(ends, random.random(PILOT), side="right")
            one = estimate(tokens[rows], characters[rows], int(characters.sum()))
            held += abs(one.total - tokens.sum()) <= one.margin
        shares[label] = held / SIMULATED
    return shares


def cost(source: TableSource, tokenizer: Tokenizer) -> float:
    """Processor seconds that sampled tokens take relative to exact ones; best of the rounds."""
    sides: dict[str, tuple[Sequence[Tokenizer], float | None]] = {
        "sizes": ((), None),
        "sampled": ((tokenizer,), WITHIN),
        "exact": ((tokenizer,), None),
    }
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for side, (used, within) in sides.items():
            start = time.process_time()
            count(source, used, within=within)
            seconds[side].append(time.process_time() - start)
    sizes, sampled, exact = (min(times) for times in seconds.values())
    return (sampled - sizes) / (exact - sizes)


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
            counts: dict[str, int] = {}
            memory = known(tokenizer, source, counts)
            held = simulated(source, counts)
            exact = count(source, [memory])
            extents = read_all(source, (), Counted())  # the same for every seed
            found: dict[str, list[tuple[bool, float, float]]] = {x: [] for x in exact.sizes}
            for seed in range(SEEDS * GROUPS):
                done = Counted(sizes=exact.sizes)
                Sampler(source, [memory], done, extents, within=WITHIN, seed=seed).run()
                for language, figures in done.tokens.items():
                    one, truth = figures[0], exact.tokens[language][0].count
                    assert one.method == "sampled"
                    width = (one.high - one.low) / 2 / one.count
                    characters = done.tokenized[language] / done.sizes[language].characters
                    found[language].append((one.low <= truth <= one.high, width, characters))
            for language, results in found.items():
                groups = np.reshape([one for one, _, _ in results], (GROUPS, SEEDS)).mean(axis=1)
                covered, width, characters = np.mean(results, axis=0).tolist()
                rows.append(
                    {
                        "language": language,
                        "tokenizer": "BPE" if tokenizer is loaded[0] else "unigram",
                        "documents": exact.sizes[language].documents,
                        "covered": f"{covered:.1%}",
                        "of 20,000": f"{held[language]:.1%}",
                        "of each 300": " ".join(f"{100 * share:.1f}" for share in groups),
                        "half-width": f"{width:.2%}",
                        "characters": f"{characters:.1%}",
                        "time of tokens": f"{share:.1%}",
                    }
                )
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
