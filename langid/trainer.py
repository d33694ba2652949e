"""The environment in which models are trained: apart from this one, with versions that are fixed.

fastText's training build and its build for inference own the same module name, so they exclude each
other in one environment. Making it is the one thing here that needs the package index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from eurosift.langid.errors import TrainingError

PACKAGES = {"fasttext-numpy2-wheel": "0.9.2", "numpy": "2.4.6"}
"""What is installed; there are wheels for Python 3.11 and 3.12."""
READY = "ready"
"""A file of this name says that an environment is complete."""

_ASK = """
import importlib.metadata as m, json, platform, sys
import fasttext
fasttext.train_supervised
found = {name: m.version(name) for name in sys.argv[1:]}
print(json.dumps({"python": platform.python_version()} | found))
"""


def cache_folder() -> Path:
    """Where environments are kept: below ``$XDG_CACHE_HOME`` or ``~/.cache``."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "eurosift"


def versions(python: Path) -> Mapping[str, str]:
    """Versions of Python and of the packages of an environment, which must be able to train.

    Raises
    ------
    TrainingError
        If there is no such interpreter, or it has no training build of fastText.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the user names the interpreter
            [str(python), "-I", "-c", _ASK, *PACKAGES], check=True, capture_output=True, text=True
        )
        found: dict[str, str] = json.loads(done.stdout)
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        said = (getattr(error, "stderr", None) or "").strip() or str(error)
        raise TrainingError(
            f"{python}: cannot train ({said.splitlines()[-1]}); it must be the Python of an "
            f"environment of its own with {' '.join(PACKAGES)}"
        ) from error
    return found


def make_environment(folder: Path, tell: Callable[[str], object]) -> Path:
    """Make the environment if it is not there; its Python.

    Parameters
    ----------
    folder
        Where environments are kept, one for each choice of versions.
    tell
        Gets one line if there is something to install.

    Raises
    ------
    TrainingError
        If it cannot be made.
    """
    wanted = [f"{name}=={version}" for name, version in PACKAGES.items()]
    key = hashlib.sha256("\n".join([sys.version, *wanted]).encode()).hexdigest()[:12]
    place = folder / f"trainer-{key}"
    python = place / "bin" / "python"
    if (place / READY).exists() and python.exists():
        return python
    tell(f"making an environment to train in, with {', '.join(wanted)}: {place}")
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(place)]
        install = [uv, "pip", "install", "--quiet", "--python", str(python)]
    else:
        make = [sys.executable, "-m", "venv", "--clear", str(place)]
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in (make, [*install, "--only-binary", ":all:", *wanted]):
        _run(command)
    (place / READY).touch()
    return python


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - made above
    except (OSError, subprocess.CalledProcessError) as error:
        stderr = (getattr(error, "stderr", None) or str(error)).strip()
        raise TrainingError(
            f"cannot make an environment to train in: `{' '.join(command)}` failed:\n{stderr}\n"
            "without a package index, make one elsewhere and name its Python with --trainer"
        ) from error
