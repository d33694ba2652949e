"""The notebooks run to the end on the demo, and what they show is HTML."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import jupytext
import nbclient
import pytest
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
SHOWN = {
    "documents": ("<article>", '<mark title="email">', "<b>before</b>", "<b>after</b>"),
    "duplicates": ("The largest clusters", "near_duplicate", "Jaccard 0.", "<del>", "<ins>"),
    "languages": ("--share:1.000", "html-lang (columns)", "langid:other", "langid:unsure"),
    "thresholds": ('<b class="gone">fails</b>', 'class="mark"', 'class="curve"', "(now)", "-28.0%"),
}
"""What must be seen in each."""


@pytest.fixture
def sockets():
    """A folder whose name is short enough for sockets: those of TCP are open to others."""
    with tempfile.TemporaryDirectory() as folder:
        kernel = {"transport": "ipc", "connection_file": f"{folder}/kernel.json"}
        yield Config({"AsyncKernelManager": kernel})


@pytest.fixture
def environment(demo):
    return os.environ | {"EUROSIFT_RUN": str(demo / "recipe.yaml")}


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_promises(path, environment, sockets, monkeypatch):
    """In a kernel as Jupyter starts it; a cell that fails fails the test."""
    monkeypatch.setenv("EUROSIFT_RUN", environment["EUROSIFT_RUN"])
    notebook = jupytext.read(path)
    nbclient.NotebookClient(
        notebook,
        config=sockets,
        timeout=900,
        startup_timeout=900,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    html = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    ours = [text for text in html if 'class="eurosift"' in text]
    for text in SHOWN[path.stem]:
        assert any(text in each for each in ours), text
    assert not re.search("<script|href=|src=", "".join(ours))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_a_script_too_wherever_it_stands(path, environment, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", path],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
