"""Language identification against fastText's own library and datatrove's filter, one model.

*Inference*: all sides get the same lines (normalised, as the embedded model was trained).
*Decision*: from raw text. Ours is everything that the stage does with a column of texts, from
windows of long ones to reasons; the library is fed by the same windows and normalisation in Python;
datatrove's filter reads whole documents as it is shipped, asks for all labels, and gives each
document a label and a verdict. *Stage*: the stage itself, without and with labels of lines, for
which the peers have no counterpart.

All in the same run, in rounds that take turns, on one core; what is compared is processor time.
Labels have to be the same wherever the two best are not equally likely, and are checked, but for
datatrove on raw text, which the model was not trained on. Words repeat, and sums of known words are
kept, so ours is measured twice: on documents of which a new process has seen none, after as many
others; and on documents whose words it knows, as in the middle of a long run. datatrove's model
class is given the loaded library, since the one that it would install owns the same module name.

    python benchmarks/langid.py
"""

import itertools
import json
import os
import random
import statistics
import time
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pyarrow as pa

from eurosift.langid.classifier import Classifier
from eurosift.langid.decide import UNDETERMINED, Decider
from eurosift.langid.languages import EU24
from eurosift.langid.model import EMBEDDED, LanguageModel
from eurosift.langid.normalise import normalise, sample
from eurosift.langid.thresholds import load_thresholds
from eurosift.stages.langid import LangId
from eurosift.stages.langid_config import LangIdConfig

ROOT = Path(__file__).parents[1]
GOLD = ROOT.parent / "shared" / "data" / "web" / "gold.jsonl"
TITLE = "Language identification"
ROUNDS = 3
N_DOCS = 600
TOLERANCE = 1e-5


def documents():
    """Web documents in 24 languages; where there are none, shuffled sentences of the demo."""
    rng = random.Random(0)
    if GOLD.exists():
        rows = [json.loads(line) for line in GOLD.open(encoding="utf-8")]
        texts = [row["text"] for row in rows if len(row["text"]) > 300]
    else:
        prose = [
            p.read_text("utf-8") for p in sorted((ROOT / "pipeline/demo/texts").glob("*.yaml"))
        ]
        sentences = [text.split(". ") for text in prose]
        texts = [". ".join(rng.choices(s, k=30)) for s in sentences for _ in range(30)]
    rng.shuffle(texts)
    return texts[:N_DOCS]


def seconds(function):
    begin = time.process_time()
    function()
    return time.process_time() - begin


def check(ours, theirs, what):
    """Same best label for each document, same probability."""
    for (label, p), (peer_label, peer_p, second) in zip(ours, theirs, strict=True):
        same = label == peer_label or peer_p - second <= TOLERANCE
        if not same or abs(p - peer_p) > TOLERANCE:
            raise SystemExit(f"langid: {what}: {label} {p}, the peer says {peer_label} {peer_p}")


def library(path):
    import fasttext

    predict = fasttext.load_model(str(path)).f.predict
    return lambda lines: [predict(line + "\n", 3, 0.0, "strict") for line in lines]


class Loaded:
    """What datatrove expects of a loaded model: labels, and an array of probabilities."""

    def __init__(self, path):
        import fasttext

        self._predict = fasttext.load_model(str(path)).f.predict

    def predict(self, text, k):
        scores, labels = zip(*self._predict(text + "\n", k, 0.0, "strict"), strict=True)
        return labels, np.array(scores)


def datatrove(path):
    from datatrove.data import Document
    from datatrove.pipeline.filters import LanguageFilter

    LanguageFilter._requires_dependencies = []  # noqa: SLF001 - met by another distribution
    stock = LanguageFilter(backend="glotlid")
    stock.model._model = Loaded(path)  # noqa: SLF001 - else it downloads one

    def run(lines):
        found = [Document(text=line, id="0") for line in lines]
        for document in found:
            stock.filter(document)
        return found

    return run


def inference(path):
    classifier = Classifier(path)
    return lambda lines: classifier.classify(lines, 3)


def decision(path):
    model = LanguageModel(path)
    table = load_thresholds()
    return Decider(model, EU24, table.of, short=table.short_texts(), segments=False).decide


def stage(*, segments):
    made = LangId(LangIdConfig(segments=segments), name="langid")

    def fresh(_):
        made.open()
        return lambda texts: made.process(pa.record_batch({"text": texts}))

    return fresh


def compare(name, peer_name, path, ours, texts, peer, *, known):
    """One row; `ours` makes a fresh function of an Arrow array, the peer takes a list."""
    half = len(texts) // 2
    others, texts = texts[:half], texts[half:]
    array = pa.array(texts)
    rounds = []
    peer(texts[:1])
    for _ in range(ROUNDS):
        run = ours(path)
        run(pa.array(others))
        if known:
            run(array)
        mine = seconds(lambda run=run: run(array))
        rounds.append((mine / len(texts), seconds(lambda: peer(texts)) / len(texts)))
    mine, theirs = (1 / statistics.median(side) for side in zip(*rounds, strict=True))
    return {
        "name": f"{name}, {'words known' if known else 'not seen before'}",
        "ours docs/s": round(mine),
        "peer docs/s": round(theirs),
        "ratio": round(statistics.median(b / a for a, b in rounds), 1),
        "peer": peer_name,
        "n docs": len(texts),
        "mean bytes": round(statistics.mean(len(text.encode()) for text in texts)),
    }


def best(path, lines):
    classifier = Classifier(path)
    labels, scores = classifier.classify(pa.array(lines), 1)
    return [(classifier.labels[i[0]], float(p[0])) for i, p in zip(labels, scores, strict=True)]


def verify(path, lines, fasttext_predict, filtered):
    ours = best(path, lines)
    answers = [[*answer, (0.0, "")][:2] for answer in fasttext_predict(lines)]
    check(ours, [(a[1], a[0], b[0]) for a, b in answers], "fasttext-predict")
    prefix = "__label__"
    theirs = [document.metadata for document in filtered(lines)]
    theirs = [
        (f"{prefix}{m['language']}_{m['language_script']}", m["language_score"], answer[1][0])
        for m, answer in zip(theirs, answers, strict=True)
    ]
    check(ours, theirs, "datatrove")


def measure():
    """Rows of results; the process stays on one core while it measures."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        with as_file(files("eurosift.langid").joinpath(EMBEDDED)) as path:
            return list(rows(path))
    finally:
        os.sched_setaffinity(0, cores)


def prepared(texts):
    """What the stage reads of each text, in Python."""
    return [normalise(sample(text)) for text in texts]


def verify_decisions(path, texts, fasttext_predict):
    """Before the second decision among close languages, labels are those of the library."""
    model = LanguageModel(path)
    model._close.clear()  # noqa: SLF001 - the library has no such thing
    ours = [
        (*found, (UNDETERMINED, 0.0))[0] for found in model.predict_all(list(map(sample, texts)))
    ]
    answers = [[*answer, (0.0, "")][:2] for answer in fasttext_predict(prepared(texts))]
    # Its probabilities may exceed 1 by rounding, ours do not.
    theirs = [(a[1].removeprefix("__label__"), min(a[0], 1), b[0]) for a, b in answers]
    check(ours, theirs, "fasttext-predict on raw text")


def rows(path):
    texts = documents()
    plain, filtered = library(path), datatrove(path)
    lengths = {
        "inference, first 1,000 characters": [normalise(text[:1000]) for text in texts],
        "inference, whole documents": [normalise(text) for text in texts],
    }
    for lines in lengths.values():
        verify(path, lines, plain, filtered)
    verify_decisions(path, texts, plain)
    both = {"fasttext-predict": plain, "datatrove's LanguageFilter": filtered}
    sides = [
        *((name, *peer, inference, lines)
          for name, lines in lengths.items() for peer in both.items()),
        ("decision", "fasttext-predict, Python's `normalise` and `sample`",
         lambda texts: plain(prepared(texts)), decision, texts),
        ("decision", "datatrove's LanguageFilter", filtered, decision, texts),
        ("stage", "datatrove's LanguageFilter", filtered, stage(segments=False), texts),
        ("stage with labels of lines", "datatrove's LanguageFilter", filtered,
         stage(segments=True), texts),
    ]  # fmt: skip
    for (name, peer_name, peer, ours, lines), known in itertools.product(sides, (False, True)):
        yield compare(name, peer_name, path, ours, lines, peer, known=known)


if __name__ == "__main__":
    print(json.dumps(measure()))
