"""What `quality_score` is worth: main text against the rest of its pages.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/quality_score.py
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from bags import f1, words
from resiliparse.parse.html import HTMLTree

from eurosift.filters.hosts import registrable
from eurosift.filters.rule_files import load_rule_set
from eurosift.filters.score import SCORED, Medians, Spread, measure_spread, score
from eurosift.filters.signals import measure as measure_signals
from eurosift.filters.stopwords import build_table, load_stop_words
from eurosift.filters.verdicts import as_values, judge
from eurosift.langid.languages import canonical
from eurosift.stages.extract import ExtractConfig, engines
from eurosift.stages.extract.blocks.train import fold_of
from eurosift.stages.extract.gold import GoldPage, read_gold

Texts = list[str]
Numbers = npt.NDArray[np.float64]

DATA = Path(__file__).parents[2] / "shared" / "data" / "web"
TITLE = "Quality scores"
NOTE = """\
Natural pages with gold text. *main*: the gold text; *rest*: the lines of the visible text that are
not in it (half of a line's words are not in the gold text, less those of the lines before), where
there are 50 words of them or more; *page*: all visible text. The medians are measured on the gold
text of pages of other domains in the language (8 folds); languages with 40 pages or more.

*AUC*: how often, in %, of all pairs, a main text has the better score than a rest, or a page; 50 is
chance. With a rule set: the same by the number of its rules that fail, fewer being better, though
rules are made to drop a document, not to rank it. *kept*: shares, in %, with a score of 0.5 or
more, which is the rule set `wds`; and what `fineweb2` keeps. *F1*: rank correlation (Spearman) of
the score of the text that an engine (plain, resiliparse, trafilatura, auto) gives of a page with
the F1 of its words.

"""
LEAST_PAGES = 40
LEAST_WORDS = 50
ENGINES = ("plain", "resiliparse", "trafilatura", "auto")
RULES = ("fineweb2", "gopher", "c4")


def rest_of(visible: str, gold: str) -> str:
    """Lines of the visible text that are not in the gold text."""
    left = words(gold)
    lines = []
    for line in visible.split("\n"):
        own = words(line)
        known = own & left
        left -= known
        if own and known.total() < own.total() / 2:
            lines.append(line)
    return "\n".join(lines)


class Scorer:
    """Scores texts of a language by what is usual in others."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._stop_words = build_table(load_stop_words())

    def signals(self, texts: Texts) -> dict[str, pa.Array]:
        """By name."""
        found = measure_signals(
            pa.array(texts, pa.large_string()), self._codes(texts), stop_words=self._stop_words
        )
        return dict(zip(found.schema.names, found.columns, strict=True))

    def medians(self, texts: Texts) -> Medians:
        """What is usual in some texts."""
        signals = self.signals(texts)
        spreads: dict[str, Spread] = {}
        for name in SCORED:
            spread = measure_spread(name, as_values(name, signals[name]))
            if spread is not None:
                spreads[name] = spread
        return Medians({self._code: spreads})

    def scores(self, medians: Medians, texts: Texts) -> Numbers:
        """One of each text."""
        return score(medians, self.signals(texts), self._codes(texts)).astype(np.float64)

    def failed(self, rule_set: str, texts: Texts) -> Numbers:
        """Number of rules that fail."""
        reasons = judge(load_rule_set(rule_set), self.signals(texts), self._codes(texts)).reasons
        return np.array([len(each) for each in reasons.to_pylist()], np.float64)

    def _codes(self, texts: Texts) -> pa.Array:
        return pa.array([self._code] * len(texts))


def auc(better: Numbers, worse: Numbers) -> float:
    """Share of pairs in which the better one has more; ties count half."""
    more = (better[:, None] > worse[None, :]).mean()
    return float(more + (better[:, None] == worse[None, :]).mean() / 2)


def spearman(a: Numbers, b: Numbers) -> float:
    """Rank correlation; ties have their mean rank."""

    def ranks(values: Numbers) -> Numbers:
        _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
        ends: Numbers = np.cumsum(counts) - (counts - 1) / 2
        return ends[places]

    return float(np.corrcoef(ranks(a), ranks(b))[0, 1])


def row_of(code: str, pages: list[GoldPage]) -> dict[str, object]:
    """What is said of a language."""
    scorer = Scorer(canonical(code))
    folds = [fold_of(registrable(page.row["url"]) or page.row["id"]) for page in pages]
    sources = [
        engines.Source(page.html, HTMLTree.parse(page.html), ExtractConfig()) for page in pages
    ]
    by_engine = {name: [engines.ENGINES[name](s).text for s in sources] for name in ENGINES}
    gold = [page.gold for page in pages]
    rest = [rest_of(text, page.gold) for text, page in zip(by_engine["plain"], pages, strict=True)]
    groups = {"main": gold, "rest": rest} | by_engine
    scores = {name: np.full(len(pages), np.nan) for name in groups}
    for fold in sorted(set(folds)):
        medians = scorer.medians(
            [text for text, other in zip(gold, folds, strict=True) if other != fold]
        )
        mine = [number for number, other in enumerate(folds) if other == fold]
        for name, texts in groups.items():
            scores[name][mine] = scorer.scores(medians, [texts[number] for number in mine])
    enough = np.array([words(text).total() >= LEAST_WORDS for text in rest])
    kept_rest = [text for text, is_long in zip(rest, enough, strict=True) if is_long]
    failed = {name: (scorer.failed(name, gold), scorer.failed(name, kept_rest)) for name in RULES}
    truth = np.array(
        [f1(text, page.gold) for name in ENGINES
         for text, page in zip(by_engine[name], pages, strict=True)]
    )  # fmt: skip
    of_engines = np.nan_to_num(np.concatenate([scores[name] for name in ENGINES]))
    main, other, page = scores["main"], scores["rest"][enough], scores["plain"]
    found: dict[str, object] = {
        "language": code,
        "pages": len(pages),
        "rests": int(enough.sum()),
        "AUC of rest": percent(auc(main, other)),
        "AUC of page": percent(auc(main, page)),
    }
    for name, (of_main, of_rest) in failed.items():
        found[f"AUC of rest, {name}"] = percent(auc(-of_main, -of_rest))
    found |= {
        "main kept": percent((main >= 0.5).mean()),
        "rest kept": percent((other >= 0.5).mean()),
        "main kept, fineweb2": percent((failed["fineweb2"][0] == 0).mean()),
        "rest kept, fineweb2": percent((failed["fineweb2"][1] == 0).mean()),
        "F1": round(spearman(of_engines, truth), 2),
    }
    return found


def percent(share: float) -> float:
    """With one decimal."""
    return round(100 * float(share), 1)


def measure() -> list[dict[str, object]]:
    """Rows of results."""
    by_language = defaultdict(list)
    for page in read_gold(DATA, DATA / "gold.jsonl"):
        if page.is_natural and page.gold.strip():
            by_language[page.row["lang"]].append(page)
    return [
        row_of(code, pages)
        for code, pages in sorted(by_language.items())
        if len(pages) >= LEAST_PAGES
    ]


if __name__ == "__main__":
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    json.dump(measure(), sys.stdout, indent=1, ensure_ascii=False)
