"""The early language gate: pages that it loses, pages that it lets pass, and the time it saves.

What is measured and how is said in `NOTE`, which stands above the results.

    python benchmarks/gate.py
"""

import gzip
import json
import logging
import os
import sys
import tempfile
import time
from collections import defaultdict
from itertools import cycle, islice
from pathlib import Path

import numpy as np
from langid_windows import together

from eurosift.langid.decide import Decider
from eurosift.langid.languages import EU24
from eurosift.langid.model import LanguageModel
from eurosift.langid.thresholds import load_thresholds
from eurosift.stages.extract import Extract, ExtractConfig
from eurosift.stages.extract.body import decode_body
from eurosift.stages.extract.decode import decode
from eurosift.stages.extract.gate import Gate
from eurosift.stages.extract.html import extract_page
from eurosift.stages.extract.http import parse_response
from eurosift.stages.extract.markup import rough_text
from eurosift.stages.extract.records import MAX_HEADER
from eurosift.stages.extract.warc import read_records
from eurosift.stages.source import Account

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
TITLE = "The early language gate"
NOTE = """\
Pages: the HTML responses of the development set's WARC files, real and synthetic (hr, et, sl, lv,
ga and mt have few real ones). *Kept*: pages that the stage `langid` keeps as the language after
extraction with `auto`; *of them found*: those that pass the gate, in %; *others*: of all other
pages, those that pass, in %. The gate's windows, cut and weight were chosen with a view to these
pages. *Passages*: pages that are all in another language but for 600 characters of evaluation text,
which neither the gate nor its model was made with, at a random place among 2,000 to 20,000
characters, 40 such pages for each language; found, in %. Speed: pages per second of processor time,
from WARC file to rows, as a multiple of extracting everything with trafilatura, file by file, on
one core. The crawls are of the same pages, those in the wanted languages repeated as often as
needed; *kept* are there pages that are kept in these languages without the gate.

"""
WANTED = ("mlt_Latn", "gle_Latn", "ekk_Latn")
SHARES = (0.01, 0.05)
PASSAGE = 600
PASSAGES = 40
FILES = 12
CUT = ExtractConfig().gate_cut
RUNS = {
    "trafilatura for all pages": {"engine": "trafilatura", "gate_languages": []},
    "gate, then trafilatura": {"engine": "trafilatura", "gate_languages": WANTED},
    "gate, then auto": {"engine": "auto", "gate_languages": WANTED},
}
COLUMNS = ("figure", "kept", "of them found", "others", "passages", "speed")


def pages():
    """Stored response and decoded text of each HTML page."""
    limit = ExtractConfig().max_bytes
    for path in sorted((DATA / "web" / "warc").iterdir()):
        for record in read_records(path, limit + MAX_HEADER, Account()):
            if record.kind != "response":
                continue
            response = parse_response(record.block)
            if response.status == 200 and response.content_type == "text/html":
                body = decode_body(response.body, response.headers, limit)
                yield record.block, decode(body, response.charset)[0]


def passes(score):
    return score is None or score >= CUT


def percent(found, of):
    return f"{100 * found / of:.1f}" if of else "–"


def row(figure, **cells):
    return {name: cells.get(name.replace(" ", "_"), "") for name in COLUMNS} | {"figure": figure}


def in_passages(code, gate, foreign):
    """Share of the pages with a passage in `code` that pass."""
    texts = [text for language, text in together() if language == code]
    random = np.random.default_rng(7)
    found = 0
    for _ in range(PASSAGES):
        text = texts[random.integers(len(texts))]
        at = random.integers(max(1, len(text) - PASSAGE))
        page = foreign[random.integers(len(foreign))]
        place = random.integers(len(page))
        mixed = f"{page[:place]} {text[at : at + PASSAGE]} {page[place:]}"
        found += passes(gate.score(mixed))
    return found / PASSAGES


def recalls(htmls, languages):
    """A row for each language, and one for all of them."""
    texts = list(map(rough_text, htmls))
    roughs = defaultdict(list)
    for text, language in zip(texts, languages, strict=True):
        if 2_000 < len(text) < 20_000:
            roughs[language].append(text)
    total = found_total = others_total = 0
    shares = []
    for code in EU24:
        gate = Gate([code])
        passed = [passes(gate.score(text)) for text in texts]
        kept = [language == code for language in languages]
        found = sum(p and k for p, k in zip(passed, kept, strict=True))
        others = sum(passed) - found
        foreign = roughs["deu_Latn" if code == "eng_Latn" else "eng_Latn"]
        shares.append(in_passages(code, gate, foreign))
        yield row(
            f"wanted {code}",
            kept=sum(kept),
            of_them_found=percent(found, sum(kept)),
            others=percent(others, len(htmls) - sum(kept)),
            passages=f"{100 * shares[-1]:.0f}",
        )
        total += sum(kept)
        found_total += found
        others_total += others
    yield row(
        "each in turn",
        kept=total,
        of_them_found=percent(found_total, total),
        others=percent(others_total, len(EU24) * len(htmls) - total),
        passages=f"{100 * sum(shares) / len(shares):.0f}",
    )


def write_crawl(folder, blocks):
    """`FILES` WARC files of these responses."""
    paths = []
    for number in range(FILES):
        path = folder / f"{number:02}.warc.gz"
        with path.open("wb") as file:
            for i, block in enumerate(blocks[number::FILES]):
                fields = (
                    "WARC/1.0\r\nWARC-Type: response\r\n"
                    f"WARC-Target-URI: http://x/{number}/{i}\r\n"
                    "WARC-Date: 2024-05-06T07:08:09Z\r\n"
                    "Content-Type: application/http; msgtype=response\r\n"
                    f"Content-Length: {len(block)}\r\n\r\n"
                )
                file.write(gzip.compress(fields.encode() + block + b"\r\n\r\n", 6))
        paths.append(path)
    return paths


def read_all(stage, paths, clock):
    """Text by id, and the seconds it took."""
    texts = {}
    for path in paths:
        start = time.process_time()
        for batch in stage.read(path, path.name, Account()):
            texts |= dict(zip(batch["id"].to_pylist(), batch["text"].to_pylist(), strict=True))
        clock[path] += time.process_time() - start
    return texts


def crawls(blocks, languages, decide):
    """Rows of speed and recall, for each share of wanted pages."""
    wanted = [b for b, code in zip(blocks, languages, strict=True) if code in WANTED]
    others = [b for b, code in zip(blocks, languages, strict=True) if code not in WANTED]
    for share in SHARES:
        n = round(share * len(others) / (1 - share))
        mixed = others + list(islice(cycle(wanted), n))
        order = np.random.default_rng(7).permutation(len(mixed))
        stages = {name: Extract(ExtractConfig(format="warc", **run), name="extract")
                  for name, run in RUNS.items()}  # fmt: skip
        clocks = {name: defaultdict(float) for name in RUNS}
        texts = {name: {} for name in RUNS}
        with tempfile.TemporaryDirectory() as folder:
            paths = write_crawl(Path(folder), [mixed[i] for i in order])
            for stage in stages.values():
                stage.open()
                read_all(stage, paths[:1], defaultdict(float))  # kernels and models are loaded
            for path in paths:
                for name, stage in stages.items():
                    texts[name] |= read_all(stage, [path], clocks[name])
        whole = texts["trafilatura for all pages"]
        labels = dict(zip(whole, languages_of(whole.values(), decide), strict=True))
        kept = {id_ for id_, code in labels.items() if code in WANTED}
        base = sum(clocks["trafilatura for all pages"].values())
        for name in RUNS:
            found = sum(texts[name][id_] is not None for id_ in kept)
            passed = sum(text is not None for text in texts[name].values()) - found
            yield row(
                f"{share:.0%} in {', '.join(WANTED)}: {name}",
                kept=len(kept),
                of_them_found=percent(found, len(kept)),
                others=percent(passed, len(whole) - len(kept)),
                speed=f"{base / sum(clocks[name].values()):.1f}×",
            )


def languages_of(texts, decide):
    """Language that each text is kept as; None where it is not."""
    verdicts = decide.decide_all([text or "" for text in texts])
    return [None if verdict.reasons else verdict.language for verdict in verdicts]


def measure():
    if not DATA.exists():
        return [row(f"not measured: there is no {DATA.relative_to(ROOT.parent)}")]
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    decide = Decider(LanguageModel(), EU24, load_thresholds(None).of, segments=False)
    blocks, htmls = zip(*pages(), strict=True)
    ungated = ExtractConfig()
    languages = languages_of((extract_page(html, ungated).text for html in htmls), decide)
    print(f"{len(htmls)} pages", file=sys.stderr, flush=True)
    return [*recalls(htmls, languages), *crawls(blocks, languages, decide)]


if __name__ == "__main__":
    print(json.dumps(measure()))
