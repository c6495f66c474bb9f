"""Many numbers at a time: the inner loops of the sweep, said in LLVM's own words.

Runs in a bucket row are some sixteen points long. The loop vectoriser spends more on guards around such a loop than in
it, and does not touch one whose result may lie where its numbers came from: written like this sweeps are three to five
times as fast (measured on AVX-512; for other machines LLVM splits the vectors).
Products and sums are not fused where they decide what is within reach, so that every path decides alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from geo.lanes import INDEX, LANES, NUMBER, Emitted, constant, data_of, emitted, load, splat, store, vector, zeros

FUSED = ("contract",)

MOST_OF_HALVED = 0.28125
MIDDLE = MOST_OF_HALVED / 2
AT_MIDDLE = math.exp(-MIDDLE)
DEGREE = 9
FEWEST_HALVINGS = 4


@emitted
def put_squares(
    _typing: Any, out: Any, at: Any, x: Any, y: Any, start: Any, width: Any, east: Any, north: Any
) -> Emitted:
    """out[at + i] = (x[start + i] − east)² + (y[start + i] − north)² for i < width, rounded up to whole vectors."""
    signature = types.void(out, types.int64, x, y, types.int64, types.int64, types.float64, types.float64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        to, xs, ys = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3))
        at, start, width = arguments[1], arguments[4], arguments[5]
        easts, norths = splat(builder, arguments[6]), splat(builder, arguments[7])
        with _blocks(builder, width) as i:
            source = builder.add(start, i)
            dx = builder.fsub(load(builder, xs, source), easts)
            dy = builder.fsub(load(builder, ys, source), norths)
            store(builder, builder.fadd(builder.fmul(dx, dx), builder.fmul(dy, dy)), to, builder.add(at, i))
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
        to, squares = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 1))
        factors, limits = (splat(builder, each) for each in cgutils.unpack_tuple(builder, arguments[3]))
        exp = _Exponential(builder, arguments[4])
        with _blocks(builder, arguments[2]) as i:
            squared = load(builder, squares, i)
            # beyond the limit the power may be anything, also not a number: it is not taken
            power = exp.of_negative(builder.fmul(squared, factors, flags=FUSED))
            near = builder.fcmp_ordered("<=", squared, limits)
            store(builder, builder.select(near, power, zeros()), to, i)
        return context.get_dummy_value()

    return signature, emit


@emitted
def exp_negative(_typing: Any, t: Any, out: Any, width: Any, halvings: Any) -> Emitted:
    """out = exp(−t) for 0 ≤ t ≤ 0.28125 · 2^halvings, halvings ≥ 4; relative error below 1e-15 · 2^halvings.

    For i < width in whole vectors; ``out`` may be ``t``.
    """
    signature = types.void(t, out, types.int64, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        source, to = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 1))
        exp = _Exponential(builder, arguments[3])
        with _blocks(builder, arguments[2]) as i:
            store(builder, exp.of_negative(load(builder, source, i)), to, i)
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
        arrays = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3, 6))
        to, weights, squares, people = arrays
        at, width, start = arguments[1], arguments[4], arguments[7]
        factors, mores, limits = (splat(builder, each) for each in cgutils.unpack_tuple(builder, arguments[5]))
        total = _zero_sum(builder)
        with _blocks(builder, width) as i:
            near = builder.fcmp_ordered("<=", builder.fadd(load(builder, squares, i), mores), limits)
            product = builder.select(near, builder.fmul(load(builder, weights, i), factors), zeros())
            store(builder, product, to, builder.add(at, i))
            _add_product(builder, total, product, load(builder, people, builder.add(start, i)))
        return _summed(builder, total)

    return signature, emit


@emitted
def dot(_typing: Any, weight: Any, at: Any, values: Any, start: Any, width: Any) -> Emitted:
    """Σ weight[at + i] · values[start + i] for i < width in whole vectors."""
    signature = types.float64(weight, types.int64, values, types.int64, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        weights, numbers = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 2))
        at, start, width = arguments[1], arguments[3], arguments[4]
        total = _zero_sum(builder)
        with _blocks(builder, width) as i:
            weighed = load(builder, weights, builder.add(at, i))
            _add_product(builder, total, weighed, load(builder, numbers, builder.add(start, i)))
        return _summed(builder, total)

    return signature, emit


@emitted
def add_scaled(_typing: Any, to: Any, start: Any, weight: Any, at: Any, width: Any, factor: Any) -> Emitted:
    """to[start + i] += weight[at + i] · factor for i < width in whole vectors."""
    signature = types.void(to, types.int64, weight, types.int64, types.int64, types.float64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, weights = (data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 2))
        start, at, width = arguments[1], arguments[3], arguments[4]
        factors = splat(builder, arguments[5])
        with _blocks(builder, width) as i:
            where = builder.add(start, i)
            product = builder.fmul(load(builder, weights, builder.add(at, i)), factors, flags=FUSED)
            store(builder, builder.fadd(load(builder, target, where), product, flags=FUSED), target, where)
        return context.get_dummy_value()

    return signature, emit


class _Exponential:
    """exp(−t) = exp(−t / 2^h)^(2^h), the inner one by its Taylor polynomial about the middle of its range."""

    def __init__(self, builder: Any, halvings: Any) -> None:
        self._builder = builder
        parts = builder.uitofp(builder.shl(ir.Constant(INDEX, 1), halvings), NUMBER)
        self._scale = splat(builder, builder.fdiv(ir.Constant(NUMBER, -1.0), parts))
        self._more = builder.sub(halvings, ir.Constant(INDEX, FEWEST_HALVINGS))

    def of_negative(self, t: Any) -> Any:
        builder = self._builder
        v = self._sum(builder.fmul(t, self._scale, flags=FUSED), MIDDLE)
        p = constant(1 / math.factorial(DEGREE))
        for k in range(DEGREE - 1, -1, -1):
            p = self._sum(builder.fmul(p, v, flags=FUSED), 1 / math.factorial(k))
        p = builder.fmul(p, constant(AT_MIDDLE))
        for _ in range(FEWEST_HALVINGS):
            p = builder.fmul(p, p)
        power = cgutils.alloca_once_value(builder, p)
        with cgutils.for_range(builder, self._more):
            p = builder.load(power)
            builder.store(builder.fmul(p, p), power)
        return builder.load(power)

    def _sum(self, product: Any, number: float) -> Any:
        return self._builder.fadd(product, constant(number), flags=FUSED)


@contextmanager
def _blocks(builder: Any, width: Any) -> Iterator[Any]:
    """A loop over 0, 8, 16 … below ``width``."""
    zero, step = ir.Constant(INDEX, 0), ir.Constant(INDEX, LANES)
    with cgutils.for_range_slice(builder, zero, width, step) as (index, _):
        yield index


def _zero_sum(builder: Any) -> Any:
    total = cgutils.alloca_once(builder, vector(LANES))
    builder.store(zeros(), total)
    return total


def _add_product(builder: Any, total: Any, one: Any, other: Any) -> None:
    product = builder.fmul(one, other, flags=FUSED)
    builder.store(builder.fadd(builder.load(total), product, flags=FUSED), total)


def _summed(builder: Any, total: Any) -> Any:
    kind = ir.FunctionType(NUMBER, [NUMBER, vector(LANES)])
    summed = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.fadd.v{LANES}f64")
    return builder.call(summed, [ir.Constant(NUMBER, -0.0), builder.load(total)], fastmath=("reassoc",))
