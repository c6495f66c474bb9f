"""GeoJSON documents (RFC 7946): WGS84, longitude first, right-handed rings, six decimals (about 0.1 m)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry import mapping

from geo.errors import OutsideExtent

DECIMALS = 6


def geometry(shape: shapely.Geometry | None) -> dict[str, Any] | None:
    """The geometry object; None for a feature without a place (RFC 7946 §3.2).

    shape : degrees of WGS84. Outer rings come back counterclockwise, holes clockwise (§3.1.6). Raises OutsideExtent for
    coordinates that are no degrees, for instance metres.
    """
    if shape is None or shapely.is_empty(shape):
        return None
    west, south, east, north = shapely.bounds(shape)
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise OutsideExtent(f"bounds are {west}, {south}, {east}, {north}, expected degrees of WGS84")
    if shape.geom_type in ("Polygon", "MultiPolygon"):
        shape = shapely.orient_polygons(shape)
    document = dict(mapping(shape))
    return document | {"coordinates": _rounded(document["coordinates"])}


def feature(
    shape: shapely.Geometry | None, properties: Mapping[str, Any], identifier: str | None = None
) -> dict[str, Any]:
    """One feature (§3.2); the identifier is left out where there is none."""
    head: dict[str, Any] = {"type": "Feature"} if identifier is None else {"type": "Feature", "id": identifier}
    return head | {"geometry": geometry(shape), "properties": dict(properties)}


def feature_collection(features: Iterable[Mapping[str, Any]], **foreign_members: Any) -> dict[str, Any]:
    """The collection (§3.3) of documents made by ``feature``, with foreign members (§6.1) such as an attribution."""
    return {"type": "FeatureCollection", **foreign_members, "features": [dict(one) for one in features]}


def _rounded(coordinates: Any) -> Any:
    """Nested coordinates of any depth as lists of rounded numbers."""
    if isinstance(coordinates, float | int):
        return round(float(coordinates), DECIMALS)
    return [_rounded(part) for part in coordinates]
