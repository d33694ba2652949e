"""Scrubbing by the whole shipped policy against datatrove's PIIFormatter with e-mail and IP only.

Both sides get the same documents, in rounds that take turns, on one core; what is compared is
processor time. Ours is the stage: a record batch in, scrubbed text and spans out, surrogates made.

    python benchmarks/pii_speed.py
"""

import json
import os
import secrets
import statistics
import tempfile
import time
from pathlib import Path

import pyarrow as pa

GOLD = Path(__file__).parents[2] / "shared" / "data" / "web" / "gold.jsonl"
TITLE = "Scrubbing personal identifiers"
ROUNDS = 7


def documents():
    """Main texts of web pages; the demo's prose where there are none."""
    from eurosift.langid.languages import canonical

    if GOLD.exists():
        rows = [json.loads(line) for line in GOLD.open(encoding="utf-8")]
        return [row["text"] for row in rows], [canonical(row["lang"]) for row in rows]
    import pii_suite

    rows = [row for row in pii_suite.documents("dev", 0, 1) if not row["type"]]
    filler = " ".join(["word"] * 800)
    return [f"{filler}\n{row['text']}" for row in rows * 20], [row["lang"] for row in rows * 20]


def seconds(function):
    begin = time.process_time()
    function()
    return time.process_time() - begin


def measure():
    from datatrove.pipeline.formatters import PIIFormatter

    from eurosift.stages.pii import Pii, PiiConfig

    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    texts, languages = documents()
    size = sum(len(text.encode()) for text in texts) / 1e6
    batch = pa.record_batch({"text": pa.array(texts), "language": pa.array(languages)})
    stock = PIIFormatter()
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "key"
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
        stage = Pii(PiiConfig(key=key), name="pii")
        stage.open()

    def ours():
        stage.process(batch)

    def theirs():
        for text in texts:
            stock.format(text)

    ours()
    rounds = [(seconds(ours), seconds(theirs)) for _ in range(ROUNDS)]
    os.sched_setaffinity(0, cores)
    mine, peer = (statistics.median(side) for side in zip(*rounds, strict=True))
    return [
        {
            "name": "all identifiers, 24 languages",
            "ours MB/s": round(size / mine, 1),
            "peer MB/s": round(size / peer, 1),
            "ratio": round(statistics.median(b / a for a, b in rounds), 1),
            "peer": "datatrove PIIFormatter, e-mail and IP only",
            "n docs": len(texts),
            "MB": round(size, 1),
        }
    ]


if __name__ == "__main__":
    print(json.dumps(measure()))
