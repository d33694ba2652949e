"""What LLVM does for kernels: it optimises whole programs, and makes machine code of these alone.

Numba optimises each function when it is compiled, turns it into machine code, and does both again
wherever the function is linked into another one. Most kernels are called by kernels alone. They
are kept as they come from the front end, short of what is plainly dead, and are optimised once, as
parts of the kernel that Python calls: LLVM goes from the callees up to their callers, so nothing is
lost.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import binding as llvm  # type: ignore[import-untyped]
from numba.core.codegen import JITCodeLibrary

INNER: Final = "inner"
"""Marks serialised code of an `InnerLibrary`, where numba has ``object`` or ``bitcode``."""


class OuterLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code of a kernel that Python calls, with that of all kernels that it calls.

    Kernels without counted references have no use for the passes by which numba brings pairs of
    counts together before it removes them.
    """

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout  # noqa: SLF001

    def _optimize_final_module(self) -> None:
        builder = self._codegen._pass_builder()  # noqa: SLF001
        builder.getModulePassManager().run(self._final_module, builder)


class InnerLibrary(JITCodeLibrary):  # type: ignore[misc]
    """Code of a kernel that kernels alone call: to be linked into theirs.

    Attributes
    ----------
    apart
        Whether it stays a function of its own there (`eurosift.filters.kernel.apart`).
    """

    apart = False

    def _optimize_functions(self, ll_module: Any) -> None:
        """Remove what would be copied in vain, such as a name's address that nobody reads."""
        ll_module.data_layout = self._codegen._data_layout  # noqa: SLF001
        passes = llvm.create_new_function_pass_manager()
        passes.add_sroa_pass()
        passes.add_dead_code_elimination_pass()
        passes.add_simplify_cfg_pass()
        builder = self._codegen._pass_builder()  # noqa: SLF001
        for function in ll_module.functions:
            if not function.is_declaration:
                passes.run(function, builder)
                if self.apart:
                    function.add_function_attribute("noinline")

    def finalize(self) -> None:
        """Link the kernels that it calls; no machine code is made."""
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            module = library._get_module_for_linking()  # noqa: SLF001
            self._final_module.link_in(module, preserve=True)
        passes = llvm.create_new_module_pass_manager()
        passes.add_global_dead_code_eliminate_pass()
        passes.run(self._final_module, self._codegen._pass_builder())  # noqa: SLF001
        self._finalize_dynamic_globals()
        self._finalized = True

    def serialize_using_object_code(self) -> tuple[str, str, bytes]:
        """Name, kind and LLVM bitcode."""
        return self.name, INNER, self._get_module_for_linking().as_bitcode()

    @classmethod
    def restored(cls, codegen: Any, name: str, bitcode: bytes) -> InnerLibrary:
        """Make the library anew from what was serialised."""
        library = cls(codegen, name)
        library._shared_module = llvm.parse_bitcode(bitcode)
        library._final_module = library._shared_module
        library._finalized = True
        return library
