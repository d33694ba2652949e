"""Signals and rules against datatrove's filters: Gopher repetition, FineWeb and Gopher quality.

Both sides get the same documents in the same run, in rounds that take turns, on one core; what is
compared is processor time. Ours measures every signal and gives every reason; datatrove's filters
stop at the first. They are compared with datatrove's own tokens (spaCy) and with the same
white-space tokens on both sides, where the verdicts have to agree and are checked.

    python benchmarks/quality.py
"""

import json
import os
import random
import statistics
import time
from pathlib import Path

import pyarrow as pa

GOLD = Path(__file__).parents[2] / "shared" / "data" / "web" / "gold.jsonl"
TITLE = "Signals and rules"
N_OURS = 1500
N_SPACY = 25
N_SPLIT = 100
ROUNDS = 3


def documents(n):
    """English web documents of about 3 kB; made of frequent words where there are none."""
    if GOLD.exists():
        rows = [json.loads(line) for line in GOLD.open(encoding="utf-8")]
        texts = [row["text"] for row in rows if row["lang"] == "en"]
        texts = [text for text in texts if 1500 <= len(text.encode()) <= 4500]
        return [texts[i % len(texts)] for i in range(n)]
    rng = random.Random(0)
    words = ["the", "of", "and", "to", "be", "that", "have", "with", "in", "on", "for", "as"]
    words += [f"word{i}" for i in range(800)]
    return [
        "\n".join(" ".join(rng.choices(words, k=rng.randint(5, 60))) + "." for _ in range(17))
        for _ in range(n)
    ]


def seconds(function):
    begin = time.process_time()
    function()
    return time.process_time() - begin


def ours(texts, tokens):
    from eurosift.filters.rules import load_rule_set
    from eurosift.filters.signals import measure
    from eurosift.filters.stopwords import build_table, load_stop_words
    from eurosift.filters.verdicts import judge

    table = build_table(load_stop_words())
    rules = load_rule_set("fineweb")
    array = pa.array(texts, pa.large_string())
    languages = pa.array(["eng_Latn"] * len(texts))

    def run():
        signals = measure(array, languages, stop_words=table, tokens=tokens)
        columns = dict(zip(signals.schema.names, signals.columns, strict=True))
        return judge(rules, columns, languages).reasons

    run()
    return run


def datatrove(texts, split):
    from datatrove.data import Document
    from datatrove.pipeline import filters
    from datatrove.utils.text import split_into_parts

    modules = (
        filters.gopher_repetition_filter,
        filters.gopher_quality_filter,
        filters.fineweb_quality_filter,
    )
    if split:
        for module in modules:
            module.split_into_words = lambda text, language: text.split()  # noqa: ARG005 - datatrove's signature
    else:
        from datatrove.utils.text import split_into_words

        for module in modules:
            module.split_into_words = split_into_words
    chain = (
        filters.GopherRepetitionFilter(),
        filters.GopherQualityFilter(),
        filters.FineWebQualityFilter(),
    )
    batch = [Document(text=text, id=str(i)) for i, text in enumerate(texts)]

    def run():
        split_into_parts.cache_clear()
        # Every filter on every document, as each document that is kept meets all three.
        return [all([stock.filter(doc) is True for stock in chain]) for doc in batch]  # noqa: C419

    chain[0].filter(batch[0])
    return run


def compare(name, peer_name, tokens, n_peer):
    texts = documents(n_peer)
    repeats = -(-N_OURS // n_peer)
    fast = ours(texts * repeats, tokens)
    slow = datatrove(texts, split=tokens == "whitespace")
    if tokens == "whitespace":
        kept = [reasons == [] for reasons in fast().to_pylist()[:n_peer]]
        agreement = sum(a == b for a, b in zip(kept, slow(), strict=True)) / n_peer
    rounds = [(seconds(fast) / (n_peer * repeats), seconds(slow) / n_peer) for _ in range(ROUNDS)]
    mine, theirs = (1 / statistics.median(side) for side in zip(*rounds, strict=True))
    row = {
        "name": name,
        "ours docs/s": round(mine),
        "peer docs/s": round(theirs, 1),
        "ratio": round(statistics.median(b / a for a, b in rounds), 1),
        "peer": peer_name,
        "n docs": n_peer,
        "n docs ours": n_peer * repeats,
        "mean bytes": round(statistics.mean(len(text.encode()) for text in texts)),
    }
    if tokens == "whitespace":
        row["same verdicts"] = round(agreement, 4)
    return row


def measure():
    """Rows of results; the process stays on one core while it measures."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        return [
            compare(
                "signals + rules, Unicode words",
                "datatrove chain, spaCy tokens",
                "unicode",
                N_SPACY,
            ),
            compare(
                "signals + rules, white-space tokens",
                "datatrove chain, white-space tokens",
                "whitespace",
                N_SPLIT,
            ),
        ]
    finally:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    print(json.dumps(measure()))
