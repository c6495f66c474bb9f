"""Valhalla: https://valhalla.github.io/valhalla/api/matrix/api-reference/."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from geo.crs import to_metric
from geo.roads.network import Floats
from mapapp.travel.engines import EngineFacts
from mapapp.travel.profiles import Profile
from mapapp.travel.routers import WALKING_KMH, Answer, asked, minutes_of

COSTINGS: Final = {"car": "auto", "bike": "bicycle", "walk": "pedestrian"}


class Status(Answer):
    """``/status``."""

    tileset_last_modified: int | None = None


class Edge(Answer):
    """A way near a place."""

    correlated_lon: float
    correlated_lat: float


class Located(Answer):
    """A place of ``/locate``."""

    edges: list[Edge] | None = None


class Pair(Answer):
    """A pair of ``/sources_to_targets``."""

    time: float | None = None


class Matrix(Answer):
    """``/sources_to_targets``."""

    sources_to_targets: list[list[Pair]]


@dataclass(frozen=True, slots=True)
class Valhalla:
    """A server; its limits (``max_matrix_location_pairs``) are 2,500 pairs where nobody changed them."""

    url: str
    profile: Profile
    cells_at_once: int = 1000

    def facts(self) -> EngineFacts:
        """Its tiles, by when they were made."""
        status = asked(Status, f"{self.url}/status")
        source = f"{self.url} {self.profile.code} {status.tileset_last_modified or ''}"
        return EngineFacts("valhalla", source.strip(), "", None)

    def metres_away(self, lonlat: Floats) -> Floats:
        """By ``/locate``."""
        question = {"locations": _points(lonlat), "verbose": False, **self._costing()}
        found = asked(list[Located], f"{self.url}/locate", question)
        return np.array([_nearest_m(each, place) for each, place in zip(found, lonlat, strict=True)])

    def minutes(self, lonlat: Floats, to: Floats) -> Floats:
        """By ``/sources_to_targets``."""
        question = {"sources": _points(lonlat), "targets": _points(to.reshape(1, 2)), **self._costing()}
        matrix = asked(Matrix, f"{self.url}/sources_to_targets", question).sources_to_targets
        return minutes_of([row[0].time if row else None for row in matrix], len(lonlat))

    def _costing(self) -> dict[str, Any]:
        costing = COSTINGS[self.profile.column]
        if costing != "pedestrian":
            return {"costing": costing}
        speed = WALKING_KMH * self.profile.speed_factor
        return {"costing": costing, "costing_options": {costing: {"walking_speed": speed}}}


def _points(lonlat: Floats) -> list[dict[str, float]]:
    return [{"lon": round(lon, 7), "lat": round(lat, 7)} for lon, lat in lonlat.tolist()]


def _nearest_m(located: Located, place: Floats) -> float:
    edges = [(edge.correlated_lon, edge.correlated_lat) for edge in located.edges or ()]
    if not edges:
        return np.inf
    metric = to_metric(np.array([place, *edges], np.float64))
    return float(np.hypot(*(metric[1:] - metric[0]).T).min())
