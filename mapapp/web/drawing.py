"""Outlines put on a plane for SVG that needs no script: by their latitude's cosine, which nobody sees in a region."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

import numpy as np

WIDTH: Final = 1000


@dataclass(frozen=True, slots=True)
class Plane:
    """Degrees to the units of the drawing."""

    west: float
    north: float
    scale_x: float
    scale_y: float
    height: int

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        """Where a position is drawn."""
        return round((lon - self.west) * self.scale_x), round((self.north - lat) * self.scale_y)


def polygons_by_code(geojson: str) -> dict[str, list[Any]]:
    """The polygons of each area of a FeatureCollection."""
    found: dict[str, list[Any]] = {}
    for feature in json.loads(geojson)["features"]:
        geometry = feature["geometry"]
        if geometry is not None:
            coordinates = geometry["coordinates"]
            found[feature["properties"]["code"]] = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return found


def plane_of(regions: Iterable[list[Any]]) -> Plane:
    """A drawing of ``WIDTH`` that holds all of ``regions``."""
    points = np.array([point for region in regions for polygon in region for point in polygon[0]]).reshape(-1, 2)
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    narrowing = cos(radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrowing)
    return Plane(float(west), float(north), scale * narrowing, scale, round((north - south) * scale))


def path_of(plane: Plane, polygons: list[Any]) -> str:
    """The outline of an area for SVG."""
    return "".join(_ring(plane, ring) for polygon in polygons for ring in polygon)


def _ring(plane: Plane, ring: list[Any]) -> str:
    """Relative steps are half as long as absolute ones."""
    points = list(dict.fromkeys(plane.at(lon, lat) for lon, lat, *_rest in ring))
    x, y = points[0]
    parts = [f"M{x} {y}l"]
    for next_x, next_y in points[1:]:
        parts.append(f"{next_x - x} {next_y - y} ")
        x, y = next_x, next_y
    return "".join(parts).rstrip() + "z"
