"""OSRM: https://project-osrm.org/docs/v5.24.0/api/. A server has one way of travelling: its address may say {mode}."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import Field

from geo.roads.network import Floats
from mapapp.travel.engines import EngineFacts
from mapapp.travel.profiles import Profile
from mapapp.travel.routers import Answer, asked, minutes_of

PROFILES: Final = {"car": "driving", "bike": "cycling", "walk": "foot"}
SOMEWHERE: Final = np.array([[17.03, 51.11]])


class Waypoint(Answer):
    """A place on the network."""

    distance: float = Field(ge=0)


class Nearest(Answer):
    """``/nearest``."""

    waypoints: tuple[Waypoint, ...] = ()
    data_version: str = ""


class Table(Answer):
    """``/table``."""

    durations: list[list[float | None]]


@dataclass(frozen=True, slots=True)
class Osrm:
    """A server; it takes 100 places in a question (``--max-table-size``) where nobody changed that."""

    url: str
    profile: Profile
    cells_at_once: int = 99

    def facts(self) -> EngineFacts:
        """Its data, by the version that it may tell."""
        version = self._nearest(SOMEWHERE[0]).data_version
        return EngineFacts("osrm", f"{self.url} {self.profile.code} {version}".strip(), "", None)

    def metres_away(self, lonlat: Floats) -> Floats:
        """By ``/nearest``, place by place."""
        found = (self._nearest(place).waypoints for place in lonlat)
        return np.array([min((each.distance for each in own), default=np.inf) for own in found])

    def minutes(self, lonlat: Floats, to: Floats) -> Floats:
        """By ``/table``. A slow walker's times are a walker's, stretched."""
        places = ";".join(_text(place) for place in (*lonlat, to))
        sources = ";".join(str(number) for number in range(len(lonlat)))
        question = f"sources={sources}&destinations={len(lonlat)}&annotations=duration"
        table = asked(Table, f"{self._address('table')}/{places}?{question}")
        minutes = minutes_of([row[0] if row else None for row in table.durations], len(lonlat))
        return minutes / self.profile.speed_factor

    def _nearest(self, place: Floats) -> Nearest:
        return asked(Nearest, f"{self._address('nearest')}/{_text(place)}?number=1")

    def _address(self, service: str) -> str:
        name = PROFILES[self.profile.column]
        return f"{self.url.replace('{mode}', name)}/{service}/v1/{name}"


def _text(place: Floats) -> str:
    return f"{place[0]:.7f},{place[1]:.7f}"
