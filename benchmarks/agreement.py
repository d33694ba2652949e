"""Verdicts against those of datatrove's stock chain, language by language, on natural text.

Documents are the pages of the development set, and texts of the evaluation set of language
identification, ten of one source at a time. datatrove's chain has the thresholds, stop words and
spaCy tokenizers of FineWeb-2 (FineWeb's for English); for Maltese, whose stock tokenizer needs a
model from the network, it is given our tokens. Ours are the shipped signals, stop words and rules.

    python benchmarks/agreement.py
"""

import json
import random
import re
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
SHARED = HERE.parents[1] / "shared" / "data"
GOLD = SHARED / "web" / "gold.jsonl"
EVALUATION = SHARED / "lid" / "eval" / "lid_eval.parquet"
STOP_WORDS = HERE / "fineweb2_stop_words.json"
TITLE = "Verdicts beside datatrove's"
NOTE = """\
Share of documents on which the shipped rule set `fineweb2` and datatrove's stock FineWeb-2 chain
(its thresholds, stop words and spaCy tokenizers; FineWeb's for English) say the same: keep or not.
Maltese: the chain is given our tokens, as its own tokenizer needs a model from the network.
Documents: pages of the development set, and ten texts of one source of the evaluation set of
language identification at a time, at most 250 per language. How words are cut was chosen with
a view to these documents: on others, expect somewhat less. Some of the latter are Markdown with
HTML in it, of which spaCy makes fewer tokens than we; the first figure is on the documents without
(no attribute like `class="` and no JSON), the second on all. `tokens`: the number of our tokens as
a share of datatrove's. Reasons: rules of which one side only rejects, with their number.
"""
PER_LANGUAGE = 250
TOGETHER = 10
ATTRIBUTE = re.compile(r"[a-z]=\"|[a-z]\":")


def documents():
    """Texts by two-letter code."""
    texts = {}
    for line in GOLD.open(encoding="utf-8"):
        row = json.loads(line)
        texts.setdefault(row["lang"], []).append(row["text"])
    table = pq.read_table(EVALUATION)
    piles = {}
    for row in table.to_pylist():
        if row["eu_label"] in texts and not row["suspect"] and "word-pairs" not in row["source"]:
            piles.setdefault((row["eu_label"], row["source"]), []).append(row["text"])
    for (language, _), pile in sorted(piles.items()):
        texts[language] += [
            "\n".join(pile[i : i + TOGETHER]) for i in range(0, len(pile), TOGETHER)
        ]
    rng = random.Random(0)
    return {
        language: rng.sample(found, min(PER_LANGUAGE, len(found)))
        for language, found in sorted(texts.items())
    }


def ours(texts, code):
    """Reasons of every text, and the numbers of its tokens."""
    from eurosift.filters.rule_files import load_rule_set
    from eurosift.filters.signals import measure as measure_signals
    from eurosift.filters.stopwords import build_table, load_stop_words
    from eurosift.filters.verdicts import judge

    languages = pa.array([code] * len(texts))
    signals = measure_signals(
        pa.array(texts, pa.large_string()), languages, stop_words=build_table(load_stop_words())
    )
    columns = dict(zip(signals.schema.names, signals.columns, strict=True))
    reasons = judge(load_rule_set("fineweb2"), columns, languages).reasons.to_pylist()
    return reasons, signals["token_count"].to_pylist()


def chain(code):
    """datatrove's filters with the thresholds of the rule set."""
    from datatrove.pipeline.filters import (
        FineWebQualityFilter,
        GopherQualityFilter,
        GopherRepetitionFilter,
    )

    from eurosift.filters.rule_files import load_rule_set

    rules = load_rule_set("fineweb2")

    def threshold(name):
        value = rules.find(name).threshold_for(code)
        return 0 if value != value else value  # noqa: PLR0124 - NaN: disabled

    return (
        GopherRepetitionFilter(
            dup_line_frac=threshold("dup_line_frac"),
            dup_para_frac=threshold("dup_para_frac"),
            dup_line_char_frac=threshold("dup_line_char_frac"),
            dup_para_char_frac=threshold("dup_para_char_frac"),
            top_n_grams=[(n, threshold(f"top_{n}_gram")) for n in (2, 3, 4)],
            dup_n_grams=[(n, threshold(f"duplicated_{n}_n_grams")) for n in range(5, 11)],
            language=code,
        ),
        FineWebQualityFilter(
            line_punct_thr=threshold("line_punct_ratio"),
            short_line_thr=threshold("short_line_ratio") or 999,
            char_duplicates_ratio=threshold("char_dup_ratio"),
            new_line_ratio=threshold("list_ratio"),
            language=code,
        ),
        GopherQualityFilter(
            min_avg_word_length=threshold("gopher_below_avg_threshold"),
            max_avg_word_length=threshold("gopher_above_avg_threshold"),
            max_non_alpha_words_ratio=threshold("gopher_below_alpha_threshold"),
            stop_words=json.loads(STOP_WORDS.read_text(encoding="utf-8"))[code],
            language=code,
        ),
    )


def stock(texts, code):
    """First reason of each filter for every text, and the numbers of its tokens."""
    from datatrove.data import Document
    from datatrove.pipeline.filters import (
        fineweb_quality_filter,
        gopher_quality_filter,
        gopher_repetition_filter,
    )
    from datatrove.utils.text import split_into_parts, split_into_words

    from eurosift.filters.tokens import tokens

    split = tokens if code == "mlt_Latn" else split_into_words
    for module in (fineweb_quality_filter, gopher_quality_filter, gopher_repetition_filter):
        module.split_into_words = split
    filters = chain(code)
    reasons, n_tokens = [], []
    for text in texts:
        split_into_parts.cache_clear()
        document = Document(text=text, id="")
        verdicts = [stock_filter.filter(document) for stock_filter in filters]
        reasons.append([verdict[1] for verdict in verdicts if verdict is not True])
        n_tokens.append(len(split(text, code)))
    return reasons, n_tokens


def compare(language, texts):
    """One row of results."""
    from eurosift.langid.languages import canonical

    code = canonical(language)
    mine, my_tokens = ours(texts, code)
    theirs, their_tokens = stock(texts, code)
    same = [(a == []) == (b == []) for a, b in zip(mine, theirs, strict=True)]
    natural = [
        agreed for agreed, text in zip(same, texts, strict=True) if not ATTRIBUTE.search(text)
    ]
    only = Counter()
    for a, b, text in zip(mine, theirs, texts, strict=True):
        if (a == []) != (b == []) and not ATTRIBUTE.search(text):
            only.update(f"{reason} (ours)" for reason in a)
            only.update(f"{reason} (datatrove)" for reason in b)
    return {
        "language": code,
        "documents": len(natural),
        "agreement, %": round(100 * sum(natural) / len(natural), 1),
        "documents with markup too": len(texts),
        "agreement with these, %": round(100 * sum(same) / len(same), 1),
        "kept by datatrove, %": round(100 * sum(b == [] for b in theirs) / len(texts), 1),
        "tokens": round(sum(my_tokens) / sum(their_tokens), 3),
        "rules of one side": ", ".join(
            re.sub("^gopher_", "", f"{reason} {n}") for reason, n in only.most_common(4)
        ),
    }


def measure():
    """Rows of results."""
    return [compare(language, texts) for language, texts in documents().items()]


if __name__ == "__main__":
    print(json.dumps(measure(), ensure_ascii=False))
