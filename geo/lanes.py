"""Many numbers at a time, said in LLVM's own words: what the loops of ``vectors`` and ``nearer`` are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
INDEX = ir.IntType(64)
NUMBER = ir.DoubleType()

Emitted = tuple[Any, Callable[..., Any]]


def emitted(function: Callable[..., Emitted]) -> Callable[..., Any]:
    """What compiled functions call in place of ``function``, without the typing context."""
    typed: Callable[..., Any] = intrinsic(function)
    return typed


def extreme(builder: Any, which: str, numbers: Any) -> Any:
    """The least or the greatest of numbers, none of which is nan."""
    name = f"llvm.vector.reduce.{which}.v{numbers.type.count}f64"
    reduced = cgutils.get_or_insert_function(builder.module, ir.FunctionType(NUMBER, [numbers.type]), name)
    return builder.call(reduced, [numbers], fastmath=("nnan",))


def data_of(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    """The address of an array's numbers."""
    return context.make_array(kind)(context, builder, array).data


def all_data_of(context: Any, builder: Any, kind: Any, arrays: Any) -> list[Any]:
    """The addresses of the numbers of several arrays of one kind."""
    return [data_of(context, builder, kind.dtype, each) for each in cgutils.unpack_tuple(builder, arrays)]


def zeros() -> Any:
    """Eight zeros."""
    return constant(0.0)


def constant(number: float) -> Any:
    """Eight times the number."""
    return ir.Constant(vector(LANES), [number] * LANES)


def vector(lanes: int) -> Any:
    """The kind of so many numbers."""
    return ir.VectorType(NUMBER, lanes)


def splat(builder: Any, number: Any, lanes: int = LANES) -> Any:
    """So many times the number."""
    undefined, places = ir.Constant(vector(lanes), ir.Undefined), ir.VectorType(ir.IntType(32), lanes)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, undefined, ir.Constant(places, [0] * lanes))


def load(builder: Any, data: Any, index: Any, lanes: int = LANES) -> Any:
    """So many numbers from an index on."""
    loaded = builder.load(builder.bitcast(builder.gep(data, [index]), vector(lanes).as_pointer()))
    loaded.align = 8
    return loaded


def store(builder: Any, numbers: Any, data: Any, index: Any) -> None:
    """Numbers to an index and on."""
    stored = builder.store(numbers, builder.bitcast(builder.gep(data, [index]), numbers.type.as_pointer()))
    stored.align = 8
