"""Sixty-four bytes at a time: what numba has no words for, and LLVM makes vector instructions of.

For `eurosift.filters.kernel.Intrinsic`, which imports this module, and numba with it, when a kernel
is compiled. Nothing here depends on the processor: where its registers are shorter, LLVM takes
several. Places of bytes in a mask are bits of a number, the first one lowest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.core.base import BaseContext
from numba.core.extending import intrinsic
from numba.core.registry import cpu_target

from eurosift.filters.bits import VALUES, VECTOR

BYTE: Final = ir.IntType(8)
BYTES: Final = ir.VectorType(BYTE, VECTOR)
MASK: Final = ir.IntType(VECTOR)

Builder = Callable[[BaseContext, Any, Any, Any], Any]


def pointer(
    context: BaseContext, builder: Any, array_type: Any, array: Any, place: Any, vector: Any = BYTES
) -> Any:
    """Where a vector begins in an array."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), vector.as_pointer())


def filled(value: int) -> ir.Constant:
    """64 times the same byte."""
    return ir.Constant(BYTES, [value] * VECTOR)


@intrinsic
def load_bytes(_typing: Any, data: Any, _start: Any) -> tuple[Any, Builder]:
    """``data[start:start + 8]`` as one number, the first byte in its lowest bits."""
    word = ir.IntType(64)

    def build(context: BaseContext, builder: Any, signature: Any, arguments: Any) -> Any:
        data, start = arguments
        source = pointer(context, builder, signature.args[0], data, start, word)
        found = builder.load(source, align=1)
        return found if sys.byteorder == "little" else builder.bswap(found)

    return types.uint64(data, types.uint64), build


@intrinsic
def fold_letters(
    _typing: Any, text: Any, _start: Any, out: Any, _place: Any
) -> tuple[Any, Builder]:
    """Write 64 bytes: ASCII letters in lower case, 0 for all others.

    ``fold_letters(text, start, out, place)`` reads from ``text[start]`` on, writes from
    ``out[place]`` on, and gives the mask of the bytes that are ASCII digits, or may begin a
    character that is not ASCII.
    """

    def build(context: BaseContext, builder: Any, signature: Any, arguments: Any) -> Any:
        text, start, out, place = arguments
        source = pointer(context, builder, signature.args[0], text, start)
        target = pointer(context, builder, signature.args[2], out, place)
        found = builder.load(source, align=1)
        lower = builder.or_(found, filled(0x20))
        is_letter = builder.icmp_unsigned("<", builder.sub(lower, filled(ord("a"))), filled(26))
        builder.store(builder.select(is_letter, lower, filled(0)), target, align=1)
        is_digit = builder.icmp_unsigned("<", builder.sub(found, filled(ord("0"))), filled(10))
        is_first = builder.icmp_unsigned(">=", found, filled(0xC0))
        return builder.bitcast(builder.or_(is_digit, is_first), MASK)

    return types.uint64(text, types.int64, out, types.int64), build


@intrinsic
def mask_characters(_typing: Any, text: Any, _start: Any) -> tuple[Any, Builder]:
    """Mask of those of ``text[start:start + 64]`` that do not go on a character of UTF-8."""

    def build(context: BaseContext, builder: Any, signature: Any, arguments: Any) -> Any:
        source = pointer(context, builder, signature.args[0], *arguments)
        marks = builder.and_(builder.load(source, align=1), filled(0xC0))
        return builder.bitcast(builder.icmp_unsigned("!=", marks, filled(0x80)), MASK)

    return types.uint64(text, types.int64), build


@intrinsic
def mask_nonzero(_typing: Any, text: Any, _start: Any) -> tuple[Any, Builder]:
    """Mask of those of ``text[start:start + 64]`` that are not 0."""

    def build(context: BaseContext, builder: Any, signature: Any, arguments: Any) -> Any:
        source = pointer(context, builder, signature.args[0], *arguments)
        found = builder.load(source, align=1)
        return builder.bitcast(builder.icmp_unsigned("!=", found, filled(0)), MASK)

    return types.uint64(text, types.int64), build


@intrinsic
def count_bits(_typing: Any, _mask: Any) -> tuple[Any, Builder]:
    """How many bits of a uint64 are set."""

    def build(_context: BaseContext, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(*arguments)

    return types.int64(types.uint64), build


@intrinsic
def lower_minima(
    _typing: Any,
    minima: Any,
    _first: Any,
    multipliers: Any,
    increments: Any,
    values: Any,
    _n: Any,
) -> tuple[Any, Builder]:
    """Lower 64 bytes of minima to what their affine maps make of `n` values, where that is less.

    ``lower_minima(minima, first, multipliers, increments, values, n)`` goes on from
    ``minima[first]``; `n` is a multiple of `VALUES`. All numbers are of one unsigned type, in which
    products wrap.
    """
    number = ir.IntType(minima.dtype.bitwidth)
    lanes = VECTOR * 8 // number.width
    vector = ir.VectorType(number, lanes)
    same_lane = ir.Constant(ir.VectorType(ir.IntType(32), lanes), [0] * lanes)

    def build(context: BaseContext, builder: Any, signature: Any, arguments: Any) -> Any:
        first, n = arguments[1], arguments[5]
        places = [
            pointer(context, builder, signature.args[i], arguments[i], first, vector)
            for i in (0, 2, 3)
        ]
        least, factors, summands = (
            builder.load(place, align=number.width // 8) for place in places
        )
        kept = cgutils.alloca_once_value(builder, least)
        data = context.make_array(signature.args[4])(context, builder, arguments[4]).data
        step = ir.Constant(n.type, VALUES)
        with cgutils.for_range_slice(builder, ir.Constant(n.type, 0), n, step, n.type) as (i, _):
            least = builder.load(kept)
            found = []
            for j in range(VALUES):
                value = builder.load(builder.gep(data, [builder.add(i, ir.Constant(n.type, j))]))
                lane = builder.insert_element(
                    ir.Constant(vector, ir.Undefined), value, ir.IntType(32)(0)
                )
                spread = builder.shuffle_vector(lane, lane, same_lane)
                found.append(builder.add(builder.mul(factors, spread), summands))
            while len(found) > 1:
                found = [
                    lesser(builder, x, y) for x, y in zip(found[::2], found[1::2], strict=True)
                ]
            builder.store(lesser(builder, found[0], least), kept)
        builder.store(builder.load(kept), places[0], align=number.width // 8)
        return context.get_dummy_value()

    return types.void(minima, types.int64, multipliers, increments, values, types.int64), build


def lesser(builder: Any, x: Any, y: Any) -> Any:
    """The lesser one of each two unsigned numbers."""
    return builder.select(builder.icmp_unsigned("<", x, y), x, y)


cpu_target.typing_context.refresh()  # whoever compiles kernels need not look for extensions
