"""Eight numbers at a time: the three inner loops of the kernels, said in LLVM's own words.

Runs in a bucket row are some sixteen points long. The loop vectoriser spends more on guards around such a loop than in
it: written like this the sweep is three times as fast (measured
on AVX-512; for other machines LLVM splits the vectors).
Products and sums are not fused where they decide what is within reach, so that every path decides alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8
INDEX = ir.IntType(64)
NUMBER = ir.DoubleType()
VECTOR = ir.VectorType(NUMBER, LANES)
FUSED = ("contract",)

Emitted = tuple[Any, Callable[..., Any]]


def emitted(function: Callable[..., Emitted]) -> Callable[..., Any]:
    """What compiled functions call in place of ``function``, without the typing context."""
    typed: Callable[..., Any] = intrinsic(function)
    return typed


@emitted
def put_squares(
    _typing: Any, out: Any, at: Any, x: Any, y: Any, start: Any, width: Any, east: Any, north: Any
) -> Emitted:
    """out[at + i] = (x[start + i] − east)² + (y[start + i] − north)² for i < width, rounded up to whole vectors."""
    signature = types.void(out, types.int64, x, y, types.int64, types.int64, types.float64, types.float64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, xs, ys = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3))
        at, start, width = arguments[1], arguments[4], arguments[5]
        easts, norths = _splat(builder, arguments[6]), _splat(builder, arguments[7])
        with _blocks(builder, width) as i:
            source = builder.add(start, i)
            dx = builder.fsub(_load(builder, xs, source), easts)
            dy = builder.fsub(_load(builder, ys, source), norths)
            _store(builder, builder.fadd(builder.fmul(dx, dx), builder.fmul(dy, dy)), to, builder.add(at, i))
        return context.get_dummy_value()

    return signature, emit


@emitted
def put_row(
    _typing: Any, out: Any, at: Any, weight: Any, square: Any, width: Any, row: Any, values: Any, start: Any
) -> Emitted:
    """``dot`` of what it puts: out[at + i] = weight[i] · factor where square[i] + more ≤ limit, else 0.

    ``row`` is (factor, more, limit); for i < width in whole vectors.
    """
    numbers = types.UniTuple(types.float64, 3)
    signature = types.float64(out, types.int64, weight, square, types.int64, numbers, values, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3, 6))
        to, weights, squares, people = arrays
        at, width, start = arguments[1], arguments[4], arguments[7]
        factors, mores, limits = (_splat(builder, each) for each in cgutils.unpack_tuple(builder, arguments[5]))
        total = _zero_sum(builder)
        with _blocks(builder, width) as i:
            near = builder.fcmp_ordered("<=", builder.fadd(_load(builder, squares, i), mores), limits)
            product = builder.select(near, builder.fmul(_load(builder, weights, i), factors), _zeros())
            _store(builder, product, to, builder.add(at, i))
            _add_product(builder, total, product, _load(builder, people, builder.add(start, i)))
        return _summed(builder, total)

    return signature, emit


@emitted
def dot(_typing: Any, weight: Any, at: Any, values: Any, start: Any, width: Any) -> Emitted:
    """Σ weight[at + i] · values[start + i] for i < width in whole vectors."""
    signature = types.float64(weight, types.int64, values, types.int64, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        weights, numbers = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 2))
        at, start, width = arguments[1], arguments[3], arguments[4]
        total = _zero_sum(builder)
        with _blocks(builder, width) as i:
            weighed = _load(builder, weights, builder.add(at, i))
            _add_product(builder, total, weighed, _load(builder, numbers, builder.add(start, i)))
        return _summed(builder, total)

    return signature, emit


@emitted
def add_scaled(_typing: Any, to: Any, start: Any, weight: Any, at: Any, width: Any, factor: Any) -> Emitted:
    """to[start + i] += weight[at + i] · factor for i < width in whole vectors."""
    signature = types.void(to, types.int64, weight, types.int64, types.int64, types.float64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, weights = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 2))
        start, at, width = arguments[1], arguments[3], arguments[4]
        factors = _splat(builder, arguments[5])
        with _blocks(builder, width) as i:
            where = builder.add(start, i)
            product = builder.fmul(_load(builder, weights, builder.add(at, i)), factors, flags=FUSED)
            _store(builder, builder.fadd(_load(builder, target, where), product, flags=FUSED), target, where)
        return context.get_dummy_value()

    return signature, emit


@emitted
def keep_nearer(
    _typing: Any, best: Any, which: Any, lanes_x: Any, lanes_y: Any, x: Any, y: Any, names: Any, run: Any
) -> Emitted:
    """The largest of the eight points' ``best`` squares, which and ``which`` site now consider a run of slots too.

    lanes_x, lanes_y : (8,) the points        x, y, names : of the slots        run : (begin, end)
    Of equally near sites the one with the least name, which is a whole number.
    """
    bounds = types.UniTuple(types.int64, 2)
    signature = types.float64(best, which, lanes_x, lanes_y, x, y, names, bounds)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        arrays = [_data(context, builder, signature.args[k], arguments[k]) for k in range(7)]
        begin, end = cgutils.unpack_tuple(builder, arguments[7])
        zero = ir.Constant(INDEX, 0)
        least, name, east, north = (_load(builder, each, zero) for each in arrays[:4])
        kept, kept_name = cgutils.alloca_once_value(builder, least), cgutils.alloca_once_value(builder, name)
        with cgutils.for_range_slice(builder, begin, end, ir.Constant(INDEX, 1)) as (slot, _):
            xs, ys, new_name = (_splat(builder, builder.load(builder.gep(each, [slot]))) for each in arrays[4:])
            dx, dy = builder.fsub(east, xs), builder.fsub(north, ys)
            square = builder.fadd(builder.fmul(dx, dx), builder.fmul(dy, dy))
            least, name = builder.load(kept), builder.load(kept_name)
            tied = builder.fcmp_ordered("==", square, least)
            first = builder.and_(tied, builder.fcmp_ordered("<", new_name, name))
            nearer = builder.or_(builder.fcmp_ordered("<", square, least), first)
            builder.store(builder.select(nearer, square, least), kept)
            builder.store(builder.select(nearer, new_name, name), kept_name)
        _store(builder, builder.load(kept), arrays[0], zero)
        _store(builder, builder.load(kept_name), arrays[1], zero)
        kind = ir.FunctionType(NUMBER, [VECTOR])
        largest = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fmax.v{LANES}f64")
        return builder.call(largest, [builder.load(kept)])

    return signature, emit


class _blocks:  # noqa: N801  (read as a statement: with _blocks(...) as i)
    """A loop over 0, 8, 16 … below ``width``."""

    def __init__(self, builder: Any, width: Any) -> None:
        zero, step = ir.Constant(INDEX, 0), ir.Constant(INDEX, LANES)
        self._loop = cgutils.for_range_slice(builder, zero, width, step)

    def __enter__(self) -> Any:
        index, _ = self._loop.__enter__()
        return index

    def __exit__(self, *stop: Any) -> None:
        self._loop.__exit__(*stop)


def _zero_sum(builder: Any) -> Any:
    total = cgutils.alloca_once(builder, VECTOR)
    builder.store(_zeros(), total)
    return total


def _add_product(builder: Any, total: Any, one: Any, other: Any) -> None:
    product = builder.fmul(one, other, flags=FUSED)
    builder.store(builder.fadd(builder.load(total), product, flags=FUSED), total)


def _summed(builder: Any, total: Any) -> Any:
    kind = ir.FunctionType(NUMBER, [NUMBER, VECTOR])
    summed = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f64")
    return builder.call(summed, [ir.Constant(NUMBER, -0.0), builder.load(total)], fastmath=("reassoc",))


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _zeros() -> Any:
    return ir.Constant(VECTOR, [0.0] * LANES)


def _splat(builder: Any, number: Any) -> Any:
    undefined, lanes = ir.Constant(VECTOR, ir.Undefined), ir.VectorType(ir.IntType(32), LANES)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, undefined, ir.Constant(lanes, [0] * LANES))


def _load(builder: Any, data: Any, index: Any) -> Any:
    loaded = builder.load(builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer()))
    loaded.align = 8
    return loaded


def _store(builder: Any, vector: Any, data: Any, index: Any) -> None:
    stored = builder.store(vector, builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer()))
    stored.align = 8
