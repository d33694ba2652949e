"""The one decorator of all kernels: functions that numba compiles when they are first called.

Numba takes longer to import than most commands take, and those that only look at a run call no
kernel. So a kernel is a stand-in until it is called, and numba is imported only then: the same
function with the kernels that it calls, and what it has of numba itself, put in their places. How
it is compiled and where it is kept is told in `kernel_cache`.
"""

from __future__ import annotations

import functools
import gc
import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final, TypeVar, cast

import numpy as np

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

Integer = int | np.integer[Any]
"""A number in a kernel, which mypy sees as numpy and Python numbers."""

ALLOCATING: Final = frozenset(
    (
        *("array", "copy", "empty", "empty_like", "full", "ones", "zeros", "zeros_like"),
        *("argsort", "cumsum", "exp", "log", "sort", "sqrt", "sum"),
    )
)
"""Names of numpy that make an array, or may; where one is missing, numba asks for "NRT"."""

_ALONE = threading.RLock()
"""Held by the thread that makes a dispatcher."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Look for no garbage: numba makes many objects when it starts and compiles, and keeps most."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True)
class Intrinsic:
    """Something of numba that kernels call, by module and name."""

    module: str
    name: str

    def __call__(self, *_arguments: Any) -> Any:
        """Only kernels can call it."""
        raise TypeError(f"{self.name} is for kernels alone")


class Kernel:
    """A function that is compiled at its first call, or at that of a kernel which calls it.

    Parameters
    ----------
    function
        In the part of Python that numba knows.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self._function = function
        self._dispatcher: Any = None
        self._inner: Any = None

    def __call__(self, *arguments: Any) -> Any:
        """Call what was compiled."""
        return (self._dispatcher or self.dispatcher)(*arguments)

    @property
    def dispatcher(self) -> Any:
        """Numba's dispatcher of the function, which Python can call."""
        if self._dispatcher is None:
            with _ALONE:
                self._dispatcher = self._dispatcher or self._made(inner=False)
        return self._dispatcher

    @property
    def inner(self) -> Any:
        """Numba's dispatcher for kernels that call it: nothing is made of it that Python needs."""
        if self._inner is None:
            with _ALONE:
                self._inner = self._inner or self._made(inner=True)
        return self._inner

    @property
    def allocates(self) -> bool:
        """Whether arrays are made by it, or by kernels that it calls."""
        names, scope = self._function.__code__.co_names, self._function.__globals__
        called = (scope.get(name) for name in names)
        return not ALLOCATING.isdisjoint(names) or any(
            each.allocates for each in called if isinstance(each, Kernel) and each is not self
        )

    def _made(self, *, inner: bool) -> Any:
        with collector_paused():
            from eurosift.filters.kernel_cache import compiled  # noqa: PLC0415 - imports numba

        function = self._function
        code, scope = function.__code__, dict(function.__globals__)
        twin = FunctionType(
            code, scope, function.__name__, function.__defaults__, function.__closure__
        )
        functools.update_wrapper(twin, function)
        del twin.__wrapped__  # type: ignore[attr-defined]  # numba would look at that one
        dispatcher = compiled(twin, allocates=self.allocates, inner=inner)
        for name in code.co_names:
            found = scope.get(name)
            if isinstance(found, Kernel):
                scope[name] = dispatcher if found is self else found.inner
            elif isinstance(found, Intrinsic):
                scope[name] = getattr(importlib.import_module(found.module), found.name)
        return dispatcher


def apart(function: FunctionT) -> FunctionT:
    """Keep a function apart from the kernels that call it, where LLVM would copy it into them.

    Below `kernel`. It is for loops that want all registers.
    """
    function.apart = True  # type: ignore[attr-defined]
    return function


def kernel(function: FunctionT) -> FunctionT:
    """Compile `function` at its first call: nopython mode, without the GIL, cached on disk.

    Kernels may call kernels, by names of their module. They get arrays and scalars only, and
    report trouble by their return value; closures, comprehensions and exceptions are not for them
    (`eurosift.filters.kernel_compiler` leaves out what these need). They make arrays by name
    (`ALLOCATING`), not by arithmetic on arrays, and give back none that they were given. Integer
    overflow wraps and indices are not checked, as in C.
    """
    return cast("FunctionT", Kernel(function))
