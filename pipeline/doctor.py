"""Whether this machine can run eurosift: each check says what it found, and what to do."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eurosift.pipeline import login_node
from eurosift.pipeline.resources import available_memory, cores
from eurosift.pipeline.tables import Table, Value

Verdict = Literal["ok", "warning", "failed"]

PYTHON = (3, 11)
MEMORY_BYTES_PER_WORKER = 2 << 30
"""What clusters give per core, and what a worker is made for."""
DISK_BYTES = 1 << 30
LIBRARIES = {
    "pyarrow": "pyarrow.parquet",
    "polars": "polars",
    "numpy": "numpy",
    "numba": "numba",
    "datatrove": "datatrove",
    "pydantic": "pydantic",
    "trafilatura": "trafilatura",
    "fastwarc": "fastwarc",
    "resiliparse": "resiliparse",
    "xxhash": "xxhash",
}
"""The main libraries: what they are installed as, and what is imported of them."""
STORES = {"s3fs": ("eurosift[s3]", "s3://"), "aiohttp": ("eurosift[http]", "https://")}
"""Libraries that may be missing: what installs them, and whose inputs they read."""


@dataclass(frozen=True)
class Check:
    """What came of one check."""

    name: str
    verdict: Verdict
    found: str


def examine(folder: Path) -> list[Check]:
    """Do all checks.

    Parameters
    ----------
    folder
        Where runs are going to be; the nearest folder above it that is there is looked at.
    """
    checks: list[Callable[[], Check]] = [
        _python,
        _cores,
        _memory,
        lambda: _disk(folder),
        _kernels,
        _model,
    ]
    found = [_careful(check) for check in checks]
    found += [Check(name, verdict, told) for name, verdict, told in login_node.findings(folder)]
    return [*found, *_libraries(), *_stores()]


def table(checks: list[Check]) -> Table:
    """One row per check."""
    rows: list[dict[str, Value]] = [
        {"check": c.name, "verdict": c.verdict, "found": c.found} for c in checks
    ]
    return Table("checks", ("check", "verdict", "found"), rows)


def _careful(check: Callable[[], Check]) -> Check:
    """A check that itself fails is a finding, too."""
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is broken is what we are here to tell
        name = getattr(check, "__name__", "check").strip("_<>").replace("lambda", "disk")
        return Check(name, "failed", f"{type(error).__name__}: {error}")


def _python() -> Check:
    version = platform.python_version()
    good = tuple(int(part) for part in platform.python_version_tuple()[:2]) >= PYTHON
    wanted = "" if good else f"; {PYTHON[0]}.{PYTHON[1]} or newer is needed"
    return Check("python", "ok" if good else "failed", version + wanted)


def _cores() -> Check:
    usable, there = cores(), os.cpu_count() or 1
    return Check("cores", "ok", f"{usable} of {there} may be used: so many workers by default")


def _memory() -> Check:
    available = available_memory()
    workers = cores()
    enough = available // MEMORY_BYTES_PER_WORKER
    text = f"{_gib(available)} available"
    if enough >= workers:
        return Check("memory", "ok", text)
    many = max(1, enough)
    return Check("memory", "warning", f"{text}: run with --workers {many} (2 GiB each)")


def _disk(folder: Path) -> Check:
    there = next(p for p in (folder.resolve(), *folder.resolve().parents) if p.is_dir())
    free = shutil.disk_usage(there).free
    text = f"{_gib(free)} free in {there}"
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        return Check("disk", "failed", f"{text}, but nothing can be written: {error.strerror}")
    return Check("disk", "ok" if free >= DISK_BYTES else "warning", text)


def _kernels() -> Check:
    from eurosift.filters.kernel_cache import cache_folder  # noqa: PLC0415 - imports numba

    folder = cache_folder()
    if folder is None:
        remedy = "set NUMBA_CACHE_DIR to a folder that only you can write to"
        return Check("kernels", "warning", f"compiled anew by each process: {remedy}")
    return Check("kernels", "ok", f"cached in {folder}")


def _model() -> Check:
    import pyarrow as pa  # noqa: PLC0415

    from eurosift.stages.langid import LangId  # noqa: PLC0415 - imports fastText
    from eurosift.stages.langid_config import LangIdConfig  # noqa: PLC0415

    stage = LangId(LangIdConfig(), name="langid")
    stage.open()
    text = "Kull bniedem għandu dritt għall-ħajja, għal-libertà u għas-sigurtà tiegħu."
    batch = pa.record_batch({name: [text] for name in stage.reads})
    label = stage.process(batch).column("language")[0].as_py()
    if label != "mlt_Latn":
        return Check("model", "failed", f"the embedded language model takes Maltese for {label}")
    return Check("model", "ok", "the embedded language model knows Maltese when it sees it")


def _libraries() -> Iterator[Check]:
    for package, module in LIBRARIES.items():
        try:
            version = importlib.metadata.version(package)
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 - a broken library may raise anything
            yield Check(package, "failed", f"cannot be imported: {error}; install eurosift again")
        else:
            yield Check(package, "ok", version)


def _stores() -> Iterator[Check]:
    for package, (extra, scheme) in STORES.items():
        try:
            version = importlib.metadata.version(package)
            importlib.import_module(package)
        except importlib.metadata.PackageNotFoundError:
            remedy = f"not installed; only inputs by {scheme} need it: pip install '{extra}'"
            yield Check(package, "ok", remedy)
        except Exception as error:  # noqa: BLE001 - as above
            remedy = f"pip install --force-reinstall '{extra}'"
            yield Check(package, "warning", f"cannot be imported: {error}; {remedy}")
        else:
            yield Check(package, "ok", version)


def _gib(n_bytes: int) -> str:
    return f"{n_bytes / (1 << 30):.1f} GiB"
