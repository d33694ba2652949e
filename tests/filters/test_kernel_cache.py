"""Kernels are compiled whatever the cache does, and never stale."""

import os
import subprocess
import sys

import numba
import pytest

from eurosift.filters import kernel_cache as module
from eurosift.filters.kernel import kernel
from eurosift.filters.kernel_cache import LenientCache


def add_one(x):
    return x + 1


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path / "cache")
    (tmp_path / "cache").mkdir()
    return tmp_path / "cache"


def entries(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@pytest.mark.usefixtures("folder")
def test_a_compiled_kernel_is_found_again():
    assert kernel(add_one)(1) == 2
    again = kernel(add_one)
    assert again(1) == 2
    assert sum(again.dispatcher.stats.cache_hits.values()) == 1


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_damaged_entry_is_compiled_again_and_mended(folder, suffix, content):
    assert kernel(add_one)(1) == 2
    damaged = [path for path in entries(folder) if path.suffix == suffix]
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[:-40] if content is None else content)
    assert kernel(add_one)(1) == 2
    kernel(add_one)(1)
    mended = kernel(add_one)
    assert mended(1) == 2
    assert sum(mended.dispatcher.stats.cache_hits.values()) == 1


def test_no_cache_folder_means_compiling(monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda: None)
    compiled = kernel(add_one)
    assert not isinstance(compiled.dispatcher._cache, LenientCache)
    assert compiled(1) == 2


def test_a_full_disk_means_compiling(folder, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numba.core.caching.FunctionCache.save_overload", fail)
    assert kernel(add_one)(1) == 2
    assert not any(path.suffix == ".nbc" for path in entries(folder))


def test_a_function_without_a_file_is_compiled():
    scope = {}
    exec("def double(x):\n    return 2 * x\n", scope)
    assert kernel(scope["double"])(4) == 8


def test_the_key_changes_with_any_kernel_source(tmp_path, monkeypatch):
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text("x = 1")
    second.write_text("y = 1")
    monkeypatch.setattr(module, "kernel_sources", lambda: [first, second])
    before = module.cache_key()
    assert module.cache_key() == before
    second.write_text("y = 2")
    assert module.cache_key() != before


def test_the_key_covers_kernels_and_their_constants():
    names = {f"{path.parent.name}/{path.name}" for path in module.kernel_sources()}
    assert {"filters/words.py", "filters/counts.py", "filters/unicode.py"} <= names
    assert "filters/rules.py" not in names


def test_import_works_where_nothing_is_writable(tmp_path):
    """Numba alone fails the import there."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    code = (
        "from eurosift.filters.kernel_cache import cache_folder\n"
        "from eurosift.filters.packing import packed_size\n"
        "packed_size.dispatcher\n"
        "print(cache_folder())\n"
    )
    places = dict.fromkeys(["HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"], str(blocked))
    script = f"import tempfile; tempfile.tempdir = {str(blocked)!r}\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | places,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "None", done.stderr


def stats_of(place, n):
    """Cache hits and misses of a kernel in processes that start together."""
    code = (
        "import numpy as np\n"
        "from eurosift.filters.packing import TABLE_SIZE, packed_size as f\n"
        "f(np.zeros(64, np.uint8), 40, np.zeros(64, np.uint8), np.empty(TABLE_SIZE, np.int32))\n"
        "stats = f.dispatcher.stats\n"
        "print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()))\n"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env=os.environ | {"NUMBA_CACHE_DIR": str(place)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(n)
    ]
    return sorted(tuple(map(int, process.communicate()[0].split())) for process in running)


def test_processes_that_start_together_compile_a_kernel_once(tmp_path):
    assert stats_of(tmp_path, 3) == [(0, 1), (1, 0), (1, 0)]
    assert stats_of(tmp_path, 1) == [(1, 0)]


def test_whoever_waits_too_long_for_a_kernel_compiles_it(folder, monkeypatch):
    import fcntl

    monkeypatch.setattr(module, "PATIENCE_S", 0.1)
    kernel(add_one)(1)
    (lock,) = folder.rglob("*.lock")
    for path in entries(folder):
        if path.suffix != ".lock":
            path.unlink()
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert kernel(add_one)(1) == 2


def test_a_kernel_that_cannot_be_compiled_blocks_nobody(folder):
    def fails(x):
        return x.nothing

    for _ in range(2):
        with pytest.raises(numba.TypingError):
            kernel(fails)(1)
    assert kernel(add_one)(1) == 2


@pytest.mark.usefixtures("folder")
def test_an_unknown_version_of_numba_compiles_kernels_as_it_does(monkeypatch):
    from eurosift.filters.kernel_compiler import KernelCompiler

    assert kernel(add_one).dispatcher._compiler.pipeline_class is KernelCompiler
    monkeypatch.setattr(module, "TESTED", "0.0.")
    first, again = kernel(add_one), kernel(add_one)
    assert first.dispatcher._compiler.pipeline_class is numba.core.compiler.Compiler
    assert first(1) == again(1) == 2
    assert sum(again.dispatcher.stats.cache_hits.values()) == 1
