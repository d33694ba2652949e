"""MinHash signatures against those of peers: word 5-grams, 14 bands of 8 rows, English, ~3 kB.

All sides turn the same texts into signatures in memory; datatrove's files are left out of it, in
its favour, while ours also hashes each text (for exact duplicates) and each band. datasketch
makes shingles of words as they stand, or is given ready ones; rensa is given those that our kernel
makes, and is compared with our signatures alone. Before anything is timed, sides have to find the
same near-duplicates among the texts; of those that only make signatures, copies have to have
similar ones.
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

import numpy as np
import pyarrow as pa
import xxhash
from datatrove.utils.text import simplify_text

from eurosift.dedup.exact import hash_texts
from eurosift.dedup.fold import folding_table
from eurosift.dedup.shingle import (
    hash_shingles,
    hash_words,
    longest_row,
    make_scratch,
    room_for_words,
)
from eurosift.dedup.sign import MinHash
from eurosift.filters.buffers import string_buffers
from eurosift.filters.kernel import kernel

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


def sign_gaoya(texts: list[str]) -> Any:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, 0.5, 14, 8, ngram_range=(5, 5), lowercase=True)
    for number, text in enumerate(texts):
        index.insert_document(number, text)
    return index


def pairs_gaoya(texts: list[str]) -> Pairs:
    index = sign_gaoya(texts)
    return {
        (other, number)
        for number, text in enumerate(texts)
        for other in index.query(text)
        if other < number
    }


def split_and_sign(texts: list[str]) -> list[Any]:
    words = [text.split() for text in texts]
    shingles = [[" ".join(ws[i : i + 5]).encode() for i in range(len(ws) - 4)] for ws in words]
    return sign_datasketch(shingles)


def ready_shingles(texts: list[str]) -> list[list[bytes]]:
    words = [simplify_text(text).split() for text in texts]
    return [[" ".join(ws[i : i + 5]).encode() for i in range(len(ws) - 4)] for ws in words]


def sign_datasketch(shingles: list[list[bytes]]) -> list[Any]:
    from datasketch import MinHash as Sketch

    return Sketch.bulk(shingles, num_perm=112, hashfunc=xxhash.xxh32_intdigest)


def sign_rensa(texts: pa.Array) -> Any:
    from rensa import RMinHash

    values, ends = flat_shingles(texts)
    return RMinHash.digest_matrix_from_flat_token_hashes(values, ends, 112, 1)


def flat_shingles(texts: pa.Array) -> tuple[Any, Any]:
    data, offsets, valid = string_buffers(texts)
    values = np.empty(int(offsets[-1]) // 2 + len(texts), np.uint64)
    ends = np.zeros(len(texts) + 1, np.uint64)
    n = write_shingles(data, offsets, valid, folding_table(), values, ends)
    return values[:n], ends


@kernel
def write_shingles(data: Any, offsets: Any, valid: Any, table: Any, values: Any, ends: Any) -> int:
    n = 0
    longest = longest_row(offsets, valid)
    scratch = make_scratch(longest)
    words = np.empty(room_for_words(longest), np.uint64)
    for row in range(offsets.size - 1):
        n_words = hash_words(data, offsets[row], offsets[row + 1], table, scratch, words)
        n += hash_shingles(words, n_words, 5, scratch.values, values[n:])
        ends[row + 1] = n
    return n


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
    if not copies_of(texts) <= ours & theirs or len(ours ^ theirs) > 1:
        raise SystemExit(f"minhash: the sides differ: ours {ours}, {peer}: {theirs}")
    return timed(
        name,
        peer,
        lambda: sign_ours(batch),
        lambda: sign_peer(step, texts),
        (len(batch), len(texts)),
    )


def copies_of(texts: list[str]) -> Pairs:
    return {(i, len(texts) - COPIES + i) for i in range(COPIES)}


def compare_sketches() -> list[dict[str, object]]:
    """The peers that have no pipeline around their signatures."""
    texts = documents(400)
    copies = copies_of(texts)
    batch = pa.array(texts * -(-OURS_AT_LEAST // len(texts)))
    many = texts * -(-OURS_AT_LEAST // len(texts))
    if not copies <= pairs_gaoya(texts) & pairs_ours(texts):
        raise SystemExit("minhash: gaoya does not find the copies")
    shingles = ready_shingles(texts)
    sketches = sign_datasketch(shingles)
    digests = np.asarray(sign_rensa(pa.array(texts)).to_rows())
    for a, b in copies:
        if sketches[a].jaccard(sketches[b]) < 0.9 or (digests[a] == digests[b]).mean() < 0.9:
            raise SystemExit(f"minhash: the copies {a} and {b} have other signatures")
    name, sizes = "MinHash signatures", (len(batch), len(many))
    return [
        timed(name, "gaoya", lambda: sign_ours(batch), lambda: sign_gaoya(many), sizes),
        timed(
            name,
            "datasketch, bulk, affine32, xxh32, `str.split`",
            lambda: sign_ours(batch),
            lambda: split_and_sign(texts),
            (len(batch), len(texts)),
        ),
        timed(
            name,
            "the same with ready shingles",
            lambda: sign_ours(batch),
            lambda: sign_datasketch(shingles),
            (len(batch), len(texts)),
        ),
        timed(
            "MinHash signatures alone",
            "rensa, shingles of our kernel",
            lambda: MinHash().sign(batch),
            lambda: sign_rensa(batch),
            (len(batch), len(batch)),
        ),
    ]


def timed(
    name: str,
    peer: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    sizes: tuple[int, int],
) -> dict[str, object]:
    """Best of interleaved rounds, per document."""
    rounds = [(seconds(ours) / sizes[0], seconds(theirs) / sizes[1]) for _ in range(ROUNDS)]
    best_ours, best_peer = (min(times) for times in zip(*rounds, strict=True))
    return {
        "name": name,
        "ours docs/s": round(1 / best_ours),
        "peer docs/s": round(1 / best_peer, 1),
        "ratio": round(best_peer / best_ours, 1),
        "peer": peer,
        "n docs": sizes[1],
    }


def measure() -> list[dict[str, object]]:
    """Compare on one core; the process's own affinity is restored."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return [
            compare("MinHash signatures", "datatrove as shipped (spaCy tokens)", 60, split=False),
            compare("MinHash signatures", "datatrove, `str.split` tokens", 150, split=True),
            *compare_sketches(),
        ]
    finally:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    json.dump(measure(), sys.stdout, indent=1)
