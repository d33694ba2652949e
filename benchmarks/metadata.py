"""Metadata of pages: coverage and agreement with trafilatura's, and what they cost.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/metadata.py
"""

import json
import logging
import os
import re
import time
import warnings
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import trafilatura
from htmldate import find_date
from resiliparse.parse.html import HTMLTree
from trafilatura.metadata import extract_metadata
from trafilatura.utils import load_html

from eurosift.stages.extract.gold import read_gold
from eurosift.stages.extract.metadata import absolute, read_metadata

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "web"
TITLE = "Metadata of pages"
NOTE = """\
Natural pages with gold text; there is no gold for metadata, so this is agreement with trafilatura,
whose own are partly guesses (a date from anywhere in the text, the host as name of the site).
Equal: names without case and punctuation, one of them within the other; addresses without scheme
and last slash. Costs are milliseconds of processor time a page on one core, page by page in turn,
of every third page.

"""
FIELDS = {"author": "author", "published": "date", "site_name": "sitename", "canonical_url": "url"}
_SIGNS = re.compile(r"[\W_]+")


def tidy(field, value):
    if value is None:
        return None
    if field == "canonical_url":
        parts = urlsplit(value)
        return f"{parts.netloc}{parts.path.rstrip('/')}?{parts.query}"
    return _SIGNS.sub(" ", str(value).lower()).strip() or None


def equal(field, a, b):
    return a == b or (field in ("author", "site_name") and (a in b or b in a))


def theirs(page):
    return extract_metadata(load_html(page.html), default_url=page.row["url"])


def agreement(pages):
    ours = [read_metadata(HTMLTree.parse(page.html)) for page in pages]
    urls = [absolute(m.canonical_url, p.row["url"]) for m, p in zip(ours, pages, strict=True)]
    ours = [found._replace(canonical_url=url) for found, url in zip(ours, urls, strict=True)]
    peers = [theirs(page) for page in pages]
    rows = []
    for field, name in FIELDS.items():
        counts = Counter()
        for own, peer in zip(ours, peers, strict=True):
            a, b = tidy(field, getattr(own, field)), tidy(field, getattr(peer, name))
            counts["eurosift"] += a is not None
            counts["trafilatura"] += b is not None
            if a is not None and b is not None:
                counts["both"] += 1
                counts["equal"] += equal(field, a, b)
        share = f"{100 * counts['equal'] / counts['both']:.1f} %"
        rows.append(row(f"pages with {field}", counts["eurosift"], counts["trafilatura"],
                        counts["both"], share))  # fmt: skip
    sources = Counter(e.source for found in ours for e in set(found.rights))
    for source, n in sorted(sources.items()):
        rows.append(row(f"evidence of rights: {source}", n, "-"))
    return rows


def row(figure, own, peer, both="-", share="-"):
    return {"figure": figure, "eurosift": own, "trafilatura": peer, "both": both, "equal": share}


def costs(pages):
    def without(page):
        trafilatura.bare_extraction(page.html, include_comments=False, with_metadata=False)

    def with_metadata(page):
        trafilatura.bare_extraction(page.html, include_comments=False, with_metadata=True)

    trees = {id(page): HTMLTree.parse(page.html) for page in pages}
    work = {
        "own": lambda page: read_metadata(trees[id(page)]),
        "parse": lambda page: HTMLTree.parse(page.html),
        "metadata": theirs,
        "date": lambda page: find_date(page.html, extensive_search=False),
        "without": without,
        "with": with_metadata,
    }
    seconds = Counter()
    for page in pages:
        for name, run in work.items():
            start = time.process_time()
            run(page)
            seconds[name] += time.process_time() - start
    ms = {name: round(1000 * s / len(pages), 2) for name, s in seconds.items()}
    return [
        row("ms: metadata from the parsed tree (trafilatura: parsing included)", ms["own"],
            ms["metadata"]),
        row("ms: parsing the tree, done anyway", ms["parse"], "-"),
        row("ms: htmldate by itself, without extensive search", "-", ms["date"]),
        row("ms: extraction without metadata", "-", ms["without"]),
        row("ms: extraction with metadata", "-", ms["with"]),
    ]  # fmt: skip


def measure():
    if not DATA.exists():
        return [{"figure": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    warnings.simplefilter("ignore")  # dateutil's, of time zones that it does not know
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pages = [page for page in read_gold(DATA, DATA / "gold.jsonl") if page.is_natural]
    return [row("pages", len(pages), len(pages)), *agreement(pages), *costs(pages[::3])]


if __name__ == "__main__":
    print(json.dumps(measure()))
