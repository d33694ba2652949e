"""The page of all results: each measurement has a section, and replaces only its own."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import platform
from pathlib import Path

PAGE = Path(__file__).parent / "RESULTS.md"
HEAD = """\
# Results

Made by `make bench` and `make faults`. Comparisons: one core, pinned; both sides on the same input
in the same run, interleaved, best or median round, processor time. Ratios are what counts: absolute
figures move with the machine.
"""
VERSIONS = ("eurosift", "datatrove", "numba", "numpy", "pyarrow", "polars", "spacy", "trafilatura")


def table(columns: tuple[str, ...], rows: list[dict[str, object]]) -> list[str]:
    """Lines of a Markdown table; columns of numbers are set to the right."""
    numeric = [all(isinstance(row[c], (int, float)) for row in rows) for c in columns]
    lines = [f"| {' | '.join(columns)} |"]
    lines.append(f"|{'|'.join('---:' if right else '---' for right in numeric)}|")
    for row in rows:
        cells = [f"{v:,}" if isinstance(v := row[c], (int, float)) else str(v) for c in columns]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def write(title: str, lines: list[str]) -> None:
    """Put a section on the page, in place of an older one of that title, or at its end."""
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    sections = dict(section.split("\n", 1) for section in text.split("\n## ")[1:])
    sections[title] = "\n".join(["", *lines, "", _made()])
    body = "\n".join(f"## {name}\n{content.rstrip()}\n" for name, content in sections.items())
    PAGE.write_text(f"{HEAD}\n{body}", encoding="utf-8")


def _made() -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in VERSIONS)
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    return f"{dt.datetime.now(dt.UTC).date()}; {system}; {versions}"
