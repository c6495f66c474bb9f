"""The inner loops of the search for the nearest site, said in LLVM's own words, as ``vectors`` says those of the sweep.

Products and sums are not fused: every path decides alike which site is nearer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types

from geo.lanes import INDEX, Emitted, all_data_of, data_of, emitted, extreme, load, splat, store

TOGETHER = 32  # points whose nearest sites are searched for together


@emitted
def box_of(_typing: Any, lanes: Any) -> Emitted:
    """West, south, east and north of (TOGETHER,) x and y."""
    signature = types.UniTuple(types.float64, 4)(lanes)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        easts, norths = _lanes(context, builder, signature.args[0], arguments[0])
        ends = [extreme(builder, kind, each) for kind in ("fmin", "fmax") for each in (easts, norths)]
        return context.make_tuple(builder, signature.return_type, ends)

    return signature, emit


@emitted
def tighten(_typing: Any, best: Any, lanes: Any, sites: Any, runs: Any, count: Any) -> Emitted:
    """``keep_nearer`` for the squares only; ``sites`` are x and y of the slots."""
    signature = types.float64(best, lanes, sites, runs, types.int64)

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        zero, squares = ir.Constant(INDEX, 0), data_of(context, builder, signature.args[0], arguments[0])
        xy, ends = (all_data_of(context, builder, signature.args[k], arguments[k]) for k in (2, 3))
        east, north = _lanes(context, builder, signature.args[1], arguments[1])
        kept = cgutils.alloca_once_value(builder, load(builder, squares, zero, TOGETHER))
        with _slots(builder, ends, arguments[4]) as slot:
            square = _squares_from(builder, xy, slot, east, north)
            least = builder.load(kept)
            builder.store(builder.select(builder.fcmp_ordered("<", square, least), square, least), kept)
        store(builder, builder.load(kept), squares, zero)
        return extreme(builder, "fmax", builder.load(kept))

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
        kept_in, (*xy, names), ends = (
            all_data_of(context, builder, signature.args[k], arguments[k]) for k in (0, 2, 3)
        )
        east, north = _lanes(context, builder, signature.args[1], arguments[1])
        kept, kept_name = (cgutils.alloca_once_value(builder, load(builder, each, zero, TOGETHER)) for each in kept_in)
        with _slots(builder, ends, arguments[4]) as slot:
            square = _squares_from(builder, xy, slot, east, north)
            new_name = splat(builder, builder.load(builder.gep(names, [slot])), TOGETHER)
            least, name = builder.load(kept), builder.load(kept_name)
            nearer, tied = (builder.fcmp_ordered(than, square, least) for than in ("<", "=="))
            builder.store(builder.select(nearer, square, least), kept)
            builder.store(builder.select(nearer, new_name, name), kept_name)
            marks = builder.bitcast(tied, ir.IntType(TOGETHER))
            with builder.if_then(builder.icmp_unsigned("!=", marks, ir.Constant(marks.type, 0)), likely=False):
                first = builder.and_(tied, builder.fcmp_ordered("<", new_name, name))
                builder.store(builder.select(first, new_name, builder.load(kept_name)), kept_name)
        for each, where in zip((kept, kept_name), kept_in, strict=True):
            store(builder, builder.load(each), where, zero)
        return extreme(builder, "fmax", builder.load(kept))

    return signature, emit


@contextmanager
def _slots(builder: Any, ends: list[Any], count: Any) -> Iterator[Any]:
    """A loop over the slots of so many runs."""
    with cgutils.for_range(builder, count) as run:
        begin, end = (builder.load(builder.gep(each, [run.index])) for each in ends)
        with cgutils.for_range_slice(builder, begin, end, ir.Constant(INDEX, 1)) as (slot, _):
            yield slot


def _lanes(context: Any, builder: Any, kind: Any, lanes: Any) -> list[Any]:
    data = all_data_of(context, builder, kind, lanes)
    return [load(builder, each, ir.Constant(INDEX, 0), TOGETHER) for each in data]


def _squares_from(builder: Any, sites: list[Any], slot: Any, east: Any, north: Any) -> Any:
    xs, ys = (splat(builder, builder.load(builder.gep(each, [slot])), TOGETHER) for each in sites)
    dx, dy = builder.fsub(east, xs), builder.fsub(north, ys)
    return builder.fadd(builder.fmul(dx, dx), builder.fmul(dy, dy))
