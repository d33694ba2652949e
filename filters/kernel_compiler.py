"""Numba's compiler without what kernels never need, which is half of its work.

Kernels are plain: numbers and arrays, no closures, no comprehensions, no exceptions, no arithmetic
on whole arrays (`eurosift.filters.kernel.kernel`). So most passes of numba's pipeline
(`numba.core.compiler.DefaultPassBuilder`) find nothing to do; between any two it analyses the
function anew; for every operator it asks the implementations for texts, lists and sets, again for
each of its uses; and it looks for new extensions whenever it fails to find something. Leaving this
out changes nothing that kernels compute.

All of this rests on inner names of numba, so it is for the versions that it was tested with
(`eurosift.filters.kernel_cache.TESTED`); with others, kernels are compiled as numba does.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from numba.core import typed_passes, types, untyped_passes
from numba.core.compiler import CompilerBase, CompileResult, Flags, compile_result
from numba.core.compiler_machinery import _pass_registry
from numba.core.cpu import CPUContext, _dynfunc
from numba.core.datamodel.models import OpaqueModel
from numba.core.datamodel.registry import register_default
from numba.core.errors import NumbaError
from numba.core.targetconfig import ConfigStack
from numba.core.typing.context import Context

from eurosift.filters.kernel_library import INNER, InnerLibrary, OuterLibrary

PASSES: Final = (
    untyped_passes.TranslateByteCode,
    untyped_passes.FixupArgs,
    untyped_passes.IRProcessing,
    untyped_passes.GenericRewrites,
    untyped_passes.ReconstructSSA,
    typed_passes.NopythonTypeInference,
    typed_passes.PreLowerStripPhis,
    typed_passes.IRLegalization,
    typed_passes.AnnotateTypes,
    typed_passes.NativeLowering,
    typed_passes.NoPythonBackend,
)

FOREIGN: Final = (
    "numba.cpython.charseq",
    "numba.cpython.listobj",
    "numba.cpython.setobj",
    "numba.cpython.unicode",
    "numba.experimental.",
    "numba.np.types.datetime",
    "numba.typed.",
)
"""Modules that implement operators for what no kernel has."""


class KernelFlags(Flags):  # type: ignore[misc]
    """Flags that are never changed, so that they can be told apart by identity."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other

    def copy(self) -> Flags:
        """Flags that can be changed."""
        return Flags(self)


class KernelFunction(types.Function):
    """Type of an operator or a function of numba, which finds out once what it is for which types.

    Implementations depend on the flags under which they are asked for, so it is for one set.
    """

    def __init__(self, function: types.Function, flags: KernelFlags) -> None:
        self._flags = flags
        self._known: dict[Any, Any] = {}
        self._impl_keys: dict[Any, Any]
        native = tuple(each for each in function.templates if not is_foreign(each))
        self._native: Any = types.Function(native) if native else None
        super().__init__(function.templates)

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it equal to another."""
        return *super().key, self._flags

    def get_call_type(self, context: Context, args: Any, kws: Any) -> Any:
        """Signature for some types, as numba gives it."""
        if kws or ConfigStack.top_or_none() is not self._flags:
            return super().get_call_type(context, args, kws)
        if args not in self._known:
            self._known[args] = self._native_call_type(context, args) or super().get_call_type(
                context, args, kws
            )
        return self._known[args]

    def _native_call_type(self, context: Context, args: Any) -> Any:
        """Signature among what is not `FOREIGN`; None if there is none."""
        if self._native is None:
            return None
        try:
            signature: Any = self._native.get_call_type(context, args, {})
        except NumbaError:
            return None
        self._impl_keys[signature.args] = self._native.get_impl_key(signature)
        return signature


register_default(KernelFunction)(OpaqueModel)


def is_foreign(template: Any) -> bool:
    """Whether an implementation is for what no kernel has."""
    module = getattr(getattr(template, "_overload_func", None), "__module__", None)
    return (module or "").startswith(FOREIGN)


class KernelTyping(Context):  # type: ignore[misc]
    """Numba's types of functions and attributes, each found out once. Its tables are numba's."""

    def __init__(self, context: Context, flags: KernelFlags) -> None:
        self.__dict__.update(context.__dict__)
        self._whole = context
        self._flags = flags
        self._functions_of_kernels: dict[types.Function, KernelFunction] = {}
        self._types_of_attributes: dict[Any, Any] = {}

    def refresh(self) -> None:
        """Take what numba added to its tables."""
        self._whole.refresh()

    def resolve_value_type(self, val: Any) -> Any:
        """Type of a value, as numba gives it, but of a function."""
        found = super().resolve_value_type(val)
        if type(found) is not types.Function:
            return found
        if found not in self._functions_of_kernels:
            self._functions_of_kernels[found] = KernelFunction(found, self._flags)
        return self._functions_of_kernels[found]

    def resolve_function_type(self, func: Any, args: Any, kws: Any) -> Any:
        """Signature of a function for some types."""
        if isinstance(func, KernelFunction):
            return func.get_call_type(self, args, kws)
        return super().resolve_function_type(func, args, kws)

    def resolve_getattr(self, typ: Any, attr: str) -> Any:
        """Type of an attribute."""
        if (typ, attr) not in self._types_of_attributes:
            self._types_of_attributes[typ, attr] = super().resolve_getattr(typ, attr)
        return self._types_of_attributes[typ, attr]


class KernelTarget(CPUContext):  # type: ignore[misc]
    """Numba's code generator for this machine, whose extensions are all there."""

    _is_complete = False
    _sizes: ClassVar[dict[str, int]] = {}

    def __init__(self, context: CPUContext) -> None:
        if not KernelTarget._is_complete:
            # Numba refreshes the context before each of its hundreds of methods of arrays.
            context.refresh = lambda: None
            try:
                CPUContext.refresh(context)
            finally:
                del context.refresh
            context.refresh()
            KernelTarget._is_complete = True
        self.__dict__.update(context.__dict__)

    def refresh(self) -> None:
        """Take what numba added to its own tables while it found out types."""
        for registry in tuple(self._registries):
            self.install_registry(registry)

    def get_function(self, fn: Any, sig: Any, _firstcall: bool = True) -> Any:  # noqa: FBT001, FBT002 - as numba's
        """Implementation of a function. At every use of an array, numba asks whether it is one."""
        if fn == "__array__":
            raise NotImplementedError
        return super().get_function(fn, sig, _firstcall)

    def get_abi_sizeof(self, ty: Any) -> int:
        """Bytes of an LLVM type; numba has LLVM parse a program to find it out."""
        name = str(ty)
        if name not in self._sizes:
            self._sizes[name] = super().get_abi_sizeof(ty)
        return self._sizes[name]

    def post_lowering(self, mod: Any, library: Any) -> None:
        """Link the counting of references, if references are counted."""
        if self.enable_nrt:
            super().post_lowering(mod, library)

    def get_executable(self, library: Any, fndesc: Any, env: Any) -> Any:
        """Object that stands for a compiled function; an inner one has no code for Python."""
        if not isinstance(library, InnerLibrary):
            return super().get_executable(library, fndesc, env)
        library._ensure_finalized()  # noqa: SLF001
        name = fndesc.qualname.split(".")[-1]
        return _dynfunc.make_function(fndesc.lookup_module(), name, "", 0, env, (library,))


class KernelCompiler(CompilerBase):  # type: ignore[misc]
    """Compiler of kernels, for `numba.njit`'s ``pipeline_class``."""

    _of_flags: ClassVar[dict[str, tuple[KernelFlags, KernelTyping]]] = {}

    def __init__(
        self,
        typingctx: Context,
        targetctx: CPUContext,
        library: Any,
        args: Any,
        return_type: Any,
        flags: Flags,
        locals: Any,  # noqa: A002 - as numba's
    ) -> None:
        target = KernelTarget(targetctx)
        name = repr(flags)
        if name not in self._of_flags:
            kept = KernelFlags(flags)
            self._of_flags[name] = kept, KernelTyping(typingctx, kept)
        flags, target.typing_context = self._of_flags[name]
        super().__init__(target.typing_context, target, library, args, return_type, flags, locals)

    def define_pipelines(self) -> list[Any]:
        """None: the passes are always the same."""
        return []

    def _compile_core(self) -> Any:
        """Run all passes, each of which analyses again what it changed."""
        state = self.state
        state.library = self._library()
        state.library.enable_object_caching()
        with ConfigStack().enter(state.flags):
            for each in PASSES:
                _pass_registry.get(each).pass_inst.run_pass(state)
        state.pipeline = None
        return state.cr

    def _library(self) -> Any:
        """Where the code goes."""
        codegen, function = self.state.targetctx.codegen(), self.state.func_id
        if self.state.flags.no_cpython_wrapper:
            inner = InnerLibrary(codegen, function.func_qualname)
            inner.apart = getattr(function.func, "apart", False)
            return inner
        if self.state.flags.nrt:
            return codegen.create_library(function.func_qualname)
        return OuterLibrary(codegen, function.func_qualname)


def restored(target: CPUContext, payload: Any) -> Any:
    """Make the result of a compilation anew from what was kept of it."""
    (name, kind, code), fndesc, env, signature, *_ = payload
    target = KernelTarget(target)
    if kind != INNER:
        return CompileResult._rebuild(target, *payload)  # noqa: SLF001
    library = InnerLibrary.restored(target.codegen(), name, code)
    return compile_result(
        typing_context=target.typing_context,
        target_context=target,
        entry_point=target.get_executable(library, fndesc, env),
        signature=signature,
        objectmode=False,
        lifted=(),
        fndesc=fndesc,
        library=library,
        environment=env,
        reload_init=(),
        referenced_envs=(),
    )
