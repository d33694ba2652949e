"""Runs measurements and writes their results: ``make bench`` -> benchmarks/RESULTS.md.

Each is a script of its own with a function ``measure``; it runs in a process of its own. Without
names all are run; `python benchmarks/run.py overhead verify` renews the sections of some.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import results

HERE = Path(__file__).parent
SCRIPTS = (
    "quality",
    "agreement",
    "quality_score",
    "minhash",
    "dedup",
    "dedup_scale",
    "dedup_shards",
    "templates",
    "langid",
    "langid_windows",
    "langid_quality",
    "langid_close",
    "langid_prior",
    "langid_recall",
    "warc",
    "remote",
    "decoding",
    "extraction",
    "documentation",
    "metadata",
    "structure",
    "gate",
    "pathological",
    "pii",
    "pii_speed",
    "parquet",
    "overhead",
    "verify",
    "tokens",
    "tokens_speed",
    "scale",
    "memory",
    "whatif",
    "url_lists",
)


def main() -> None:
    if unknown := sorted({*sys.argv[1:]} - {*SCRIPTS}):
        sys.exit(f"no measurement {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    for name in sys.argv[1:] or SCRIPTS:
        print(f"{name} …", file=sys.stderr, flush=True)
        script = HERE / f"{name}.py"
        done = subprocess.run(
            [sys.executable, str(script)], stdout=subprocess.PIPE, check=True, text=True
        )
        rows = json.loads(done.stdout)
        lines = results.table(tuple(rows[0]), rows)
        print("\n".join(lines), file=sys.stderr, flush=True)
        said = constants(script)
        results.write(said["TITLE"], [*said.get("NOTE", "").splitlines(), *lines])


def constants(script: Path) -> dict[str, str]:
    """`TITLE` and `NOTE` of a script, without importing the peers that it imports."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(script.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in {"TITLE", "NOTE"}
    }


if __name__ == "__main__":
    main()
