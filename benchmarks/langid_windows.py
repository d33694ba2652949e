"""What reading windows of long texts costs in accuracy, and saves in time, against whole texts.

Documents of more than 2,000 characters with known language: real pages, and texts of the evaluation
set in one language and from one source put together, a line each, in the order of a hash; and such
texts of which a third is in another language (mixed). *Right*: the best label, whatever its score.
*Changed*: best labels other than those of the whole text. Time is that of reading and labelling, on
one core, words known.

    python benchmarks/langid_windows.py
"""

import json
import os
import statistics
import time
from hashlib import blake2b
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.langid.languages import canonical
from eurosift.langid.model import LanguageModel
from eurosift.langid.normalise import WINDOW, WINDOWS
from eurosift.langid.points import WHOLE, spans

DATA = Path(__file__).parents[2] / "shared" / "data"
TITLE = "Windows of long texts"
LONG = WINDOW * WINDOWS
TOGETHER = 10_000
"""Characters of texts that are put together."""
FOREIGN = 3_500
"""Characters of these in another language, in mixed texts."""
ROUNDS = 3
WAYS = {
    "whole text": (WHOLE, 1),
    f"{WINDOWS} windows of {WINDOW} characters (the stage)": (WINDOW, WINDOWS),
    "8 windows of 250 characters": (250, 8),
    "4 windows of 500 characters": (500, 4),
    "8 windows of 500 characters": (500, 8),
    "first 2,000 characters": (2000, 1),
}


def pages():
    """Real pages, as (language, text)."""
    rows = (json.loads(line) for line in (DATA / "web" / "gold.jsonl").open(encoding="utf-8"))
    return [(canonical(row["lang"]), row["text"]) for row in rows if len(row["text"]) > LONG]


def together():
    """Texts of one language and source, put together, as (language, text)."""
    frame = pl.read_parquet(DATA / "lid" / "eval" / "lid_eval.parquet").filter(
        ~pl.col("suspect"), pl.col("eu_label") != "oth", pl.col("domain") != "wordpair"
    )
    made = []
    for (label, _), rows in frame.group_by("eu_label", "source", maintain_order=True):
        texts = sorted(rows["text"], key=lambda text: blake2b(text.encode()).digest())
        lines, length = [], 0
        for text in texts:
            lines.append(text)
            length += len(text)
            if length > TOGETHER:
                made.append((canonical(label), "\n".join(lines)))
                lines, length = [], 0
    return made


def mixed():
    """Texts of which a part, in front, within, or at the end, is in another language."""
    whole = sorted(together(), key=lambda made: blake2b(made[1].encode()).digest())
    made = []
    for k, (language, text) in enumerate(whole):
        other = next(t for lang, t in whole[k + 1 :] + whole if lang != language)
        place = k % 3 * (len(text) - FOREIGN) // 2
        before, after = text[:place], text[place + FOREIGN :]
        made.append((language, f"{before}\n{other[:FOREIGN]}\n{after}"))
    return made


def labels_of(model, rows, window, windows):
    return model.classify(model.read(rows, window, windows), 1)[0][:, 0]


def compare(kind, documents):
    """Yield a row for each way of reading."""
    model = LanguageModel()
    languages, texts = zip(*documents, strict=True)
    truth = np.array([model.languages.index(language) for language in languages])
    rows = spans(string_buffers(pa.array(texts)))
    found = {way: labels_of(model, rows, *size) for way, size in WAYS.items()}
    times = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way, size in WAYS.items():
            begin = time.process_time()
            labels_of(model, rows, *size)
            times[way].append((time.process_time() - begin) / len(texts))
    for way, labels in found.items():
        yield {
            "documents": kind,
            "read": way,
            "n docs": len(texts),
            "right, %": round(100 * float((labels == truth).mean()), 2),
            "changed": int((labels != found["whole text"]).sum()),
            "changed for the worse": int(
                ((labels != truth) & (found["whole text"] == truth)).sum()
            ),
            "µs/doc": round(1e6 * statistics.median(times[way])),
            "mean characters": round(statistics.mean(map(len, texts))),
        }


def measure():
    """Rows of results; the process stays on one core while it measures."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        kinds = {"pages": pages(), "put together": together(), "mixed": mixed()}
        return [row for kind, documents in kinds.items() for row in compare(kind, documents)]
    finally:
        os.sched_setaffinity(0, cores)


if __name__ == "__main__":
    print(json.dumps(measure()))
