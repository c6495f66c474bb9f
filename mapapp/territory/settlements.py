"""Places: which one is the seat of its gmina, and where a place with many postal codes is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import shapely

from geo.crs import Position, to_metric
from mapapp.territory.content import Geometries, GminaFacts, Settlement
from mapapp.territory.errors import TerritoryError, refuse
from mapapp.territory.records import FigurePlaceRow, PlaceRow

FEWEST_INSIDE = 0.9
"""Share of places that must lie in the gmina that their row names; postal positions are 1 km right at 95 %."""


def settlements_of(rows: Iterable[PlaceRow], source: str) -> tuple[Settlement, ...]:
    """Every name, postal code and gmina once; of a place with many codes its seat or most central position first."""
    grouped: dict[tuple[str, str], dict[str | None, PlaceRow]] = defaultdict(dict)
    for row in rows:
        grouped[row.teryt, row.place].setdefault(row.postal_code, row)
    return tuple(
        Settlement(row.place, row.postal_code, row.teryt, False, Position(row.lon, row.lat), source)
        for _, by_code in sorted(grouped.items())
        for row in _central_first(list(by_code.values()))
    )


def _central_first(rows: list[PlaceRow]) -> list[PlaceRow]:
    lon, lat = median(row.lon for row in rows), median(row.lat for row in rows)
    # near 51° a degree of longitude is 0.63 of one of latitude
    return sorted(rows, key=lambda row: (not _is_head(row), ((row.lon - lon) * 0.63) ** 2 + (row.lat - lat) ** 2))


def _is_head(row: PlaceRow) -> bool:
    return isinstance(row, FigurePlaceRow) and row.role != "settlement"


def with_seats(
    gminas: Sequence[GminaFacts], places: Sequence[Settlement]
) -> tuple[list[GminaFacts], tuple[Settlement, ...]]:
    """Both with seats: the place of the gmina's name inside it.

    A rural gmina around the town of its name has its seat there, and no place of its own that is the seat.
    """
    first: dict[tuple[str, str], Settlement] = {}
    for place in places:
        first.setdefault((place.gmina_teryt, place.name), place)
    own = {facts.teryt: first.get((facts.teryt, facts.name)) for facts in gminas}
    in_powiat = {(place.gmina_teryt[:4], place.name): place for place in own.values() if place}
    seats = {facts.teryt: own[facts.teryt] or in_powiat.get((facts.powiat_teryt, facts.name)) for facts in gminas}
    with_seat = [replace(facts, seat=seat.position if (seat := seats[facts.teryt]) else None) for facts in gminas]
    marked = {id(place) for place in own.values() if place}
    return with_seat, tuple(replace(place, is_seat=id(place) in marked) for place in places)


def check_places(places: Sequence[Settlement], gminas: Sequence[GminaFacts], shapes: Geometries, file: str) -> None:
    """Raise TerritoryError where places name unknown gminas, or too many lie outside the one they name."""
    index = {facts.teryt: i for i, facts in enumerate(gminas)}
    unknown = sorted({place.gmina_teryt for place in places} - set(index))
    refuse(f"{file}, column teryt: {code!r} is no gmina of the boundaries" for code in unknown)
    if not places:
        return
    points = shapely.points(to_metric(np.array([place.position for place in places])))
    named = shapes[[index[place.gmina_teryt] for place in places]]
    share = float(shapely.dwithin(named, points, 1000).mean())
    if share < FEWEST_INSIDE:
        raise TerritoryError(
            [
                f"{file}: only {share:.0%} of the places lie in (or within 1 km of) the gmina they name, expected "
                f"{FEWEST_INSIDE:.0%}; are the axes of one of them swapped?"
            ]
        )
