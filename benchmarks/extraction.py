"""Extraction of main text: F1 and speed of the engines on pages with gold.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/extraction.py
"""

import json
import logging
import os
import re
import sys
import time
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import trafilatura
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract import ExtractConfig, engines
from eurosift.stages.extract.blocks import classifier
from eurosift.stages.extract.blocks.train import example, fit, fold_of
from eurosift.stages.extract.gold import read_gold
from eurosift.stages.extract.html import extract_page

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "web"
TITLE = "Extraction: F1 and speed"
NOTE = """\
Natural pages with gold text, each given to all as the same decoded text. F1 is over the bag of
lower-case words, in %. `auto A` is the engine `auto` with `min_agreement: A`; its trees are trained
anew for each of 8 folds, on pages under an open licence of domains that are not in the fold. The
weight of resiliparse's voice and the cut were chosen with a view to all of these pages. Hr, et, sl,
lv, ga and mt have few real pages. Speed is pages per second of processor time on one core as a
multiple of trafilatura's without comments, page by page in turn, each engine on every third page:
with metadata, trafilatura's own, which are more than the title and the declared language that
eurosift reads; and without.

"""
CUTS = (0.0, 0.3, 0.5, 0.7, 0.9)
PEERS = ("trafilatura", "trafilatura favor_recall", "resiliparse")
_WORD = re.compile(r"\w+")


def words(text):
    return Counter(_WORD.findall(unicodedata.normalize("NFC", text).lower()))


def f1(text, gold):
    a, b = words(text), words(gold)
    if not a and not b:
        return 1.0
    return 2 * (a & b).total() / (a.total() + b.total())


def out_of_fold(pages):
    """Text by the classifier, of trees that do not know the domain; agreement with resiliparse."""
    examples = [example(page.html, page.gold, page.row["url"]) for page in pages]
    others = [peer("resiliparse", page.html) for page in pages]
    found = [None] * len(pages)
    for fold in sorted({fold_of(e.domain) for e in examples}):
        print(f"fold {fold} …", file=sys.stderr, flush=True)
        trees = fit(
            e
            for e, page in zip(examples, pages, strict=True)
            if page.is_clean and fold_of(e.domain) != fold
        )
        for i, e in enumerate(examples):
            if fold_of(e.domain) == fold:
                text = classifier.main_text(str(HTMLTree.parse(pages[i].html)), others[i], trees)
                found[i] = text, engines.agreement(text, others[i])
    return found


def peer(name, html, *, metadata=False):
    if name == "resiliparse":
        return engines.by_resiliparse(
            engines.Source(html, HTMLTree.parse(html), ExtractConfig())
        ).text
    settings = {"include_comments": False, "favor_recall": name.endswith("favor_recall")}
    if metadata:
        found = trafilatura.bare_extraction(html, with_metadata=True, **settings)
        return found.text if found else ""
    return trafilatura.extract(html, **settings) or ""


def scores(pages):
    """F1 of each page by engine, and the share of pages that trafilatura was asked for."""
    golds = [page.gold for page in pages]
    texts = {name: [peer(name, page.html) for page in pages] for name in PEERS}
    found = out_of_fold(pages)
    shares = {"trafilatura": 1.0, "trafilatura favor_recall": 1.0, "resiliparse": 0.0}
    for cut in CUTS:
        name = f"auto {cut:.1f}"
        given = [agreement < cut for _, agreement in found]
        shares[name] = sum(given) / len(pages)
        texts[name] = [
            slow if doubt and slow.strip() else text
            for (text, _), slow, doubt in zip(found, texts["trafilatura"], given, strict=True)
        ]
    by_engine = {n: [f1(t, g) for t, g in zip(ts, golds, strict=True)] for n, ts in texts.items()}
    return by_engine, shares


def speeds(pages):
    """Pages per second relative to trafilatura, with and without metadata."""
    runs = {f"auto {cut:.1f}": ExtractConfig(engine="auto", min_agreement=cut) for cut in CUTS} | {
        "resiliparse": ExtractConfig(engine="resiliparse")
    }
    seconds = defaultdict(float)
    extract_page(pages[0].html, runs["auto 0.3"])  # kernels and trees are loaded
    for page in pages[::3]:
        for name in PEERS[:2]:
            for metadata in (True, False):
                start = time.process_time()
                peer(name, page.html, metadata=metadata)
                seconds[name, metadata] += time.process_time() - start
        for name, config in runs.items():
            start = time.process_time()
            extract_page(page.html, config)
            seconds[name, True] += time.process_time() - start
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
    by_engine, shares = scores(pages)
    speed = speeds(pages)
    names = list(by_engine)

    def row(figure, n, cell):
        return {"figure": figure, "pages": n} | {name: cell(name) for name in names}

    def percent(chosen):
        return lambda name: f"{100 * mean(by_engine[name][i] for i in chosen):.1f}"

    rows = [row("F1, mean of pages", len(pages), percent(range(len(pages))))]
    for key, plural in (("source", "sources"), ("lang", "languages")):
        parts = groups(pages, key).values()
        rows.append(row(
            f"F1, mean of {plural}", len(pages),
            lambda name, parts=parts: f"{100 * mean(mean(by_engine[name][i] for i in part) for part in parts):.1f}",  # noqa: E501
        ))  # fmt: skip
    rows.append(
        row("pages given to trafilatura, %", len(pages), lambda n: f"{100 * shares[n]:.1f}")
    )
    for metadata, label in ((True, "with"), (False, "without")):
        rows.append(row(f"speed {label} metadata", len(pages[::3]),
                        lambda name, m=metadata: f"{speed[name, m]:.1f}×"))  # fmt: skip
    for key, label in (("source", "source"), ("lang", "language"), ("page_type", "page type")):
        for value, part in groups(pages, key).items():
            rows.append(row(f"F1, {label} {value}", len(part), percent(part)))
    return rows


if __name__ == "__main__":
    print(json.dumps(measure()))
