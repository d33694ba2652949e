"""Exact token counts: ours against the `tokenizers` library called in batches by itself."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sentencepiece
import tokenizers
import tokens_corpus

from eurosift.pipeline.counts.counted import Tokenizer
from eurosift.pipeline.counts.counting import count
from eurosift.pipeline.counts.table_source import TableSource

TITLE = "Exact token counts"
NOTE = """\
`eurosift count` on four Parquet files in five languages (those of the sampled counts) against the
libraries called in batches of 1,000 texts by themselves, files read with `iter_batches` and
`to_pylist`: `encode_batch`, which is what `tokenizers` documents; `encode_batch_fast`, which leaves
offsets out; SentencePiece's `encode` of a list. Ours also counts bytes, characters, words and
segments and groups all by language. One thread each; processor time, the best of five rounds of
each file, in turn.

"""
BATCH = 1_000
ROUNDS = 5


def by_itself(path: Path, tokens: Callable[[list[str]], int]) -> int:
    batches = pq.ParquetFile(path).iter_batches(BATCH, columns=["text"])
    return sum(tokens(batch.column(0).to_pylist()) for batch in batches)


def measure() -> list[dict[str, Any]]:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokens_corpus.write(folder)
        corpus = folder / "corpus"
        library = tokenizers.Tokenizer.from_file(str(folder / tokens_corpus.BPE))
        model = sentencepiece.SentencePieceProcessor(model_file=str(folder / tokens_corpus.UNIGRAM))
        bpe, unigram = (
            Tokenizer.load(folder / n) for n in (tokens_corpus.BPE, tokens_corpus.UNIGRAM)
        )

        def ours(path: Path, tokenizer: Tokenizer) -> int:
            counted = count(TableSource(path), [tokenizer])
            return sum(figures[0].count or 0 for figures in counted.tokens.values())

        sides: dict[str, Callable[[Path], int]] = {
            "ours, BPE": lambda path: ours(path, bpe),
            "encode_batch": lambda path: by_itself(
                path,
                lambda t: sum(map(len, library.encode_batch(t, add_special_tokens=False))),
            ),
            "encode_batch_fast": lambda path: by_itself(
                path,
                lambda t: sum(map(len, library.encode_batch_fast(t, add_special_tokens=False))),
            ),
            "ours, unigram": lambda path: ours(path, unigram),
            "SentencePiece": lambda path: by_itself(
                path, lambda t: sum(map(len, model.encode(t, num_threads=1)))
            ),
        }
        seconds = dict.fromkeys(sides, 0.0)
        totals = dict.fromkeys(sides, 0)
        for path in sorted(corpus.glob("*.parquet")):
            best = dict.fromkeys(sides, float("inf"))
            for _ in range(ROUNDS):
                for side, run in sides.items():
                    start = time.process_time()
                    tokens = run(path)
                    best[side] = min(best[side], time.process_time() - start)
                    totals[side] += tokens
            for side, least in best.items():
                seconds[side] += least
        size = sum(s.bytes for s in count(TableSource(corpus)).sizes.values())
    rows = []
    for side, peers in (
        ("ours, BPE", ("encode_batch", "encode_batch_fast")),
        ("ours, unigram", ("SentencePiece",)),
    ):
        for peer in peers:
            assert totals[side] == totals[peer], "the counts differ"
            rows.append(
                {
                    "ours": side.removeprefix("ours, "),
                    "peer": peer,
                    "ours MB/s": round(size / seconds[side] / 1e6, 2),
                    "peer MB/s": round(size / seconds[peer] / 1e6, 2),
                    "ratio": round(seconds[peer] / seconds[side], 2),
                    "tokens": totals[side] // ROUNDS,
                }
            )
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
