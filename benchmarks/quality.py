"""Signals and rules against datatrove's filters: Gopher repetition, FineWeb and Gopher quality.

Both sides get the same documents in the same run, in rounds that take turns, on one core; what is
compared is processor time. Ours measures every signal, those of C4 too, and gives every reason of
the default rule set; datatrove's chain is given once with and once without its C4 filter. They are
compared with datatrove's own tokens (spaCy) and with the same white-space tokens on both sides,
where the verdicts of FineWeb's rules have to agree and are checked. Then the scan alone (everything
but what comes again), and how soon a worker is ready.

    python benchmarks/quality.py
"""

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa

GOLD = Path(__file__).parents[2] / "shared" / "data" / "web" / "gold.jsonl"
TITLE = "Signals and rules"
NOTE = """\
English pages of about 3 kB. Ours: all signals, and the default rule set with all reasons. *C4*: the
chain has datatrove's C4 filter, too. *scan alone*: characters, signs, phrases, lines and tokens,
without what comes again. *worker ready*: processor seconds from the start of Python until the stage
`signals` has measured a first text, with an empty cache of kernels and with a full one; Python's
bytecode is there.
"""
N_OURS = 1500
N_SPACY = 25
N_SPLIT = 100
ROUNDS = 9


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


def ours(texts, tokens, rule_set="fineweb2"):
    from eurosift.filters.rule_files import load_rule_set
    from eurosift.filters.signals import measure
    from eurosift.filters.stopwords import build_table, load_stop_words
    from eurosift.filters.verdicts import judge

    table = build_table(load_stop_words())
    rules = load_rule_set(rule_set)
    array = pa.array(texts, pa.large_string())
    languages = pa.array(["eng_Latn"] * len(texts))

    def run():
        signals = measure(array, languages, stop_words=table, tokens=tokens)
        columns = dict(zip(signals.schema.names, signals.columns, strict=True))
        return judge(rules, columns, languages).reasons

    run()
    return run


def datatrove(texts, split, c4):
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
        *([filters.C4QualityFilter()] if c4 else []),
    )
    batch = [Document(text=text, id=str(i)) for i, text in enumerate(texts)]

    def run():
        split_into_parts.cache_clear()
        # Every filter on every document, as each document that is kept meets them all.
        for doc, text in zip(batch, texts, strict=True):
            doc.text = text  # C4 changes it
        return [all([stock.filter(doc) is True for stock in chain]) for doc in batch]  # noqa: C419

    chain[0].filter(batch[0])
    return run


def compare(name, peer_name, tokens, n_peer, c4):
    texts = documents(n_peer)
    repeats = -(-N_OURS // n_peer)
    fast = ours(texts * repeats, tokens)
    slow = datatrove(texts, split=tokens == "whitespace", c4=c4)
    if tokens == "whitespace" and not c4:
        judged = ours(texts, tokens, "fineweb")()
        kept = [reasons == [] for reasons in judged.to_pylist()]
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
    row["same verdicts"] = round(agreement, 4) if tokens == "whitespace" and not c4 else ""
    return row


def scan_alone():
    """Documents and megabytes per second of the scan without n-grams, repeats and packing."""
    import numba
    import numpy as np

    from eurosift.filters import scan
    from eurosift.filters.buffers import string_buffers
    from eurosift.filters.characters import character_tables
    from eurosift.filters.phrases import phrase_table
    from eurosift.filters.stopwords import build_table, load_stop_words

    # Numba sees kernels by names of their own.
    copy_text, scan_characters, scan_signs, find_phrases, scan_boundaries = (
        each.dispatcher
        for each in (
            scan.copy_text,
            scan.scan_characters,
            scan.scan_signs,
            scan.find_phrases,
            scan.scan_boundaries,
        )
    )
    find_tokens, count_tokens, scan_lines = (
        each.dispatcher for each in (scan.find_tokens, scan.count_tokens, scan.scan_lines)
    )
    n_counts, block_size = scan.N_COUNTS, scan.BLOCK_SIZE

    @numba.njit(error_model="numpy")
    def run(data, offsets, characters, phrases, languages, longest):
        counts = np.zeros((offsets.size - 1, n_counts), np.int64)
        text, marks, phrase_kinds = (
            np.empty(longest, np.uint8),
            np.empty(longest, np.uint8),
            np.empty(longest, np.uint8),
        )
        ints = np.empty((8, longest), np.int32)
        breaks, ends, curly, places, starts, stops, before = (
            ints[0], ints[1], ints[2], ints[3], ints[4], ints[5], ints[6]
        )  # fmt: skip
        hashes, keys = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
        lengths, kinds = np.empty(longest, np.int64), np.empty(characters.marks.size, np.int64)
        scratch, block = np.empty(256, np.uint8), np.ones(block_size, np.uint64)
        long_tokens = np.empty(block_size, np.int32)
        seen = np.zeros(languages.stop_keys.shape[1] + 1, np.int64)
        for row in range(offsets.size - 1):
            size = offsets[row + 1] - offsets[row]
            copy_text(data, offsets[row], size, text)
            of_row, which = counts[row], languages.of_row[row]
            plain = scan_characters(text, size, characters, kinds, marks, of_row)
            n_breaks, n_ends, n_curly = scan_signs(
                text, size, marks, plain, breaks, ends, curly, of_row
            )
            n_found = find_phrases(text, size, phrases, places, phrase_kinds)
            scan_boundaries(
                text, size, marks, plain, breaks, n_breaks, ends, n_ends, curly, n_curly, places,
                phrase_kinds, n_found, of_row,
            )  # fmt: skip
            n = find_tokens(text, size, marks, languages.segmentation[which], starts, stops)
            count_tokens(
                text, marks, starts, stops, n, languages.stop_keys[which],
                languages.stop_numbers[which], languages.joined[which], seen, row + 1, scratch,
                block, long_tokens, hashes, before, of_row,
            )  # fmt: skip
            scan_lines(text, size, marks, plain, breaks, n_breaks, keys, lengths, of_row)
        return counts

    texts = documents(N_OURS)
    buffers = string_buffers(pa.array(texts, pa.large_string()))
    table = build_table(load_stop_words())
    languages = scan.Languages(
        table.rows_for(pa.array(["eng_Latn"] * len(texts))),
        table.segmentation,
        table.keys,
        table.numbers,
        table.joined,
    )
    n_bytes = int(buffers.offsets[-1] - buffers.offsets[0])

    def go():
        run(
            buffers.data, buffers.offsets, character_tables(), phrase_table(), languages,
            n_bytes // len(texts) * 4,
        )  # fmt: skip

    go()
    best = min(seconds(go) for _ in range(3 * ROUNDS))
    return {
        "name": "scan alone, Unicode words",
        "ours docs/s": round(len(texts) / best),
        "ours MB/s": round(n_bytes / best / 1e6, 1),
    }


def ready(folder, cache):
    """Processor seconds until a worker is ready; Python's own bytecode is kept in `folder`."""
    code = (
        "import time\n"
        "from eurosift.stages.signals import Signals, SignalsConfig\n"
        "Signals(SignalsConfig(), name='signals').open()\n"
        "print(time.process_time())\n"
    )
    places = {"NUMBA_CACHE_DIR": f"{folder}/{cache}", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept | places, check=True, capture_output=True
    )
    return round(float(done.stdout), 2)


def starts():
    """Rows on how soon a worker is ready."""
    with tempfile.TemporaryDirectory() as folder:
        ready(folder, "other")  # so that all bytecode is there, as in an installation
        cold = ready(folder, "kernels")
        warm = min(ready(folder, "kernels") for _ in range(3))
    return [
        {"name": "worker ready, empty cache", "seconds": cold},
        {"name": "worker ready, full cache", "seconds": warm},
    ]


def measure():
    """Rows of results; the process stays on one core while it measures."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        rows = [
            compare(
                f"signals + rules, {said}{' (C4)' if c4 else ''}",
                f"datatrove chain, {peer}{' + C4' if c4 else ''}",
                tokens,
                n_peer,
                c4,
            )
            for tokens, said, peer, n_peer in (
                ("unicode", "Unicode words", "spaCy tokens", N_SPACY),
                ("whitespace", "white-space tokens", "white-space tokens", N_SPLIT),
            )
            for c4 in (False, True)
        ]
        rows += [scan_alone(), *starts()]
        columns = dict.fromkeys(column for row in rows for column in row)
        return [{column: row.get(column, "") for column in columns} for row in rows]
    finally:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    print(json.dumps(measure()))
