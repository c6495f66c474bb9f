"""Coverage in a notebook: a measure of every area as a GeoDataFrame in degrees (EPSG:4326).

    from mapapp.coverage.notebook import coverage_frame, open_map

    with open_map() as session:
        frame = coverage_frame(session, "reach_share", types=["ddp", "ddsp"], ages="80+", by="powiat", minutes=30)
    frame.plot("value", legend=True)

``frame.attrs`` has the definition, the method and the release; ``flags`` says what to be careful about.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy.orm import Session

from mapapp.coverage.data import coverage_data
from mapapp.coverage.exports import figures_document
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.provision import staff_engine
from mapapp.settings import current_settings
from mapapp.territory.queries import BoundaryLayer, boundaries_geojson
from mapapp.travel.store import travel_root

WGS84 = 4326


@contextmanager
def open_map() -> Iterator[Session]:
    """A session on the database of the settings, that sees one moment of it."""
    with staff_engine(current_settings()) as engine, Session(engine) as session:
        read_one_snapshot(session)
        yield session


def coverage_frame(session: Session, measure_code: str, **asked: Any) -> gpd.GeoDataFrame:
    """The figure of every area with its outline. ``asked``: as ``question.ask`` takes it (types, ages, by, minutes …).

    Columns: code, name, kind, parent_code, parent_name, value, numerator, denominator, unit, sites,
    unknown_capacity_share, flags, day, source, geometry. Raises CoverageError.
    """
    data = coverage_data(session, roads=travel_root(current_settings()))
    figures = measure(data, ask(data.vocabularies, measure_code, **asked))
    layer: BoundaryLayer = "voivodeship" if figures.layer == "region" else figures.layer
    shapes = {
        each["properties"]["code"]: shapely.from_geojson(json.dumps(each["geometry"]))
        for each in json.loads(boundaries_geojson(session, layer))["features"]
    }
    document = figures_document(figures)
    areas = document.pop("areas")
    frame = gpd.GeoDataFrame(areas, geometry=[shapes.get(area["code"]) for area in areas], crs=WGS84)
    frame["value"] = frame["value"].astype("float64")
    frame.attrs.update(document)
    return frame
