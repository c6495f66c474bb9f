"""Many numbers at a time: the inner loops of the kernels, said in LLVM's own words.

Runs in a bucket row are some sixteen points long. The loop vectoriser spends more on guards around such a loop than in
it, and does not touch one whose result may lie where its numbers came from: written like this sweeps are three to five
times as fast (measured on AVX-512; for other machines LLVM splits the vectors).
Products and sums are not fused where they decide what is within reach, so that every path decides alike.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8
TOGETHER = 32  # points whose nearest sites are searched for together
INDEX = ir.IntType(64)
NUMBER = ir.DoubleType()
VECTOR = ir.VectorType(NUMBER, LANES)
FUSED = ("contract",)

MOST_OF_HALVED = 0.28125
MIDDLE = MOST_OF_HALVED / 2
AT_MIDDLE = math.exp(-MIDDLE)
DEGREE = 9
FEWEST_HALVINGS = 4

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
def put_bell(_typing: Any, out: Any, square: Any, width: Any, bell: Any, halvings: Any) -> Emitted:
    """out[i] = exp(−square[i] · factor) where square[i] ≤ limit, else 0, for i < width in whole vectors.

    ``bell`` is (factor, limit); accurate as ``exp_negative``. ``out`` may be ``square``.
    """
    numbers = types.UniTuple(types.float64, 2)
    signature = types.void(out, square, types.int64, numbers, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, squares = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 1))
        factors, limits = (_splat(builder, each) for each in cgutils.unpack_tuple(builder, arguments[3]))
        exp = _Exponential(builder, arguments[4])
        with _blocks(builder, arguments[2]) as i:
            squared = _load(builder, squares, i)
            # beyond the limit the power may be anything, also not a number: it is not taken
            power = exp.of_negative(builder.fmul(squared, factors, flags=FUSED))
            near = builder.fcmp_ordered("<=", squared, limits)
            _store(builder, builder.select(near, power, _zeros()), to, i)
        return context.get_dummy_value()

    return signature, emit


@emitted
def exp_negative(_typing: Any, t: Any, out: Any, width: Any, halvings: Any) -> Emitted:
    """out = exp(−t) for 0 ≤ t ≤ 0.28125 · 2^halvings, halvings ≥ 4; relative error below 1e-15 · 2^halvings.

    For i < width in whole vectors; ``out`` may be ``t``.
    """
    signature = types.void(t, out, types.int64, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, to = (_data(context, builder, signature.args[k], arguments[k]) for k in (0, 1))
        exp = _Exponential(builder, arguments[3])
        with _blocks(builder, arguments[2]) as i:
            _store(builder, exp.of_negative(_load(builder, source, i)), to, i)
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
def box_of(_typing: Any, lanes: Any) -> Emitted:
    """West, south, east and north of (TOGETHER,) x and y."""
    signature = types.UniTuple(types.float64, 4)(lanes)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        easts, norths = _lanes(context, builder, signature.args[0], arguments[0])
        ends = [_extreme(builder, kind, each) for kind in ("fmin", "fmax") for each in (easts, norths)]
        return context.make_tuple(builder, signature.return_type, ends)

    return signature, emit


@emitted
def tighten(_typing: Any, best: Any, lanes: Any, sites: Any, runs: Any, count: Any) -> Emitted:
    """``keep_nearer`` for the squares only; ``sites`` are x and y of the slots."""
    signature = types.float64(best, lanes, sites, runs, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero, squares = ir.Constant(INDEX, 0), _data(context, builder, signature.args[0], arguments[0])
        xy, ends = (_all_data(context, builder, signature.args[k], arguments[k]) for k in (2, 3))
        east, north = _lanes(context, builder, signature.args[1], arguments[1])
        kept = cgutils.alloca_once_value(builder, _load(builder, squares, zero, TOGETHER))
        with _slots(builder, ends, arguments[4]) as slot:
            square = _squares_from(builder, xy, slot, east, north)
            least = builder.load(kept)
            builder.store(builder.select(builder.fcmp_ordered("<", square, least), square, least), kept)
        _store(builder, builder.load(kept), squares, zero)
        return _extreme(builder, "fmax", builder.load(kept))

    return signature, emit


@emitted
def keep_nearer(_typing: Any, found: Any, lanes: Any, sites: Any, runs: Any, count: Any) -> Emitted:
    """The largest of the points' least squares, which and whose sites now consider runs of slots too.

    found : (TOGETHER,) least squares and the sites' names    lanes : (TOGETHER,) x and y of the points
    sites : x, y and names of the slots    runs : begins and ends of so many runs, no slot twice, no site known already
    Of equally near sites the one with the least name, which is a whole number.
    """
    signature = types.float64(found, lanes, sites, runs, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(INDEX, 0)
        kept_in, (*xy, names), ends = (_all_data(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3))
        east, north = _lanes(context, builder, signature.args[1], arguments[1])
        kept, kept_name = (cgutils.alloca_once_value(builder, _load(builder, each, zero, TOGETHER)) for each in kept_in)
        with _slots(builder, ends, arguments[4]) as slot:
            square = _squares_from(builder, xy, slot, east, north)
            new_name = _splat(builder, builder.load(builder.gep(names, [slot])), TOGETHER)
            least, name = builder.load(kept), builder.load(kept_name)
            nearer, tied = (builder.fcmp_ordered(than, square, least) for than in ("<", "=="))
            builder.store(builder.select(nearer, square, least), kept)
            builder.store(builder.select(nearer, new_name, name), kept_name)
            marks = builder.bitcast(tied, ir.IntType(TOGETHER))
            with builder.if_then(builder.icmp_unsigned("!=", marks, ir.Constant(marks.type, 0)), likely=False):
                first = builder.and_(tied, builder.fcmp_ordered("<", new_name, name))
                builder.store(builder.select(first, new_name, builder.load(kept_name)), kept_name)
        for each, where in zip((kept, kept_name), kept_in, strict=True):
            _store(builder, builder.load(each), where, zero)
        return _extreme(builder, "fmax", builder.load(kept))

    return signature, emit


class _Exponential:
    """exp(−t) = exp(−t / 2^h)^(2^h), the inner one by its Taylor polynomial about the middle of its range."""

    def __init__(self, builder: Any, halvings: Any) -> None:
        self._builder = builder
        parts = builder.uitofp(builder.shl(ir.Constant(INDEX, 1), halvings), NUMBER)
        self._scale = _splat(builder, builder.fdiv(ir.Constant(NUMBER, -1.0), parts))
        self._more = builder.sub(halvings, ir.Constant(INDEX, FEWEST_HALVINGS))

    def of_negative(self, t: Any) -> Any:
        builder = self._builder
        v = self._sum(builder.fmul(t, self._scale, flags=FUSED), MIDDLE)
        p = _constant(1 / math.factorial(DEGREE))
        for k in range(DEGREE - 1, -1, -1):
            p = self._sum(builder.fmul(p, v, flags=FUSED), 1 / math.factorial(k))
        p = builder.fmul(p, _constant(AT_MIDDLE))
        for _ in range(FEWEST_HALVINGS):
            p = builder.fmul(p, p)
        power = cgutils.alloca_once_value(builder, p)
        with cgutils.for_range(builder, self._more):
            p = builder.load(power)
            builder.store(builder.fmul(p, p), power)
        return builder.load(power)

    def _sum(self, product: Any, number: float) -> Any:
        return self._builder.fadd(product, _constant(number), flags=FUSED)


@contextmanager
def _blocks(builder: Any, width: Any) -> Iterator[Any]:
    """A loop over 0, 8, 16 … below ``width``."""
    zero, step = ir.Constant(INDEX, 0), ir.Constant(INDEX, LANES)
    with cgutils.for_range_slice(builder, zero, width, step) as (index, _):
        yield index


@contextmanager
def _slots(builder: Any, ends: list[Any], count: Any) -> Iterator[Any]:
    """A loop over the slots of so many runs."""
    with cgutils.for_range(builder, count) as run:
        begin, end = (builder.load(builder.gep(each, [run.index])) for each in ends)
        with cgutils.for_range_slice(builder, begin, end, ir.Constant(INDEX, 1)) as (slot, _):
            yield slot


def _lanes(context: Any, builder: Any, kind: Any, lanes: Any) -> list[Any]:
    data = _all_data(context, builder, kind, lanes)
    return [_load(builder, each, ir.Constant(INDEX, 0), TOGETHER) for each in data]


def _squares_from(builder: Any, sites: list[Any], slot: Any, east: Any, north: Any) -> Any:
    xs, ys = (_splat(builder, builder.load(builder.gep(each, [slot])), TOGETHER) for each in sites)
    dx, dy = builder.fsub(east, xs), builder.fsub(north, ys)
    return builder.fadd(builder.fmul(dx, dx), builder.fmul(dy, dy))


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


def _extreme(builder: Any, which: str, vector: Any) -> Any:
    """The least or the greatest of numbers, none of which is nan."""
    name = f"llvm.vector.reduce.{which}.v{vector.type.count}f64"
    reduced = cgutils.get_or_insert_function(builder.module, ir.FunctionType(NUMBER, [vector.type]), name)
    return builder.call(reduced, [vector], fastmath=("nnan",))


def _data(context: Any, builder: Any, kind: Any, array: Any) -> Any:
    return context.make_array(kind)(context, builder, array).data


def _all_data(context: Any, builder: Any, kind: Any, arrays: Any) -> list[Any]:
    return [_data(context, builder, kind.dtype, each) for each in cgutils.unpack_tuple(builder, arrays)]


def _zeros() -> Any:
    return _constant(0.0)


def _constant(number: float) -> Any:
    return ir.Constant(VECTOR, [number] * LANES)


def _vector(lanes: int) -> Any:
    return ir.VectorType(NUMBER, lanes)


def _splat(builder: Any, number: Any, lanes: int = LANES) -> Any:
    undefined, places = ir.Constant(_vector(lanes), ir.Undefined), ir.VectorType(ir.IntType(32), lanes)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, undefined, ir.Constant(places, [0] * lanes))


def _load(builder: Any, data: Any, index: Any, lanes: int = LANES) -> Any:
    loaded = builder.load(builder.bitcast(builder.gep(data, [index]), _vector(lanes).as_pointer()))
    loaded.align = 8
    return loaded


def _store(builder: Any, vector: Any, data: Any, index: Any) -> None:
    stored = builder.store(vector, builder.bitcast(builder.gep(data, [index]), vector.type.as_pointer()))
    stored.align = 8
