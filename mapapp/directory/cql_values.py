"""The values that a filter may hold: texts, numbers, times, lists and shapes, checked before PostgreSQL sees them."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID

import numpy as np
import shapely

from mapapp.territory.feature_pages import Crs, Kind

LONGEST_TEXT: Final = 200
MOST_VALUES: Final = 100
SHAPES: Final = frozenset({"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"})
TIME: Final = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
UNBOUNDED: Final = ".."


class FilterError(ValueError):
    """A filter that cannot be answered; the message has the value and what was expected."""


def shown(value: object) -> str:
    """A value as a message names it."""
    return repr(value)[:60]


def literal(kind: Kind, value: object) -> object:
    """The value to compare a property of this kind with. Raises FilterError."""
    readers: Mapping[Kind, Any] = {
        "text": _text,
        "integer": _number,
        "number": _number,
        "boolean": _boolean,
        "date": lambda each: moment(each).date(),
        "timestamp": moment,
        "codes": _codes,
        "uuid": _uuid,
    }
    if kind not in readers:
        raise FilterError(f"a property of kind {kind} cannot be compared")
    return readers[kind](value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise FilterError(f"{shown(value)} stands where a text was expected")
    if len(value) > LONGEST_TEXT or "\0" in value or not value.isprintable():
        raise FilterError(f"{shown(value)} is no text of at most {LONGEST_TEXT} printable characters")
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
        raise FilterError(f"{shown(value)} stands where a number was expected")
    return float(value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise FilterError(f"{shown(value)} stands where true or false was expected")
    return value


def _codes(value: object) -> list[str]:
    if not isinstance(value, list) or len(value) > MOST_VALUES:
        raise FilterError(f"{shown(value)} is no list of at most {MOST_VALUES} texts")
    return [_text(each) for each in value]


def _uuid(value: object) -> UUID:
    try:
        return UUID(_text(value))
    except ValueError:
        raise FilterError(f"{shown(value)} is no id such as 123e4567-e89b-12d3-a456-426614174000") from None


def moment(value: object) -> datetime:
    """A date or a time of RFC 3339, also as CQL2 wraps it; UTC where no offset is given. Raises FilterError."""
    if isinstance(value, Mapping) and len(value) == 1:
        value = value.get("date", value.get("timestamp"))
    if isinstance(value, str) and TIME.fullmatch(value):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
        # within what every offset leaves representable
        if found is not None and 1 < found.year < 9999:
            return found if found.tzinfo else found.replace(tzinfo=UTC)
    raise FilterError(f"{shown(value)} is no date or time such as 2026-03-01 or 2026-03-01T12:00:00Z")


def span(value: object) -> tuple[datetime | None, datetime | None]:
    """The first and last moment of a time, a day or an interval; None where it is unbounded. Raises FilterError."""
    if isinstance(value, Mapping) and isinstance(value.get("interval"), list) and len(value["interval"]) == 2:
        first, last = (None if each == UNBOUNDED else span(each) for each in value["interval"])
        if first is None and last is None:
            raise FilterError("an interval needs a beginning or an end")
        return first[0] if first else None, last[1] if last else None
    since = moment(value)
    named = value.get("date") if isinstance(value, Mapping) else value
    is_day = isinstance(named, str) and len(named) == len("2026-03-01")
    return since, datetime.combine(since, time.max, since.tzinfo) if is_day else since


def shape(value: object, crs: Crs) -> bytes:
    """A GeoJSON geometry or a bbox, in the axis order of its CRS, as WKB with x first. Raises FilterError."""
    if isinstance(value, Mapping) and set(value) == {"bbox"}:
        found = _box(value["bbox"])
    elif isinstance(value, Mapping) and value.get("type") in SHAPES and set(value) == {"type", "coordinates"}:
        found = _geojson(value)
    else:
        raise FilterError(f"{shown(value)} stands where a geometry was expected")
    if crs.is_y_first:
        found = shapely.transform(found, lambda positions: positions[:, ::-1])
    positions = shapely.get_coordinates(found)
    west, south, east, north = crs.bounds
    if not len(positions) or not np.all((positions >= (west, south)) & (positions <= (east, north))):
        raise FilterError(f"{shown(value)} has positions outside of the CRS {crs.uri}")
    if not shapely.is_valid(found):
        raise FilterError(f"{shown(value)} is invalid: {shapely.is_valid_reason(found)}")
    wkb: bytes = shapely.to_wkb(found)
    return wkb


def _box(value: object) -> shapely.Geometry:
    if not isinstance(value, list) or len(value) != 4:
        raise FilterError(f"{shown(value)} is no bbox of four numbers")
    first, second, third, fourth = (_number(each) for each in value)
    if not (first < third and second < fourth):
        raise FilterError(f"{shown(value)} is no bbox: its lower corner comes first")
    return shapely.box(first, second, third, fourth)


def _geojson(value: Mapping[str, Any]) -> shapely.Geometry:
    try:
        return shapely.force_2d(shapely.from_geojson(json.dumps(value, allow_nan=False)))
    except (shapely.GEOSException, ValueError, TypeError):
        raise FilterError(f"{shown(value)} is no GeoJSON geometry") from None
