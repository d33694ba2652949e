"""``eurosift extract train``."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from eurosift.pipeline.cli.common import format_option, show
from eurosift.pipeline.cli.training import described, out_option, write_record
from eurosift.pipeline.tables import Format, Table
from eurosift.stages.errors import InputError

MODEL = "blocks.npz"


@click.command("train")
@click.option(
    "--pages",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="Folder with warc/ and index.csv, a row for each page: record_id, id, url, source, "
    "licence, licence_class, kind.",
)
@click.option(
    "--gold",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="JSONL with the main text of pages: id, text.",
)
@out_option(MODEL)
@format_option
def command(pages: Path, gold: Path, out: Path, style: Format) -> None:
    """Train the classifier of blocks.

    Learns from natural pages whose licence class is clean; no text is in what it writes. Writes the
    trees and a record with sources, licences, parameters and digests. The same pages, gold and
    versions give the same bytes on the same kind of processor. Needs scikit-learn.
    """
    # Parsers and kernels take long to import.
    from eurosift.stages.extract.blocks.features import NAMES  # noqa: PLC0415
    from eurosift.stages.extract.blocks.train import PARAMETERS, example, fit  # noqa: PLC0415
    from eurosift.stages.extract.blocks.trees import save  # noqa: PLC0415
    from eurosift.stages.extract.gold import read_gold  # noqa: PLC0415

    chosen = [page for page in read_gold(pages, gold) if page.is_clean and page.is_natural]
    examples = [example(page.html, page.gold, page.row["url"]) for page in chosen]
    click.echo(f"pages {len(chosen):,}, blocks {sum(len(e.rows) for e in examples):,}; fitting …",
               err=True)  # fmt: skip
    for page in chosen:
        if lacking := [name for name in ("source", "licence") if not page.row.get(name)]:
            raise InputError(
                f"{pages / 'index.csv'}: page {page.row['id']} has no {' and no '.join(lacking)}"
            )
    counts = Counter((page.row["source"], page.row["licence"]) for page in chosen)
    domains: dict[str, set[str]] = defaultdict(set)
    for page, one in zip(chosen, examples, strict=True):
        domains[page.row["source"]].add(one.domain)
    began = time.process_time()
    trees = fit(examples)
    click.echo(f"fitted in {time.process_time() - began:.0f} s of processor time", err=True)
    out.mkdir(parents=True, exist_ok=True)
    with (out / MODEL).open("wb") as file:
        save(trees, NAMES, file)
    record: dict[str, Any] = {
        "environment": {name: version(name) for name in ("scikit-learn", "numpy", "resiliparse")},
        "parameters": PARAMETERS,
        "sources": [
            {"name": name, "licence": licence, "pages": n, "domains": len(domains[name])}
            for (name, licence), n in sorted(counts.items())
        ],
        "domains": len({e.domain for e in examples}),
        "blocks": sum(len(e.rows) for e in examples),
        "inputs": described([gold, pages / "index.csv"]),
    }
    outputs = write_record(out, [MODEL], record)
    sources = Table("sources", ("name", "licence", "pages", "domains"), record["sources"])
    show([sources, outputs], style)
