"""Answers of geocoders, written by hand after their public documentation; nothing was recorded from a live service."""

import json
from typing import Any


def gugik(*places: dict[str, Any], kind: str = "address") -> bytes:
    """GetAddress of UUG: results are numbered, numbers are text."""
    numbered = {str(number): each for number, each in enumerate(places, start=1)}
    document = {
        "type": kind,
        "found objects": len(places),
        "returned objects": len(places),
        "results": numbered or None,
    }
    return json.dumps(document, ensure_ascii=False).encode()


def gugik_place(lon: float, lat: float, **other: Any) -> dict[str, Any]:
    """One address point in degrees (srid=4326)."""
    return {
        "x": str(lon),
        "y": str(lat),
        "city": "Zgorzelec",
        "citypart": None,
        "street": "Daszyńskiego",
        "number": "15",
        "code": "59-900",
        "teryt": "022502_1",
        "simc": "0936380",
        "ulic": "03398",
        "accuracy": "1",
        "geometry_wkt": f"POINT({lon} {lat})",
        **other,
    }


def nominatim(*places: dict[str, Any]) -> bytes:
    """/search?format=jsonv2&addressdetails=1."""
    return json.dumps(list(places), ensure_ascii=False).encode()


def nominatim_place(lon: float, lat: float, rank: int = 30, house: str | None = "15", **other: Any) -> dict[str, Any]:
    """One place; coordinates are text there too."""
    number = {"house_number": house} if house else {}
    return {
        "place_id": 123456,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": "node",
        "osm_id": 1,
        "lat": str(lat),
        "lon": str(lon),
        "category": "place",
        "type": "house",
        "place_rank": rank,
        "importance": 0.0001,
        "addresstype": "place",
        "name": "",
        "display_name": "15, Daszyńskiego, Zgorzelec, województwo dolnośląskie, 59-900, Polska",
        "address": {**number, "road": "Daszyńskiego", "town": "Zgorzelec", "postcode": "59-900", "country_code": "pl"},
        "boundingbox": [str(lat), str(lat), str(lon), str(lon)],
        **other,
    }
