"""Routing engines over HTTP, chosen by setting: asked while times are computed, never while a page waits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final, Protocol, TypeVar
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import numpy as np
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from geo.crs import to_wgs84
from geo.roads.matrix import TravelMatrix
from geo.roads.network import Flags, Floats
from mapapp.travel.engines import EngineFacts
from mapapp.travel.errors import RoutingFailed
from mapapp.travel.places import places_hash
from mapapp.travel.profiles import Profile

TIMEOUT_S: Final = 120
MOST_BYTES: Final = 64 << 20
WALKING_KMH: Final = 4.8  # of the profiles on foot, before their factor


class Answer(BaseModel):
    """What an engine answers; what is not needed of it is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


AnyAnswer = TypeVar("AnyAnswer")


class Router(Protocol):
    """An engine. Positions are (n, 2) degrees, longitude first."""

    @property
    def cells_at_once(self) -> int:
        """How many it takes in one question."""
        ...

    def facts(self) -> EngineFacts:
        """Who it is, and which state of the map it has, as far as it tells."""
        ...

    def metres_away(self, lonlat: Floats) -> Floats:
        """(n,) metres from each place to its network; inf where there is none near. Raises RoutingFailed."""
        ...

    def minutes(self, lonlat: Floats, to: Floats) -> Floats:
        """(n,) minutes from each place to the one at ``to`` (2,); inf where there is no way. Raises RoutingFailed."""
        ...


@dataclass
class RoutedTimes:
    """An ``Engine`` that asks a router: one site at a time, with as many cells as it takes."""

    router: Router
    profile: Profile
    _facts: list[EngineFacts] = field(default_factory=list)
    _joined: dict[str, Flags] = field(default_factory=dict)

    @property
    def facts(self) -> EngineFacts:
        """The router's, asked once."""
        if not self._facts:
            self._facts.append(self.router.facts())
        return self._facts[0]

    def is_joined(self, places: Floats) -> Flags:
        """Whether the router has a way near enough, by the profile's limit."""
        key = places_hash(places)
        if key not in self._joined:
            parts = [self.router.metres_away(part) for part in self._parts(to_wgs84(_pairs(places)))]
            self._joined[key] = np.concatenate([np.empty(0), *parts]) <= self.profile.join_within_m
        return self._joined[key]

    def times(self, sites: Floats, cells: Floats, limit_minutes: float) -> TravelMatrix:
        """Minutes as the router tells them. Raises RoutingFailed."""
        on_road = np.flatnonzero(self.is_joined(cells))
        lonlat, to = to_wgs84(_pairs(cells)[on_road]), to_wgs84(_pairs(sites))
        rows = [(np.empty(0, np.int64), np.empty(0))] * len(sites)
        for site in np.flatnonzero(self.is_joined(sites)):
            parts = [self.router.minutes(part, to[site]) for part in self._parts(lonlat)]
            minutes = np.concatenate([np.empty(0), *parts])
            near = np.flatnonzero(minutes <= limit_minutes)
            near = near[np.argsort(minutes[near], kind="stable")]
            rows[site] = on_road[near], minutes[near]
        return TravelMatrix.of_rows(rows, len(cells), limit_minutes)

    def _parts(self, lonlat: Floats) -> Iterator[Floats]:
        for first in range(0, len(lonlat), self.router.cells_at_once):
            yield lonlat[first : first + self.router.cells_at_once]


def asked(model: type[AnyAnswer], address: str, question: Any = None) -> AnyAnswer:
    """The answer to a question (sent as JSON where there is one). Raises RoutingFailed."""
    body = None if question is None else json.dumps(question).encode()
    headers = {"User-Agent": "mapapp", "Content-Type": "application/json"}
    request = Request(address, body, headers)  # noqa: S310 - the administrator's address, http(s) by the settings
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            content = answer.read(MOST_BYTES + 1)
    except HTTPError as error:
        told = error.read(500).decode("utf-8", "replace")
        raise RoutingFailed(f"{address.split('?', maxsplit=1)[0][:200]} answered {error.code}: {told}") from error
    except (URLError, HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise RoutingFailed(f"{address[:200]} does not answer: {reason}; is MAPAPP_ROUTING_URL right?") from error
    if len(content) > MOST_BYTES:
        raise RoutingFailed(f"{address[:200]} answered more than {MOST_BYTES:,} bytes")
    try:
        return TypeAdapter(model).validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RoutingFailed(f"{address[:200]} answered otherwise than expected: {where}: {first['msg']}") from error


def minutes_of(seconds: list[float | None], count: int) -> Floats:
    """(count,) minutes, inf where there is no way. Raises RoutingFailed where the answer has another length."""
    if len(seconds) != count:
        raise RoutingFailed(f"the engine told {len(seconds)} times, expected {count}")
    return np.array([np.inf if each is None else each / 60 for each in seconds])


def _pairs(places: Floats) -> Floats:
    return np.asarray(places, np.float64).reshape(-1, 2)
