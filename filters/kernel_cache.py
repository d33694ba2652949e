"""Compiling kernels, and keeping what was compiled: all of `kernel` that needs numba.

Numba's own file cache fails where nothing is writable, serves a stale kernel when a helper in
another file changed, and dies of a truncated entry. Here the cache folder's name is a digest of
every kernel source, the versions and the CPU, and any trouble with the cache means that the kernel
is compiled, nothing worse.

A number that a kernel takes from a module is compiled in. The digest covers each file that names
`eurosift.filters.kernel`, by import or in a comment, so the number has to stand in such a file.
Tables are arguments.
"""

from __future__ import annotations

import fcntl
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite  # type: ignore[import-untyped]
import numba
from llvmlite.binding import get_host_cpu_name  # type: ignore[import-untyped]
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.compiler import Compiler

import eurosift
from eurosift.filters.cache_folders import candidate_folders, is_usable
from eurosift.filters.kernel import collector_paused

PATIENCE_S = 60.0
"""So long a process waits for another that compiles the same kernel."""

TESTED = "0.68."
"""Versions of numba for which there is `eurosift.filters.kernel_compiler`."""

MARK = b"eurosift.filters.kernel"
"""A source that says this may hold kernels, or numbers that are compiled into some."""


def kernel_compiler() -> ModuleType | None:
    """`eurosift.filters.kernel_compiler`, if it is for this version of numba."""
    if not numba.__version__.startswith(TESTED):
        return None
    from eurosift.filters import kernel_compiler as found  # noqa: PLC0415 - fails with other versions

    return found


class KernelCacheImpl(CompileResultCacheImpl):  # type: ignore[misc]
    """Numba's serialisation, and that of code which is only to be linked."""

    def rebuild(self, target_context: Any, payload: Any) -> Any:
        """Make the result of a compilation anew."""
        if (compiler := kernel_compiler()) is None:
            return super().rebuild(target_context, payload)
        return compiler.restored(target_context, payload)


class LenientCache(FunctionCache):  # type: ignore[misc]
    """Numba's function cache, for which every failure is a miss.

    Numba asks for a kernel, compiles it if there is none, and saves it. From a miss until then the
    kernel's lock is held, so that processes that start together compile each kernel once. A kernel
    takes its own lock before those of the kernels that it calls: no circle, no deadlock.
    """

    _impl_class = KernelCacheImpl
    lock: int | None = None

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load a compiled kernel; None if there is none that can be read."""
        found = self.load(sig, target_context)
        if found is None and self.acquire():
            found = self.load(sig, target_context)  # of whoever had the lock before
            if found is not None:
                self.release()
        return found

    def acquire(self) -> bool:
        """Wait for the lock of this kernel; False if it cannot be had."""
        try:
            self._impl.locator.ensure_cache_path()
            path = Path(self._cache_path) / f"{self._impl.filename_base}.lock"
            self.lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            give_up = time.monotonic() + PATIENCE_S
            while time.monotonic() < give_up:
                try:
                    fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    time.sleep(0.02)
                else:
                    return True
        except OSError:  # nothing can be saved there, or the file system has no locks
            pass
        self.release()
        return False

    def release(self) -> None:
        """Give the lock back, if it is held."""
        if self.lock is not None:
            with suppress(OSError):
                fcntl.flock(self.lock, fcntl.LOCK_UN)  # a forked child may have it open, too
            os.close(self.lock)
            self.lock = None

    def load(self, sig: Any, target_context: Any) -> Any:
        """Load a compiled kernel as numba does; None for every failure."""
        try:
            if (compiler := kernel_compiler()) is None:
                return super().load_overload(sig, target_context)
            return self._load_overload(sig, compiler.KernelTarget(target_context))
        except Exception:  # noqa: BLE001 - a damaged pickle may raise anything; compiling heals it
            self.discard()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save a compiled kernel, if that is possible."""
        try:
            super().save_overload(sig, data)
        except Exception:  # noqa: BLE001 - full disk, damaged index: the kernel works all the same
            self.discard()
        finally:
            self.release()

    def discard(self) -> None:
        """Empty the index of this kernel, so that the next process starts afresh."""
        try:
            self.flush()
        except OSError:
            self.disable()


def kernel_sources() -> Iterator[Path]:
    """Source files of the eurosift packages that may hold kernels, in a fixed order."""
    for root in sorted(set(eurosift.__path__)):
        for path in sorted(Path(root).glob("*/**/*.py")):
            if MARK in path.read_bytes():
                yield path


def cache_key() -> str:
    """Digest of everything that a compiled kernel depends on, beside its argument types."""
    digest = blake2b(digest_size=12)
    machine = (numba.__version__, llvmlite.__version__, platform.python_version())
    for part in (*machine, platform.machine(), get_host_cpu_name()):
        digest.update(part.encode() + b"\0")
    for path in kernel_sources():
        content = path.read_bytes()
        digest.update(f"{path.parent.name}/{path.name}:{len(content)}\0".encode() + content)
    return digest.hexdigest()


@cache
def cache_folder() -> Path | None:
    """Folder of this process's kernels; None if none can be had (kernels are then compiled)."""
    try:
        key = cache_key()
    except OSError:
        return None
    return next((path / key for path in candidate_folders() if is_usable(path / key)), None)


def open_cache(function: Callable[..., Any]) -> LenientCache | None:
    """Make the cache of one kernel; None where there can be none."""
    folder = cache_folder()
    if folder is None:
        return None
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        return LenientCache(function)
    except Exception:  # noqa: BLE001 - numba has no locator for it (a notebook, a zip): compile
        return None
    finally:
        numba.config.CACHE_DIR = before


def compiled(function: Callable[..., Any], *, allocates: bool, inner: bool) -> Any:
    """Numba's dispatcher of a function: nopython mode, without the GIL, cached on disk.

    Unless it `allocates`, references to arrays are not counted: whoever called holds them, and the
    counters, which are atomic, may take more time than all the rest of a small kernel. What is
    `inner` is for kernels alone: it has no entry for Python, which would take longer to compile
    than the kernel itself.
    """
    if inner:
        function.__qualname__ += "-inner"  # by which the cache knows it
    compiler = kernel_compiler()
    dispatcher = numba.njit(
        nogil=True,
        error_model="numpy",
        _nrt=allocates,
        no_cfunc_wrapper=True,
        no_cpython_wrapper=inner,
        pipeline_class=Compiler if compiler is None else compiler.KernelCompiler,
    )(function)
    dispatcher.get_call_template = _unliteral(dispatcher.get_call_template)
    if (entries := open_cache(function)) is not None:
        dispatcher._cache = entries  # noqa: SLF001 - what numba's enable_caching() does
        dispatcher.compile = _releasing(dispatcher.compile, entries)
    return dispatcher


def _unliteral(template_of: Callable[..., Any]) -> Callable[..., Any]:
    """Compile no kernel anew for every number that another one calls it with."""

    def template(arguments: Any, named: Any) -> Any:
        unliteral = numba.types.unliteral
        return template_of(
            tuple(map(unliteral, arguments)),
            {name: unliteral(each) for name, each in dict(named).items()},
        )

    return template


def _releasing(compile_: Callable[[Any], Any], entries: LenientCache) -> Callable[[Any], Any]:
    """Give the lock back after a compilation that failed, too."""

    def attempt(signature: Any) -> Any:
        with collector_paused():
            try:
                return compile_(signature)
            finally:
                entries.release()

    return attempt
