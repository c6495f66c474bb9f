"""Features of a geographic file as rows of text. Runs in the limited child only. Libraries: pyogrio, shapely, pyproj.

Every table has the columns ``@id``, ``@lon`` and ``@lat`` (WGS 84; a point inside of what is no point) before the
file's own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

from geo.crs import EXTENT
from mapapp.registers.archives import MOST_COLUMNS, MOST_ROWS
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.spreadsheets import cell_text

OWN: Final = ("@id", "@lon", "@lat")
_WGS84: Final = frozenset({"", "EPSG:4326", "OGC:CRS84", "urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"})
_METRES: Final = frozenset({"2180", "2176", "2177", "2178", "2179"})
_SHAPES: Final = b"\x00\x00\x27\x0a"  # ESRI Shapefile, file code 9994
_GEOPACKAGES: Final = frozenset({b"GPKG", b"GP10", b"GP11"})  # OGC 12-128, requirement 2
_DRIVERS: Final = frozenset({"GPKG", "ESRI Shapefile"})
Table = tuple[str, Iterator[list[str]]]


def json_tables(path: str) -> Iterator[Table]:
    """The features of a GeoJSON document, or the elements of an Overpass answer."""
    try:
        document = json.loads(Path(path).read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableFileError("plik zaczyna się jak JSON, ale nie jest poprawnym dokumentem JSON") from error
    if isinstance(document, dict) and isinstance(document.get("elements"), list):
        yield "Overpass", _described(_overpass(document["elements"]))
    elif isinstance(document, dict) and isinstance(document.get("features"), list):
        _refuse_other_crs(document.get("crs"))
        yield "GeoJSON", _described(_geojson(document["features"]))
    else:
        raise UnreadableFileError("oczekiwano GeoJSON (FeatureCollection) albo odpowiedzi Overpass (elements)")


def shapefile_tables(path: str) -> Iterator[Table]:
    """The Shapefiles of a zip archive."""
    with ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(".shp")]
        for name in names:
            with archive.open(name) as shapes:
                # GDAL tells formats by content: a text called .shp may send it to any file of this machine
                if shapes.read(4) != _SHAPES:
                    raise UnreadableFileError(f"„{name[:60]}” nie jest plikiem Shapefile")
    for name in names:
        yield from _layers(f"/vsizip/{{{path}}}/{name}")


def geopackage_tables(path: str) -> Iterator[Table]:
    """The layers of a GeoPackage."""
    with Path(path).open("rb") as file:
        if file.read(72)[68:] not in _GEOPACKAGES:
            raise UnreadableFileError("to baza SQLite, ale nie GeoPackage")
    return _layers(path)


def _layers(path: str) -> Iterator[Table]:
    import pyogrio  # noqa: PLC0415 - after the limits are set
    from pyogrio.errors import DataLayerError, DataSourceError  # noqa: PLC0415

    try:
        for name, _ in pyogrio.list_layers(path):
            if pyogrio.read_info(path, layer=name)["driver"] not in _DRIVERS:
                raise UnreadableFileError("plik nie jest ani GeoPackage, ani Shapefile")
            yield name, _described(_layer(path, name))
    except (DataLayerError, DataSourceError) as error:
        raise UnreadableFileError("pliku geograficznego nie da się odczytać; jest uszkodzony") from error


def _described(features: Iterator[tuple[Sequence[str], Mapping[str, Any]]]) -> Iterator[list[str]]:
    """The header with every property that a feature has, then a row per feature."""
    rows = list(features)
    names = list(dict.fromkeys(name for _, properties in rows for name in properties if name not in OWN))
    if len(rows) > MOST_ROWS or len(names) > MOST_COLUMNS:
        raise UnreadableFileError(
            f"plik ma {len(rows)} obiektów o {len(names)} własnościach; dozwolone są {MOST_ROWS} i {MOST_COLUMNS}"
        )
    yield [*OWN, *names]
    for own, properties in rows:
        yield [*own, *(_text(properties.get(name)) for name in names)]


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 - nan stands for no value
        return ""
    if isinstance(value, str | float):
        return cell_text(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _refuse_other_crs(crs: object) -> None:
    # RFC 7946 §4: WGS 84 only; older programs name another system in "crs"
    named = crs.get("properties") if isinstance(crs, dict) else None
    name = str(named.get("name", "")) if isinstance(named, dict) else ""
    # metres under an honest name are judged with the whole file, as they are in any table
    if name not in _WGS84 and name.rpartition(":")[2] not in _METRES:
        raise UnreadableFileError(f"GeoJSON podaje układ współrzędnych „{name[:60]}”; zapisz go w WGS 84 (EPSG:4326)")


def _overpass(elements: list[Any]) -> Iterator[tuple[Sequence[str], Mapping[str, Any]]]:
    for element in elements:
        if isinstance(element, dict) and isinstance(element.get("tags"), dict):
            center = element.get("center")
            place = center if isinstance(center, dict) else element
            number = f"{element.get('type', '')}/{element.get('id', '')}"
            yield (number, _text(place.get("lon")), _text(place.get("lat"))), element["tags"]


def _geojson(features: list[Any]) -> Iterator[tuple[Sequence[str], Mapping[str, Any]]]:
    from shapely.errors import ShapelyError  # noqa: PLC0415 - after the limits are set
    from shapely.geometry import shape  # noqa: PLC0415

    for feature in features:
        if not isinstance(feature, dict):
            continue
        given = feature.get("properties")
        properties = given if isinstance(given, dict) else {}
        number = _text(feature.get("id") or properties.get("@id"))
        try:
            lon, lat = _point(shape(feature["geometry"])) if feature.get("geometry") else ("", "")
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            lon, lat = "", ""  # the row is reported for having no position
        yield (number, lon, lat), properties


def _layer(path: str, name: str) -> Iterator[tuple[Sequence[str], Mapping[str, Any]]]:
    import shapely  # noqa: PLC0415 - after the limits are set
    from pyogrio import raw  # noqa: PLC0415
    from pyproj import Transformer  # noqa: PLC0415

    meta, ids, geometries, columns = raw.read(path, layer=name, return_fids=True, max_features=MOST_ROWS + 1)
    crs = str(meta["crs"] or "")
    to_wgs84 = None if crs in _WGS84 else Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    fields = [str(field) for field in meta["fields"]]
    blobs = [None] * len(ids) if geometries is None else geometries
    shapes = [shapely.from_wkb(blob) if blob else None for blob in blobs]
    if to_wgs84 and not _leads_to_poland(shapes, to_wgs84):
        to_wgs84 = None  # the label is wrong: the numbers are given as they stand, to be judged as a whole
    for place, (number, shape) in enumerate(zip(ids, shapes, strict=True)):
        lon, lat = _point(shape, to_wgs84) if shape is not None and not shape.is_empty else ("", "")
        values = {field: column[place] for field, column in zip(fields, columns, strict=True)}
        yield (str(number), lon, lat), {field: _plain(value) for field, value in values.items()}


def _leads_to_poland(shapes: Sequence[Any], to_wgs84: Any) -> bool:
    """Whether the file's own label puts any of its places there."""
    west, south, east, north = EXTENT
    points = [shape.representative_point() for shape in shapes if shape is not None and not shape.is_empty]
    degrees = [to_wgs84.transform(point.x, point.y) for point in points]
    return any(west <= lon <= east and south <= lat <= north for lon, lat in degrees)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _point(shape: Any, to_wgs84: Any = None) -> tuple[str, str]:
    point = shape if shape.geom_type == "Point" else shape.representative_point()
    lon, lat = to_wgs84.transform(point.x, point.y) if to_wgs84 else (point.x, point.y)
    return (f"{lon:.6f}", f"{lat:.6f}")
