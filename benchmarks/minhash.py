"""MinHash signatures against datatrove's: word 5-grams, 14 bands of 8 rows, English, ~3 kB.

Both sides turn the same texts into signatures in memory; datatrove's files are left out of it, in
its favour, while ours also hashes each text (for exact duplicates) and each band. Before anything
is timed, both have to find the same near-duplicates among the texts.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from eurosift.dedup.exact import hash_texts
from eurosift.dedup.sign import MinHash

TITLE = "MinHash signatures"
ROUNDS = 5
OURS_AT_LEAST = 2000
"""Ours signs so many texts per round, copies of the same ones: they must not fit into the cache."""
COPIES = 10
Pairs = set[tuple[int, int]]


def documents(n: int) -> list[str]:
    """Real text where it is at hand, else generated; the last ones are copies with one new word."""
    gold = Path(__file__).parents[2] / "shared/data/web/gold.jsonl"
    if gold.exists():
        pages = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
        texts = [page["text"] for page in pages if page["lang"] == "en"]
        texts = [text for text in dict.fromkeys(texts) if 1500 <= len(text.encode()) <= 4500]
    else:
        print("minhash: no real text at hand, using generated text", file=sys.stderr)
        rng = random.Random(1)
        words = ["".join(rng.choices("abcdefghij", k=rng.randint(2, 9))) for _ in range(5000)]
        texts = [" ".join(rng.choices(words, k=480)) + "." for _ in range(n)]
    texts = texts[: n - COPIES]
    return texts + [text.replace(" ", " another ", 1) for text in texts[:COPIES]]


def sign_ours(texts: pa.Array) -> Any:
    minhash = MinHash()
    return hash_texts(texts), minhash.keys(minhash.sign(texts))


def pairs_ours(texts: list[str]) -> Pairs:
    _, keys = sign_ours(pa.array(texts))
    return similar([key.tolist() for key in keys])


def make_peer(*, split: bool) -> Any:
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.utils.word_tokenizers import WordTokenizer

    class SplitTokenizer(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return text.split()

        def sent_tokenize(self, text: str) -> list[str]:
            raise NotImplementedError

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            raise NotImplementedError

    folder = "memory://minhash"  # it asks for one; nothing is written
    return MinhashDedupSignature(folder, language=SplitTokenizer() if split else "eng")


def sign_peer(step: Any, texts: list[str]) -> list[list[Any]]:
    return [step.get_signature(step.get_shingles(text)) for text in texts]


def pairs_peer(step: Any, texts: list[str]) -> Pairs:
    return similar([[tuple(band) for band in signature] for signature in sign_peer(step, texts)])


def similar(bands: list[list[Any]]) -> Pairs:
    return {
        (a, b)
        for a, b in itertools.combinations(range(len(bands)), 2)
        if any(x == y for x, y in zip(bands[a], bands[b], strict=True))
    }


def seconds(side: Callable[[], object]) -> float:
    start = time.process_time()
    side()
    return time.process_time() - start


def compare(name: str, peer: str, n: int, *, split: bool) -> dict[str, object]:
    texts = documents(n)
    repeats = -(-OURS_AT_LEAST // len(texts))
    batch = pa.array(texts * repeats)
    step = make_peer(split=split)
    ours, theirs = pairs_ours(texts), pairs_peer(step, texts)
    copies = {(i, len(texts) - COPIES + i) for i in range(COPIES)}
    if not copies <= ours & theirs or len(ours ^ theirs) > 1:
        raise SystemExit(f"minhash: the sides differ: ours {ours}, {peer}: {theirs}")
    rounds = [
        (
            seconds(lambda: sign_ours(batch)) / len(batch),
            seconds(lambda: sign_peer(step, texts)) / len(texts),
        )
        for _ in range(ROUNDS)
    ]
    best_ours, best_peer = (min(times) for times in zip(*rounds, strict=True))
    return {
        "name": name,
        "ours docs/s": round(1 / best_ours),
        "peer docs/s": round(1 / best_peer, 1),
        "ratio": round(best_peer / best_ours, 1),
        "peer": peer,
        "n docs": len(texts),
    }


def measure() -> list[dict[str, object]]:
    """Compare on one core; the process's own affinity is restored."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return [
            compare("MinHash signatures", "datatrove as shipped (spaCy tokens)", 60, split=False),
            compare("MinHash signatures", "datatrove, `str.split` tokens", 150, split=True),
        ]
    finally:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=1)
