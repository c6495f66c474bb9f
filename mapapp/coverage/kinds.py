"""How each measure is counted: one function per kind, from supply, people and travel to numerator and denominator."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

import numpy as np

from mapapp.coverage.areas import Floats, LayerAreas
from mapapp.coverage.figures import Flag
from mapapp.coverage.frame import Frame
from mapapp.coverage.lateness import open_late
from mapapp.coverage.standards import standard_of
from mapapp.coverage.supply import AreaSupply, SuppliedService, area_supply
from mapapp.coverage.travel import travel_mode

NONE: frozenset[Flag] = frozenset()
NO_USE: frozenset[Flag] = frozenset({"no_use_data"})
NO_STAFF: frozenset[Flag] = frozenset({"no_staff_data"})


@dataclass(frozen=True, slots=True)
class Counted:
    """The two numbers of a measure, and what comes of them; None where they give nothing."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    flags: frozenset[Flag] = NONE


Kind = Callable[[Frame, LayerAreas, Sequence[AreaSupply], Floats], list[Counted]]


def ratio(numerator: float, denominator: float, per: float = 1.0, flags: Iterable[Flag] = ()) -> Counted:
    """``numerator / denominator * per``; no value where there is nothing to divide by."""
    told = numerator / denominator * per if denominator > 0 else None
    return Counted(told, float(numerator), float(denominator), frozenset(flags))


def plain(value: float, numerator: float | None = None) -> Counted:
    """A count."""
    return Counted(float(value), float(value if numerator is None else numerator))


def _people(_: Frame, __: LayerAreas, ___: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    return [plain(number) for number in people]


def _any_service(_: Frame, __: LayerAreas, supply: Sequence[AreaSupply], ___: Floats) -> list[Counted]:
    return [plain(own.services > 0, own.services) for own in supply]


def _sites(_: Frame, __: LayerAreas, supply: Sequence[AreaSupply], ___: Floats) -> list[Counted]:
    return [plain(own.sites) for own in supply]


def _sites_per_area(_: Frame, areas: LayerAreas, supply: Sequence[AreaSupply], __: Floats) -> list[Counted]:
    return [ratio(own.sites, ref.area_km2, 100) for own, ref in zip(supply, areas.refs, strict=True)]


def _places(_: Frame, __: LayerAreas, supply: Sequence[AreaSupply], ___: Floats) -> list[Counted]:
    return [plain(own.places) for own in supply]


def _places_per(per: float, _: Frame, __: LayerAreas, supply: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    return [ratio(own.places, number, per) for own, number in zip(supply, people, strict=True)]


def _use(name: str, per: float, _: Frame, __: LayerAreas, supply: Sequence[AreaSupply], ___: Floats) -> list[Counted]:
    return [
        ratio(getattr(own, name), of, per) if (of := getattr(own, f"{name}_of")) else Counted(None, flags=NO_USE)
        for own in supply
    ]


def _free(_: Frame, __: LayerAreas, supply: Sequence[AreaSupply], ___: Floats) -> list[Counted]:
    return [plain(own.free) if own.free_of else Counted(None, flags=NO_USE) for own in supply]


def _within(frame: Frame, *, entitled: bool) -> Floats:
    """(n_cell,) people with a site in reach; exactly at the limit is within."""
    reached = frame.nearest(entitled=entitled) <= frame.question.minutes * (1 + 1e-12)
    return np.where(reached, frame.persons, 0.0)


def _reach_share(
    entitled: bool, frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats
) -> list[Counted]:
    reached = frame.by_area(areas, _within(frame, entitled=entitled))
    return [_share(part, whole) for part, whole in zip(reached, people, strict=True)]


def _reach_people(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    reached = frame.by_area(areas, _within(frame, entitled=frame.question.entitled))
    return [Counted(float(part), float(part), float(whole)) for part, whole in zip(reached, people, strict=True)]


def _beyond(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    beyond = frame.by_area(areas, frame.persons - _within(frame, entitled=frame.question.entitled))
    return [Counted(float(part), float(part), float(whole)) for part, whole in zip(beyond, people, strict=True)]


def _near_not_entitled(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    near = _within(frame, entitled=False) - _within(frame, entitled=True)
    parts = frame.by_area(areas, np.maximum(near, 0.0))
    return [Counted(float(part), float(part), float(whole)) for part, whole in zip(parts, people, strict=True)]


def _share(part: float, whole: float) -> Counted:
    # sums of parts may exceed the whole by a rounding error
    return ratio(min(part, whole), whole, 100)


def _nearest(scale: str, frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    """The mean over people who can get to a site at all; the others are told by a flag, not hidden in a mean."""
    minutes = frame.nearest(entitled=frame.question.entitled)
    can = np.isfinite(minutes)
    speed = travel_mode(frame.question.mode).speed_kmh / 60 if scale == "km" else 1.0
    total = frame.by_area(areas, np.where(can, frame.persons * np.where(can, minutes, 0.0) * speed, 0.0))
    able = frame.by_area(areas, np.where(can, frame.persons, 0.0))
    stuck = frame.by_area(areas, np.where(can, 0.0, frame.persons)) > 0
    flags: list[frozenset[Flag]] = [frozenset({"unreachable"}) if each else NONE for each in stuck]
    return [ratio(a, b, 1.0, c) for a, b, c in zip(total, able, flags, strict=True)]


def _access(decays: bool, frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    access = frame.access if decays else frame.plain_access
    places = frame.by_area(areas, access.score * frame.persons)
    flags: list[Flag] = ["unknown_capacity"] if bool(np.isnan(frame.sites.capacity).any()) else []
    return [ratio(part, whole, 1000, flags) for part, whole in zip(places, people, strict=True)]


def _gap(
    of_people: bool, accessible: bool, frame: Frame, areas: LayerAreas, supply: Sequence[AreaSupply], people: Floats
) -> list[Counted]:
    """What is missing to the standard; the standard's places are the denominator."""
    layer = frame.data.areas.layers[frame.question.layer]
    compared = area_supply(frame.services, frame.data.areas, layer.layer)
    standard = standard_of(frame.question, [own.places for own in compared], layer.sums(frame.people.by_gmina))
    here = [float(own.places) for own in supply]
    if accessible:
        here = list(frame.by_area(areas, frame.access.score * frame.persons))
    counted = []
    for places, number in zip(here, people, strict=True):
        wanted = standard * number
        gap = max(0.0, wanted - places)
        told = (gap / standard if standard else 0.0) if of_people else gap
        counted.append(Counted(told, float(places), float(wanted)))
    return counted


def _community(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], __: Floats) -> list[Counted]:
    settings = {
        setting: area_supply(
            [service for service in frame.services if service.offers[0].care_setting == setting],
            frame.data.areas,
            areas.layer,
        )
        for setting in ("community", "institution")
    }
    pairs = zip(settings["community"], settings["institution"], strict=True)
    return [ratio(near.places, near.places + away.places, 100) for near, away in pairs]


def _accessible(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], __: Floats) -> list[Counted]:
    profile = frame.question.profile or ""
    states: list[dict[UUID, str]] = [{} for _ in areas.refs]
    for service in frame.services:
        for offer, area in zip(service.offers, service.areas(frame.data.areas, areas.layer), strict=True):
            if area is not None:
                states[area][offer.location_id or offer.id] = offer.profiles.get(profile, "unknown")
    return [ratio(list(own.values()).count("yes"), len(own), 100) for own in states]


def _verified(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], __: Floats) -> list[Counted]:
    today = frame.data.today
    counts = np.zeros((len(areas.refs), 2))
    for service in frame.services:
        for area in {own for own in service.areas(frame.data.areas, areas.layer) if own is not None}:
            counts[area] += (_is_verified(service, today), 1)
    return [ratio(verified, every, 100) for verified, every in counts]


def _is_verified(service: SuppliedService, today: date) -> bool:
    day = service.offers[0].verified_on
    return day is not None and (today - day).days <= 365


def _open_late(frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], __: Floats) -> list[Counted]:
    """Of the services whose hours somebody knows; one is open late where any of its places here is."""
    counts = np.zeros((len(areas.refs), 2))
    for service in frame.services:
        found: dict[int, list[bool | None]] = {}
        for offer, area in zip(service.offers, service.areas(frame.data.areas, areas.layer), strict=True):
            if area is not None:
                found.setdefault(area, []).append(open_late(offer.opening_hours))
        for area, states in found.items():
            known = [state for state in states if state is not None]
            if known:
                counts[area] += (any(known), 1)
    return [ratio(late, known, 100) for late, known in counts]


def _staff(per: float, frame: Frame, areas: LayerAreas, _: Sequence[AreaSupply], people: Floats) -> list[Counted]:
    """Posts per so many residents; none where the posts of any gmina of the area are not known."""
    if frame.staff is None:
        return [Counted(None, flags=NO_STAFF)] * len(areas.refs)
    is_unknown = np.zeros(len(areas.of_gmina))
    is_unknown[list(frame.staff.unknown)] = 1.0
    posts, unknown = areas.sums(frame.staff.by_gmina), areas.sums(is_unknown)
    return [
        Counted(None, flags=NO_STAFF) if lacking else ratio(own, number, per)
        for own, number, lacking in zip(posts, people, unknown, strict=True)
    ]


KINDS: Mapping[str, Kind] = {
    "target_people": _people,
    "any_service": _any_service,
    "sites": _sites,
    "sites_per_100km2": _sites_per_area,
    "places": _places,
    "places_per_1k": partial(_places_per, 1_000),
    "places_per_10k": partial(_places_per, 10_000),
    "occupancy": partial(_use, "occupied", 100),
    "waiting_per_100": partial(_use, "waiting", 100),
    "free_places": _free,
    "reach_share": partial(_reach_share, True),
    "near_share": partial(_reach_share, False),
    "reach_people": _reach_people,
    "beyond_people": _beyond,
    "near_not_entitled_people": _near_not_entitled,
    "nearest_minutes": partial(_nearest, "minutes"),
    "nearest_km": partial(_nearest, "km"),
    "access_2sfca": partial(_access, False),
    "access_e2sfca": partial(_access, True),
    "gap_places": partial(_gap, False, False),
    "gap_people": partial(_gap, True, False),
    "gap_accessible_places": partial(_gap, False, True),
    "gap_accessible_people": partial(_gap, True, True),
    "community_share": _community,
    "accessible_share": _accessible,
    "verified_share": _verified,
    "open_late_share": _open_late,
    "social_workers_per_2000": partial(_staff, 2_000),
}
