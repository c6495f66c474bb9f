"""Answers to planners' questions: ``measure`` gives every area its figure, computed without the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mapapp.coverage.areas import Flags, Floats, LayerAreas
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import Definition, definition
from mapapp.coverage.figures import AreaFigure, Figure, Figures, Flag
from mapapp.coverage.frame import Frame
from mapapp.coverage.kinds import KINDS, Counted
from mapapp.coverage.question import Question
from mapapp.coverage.supply import AreaSupply, area_supply

__all__ = ["measure", "supply_by_area"]

PLACES = "places"


@dataclass(frozen=True, slots=True)
class _Layer:
    """The areas of a layer with what each has and who lives there."""

    areas: LayerAreas
    supply: tuple[AreaSupply, ...]
    people: Floats
    unknown_people: Floats
    edge: Sequence[bool]
    unclear: Sequence[bool]
    off: Sequence[bool]
    hidden: bool


def measure(data: CoverageData, question: Question, scheduler: str | None = None) -> Figures:
    """The figure of every area of the question's layer, and of the region.

    ``scheduler``: the address of a dask cluster that computes the competition for places, the same within 1e-12.
    Raises UnknownCode, NotAnswerable. An area without a figure has None for its value and a flag that says why.
    """
    what = definition(question.measure)
    frame = Frame(data, question, scheduler)
    rows = _figures(frame, what, data.areas.layers[question.layer])
    (region,) = _figures(frame, what, data.areas.layers["region"])
    travels = "travel" in what.needs
    return Figures(
        question=question,
        definition=what,
        layer=question.layer,
        rows=tuple(
            AreaFigure(ref, figure) for ref, figure in zip(data.areas.layers[question.layer].refs, rows, strict=True)
        ),
        region=region,
        travel=frame.travel if travels else None,
        cells=data.cells if travels else None,
        people_source=frame.people.source if "people" in what.needs else "",
        sources=frame.source_names,
        unlocated=frame.sites.unlocated if travels else 0,
        has_samples=frame.has_samples,
        is_schematic=data.is_schematic,
        release=data.release,
    )


def supply_by_area(data: CoverageData, question: Question) -> tuple[AreaSupply, ...]:
    """What each area of the question's layer has, in the order of ``data.areas.layers``."""
    return _supply(Frame(data, question), data.areas.layers[question.layer])


def _figures(frame: Frame, what: Definition, areas: LayerAreas) -> list[Figure]:
    layer = _layer(frame, what, areas)
    kind: Callable[[Frame, LayerAreas, Sequence[AreaSupply], Floats], list[Counted]] = KINDS[what.code]
    counted = kind(frame, areas, layer.supply, layer.people)
    towns = _towns(frame, areas, layer.supply)
    return [_figure(frame, what, layer, number, each, towns) for number, each in enumerate(counted)]


def _layer(frame: Frame, what: Definition, areas: LayerAreas) -> _Layer:
    nothing = np.zeros(len(areas.refs))
    people, unknown = nothing, nothing
    if "people" in what.needs:
        people = areas.sums(frame.people.by_gmina)
        lacking = np.zeros(len(areas.of_gmina))
        lacking[list(frame.people.unknown)] = 1.0
        unknown = areas.sums(lacking)
    edge, unclear, off = [False] * len(areas.refs), False, [False] * len(areas.refs)
    if "travel" in what.needs:
        edge = list(_edge(frame, what, areas))
        off = list(frame.off_network(areas))
        unclear = frame.question.entitled and bool(frame.sites.is_unclear.any())
    hidden = areas.layer == "region" and bool(frame.data.supply.hidden_of(frame.question.types))
    return _Layer(areas, _supply(frame, areas), people, unknown, edge, [unclear] * len(areas.refs), off, hidden)


def _edge(frame: Frame, what: Definition, areas: LayerAreas) -> Flags:
    if PLACES in what.needs:
        return frame.edge_of_competition(areas)
    return frame.edge(areas, reaches=np.inf if what.code.startswith("nearest") else frame.question.minutes)


def _supply(frame: Frame, areas: LayerAreas) -> tuple[AreaSupply, ...]:
    """The supply of each area; hidden places count in the region's only."""
    found = area_supply(frame.services, frame.data.areas, areas.layer)
    if areas.layer != "region":
        return found
    (region,) = found
    for hidden in frame.data.supply.hidden_of(frame.question.types):
        region = replace(
            region,
            sites=region.sites + hidden.services,
            services=region.services + hidden.services,
            places=region.places + (hidden.places or 0),
            unknown=region.unknown + (hidden.services if hidden.places is None else 0),
        )
    return (region,)


def _towns(frame: Frame, areas: LayerAreas, supply: Sequence[AreaSupply]) -> frozenset[int]:
    """Rural gminas without a site around a town of the same name that has one."""
    if areas.layer != "gmina":
        return frozenset()
    without = [number for number, own in enumerate(supply) if own.services == 0]
    towns = {number: frame.data.areas.town_of(number) for number in without}
    return frozenset(number for number, town in towns.items() if town is not None and supply[town].services)


def _figure(
    frame: Frame, what: Definition, layer: _Layer, number: int, counted: Counted, towns: frozenset[int]
) -> Figure:
    supply = layer.supply[number]
    flags = set(counted.flags)
    if PLACES in what.needs and supply.unknown:
        flags.add("no_capacity" if supply.unknown == supply.services else "unknown_capacity")
    people_flags = _people_flags(frame, what, layer, number)
    flags |= people_flags
    value = None if flags & {"no_people", "no_capacity"} else counted.value
    if "travel" in what.needs:
        flags |= {flag for flag, holds in _travel_flags(layer, number) if holds}
    flags |= {flag for flag, holds in _further_flags(frame, layer, number, towns) if holds}
    if _is_small(what, counted, supply):
        flags.add("small_number")
    return Figure(
        value=None if value is None else float(value),
        numerator=counted.numerator,
        denominator=counted.denominator,
        unit=what.unit,
        source="; ".join(frame.source_names) or "–",
        day=frame.newest_day,
        n=supply.sites,
        flags=frozenset(flags),
        unknown_capacity_share=supply.unknown / supply.services if supply.services else 0.0,
    )


def _people_flags(frame: Frame, what: Definition, layer: _Layer, number: int) -> set[Flag]:
    if "people" not in what.needs:
        return set()
    flags: set[Flag] = {"estimate"} if frame.people.is_estimate else set()
    if layer.people[number] <= 0 or layer.unknown_people[number]:
        flags.add("no_people")
    return flags


def _travel_flags(layer: _Layer, number: int) -> list[tuple[Flag, bool]]:
    flags: list[tuple[Flag, bool]] = [("edge", bool(layer.edge[number])), ("unclear_area", layer.unclear[number])]
    return [*flags, ("off_network", bool(layer.off[number]))]


def _further_flags(frame: Frame, layer: _Layer, number: int, towns: frozenset[int]) -> list[tuple[Flag, bool]]:
    return [("samples", frame.has_samples), ("town_has_one", number in towns), ("hidden_included", layer.hidden)]


def _is_small(what: Definition, counted: Counted, supply: AreaSupply) -> bool:
    if what.small_of == "sites":
        return supply.sites < what.small_below
    if what.small_of == "denominator":
        return counted.denominator is not None and counted.denominator < what.small_below
    return False
