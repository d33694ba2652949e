"""What the prior of Croatian is worth, on text set aside: from it `bcms.yaml` has its prior.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/langid_prior.py
    python benchmarks/langid_prior.py twin/model.ftz

The twin is trained as the model card says, without mozilla.org and Tatoeba, which are then measured
too.
"""

import json
import sys
from collections import Counter
from importlib.resources import as_file, files
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from eurosift.filters.buffers import string_buffers
from eurosift.langid.classifier import Classifier
from eurosift.langid.close import WIDTH, CloseLanguages
from eurosift.langid.corpus import digest, phrases, transliterate
from eurosift.langid.labelled import label_of
from eurosift.langid.languages import canonical
from eurosift.langid.lexicon import load_lexicon
from eurosift.langid.normalise import normalise
from eurosift.langid.scripts import dominant_script
from eurosift.langid.short import characters_of

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "lid"
TITLE = "The prior of Croatian"
NOTE = """\
Sentences of parliaments (ParlaSent) in Croatian, Bosnian and Serbian, on which the model was not
trained, of 30 characters or more in normalised form, but for those that share eight words with the
evaluation text; and texts of so many of them joined, in the order of a hash. *F1*: of Croatian, as
if there were as much of it as of Bosnian and Serbian together, half of each; *recall*: of Croatian;
*Bosnian*, *Serbian*: the share of them that is said to be Croatian; without thresholds; in %. 0
joined are pairs of words, of 7 to 19 characters, on which the prior of short texts decides; there,
*F1* is as if there were as many in Croatian as in each of the others.

"""
CODES = ("hrv_Latn", "bos_Latn", "srp_Latn")
SHARES = np.array([1.0, 0.5, 0.5])
JOINED = (1, 2, 4, 6)
PRIORS = (0.0, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75)
WORDS = 8
SHORTEST = 30
PAIRS = range(7, 20)
LEXICON = "data/bcms.yaml"


def croatian(model, texts, prior):
    """Whether each normalised text is said to be Croatian, with another prior for it."""
    read = load_lexicon(LEXICON)
    priors = {"prior": {**read.prior, "h": prior}, "short_prior": {"h": prior}}
    read = read.model_copy(update=priors)
    close = CloseLanguages([canonical(label) for label in model.labels], read)
    lines = string_buffers(pa.array(texts, pa.large_string()))
    labels, scores = model.classify(lines, WIDTH)
    close.decide(lines, characters_of(lines), labels, scores)
    return labels[:, 0] == close.codes.index("hrv_Latn")


def read_source(name, avoid):
    """Normalised texts of a source by code, in the order of a hash."""
    frame = pl.read_parquet(DATA / "train" / f"{name}.parquet", columns=["lang", "text"])
    found = {code: {} for code in CODES}
    for label, text in frame.filter(pl.col("lang").str.contains("^(hr|bs|sr)")).iter_rows():
        code = f"{label_of(label)[:3]}_Latn"
        if code not in found:
            continue
        script, line = dominant_script(text), normalise(text)
        if script == "Cyrl" and code == "srp_Latn":
            line = transliterate(line)
        elif script != "Latn":
            continue
        if len(line) >= SHORTEST and avoid.isdisjoint(phrases(line, WORDS)):
            found[code][line] = None
    twice = {line for a in CODES for b in CODES if a < b for line in found[a].keys() & found[b]}
    return {
        code: sorted(lines.keys() - twice, key=lambda line: (digest(line, "prior"), line))
        for code, lines in found.items()
    }


def pairs(texts):
    """Pairs of words by code, without those that are of several."""
    found = {
        code: {" ".join(two): None for line in lines for two in two_by_two(line.split())}
        for code, lines in texts.items()
    }
    counts = Counter(chain.from_iterable(found.values()))
    return {
        code: [pair for pair in of_code if counts[pair] == 1 and len(pair) in PAIRS]
        for code, of_code in found.items()
    }


def two_by_two(words):
    return zip(words[::2], words[1::2], strict=False)


def join(lines, n):
    return [" ".join(lines[k : k + n]) for k in range(0, len(lines) - n + 1, n)]


def evaluation():
    """Hashes of the evaluation text's runs of words, Serbian in Latin letters, too."""
    frame = pl.read_parquet(DATA / "eval" / "lid_eval.parquet", columns=["lang", "text"])
    texts = frame.filter(pl.col("lang").is_in(["hr", "bs", "cnr", "sr", "sr-Latn"]))["text"]
    lines = {line for text in map(normalise, texts) for line in (text, transliterate(text))}
    return {phrase for line in lines for phrase in phrases(line, WORDS)}


def rows_of(name, model, avoid):
    """Yield a row for each prior and number of joined lines."""
    lines = read_source(name, avoid)
    for n in (0, *JOINED):
        texts = {code: join(lines[code], n) for code in CODES} if n else pairs(lines)
        shares = SHARES if n else np.ones(len(CODES))
        for prior in PRIORS:
            said = np.array([croatian(model, texts[code], prior).mean() for code in CODES])
            f1 = 2 * said[0] / (1 + (said * shares).sum())
            yield {
                "text": name,
                "joined": n,
                "n": sum(map(len, texts.values())),
                "prior": prior,
                "F1": f"{100 * f1:.1f}",
                "recall": f"{100 * said[0]:.1f}",
                "Bosnian": f"{100 * said[1]:.1f}",
                "Serbian": f"{100 * said[2]:.1f}",
            }


def measure(twin=None):
    if not DATA.exists():
        return [{"text": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    avoid = evaluation()
    with as_file(files("eurosift.langid").joinpath("data/eu24.ftz")) as path:
        rows = list(rows_of("parlasent", Classifier(path), avoid))
    if twin is not None:
        model = Classifier(Path(twin))
        rows += [row for name in ("mozwww", "tatoeba") for row in rows_of(name, model, avoid)]
    return rows


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:2])))
