"""How far words can tell Croatian from Bosnian, Montenegrin and Serbian at all.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/langid_close.py
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.langid.decide import Decider
from eurosift.langid.evaluate import best_labels, said
from eurosift.langid.labelled import label_of
from eurosift.langid.languages import EU24
from eurosift.langid.lexicon import build_lexicon, load_lexicon, weigh
from eurosift.langid.model import LanguageModel
from eurosift.langid.points import spans
from eurosift.langid.thresholds import load_thresholds

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "lid" / "eval" / "lid_eval.parquet"
TITLE = "Croatian and its neighbours"
NOTE = """\
Evaluation text in Latin script labelled as one of the four, labels that look wrong left out.
*no cue*: no word or construction of the lexicon `bcms.yaml` is in the text. *nothing against
Croatian*: there is none that is rare in Croatian but usual elsewhere, so that by its words the text
might as well be Croatian; *Croatian only*: all there is speaks for Croatian alone. *said Croatian*:
what the shipped model and thresholds say. *F1*: of Croatian among these texts; *best F1*: that of
one who decides rightly wherever a cue speaks against Croatian, and calls all else Croatian.

"""
KINDS = {"sentences": ("web", "ud"), "paragraphs": ("ud-para", "page")}
LEXICON = "data/bcms.yaml"


def said_by_words(lines):
    """What words add to the log-odds of each language of the lexicon: shape (n, 4)."""
    read = load_lexicon(LEXICON)
    lexicon, n = build_lexicon(read), len(lines.valid)
    totals = np.zeros((n, len(read.languages)), np.float32)
    seen = np.full(len(lexicon.weights) + len(lexicon.pairs), -1, np.int64)
    for row in range(n):
        begin, end = lines.offsets[row], lines.offsets[row + 1]
        weigh(lexicon, lines.data, begin, end, seen, row, totals[row])
    return list(read.languages.values()), totals


def f1(right, said_so, there):
    return 2 * right / (said_so + there)


def rows_of(kind, frame):
    """Yield a row for each of the four."""
    model, table = LanguageModel(), load_thresholds()
    codes, totals = said_by_words(
        model.read(spans(string_buffers(pa.array(frame["text"].to_list()))))
    )
    decide = Decider(model, EU24, table.of, short=table.short_texts(), segments=False)
    answers = said(best_labels(frame["text"], decide)).to_numpy()
    labels = frame["label"].to_numpy()
    croatian = codes.index("hrv_Latn")
    best = totals == totals.max(axis=1, keepdims=True)
    silent, possible = ~totals.any(axis=1), best[:, croatian]
    alone = possible & (best.sum(axis=1) == 1)
    told = answers == "hrv_Latn"
    mine = labels == "hrv_Latn"
    reached = f1((told & mine).sum(), told.sum(), mine.sum())
    ideal = f1(mine.sum(), (mine | possible).sum(), mine.sum())
    for code in codes:
        its = labels == code
        if its.any():
            yield {
                "text": kind,
                "label": code,
                "n": int(its.sum()),
                "no cue, %": f"{100 * silent[its].mean():.1f}",
                "nothing against Croatian, %": f"{100 * possible[its].mean():.1f}",
                "Croatian only, %": f"{100 * alone[its].mean():.1f}",
                "said Croatian, %": f"{100 * told[its].mean():.1f}",
                "F1": f"{100 * reached:.1f}" if code == "hrv_Latn" else "",
                "best F1": f"{100 * ideal:.1f}" if code == "hrv_Latn" else "",
            }


def measure():
    if not DATA.exists():
        return [{"text": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    frame = pl.read_parquet(DATA, columns=["lang", "text", "domain", "suspect"])
    labels = {label: label_of(label) for label in frame["lang"].unique()}
    frame = frame.with_columns(pl.col("lang").replace_strict(labels).alias("label"))
    four = list(load_lexicon(LEXICON).languages.values())
    frame = frame.filter(~pl.col("suspect"), pl.col("label").is_in(four))
    return [
        row
        for kind, domains in KINDS.items()
        for row in rows_of(kind, frame.filter(pl.col("domain").is_in(domains)))
    ]


if __name__ == "__main__":
    print(json.dumps(measure()))
