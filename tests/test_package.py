"""The built package: sdist → wheel → clean environment → the pipeline runs from it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the sdist as an index would serve it."""
    target = tmp_path_factory.mktemp("dist")
    source = tmp_path_factory.mktemp("source")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        if (ROOT / name).is_symlink() or not (ROOT / name).exists():
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(target), str(source)],
        check=True,
        capture_output=True,
        timeout=900,
    )
    found = list(target.glob("*.whl"))
    assert len(found) == 1
    return found[0]


def _installed(wheel, folder):
    """A fresh virtual environment with nothing but the wheel and what it depends on."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    installer = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    constraints = ["--constraint", str(ROOT / "constraints.txt")]
    command = (
        [installer, "pip", "install", "--quiet", "--python", str(python)]
        if installer
        else [str(python), "-m", "pip", "install", "--quiet"]
    )
    subprocess.run([*command, *constraints, str(wheel)], check=True, timeout=900)
    return python


@pytest.mark.slow
def test_wheel_holds_code_models_and_texts(wheel):
    """An empty wheel is built without complaint when the sdist lacks the folders."""
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "eurosift/pipeline/cli/__init__.py",
        "eurosift/pipeline/notebook/style.css",
        "eurosift/pipeline/templates/demo.yaml",
        "eurosift/pipeline/demo/texts/mlt_Latn.yaml",
        "eurosift/langid/data/eu24.ftz",
        "eurosift/langid/data/eu24.words",
        "eurosift/stages/extract/data/blocks.npz",
        "eurosift/filters/rulesets/fineweb2.yaml",
        "eurosift/stages/py.typed",
        "eurosift/dedup/py.typed",
    ):
        assert part in names
    assert not [name for name in names if name.startswith("tests/")]


@pytest.mark.slow
def test_installed_wheel_runs_the_demo(wheel, tmp_path):
    """From a clean environment, away from the source tree."""
    python = _installed(wheel, tmp_path / "env")
    eurosift = str(python.parent / "eurosift")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "NUMBA"))}

    def run(*arguments):
        return subprocess.run(
            [eurosift, *arguments],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
            timeout=900,
        ).stdout

    assert "eurosift" in run("--version")
    run("init", "--template", "demo", "demo")
    listed = csv.DictReader(run("assets", "demo/recipe.yaml", "--format", "csv").splitlines())
    states = {row["name"]: row["state"] for row in listed}
    assert states.pop("stages.pii.key") == "present"
    assert set(states.values()) == {"ok"}
    run("run", "demo/recipe.yaml", "--quiet")
    run("verify", "demo/recipe.yaml")
    report = run("report", "demo/recipe.yaml", "--by", "languages", "--format", "csv")
    assert len(report.splitlines()) == 1 + 24 + 2
