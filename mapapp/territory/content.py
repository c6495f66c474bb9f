"""A territory in memory, whole and checked, ready to be loaded: the same whatever it was read from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
import shapely

from geo.crs import Position
from mapapp.territory.records import Kind

Layer = Literal["voivodeship", "subregion", "powiat", "gmina"]
Scenario = Literal["recorded", "estimate"]
Geometries = npt.NDArray[np.object_]

# raise it when the same files shall give other rows
FORMAT = "1"
FIRST_CITY = 61
"""Powiats from this number on are cities with powiat rights (TERYT)."""


@dataclass(frozen=True, slots=True)
class GminaFacts:
    """What is known of a gmina beside its shape."""

    teryt: str
    name: str
    kind: Kind
    powiat: str
    nuts3: str
    subregion: str
    voivodeship: str
    seat: Position | None = None
    # the official figure where the shape is schematic; else the shape is measured
    area_km2: float | None = None

    @property
    def powiat_teryt(self) -> str:
        """The powiat's code, which the gmina's begins with."""
        return self.teryt[:4]

    @property
    def voivodeship_teryt(self) -> str:
        """The voivodeship's code, which the gmina's begins with."""
        return self.teryt[:2]


@dataclass(frozen=True, slots=True)
class Unit:
    """A territorial unit with its shape (EPSG:2180) and its outline for drawing (EPSG:4326)."""

    layer: Layer
    code: str
    name: str
    name_genitive: str | None
    name_locative: str | None
    area_km2: float
    geom: shapely.MultiPolygon
    outline: shapely.MultiPolygon
    voivodeship_teryt: str
    nuts3: str | None = None
    powiat_teryt: str | None = None
    kind: Kind | None = None
    seat: Position | None = None

    @property
    def is_city(self) -> bool:
        """Whether this is a city with the rights of a powiat."""
        return self.layer == "powiat" and int(self.code[2:]) >= FIRST_CITY


@dataclass(frozen=True, slots=True)
class AgeGroup:
    """Persons of a gmina in a year, ages ``age_from`` to ``age_to`` inclusive; the total is 0-120."""

    teryt: str
    year: int
    age_from: int
    age_to: int
    scenario: Scenario
    persons: int
    source: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place with a postal code."""

    name: str
    postal_code: str | None
    gmina_teryt: str
    is_seat: bool
    position: Position
    source: str


@dataclass(frozen=True, slots=True)
class TerritoryData:
    """A region's territory."""

    region: str
    is_schematic: bool
    attribution: str
    valid_from: date
    units: tuple[Unit, ...]
    population: tuple[AgeGroup, ...]
    places: tuple[Settlement, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    # what was left out or assumed, for the person who loads it
    notes: tuple[str, ...] = ()

    def content_hash(self) -> str:
        """SHA-256 of all that would be loaded: equal for equal content."""
        digest = hashlib.sha256()
        head = (FORMAT, self.region, self.is_schematic, self.attribution, self.valid_from, sorted(self.sources.items()))
        digest.update(repr(head).encode())
        for unit in self.units:
            facts = (unit.code, unit.name, unit.nuts3, unit.kind, unit.seat, unit.area_km2)
            digest.update(repr(facts).encode() + shapely.to_wkb(unit.geom) + shapely.to_wkb(unit.outline))
        for row in (*self.population, *self.places):
            digest.update(repr(row).encode())
        return digest.hexdigest()

    def of_layer(self, layer: Layer) -> tuple[Unit, ...]:
        """The units of a layer, by code."""
        return tuple(unit for unit in self.units if unit.layer == layer)
