"""The code blocks of the pages in docs/ do what they say.

A page is read from top to bottom in a folder that has the finished demo in ``build/demo``. Of a
``console`` block every line that begins with ``$`` is run by a shell, and what it prints has to be
what stands below; ``...`` stands for anything, within a line or for lines. Blocks of ``python``
share their names, ``sql`` is for DuckDB, and ``yaml`` is part of a recipe, which the tests of the
schema check; a block of no kind is a drawing. A comment before a block says what else to do with
it::

    <!-- file: PATH -->      write it to this file
    <!-- not run: WHY -->    leave it
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

DOCS = Path(__file__).parents[1] / "docs"
PAGES = tuple(sorted(path.stem for path in DOCS.glob("*.md") if "```" in path.read_text("utf-8")))
"""Pages with blocks: all of them are run, unless they say why not."""

_BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^>]*) -->\n\n?)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\dT\S+Z (INFO|WARNING) .*\n", re.MULTILINE)
"""What runs tell of their progress and of the demo's damaged input."""


class Block(NamedTuple):
    """A block of code: what it is of, what a comment says of it, its text, its line."""

    kind: str
    note: str
    text: str
    line: int


def blocks_of(page):
    for match in _BLOCK.finditer(page):
        line = page.count("\n", 0, match.start("kind")) + 1
        yield Block(match["kind"], match["note"] or "", match["text"], line)


def commands_of(text):
    """Commands of a console block, each with what it should print."""
    found = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(lines)) for command, lines in found]


def pattern_of(expected):
    """A regular expression for what is printed, in which ``...`` stands for anything."""
    lines = [
        r"(?:.*\n)*?" if line.strip() == "..." else _wild(line) + r"[ ]*\n"
        for line in expected.splitlines()
    ]
    return re.compile("".join(lines))


def _wild(line):
    return r".*?".join(re.escape(part) for part in line.rstrip().split("..."))


def test_what_is_printed_is_compared():
    """Anything may stand for three points, and nothing else may differ."""
    commands = commands_of("$ a \\\n    b\none  \n...\nlast ... line\n$ c\n")
    assert commands == [("a \\\n    b", "one  \n...\nlast ... line"), ("c", "")]
    pattern = pattern_of(commands[0][1])
    assert pattern.fullmatch("one\nlast 7 line\n")
    assert pattern.fullmatch("one\n2\n3\nlast of the line\n")
    assert not pattern.fullmatch("one\n2\n3\n")
    assert not pattern.fullmatch("two\nlast 7 line\n")


@pytest.fixture
def place(demo, tmp_path, monkeypatch):
    """A folder with the demo in it, as of a reader of the page."""
    shutil.copytree(demo, tmp_path / "build" / "demo")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_a_page_does_what_it_says(name, place, monkeypatch):
    monkeypatch.syspath_prepend(place)
    names = {}
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": scripts, "LC_ALL": "C.UTF-8", "PYTHONPATH": str(place)}
    for block in blocks_of((DOCS / f"{name}.md").read_text("utf-8")):
        where = f"docs/{name}.md:{block.line}"
        what, _, rest = block.note.partition(": ")
        if what == "not run":
            assert rest, f"{where}: say why"
        elif what == "file":
            (place / rest).parent.mkdir(parents=True, exist_ok=True)
            (place / rest).write_text(block.text)
        elif block.kind == "console":
            for command, expected in commands_of(block.text):
                done = subprocess.run(
                    ["bash", "-o", "pipefail", "-c", command],
                    env=environment,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    timeout=600,
                    check=False,
                )
                printed = _LOG_LINE.sub("", done.stdout)
                matched = pattern_of(expected).fullmatch(printed)
                assert matched, f"{where}: {command}\nexpected:\n{expected}\ngot:\n{printed}"
        elif block.kind == "python":
            exec(compile(block.text, where, "exec"), names)
        elif block.kind == "sql":
            assert duckdb.sql(block.text.rstrip(";\n ")).fetchall(), where
        elif block.kind not in {"", "yaml"}:
            pytest.fail(f"{where}: what is to be done with this block of `{block.kind}`?")
