"""What recall first finds of Maltese and Irish, and the precision that it costs.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/langid_recall.py
"""

import json
from hashlib import blake2b
from pathlib import Path

import polars as pl
import pyarrow as pa

from eurosift.langid.buckets import COLUMN, MAIN, NEAR, SALVAGED
from eurosift.langid.labelled import label_of
from eurosift.stages.base import Setting
from eurosift.stages.langid import LangId
from eurosift.stages.langid_config import LangIdConfig

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data" / "lid" / "eval" / "lid_eval.parquet"
TITLE = "Recall first"
NOTE = """\
The stage `langid` with its defaults, and with `recall_first: [mt, ga]`. Paragraphs are those of the
evaluation text in all its languages, labels that look wrong left out: recall is the share of those
in the language that are kept as such, in any bucket; precision the share of right ones among what
is kept as such; *wrong* are the others. Mixed pages are four such paragraphs, a line each, of which
so many are in the language and the others in English, in the order of a hash; beside them the same
number of pages in English alone. There recall and precision are of characters, as a page may be
kept in part. *main*, *near* and *salvaged*: texts that are kept as the language in each bucket.

"""
LANGUAGES = {"mlt_Latn": "Maltese", "gle_Latn": "Irish"}
FILLER = "eng_Latn"
LINES = 4
PROFILES = {"defaults": (), "recall first": ("mt", "ga")}


def groups(rows, n):
    """Lists of `n` rows; of the last ones perhaps fewer."""
    return [rows[k : k + n] for k in range(0, len(rows), n)]


def stage(recall_first):
    made = LangId(LangIdConfig(recall_first=recall_first), name="langid", setting=Setting())
    made.open()
    return made


def keep(made, texts):
    """What is kept of texts, as (language, bucket, text); None for a text that is rejected."""
    found = []
    for part in groups(texts, 1000):
        out = made.process(pa.record_batch({"text": pa.array(part, pa.string())})).to_pydict()
        none = [None] * len(part)
        rows = zip(
            part,
            out["language"],
            out["langid_reasons"],
            out.get(COLUMN, none),
            out.get("text", none),
            strict=True,
        )
        found += [
            None if reasons else (language, bucket or MAIN, part_of or text)
            for text, language, reasons, bucket, part_of in rows
        ]
    return found


def row(text, language, profile, n, kept, recall, precision, wrong):
    buckets = [bucket for _, bucket, _ in kept]
    return {
        "text": text,
        "language": LANGUAGES[language],
        "profile": profile,
        "n": n,
        **{bucket: buckets.count(bucket) for bucket in (MAIN, NEAR, SALVAGED)},
        "recall, %": f"{100 * recall:.1f}",
        "precision, %": f"{100 * precision:.1f}",
        "wrong": wrong,
    }


def of_paragraphs(frame, stages):
    """Yield a row for each language and profile."""
    labels = frame["label"].to_list()
    for profile, made in stages.items():
        found = keep(made, frame["text"].to_list())
        for language in LANGUAGES:
            n = labels.count(language)
            pairs = [(x, y) for x, y in zip(found, labels, strict=True) if x and x[0] == language]
            right = sum(label == language for _, label in pairs)
            yield row(
                "paragraphs", language, profile, n, [x for x, _ in pairs],
                right / n, right / len(pairs), len(pairs) - right,
            )  # fmt: skip


def order(text):
    return blake2b(text.encode()).digest()


def mixed(frame, language, own):
    """Pages of which `own` lines are in the language, as (lines in it, other lines); some none."""
    lines = {
        code: sorted(
            (" ".join(text.split()) for text in frame.filter(label=code)["text"]), key=order
        )
        for code in (language, FILLER)
    }
    made, used = [], 0
    for mine in groups(lines[language], own):
        for ours in (mine, ()):
            n = LINES - len(ours)
            others = [lines[FILLER][(used + k) % len(lines[FILLER])] for k in range(n)]
            used += n
            made.append((ours, others))
    return made


def of_pages(frame, stages):
    """Yield a row for each language, share of lines in it, and profile."""
    for language in LANGUAGES:
        for own in range(1, LINES):
            pages = mixed(frame, language, own)
            texts = ["\n".join(sorted((*ours, *others), key=order)) for ours, others in pages]
            there = sum(len(line) for ours, _ in pages for line in ours)
            for profile, made in stages.items():
                found = [
                    (x, set(ours))
                    for x, (ours, _) in zip(keep(made, texts), pages, strict=True)
                    if x and x[0] == language
                ]
                kept = sum(len(line) for x, _ in found for line in x[2].split("\n"))
                right = sum(len(y) for x, ours in found for y in x[2].split("\n") if y in ours)
                yield row(
                    f"mixed pages, {own} of {LINES} lines", language, profile, len(pages) // 2,
                    [x for x, _ in found], right / there, right / kept if kept else 1,
                    sum(not ours for _, ours in found),
                )  # fmt: skip


def measure():
    if not DATA.exists():
        return [{"text": f"not measured: there is no {DATA.relative_to(ROOT.parent)}"}]
    frame = pl.read_parquet(DATA).filter(
        ~pl.col("suspect"), pl.col("domain").is_in(["ud-para", "page"])
    )
    labels = {label: label_of(label) for label in frame["lang"].unique()}
    frame = frame.with_columns(pl.col("lang").replace_strict(labels).alias("label"))
    stages = {profile: stage(codes) for profile, codes in PROFILES.items()}
    return [*of_paragraphs(frame, stages), *of_pages(frame, stages)]


if __name__ == "__main__":
    print(json.dumps(measure()))
