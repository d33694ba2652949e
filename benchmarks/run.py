"""Runs all comparisons and writes their results: ``make bench`` -> benchmarks/RESULTS.md.

Each comparison is a script of its own with a function ``measure``; it runs in a process of its own,
both sides on the same input, interleaved, on one pinned core. Ratios are what counts: absolute
figures move with the machine.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("quality", "minhash", "parquet", "overhead", "verify")
COLUMNS = ("name", "ours docs/s", "peer docs/s", "ratio", "peer", "n docs")
VERSIONS = ("eurosift", "datatrove", "numba", "numpy", "pyarrow", "polars", "spacy", "trafilatura")


def main() -> None:
    names = sys.argv[1:] or SCRIPTS
    rows = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        done = subprocess.run(
            [sys.executable, str(HERE / f"{name}.py")],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        found = json.loads(done.stdout)
        rows += found
        for row in found:
            print(f"  {row['name']}: {row['ratio']}× {row['peer']}", file=sys.stderr, flush=True)
    if list(names) == list(SCRIPTS):
        (HERE / "RESULTS.md").write_text(document(rows), encoding="utf-8")


def document(rows: list[dict[str, object]]) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS)
    lines = [
        "# Results of the comparisons",
        "",
        "Made by `make bench`. One core, pinned; both sides on the same input in the same run,",
        "interleaved, best or median round, processor time. The ratio is ours to the peer's.",
        "",
        f"- Date: {dt.datetime.now(dt.UTC).date()}",
        f"- Python {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"- Versions: {versions}",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---:|---:|---:|---|---:|",
    ]
    for row in rows:
        cells = [f"{v:,}" if isinstance(v := row[c], (int, float)) else str(v) for c in COLUMNS]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
