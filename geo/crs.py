"""Coordinate reference systems: WGS84 in degrees and PUWG 1992 in metres, always longitude (east) first."""

from __future__ import annotations

from math import isfinite
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geo.errors import MissingCrs, OutsideExtent, ShapeMismatch, UnexpectedCrs

WGS84 = 4326
PUWG_1992 = 2180

EXTENT = (14.07, 48.99, 24.16, 55.03)
"""Poland's land: west, south, east, north in degrees, rounded outwards."""

Shape = TypeVar("Shape", npt.NDArray[np.float64], npt.NDArray[np.object_], shapely.Geometry)
"""Positions as an array (n, 2), geometries as an array (n,), or one geometry."""

# EPSG:2180 itself has northing first, and around Wrocław both are about 362 km: swapped axes would look right.
_METRIC_FROM_WGS84 = Transformer.from_crs(WGS84, PUWG_1992, always_xy=True)
_WGS84_FROM_METRIC = Transformer.from_crs(PUWG_1992, WGS84, always_xy=True)


class Position(NamedTuple):
    """A place in degrees of WGS84, longitude first."""

    lon: float
    lat: float


def in_poland(position: Position) -> Position:
    """The same position, if it lies within Poland's extent. Raises OutsideExtent, also for nan and infinity."""
    west, south, east, north = EXTENT
    lon, lat = position
    if not (isfinite(lon) and isfinite(lat)):
        raise OutsideExtent(f"position is ({lon}, {lat}), expected two finite numbers")
    if not (west <= lon <= east and south <= lat <= north):
        swapped = west <= lat <= east and south <= lon <= north
        raise OutsideExtent(
            f"position is ({lon}, {lat}), expected longitude {west} to {east} and latitude {south} to {north}"
            + (": latitude stands before longitude" if swapped else "")
        )
    return position


def expect_crs(epsg: int | None, expected: int) -> None:
    """Nothing, if the EPSG code is the expected one. Raises MissingCrs or UnexpectedCrs."""
    if epsg is None:
        raise MissingCrs(f"no coordinate reference system is stated, expected EPSG:{expected}")
    if epsg != expected:
        raise UnexpectedCrs(f"coordinate reference system is EPSG:{epsg}, expected EPSG:{expected}")


def to_metric(shape: Shape) -> Shape:
    """The shape in metres of EPSG:2180, (east, north), from degrees (longitude, latitude). Raises ShapeMismatch."""
    metric: Shape = _transformed(shape, _METRIC_FROM_WGS84)
    return metric


def to_wgs84(shape: Shape) -> Shape:
    """The shape in degrees (longitude, latitude), from metres of EPSG:2180 (east, north). Raises ShapeMismatch."""
    degrees: Shape = _transformed(shape, _WGS84_FROM_METRIC)
    return degrees


def _transformed(shape: Any, transformer: Transformer) -> Any:
    if isinstance(shape, shapely.Geometry) or shape.dtype == np.object_:
        return shapely.transform(shape, transformer.transform, interleaved=False)
    if shape.ndim != 2 or shape.shape[1] != 2:
        raise ShapeMismatch(f"positions have shape {shape.shape}, expected (n, 2)")
    return np.column_stack(transformer.transform(*shape.T))
