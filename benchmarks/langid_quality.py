"""Quality of language identification, side by side with peers on the same labelled text.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/langid_quality.py
"""

import json
import sys
from pathlib import Path

import langid_peers
import polars as pl

from eurosift.langid.decide import Decider
from eurosift.langid.evaluate import LENGTHS, best_labels, confusions, length_classes, said, score
from eurosift.langid.labelled import label_of
from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.thresholds import load_thresholds

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "lid" / "eval" / "lid_eval.parquet"
TITLE = "Quality of language identification"
NOTE = """\
All get the same labelled text and may answer with any of their languages. macro-F1 is over the 24
languages, of which one that a peer does not know counts as 0 (lingua has no Maltese); FPR is the
share of other text that is taken for one of the 24; both in %. Each is measured on its answers as
they come, and with what it does not trust rejected: by the shipped thresholds; by the flag
"reliable" of CLD2 and CLD3; below a probability of one half for the others. Rejected text counts as
other. *F1 at its FPR*: macro-F1 of eurosift when it has no more false positives than the peer,
since of its answers as they come those below one score are rejected, whatever the language, and
behind it that of the peer. *ahead*: eurosift is better than each peer in every figure of the row.
Sentences are from the web and Universal Dependencies, paragraphs from the latter and from pages;
lengths are in characters, of everything but word pairs. Labels that look wrong are left out but
where it says so. eurosift's own figures come from `eurosift langid evaluate`, too.

"""
KINDS = {"sentences": ("web", "ud"), "paragraphs": ("ud-para", "page"), "word pairs": ("wordpair",)}
NEIGHBOURS = ("bos_Latn", "cnr_Latn", "srp_Latn")
LEFT_OUT = "but bs, cnr, sr-Latn"
CROATIAN = "hrv_Latn"
OURS = "eurosift"


def ours(texts):
    """What the embedded model says: any answer, and those that the shipped thresholds keep.

    With them the scores of the answers.
    """
    model, table = LanguageModel(), load_thresholds()
    plain = best_labels(texts, Decider(model, EU24, lambda _: 0.0, segments=False))
    trusted = Decider(model, EU24, table.of, short=table.short_texts(), segments=False)
    return [said(plain), said(best_labels(texts, trusted))], plain["score"]


def theirs(name, texts):
    answer, version = langid_peers.load(name)
    found = list(answer(texts))
    plain = pl.Series([label for label, _ in found])
    trusted = pl.Series([label if trust else "unsure" for label, trust in found])
    return [plain, trusted], version


def parts(frame):
    """Yield (text, languages, mask): which rows a figure is of."""
    sound, of_neighbours = ~frame["suspect"], frame["label"].is_in(NEIGHBOURS)
    kinds = {name: frame["domain"].is_in(domains) for name, domains in KINDS.items()}
    classes = length_classes(frame["text"]).cast(pl.String)
    words = kinds["word pairs"]
    lengths = {f"{name} characters": (classes == name) & ~words for name in classes.unique()}
    order = sorted(lengths, key=lambda name: (not name.startswith("under"), int(_digits(name))))
    for name, mask in kinds.items():
        yield name, "all", mask & sound
        yield name, LEFT_OUT, mask & sound & ~of_neighbours
        yield f"{name}, wrong labels too", "all", mask
    for name in order:
        yield name, "all", lengths[name] & sound
        yield name, LEFT_OUT, lengths[name] & sound & ~of_neighbours


def _digits(name):
    return "".join(c for c in name.split()[0] if c.isdigit()) or LENGTHS[1]


def at_rate(labels, answers, scores, rate):
    """Our macro-F1 if what has too low a score is rejected for a false-positive rate."""
    wrong = answers.is_in(EU24) & ~labels.is_in(EU24)
    false = scores.filter(wrong).sort(descending=True)
    allowed = int(rate * (~labels.is_in(EU24)).sum())
    above = false[allowed] if allowed < len(false) else -1.0
    left = pl.select(pl.when(scores > above).then(answers).otherwise(pl.lit("unsure"))).to_series()
    return score(confusions(labels, left)).macro_f1


def measured(frame, answers, ranks):
    """Rows of figures, one column for each model.

    `answers` by model: as they come, and trusted; `ranks` are the scores of our own.
    """
    for text, languages, mask in parts(frame):
        for k, rejecting in enumerate(("no", "yes")):
            scores = {
                name: score(confusions(frame["label"].filter(mask), both[k].filter(mask)))
                for name, both in answers.items()
            }
            key = {"text": text, "languages": languages, "rejecting": rejecting}
            rates = {n: (s.macro_f1, s.false_positive_rate) for n, s in scores.items()}
            yield (
                key
                | {"figure": "macro-F1 / FPR"}
                | {n: f"{100 * f1:.1f} / {100 * fpr:.1f}" for n, (f1, fpr) in rates.items()}
                | {"ahead": ahead([(f1, -fpr) for f1, fpr in rates.values()])}
            )
            plain, scored = answers[OURS][0].filter(mask), ranks.filter(mask)
            pairs = {
                n: (at_rate(frame["label"].filter(mask), plain, scored, fpr), f1)
                for n, (f1, fpr) in rates.items()
                if n != OURS
            }
            yield (
                key
                | {"figure": "F1 at its FPR"}
                | {n: f"{100 * own:.1f} ({100 * other:.1f})" for n, (own, other) in pairs.items()}
                | {"ahead": "yes" if all(own > other for own, other in pairs.values()) else "no"}
            )
            if languages == "all" and text in KINDS:
                of_croatian = {n: f1_of(s, CROATIAN) for n, s in scores.items()}
                yield (
                    key
                    | {"figure": "Croatian F1"}
                    | {n: f"{100 * f1:.1f}" for n, f1 in of_croatian.items()}
                    | {"ahead": ahead([(f1,) for f1 in of_croatian.values()])}
                )
            if text in KINDS:
                worst = {n: s.worst for n, s in scores.items()}
                yield (
                    key
                    | {"figure": "worst F1"}
                    | {n: f"{x.language[:3]} {100 * x.f1:.1f}" for n, x in worst.items()}
                    | {"ahead": ahead([(x.f1,) for x in worst.values()])}
                )


def f1_of(found, language):
    return next(x.f1 for x in found.languages if x.language == language)


def ahead(figures):
    """Whether the first is better than every other in each of its figures."""
    first, *others = figures
    return (
        "yes" if all(a > b for other in others for a, b in zip(first, other, strict=True)) else "no"
    )


def measure():
    if not DATA.exists():
        return [{"text": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    frame = pl.read_parquet(DATA, columns=["lang", "text", "domain", "suspect"])
    labels = {label: label_of(label) for label in frame["lang"].unique()}
    frame = frame.with_columns(pl.col("lang").replace_strict(labels).alias("label"))
    texts = frame["text"]
    own, ranks = ours(texts)
    answers, versions = {OURS: own}, {OURS: load_thresholds().model}
    for name in langid_peers.PEERS:
        print(name, file=sys.stderr, flush=True)
        try:
            answers[name], versions[name] = theirs(name, texts)
        except langid_peers.MissingError as error:
            versions[name] = str(error)
    rows = list(measured(frame, answers, ranks))
    columns = ("text", "languages", "rejecting", "figure", *versions, "ahead")
    head = dict.fromkeys(columns, "") | {"text": "measured"} | versions
    return [head, *({c: row.get(c, "–") for c in columns} for row in rows)]


if __name__ == "__main__":
    print(json.dumps(measure()))
