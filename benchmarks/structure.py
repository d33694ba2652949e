"""Markdown: how much of the structure of pages is kept, and what it costs.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/structure.py
"""

import json
import logging
import os
import re
import time
from collections import Counter, defaultdict
from pathlib import Path

import trafilatura
from markdown_it import MarkdownIt
from resiliparse.parse.html import HTMLTree

from eurosift.stages.extract import ExtractConfig
from eurosift.stages.extract.gold import read_gold
from eurosift.stages.extract.html import extract_page

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "web"
TITLE = "Markdown"
NOTE = """\
Natural pages with gold text, and of these the new ones: those that the trees of `auto` were not
trained on. Of the headings, items of lists, cells of tables and preformatted texts of a page
(without others in them) whose words stand in the gold text in a row: the share that a CommonMark
parser finds as such in the Markdown. What an engine does not take for main text is missing, too.
Words in common: of Markdown, as the parser reads it, and the column `text` (Dice coefficient of the
bags of words, mean of the pages; the least). Time of a page with `markdown: true` as a multiple of
that without, of every third page, on one core; trafilatura's own is another whole extraction, too.

"""
ENGINES = ("auto", "trafilatura", "resiliparse", "plain")
PEER = "trafilatura's own"
NAMES = (*ENGINES, PEER)
KINDS = {
    "headings": ("h1, h2, h3, h4, h5, h6", "p, div"),
    "items of lists": ("li", "ul, ol, p, div"),
    "cells of tables": ("td, th", "ul, ol, table, h1, h2, h3, p, div"),
    "preformatted texts": ("pre", "pre"),
}
_OPENS = {
    "heading_open": "headings",
    "list_item_open": "items of lists",
    "th_open": "cells of tables",
    "td_open": "cells of tables",
}
_WORD = re.compile(r"\w+")
PARSER = MarkdownIt("commonmark").enable("table")


def words(text):
    return _WORD.findall(text.lower())


def wanted(page):
    """Words of the elements of each kind that are in the gold text."""
    gold = f" {' '.join(words(page.gold))} "
    found = defaultdict(Counter)
    document = HTMLTree.parse(page.html).document
    for kind, (selector, inner) in KINDS.items():
        for element in document.query_selector_all(selector).values():
            text = " ".join(words(element.text_content or ""))
            if len(text) > 3 and f" {text} " in gold and element.query_selector(inner) is None:
                found[kind][text] += 1
    return found


def parsed(markdown):
    """Words of the parts of each kind in Markdown, and all words."""
    found, every, around = defaultdict(Counter), Counter(), []
    for token in PARSER.parse(markdown):
        if token.type in ("inline", "fence", "code_block"):
            parts = [c.content or " " for c in token.children or ()] or [token.content]
            text = words("".join(parts))
            every.update(text)
            kinds = ["preformatted texts"] if token.type != "inline" else around
            for kind in set(kinds):
                found[kind][" ".join(text)] += 1
        elif token.type in _OPENS:
            around.append(_OPENS[token.type])
        elif token.type.replace("_close", "_open") in _OPENS:
            around.pop()
    return found, every


def in_common(a, b):
    return 2 * (a & b).total() / (a.total() + b.total()) if a or b else 1.0


def extracted(name, html):
    """Text and Markdown of a page, and the seconds that text, and both, take."""
    engine = "trafilatura" if name == PEER else name
    start = time.process_time()
    text = extract_page(html, ExtractConfig(engine=engine)).text or ""
    middle = time.process_time()
    if name == PEER:
        begin = start
        markdown = trafilatura.extract(html, include_comments=False, output_format="markdown")
    else:
        begin = middle
        markdown = extract_page(html, ExtractConfig(engine=engine, markdown=True)).markdown
    times = {"text": middle - start, "markdown": time.process_time() - begin}
    return text, markdown or "", times


def measure():
    if not DATA.exists():
        return [{"figure": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    pages = [page for page in read_gold(DATA, DATA / "gold.jsonl") if page.is_natural]
    total, kept = defaultdict(Counter), defaultdict(Counter)
    common, seconds = defaultdict(list), Counter()
    extract_page(pages[0].html, ExtractConfig(engine="auto", markdown=True))  # kernels are loaded
    for number, page in enumerate(pages):
        want = wanted(page)
        parts = ("all",) if page.is_clean else ("all", "new")
        for part in parts:
            total[part].update({kind: want[kind].total() for kind in KINDS})
        for name in NAMES:
            text, markdown, times = extracted(name, page.html)
            found, every = parsed(markdown)
            for part in parts:
                kept[name, part].update({k: (want[k] & found[k]).total() for k in KINDS})
            common[name].append(in_common(every, Counter(words(text))))
            if number % 3 == 0:
                seconds.update({(name, what): s for what, s in times.items()})

    def row(figure, of, cell):
        return {"figure": figure, "of": of} | {name: cell(name) for name in NAMES}

    return [
        *(
            row(f"{kind} kept, %{', new pages' if part == 'new' else ''}", n,
                lambda name, k=kind, p=part, n=n: f"{100 * kept[name, p][k] / n:.1f}")
            for part in ("all", "new")
            for kind in KINDS
            if (n := total[part][kind])
        ),
        row("words in common with the text, %", len(pages),
            lambda n: f"{100 * sum(common[n]) / len(pages):.2f}"),
        row("… the least", len(pages), lambda n: f"{100 * min(common[n]):.1f}"),
        row("time of a page with and without", len(pages[::3]),
            lambda n: f"{seconds[n, 'markdown'] / seconds[n, 'text']:.2f}×"),
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure()))
