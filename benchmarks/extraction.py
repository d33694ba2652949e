"""Extraction of main text: F1 and speed of the engines on pages with gold.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/extraction.py
"""

import gc
import json
import logging
import os
import sys
import time
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from unittest import mock

import trafilatura
from bags import f1
from resiliparse.parse.html import HTMLTree
from trafilatura.meta import reset_caches

from eurosift.stages.extract import ExtractConfig, doubt, engines
from eurosift.stages.extract.blocks import classifier
from eurosift.stages.extract.blocks.train import example, fit, fold_of, registrable_domain
from eurosift.stages.extract.gold import read_gold
from eurosift.stages.extract.html import extract_page

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "web"
TITLE = "Extraction: F1 and speed"
NOTE = """\
Natural pages with gold text, each given to all as the same decoded text. F1 is over the bag of
lower-case words, in %. `auto A` is the engine `auto` with `min_agreement: A`; its trees are trained
anew for each of 8 folds, on pages under an open licence of domains that are not in the fold, so
that none of the sources daniel, fundus, leogao and scrapinghub-aeb had a part in them. The weights
of the voices of resiliparse and trafilatura, what counts as agreement, the smoothing, the power,
the bounds of doubt, when comments are text, and which names of elements and which lists decide by
themselves, were chosen with a view to all of these pages; of comments that are text there are two
pages. *Voices weighed in folds*: the weights of trafilatura's
voice and what counts as agreement with it are chosen for each fold on the pages of the others.
`lead`: points of `auto 0.85`, the default, above the best of resiliparse and of all of
trafilatura's settings, of each row anew. Trafilatura is without comments but where `comments` says
otherwise. Hr, et, sl, lv, ga and mt have few real pages; most languages have only pages of
digital-justice, of one template.

Speed is pages per second of processor time on one core as a multiple of trafilatura's without
comments, page by page in turn, every third page, trafilatura's caches emptied before each call:
with metadata on both sides, where trafilatura's are more than those that eurosift reads; and
against trafilatura without (eurosift always reads its own). Speeds are with the trees of the fold.

"""
CUTS = (0.0, 0.7, 0.85, 0.95, 1.0)
DEFAULT = "auto 0.85"
SETTINGS = {
    "trafilatura": {},
    "comments": {"include_comments": True},
    "precision": {"favor_precision": True},
    "recall": {"favor_recall": True},
    "fast": {"fast": True},
}
"""Of trafilatura, beside no comments."""
OTHERS = ("resiliparse", "plain")
NAMES = ("SECONDED", "STRONG", "WEAK")
VOICES = tuple(product((0.65, 0.7, 0.75, 0.8, 0.85), (0.5, 0.6, 0.7, 0.8), (0.2, 0.3, 0.4, 0.5)))
"""Settings of trafilatura's voice on doubtful pages, as `NAMES` in `doubt`."""
IN_FOLDS = ", voices weighed in folds"
CONFIDENCES = (0.0, 0.4, 0.6, 0.75, 0.9, 1.0)


def trees_by_fold(pages):
    """Trees that do not know the domains of each fold."""
    examples = [example(page.html, page.gold, page.row["url"]) for page in pages]
    trees = {}
    for fold in sorted({fold_of(e.domain) for e in examples}):
        print(f"fold {fold} …", file=sys.stderr, flush=True)
        trees[fold] = fit(
            e
            for e, page in zip(examples, pages, strict=True)
            if page.is_clean and fold_of(e.domain) != fold
        )
    return [trees[fold_of(e.domain)] for e in examples]


def peer(name, html, *, metadata=False):
    """Text by trafilatura."""
    settings = {"include_comments": False} | SETTINGS[name]
    if metadata:
        found = trafilatura.bare_extraction(html, with_metadata=True, **settings)
        return found.text if found else ""
    return trafilatura.extract(html, **settings) or ""


def scores(pages, trees):
    """F1 of each page by engine, shares of pages that trafilatura sees, confidences of auto."""
    names = (*SETTINGS, *OTHERS, *(f"auto {cut}" for cut in CUTS))
    by_engine, asked, confidences = defaultdict(list), Counter(), []
    for page, known in zip(pages, trees, strict=True):
        source = engines.Source(page.html, HTMLTree.parse(page.html), ExtractConfig())
        texts = {name: peer(name, page.html) for name in SETTINGS}
        texts |= {name: engines.ENGINES[name](source).text for name in OTHERS}
        with mock.patch.object(classifier, "shipped", lambda trees=known: trees):
            for cut in CUTS:
                found = engines.by_auto(source._replace(config=ExtractConfig(min_agreement=cut)))
                asked[f"auto {cut}"] += found.engine != "blocks"
                texts[f"auto {cut}"] = found.text
        confidences.append(found.confidence)
        for name in names:
            by_engine[name].append(f1(texts[name], page.gold))
    shares = {name: asked[name] / len(pages) for name in names} | dict.fromkeys(SETTINGS, 1.0)
    return dict(by_engine), shares, confidences


def weighed_in_folds(pages, trees):
    """F1 of each page by `auto` with settings of trafilatura's voice from the other folds."""
    by_page = []
    for page, known in zip(pages, trees, strict=True):
        source = engines.Source(page.html, HTMLTree.parse(page.html), ExtractConfig())
        answer = cache(trafilatura.bare_extraction)
        with (
            mock.patch.object(classifier, "shipped", lambda trees=known: trees),
            mock.patch.object(trafilatura, "bare_extraction", answer),
        ):
            found = engines.by_auto(source)
            scores = dict.fromkeys(VOICES, f1(found.text, page.gold))
            if found.engine == "blocks+trafilatura":
                for voice in VOICES:
                    with mock.patch.multiple(doubt, **dict(zip(NAMES, voice, strict=True))):
                        scores[voice] = f1(engines.by_auto(source).text, page.gold)
        by_page.append(scores)
    folds = [fold_of(registrable_domain(page.row["url"])) for page in pages]
    best = {}
    for fold in set(folds):
        others = [scores for scores, at in zip(by_page, folds, strict=True) if at != fold]
        best[fold] = max(VOICES, key=lambda v, others=others: sum(scores[v] for scores in others))
    return [scores[best[fold]] for scores, fold in zip(by_page, folds, strict=True)]


def speeds(pages, trees):
    """Pages per second relative to trafilatura, with and without metadata."""
    runs = {f"auto {cut}": ExtractConfig(engine="auto", min_agreement=cut) for cut in CUTS}
    runs |= {name: ExtractConfig(engine=name) for name in OTHERS}
    seconds = defaultdict(float)

    def timed(key, function, *args, **settings):
        reset_caches()
        start = time.process_time()
        function(*args, **settings)
        seconds[key] += time.process_time() - start

    extract_page(pages[0].html, runs[DEFAULT])  # kernels and trees are loaded
    gc.freeze()  # emptying the caches collects garbage, in all that there is
    for page, known in list(zip(pages, trees, strict=True))[::3]:
        for name in SETTINGS:
            for metadata in (True, False):
                timed((name, metadata), peer, name, page.html, metadata=metadata)
        with mock.patch.object(classifier, "shipped", lambda trees=known: trees):
            for name, config in runs.items():
                timed((name, True), extract_page, page.html, config)
                seconds[name, False] = seconds[name, True]
    return {
        (name, metadata): seconds["trafilatura", metadata] / s
        for (name, metadata), s in seconds.items()
    }


def groups(pages, key):
    found = defaultdict(list)
    for i, page in enumerate(pages):
        if page.row.get(key):
            found[page.row[key]].append(i)
    return dict(sorted(found.items()))


def mean(values):
    values = list(values)
    return sum(values) / len(values)


def measure():
    if not DATA.exists():
        return [{"figure": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pages = [page for page in read_gold(DATA, DATA / "gold.jsonl") if page.is_natural]
    trees = trees_by_fold(pages)
    by_engine, shares, confidences = scores(pages, trees)
    folded = weighed_in_folds(pages, trees)
    speed = speeds(pages, trees)
    names = list(by_engine)

    def row(figure, n, cell, lead=""):
        return (
            {"figure": figure, "pages": n} | {name: cell(name) for name in names} | {"lead": lead}
        )

    def percents(figure, *parts):
        """Mean of the parts' means."""
        means = {
            n: 100 * mean(mean(by_engine[n][i] for i in part) for part in parts) for n in names
        }
        lead = means[DEFAULT] - max(means[name] for name in (*SETTINGS, "resiliparse"))
        return row(figure, sum(map(len, parts)), lambda name: f"{means[name]:.1f}", f"{lead:+.1f}")

    means = {"pages": [range(len(pages))]}
    for key, plural in (("source", "sources"), ("lang", "languages")):
        means[plural] = list(groups(pages, key).values())
    rows = [percents(f"F1, mean of {plural}", *parts) for plural, parts in means.items()]
    for plural, parts in means.items():
        value = 100 * mean(mean(folded[i] for i in part) for part in parts)
        rows.append(row(f"F1, mean of {plural}{IN_FOLDS}", len(pages),
                        lambda name, v=value: f"{v:.1f}" if name == DEFAULT else ""))  # fmt: skip
    rows.append(
        row(
            "pages on which trafilatura is asked, %", len(pages), lambda n: f"{100 * shares[n]:.1f}"
        )
    )
    for metadata, label in ((True, "with"), (False, "without")):
        rows.append(row(f"speed {label} metadata", len(pages[::3]),
                        lambda name, m=metadata: f"{speed[name, m]:.1f}×"))  # fmt: skip
    for key, label in (("source", "source"), ("lang", "language"), ("page_type", "page type")):
        for value, part in groups(pages, key).items():
            rows.append(percents(f"F1, {label} {value}", part))
    for low, high in pairwise(CONFIDENCES):
        chosen = [i for i, c in enumerate(confidences) if low <= c < high]
        if chosen:
            rows.append(percents(f"F1, confidence {low} to {high}", chosen))
    return rows


if __name__ == "__main__":
    print(json.dumps(measure()))
