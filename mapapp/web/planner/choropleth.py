"""A map drawn by the server: areas coloured by class, as SVG that needs no script and prints.

The outlines are put on a plane by their latitude's cosine: at the size of a region nobody sees the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.classify import Classes, natural_breaks, quantiles
from geo.crs import to_wgs84
from mapapp.coverage.areas import Floats, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.figures import AreaFigure
from mapapp.territory.queries import BoundaryLayer, boundaries_geojson
from mapapp.web.drawing import WIDTH, Plane, path_of, plane_of, polygons_by_code
from mapapp.web.planner.amounts import is_unsure
from mapapp.web.planner.answers import of_data, one_moment

if TYPE_CHECKING:
    from mapapp.coverage.sites import Sites

CLASSES: Final = 5
NO_DATA: Final = "none"
LEFT_OUT: Final = "out"

POINTS_OF_A_BORDER: Final = 2
# whose outlines are drawn over a layer
ABOVE: Final[Mapping[Layer, Layer]] = {"gmina": "powiat", "powiat": "subregion"}


@dataclass(frozen=True, slots=True)
class Outlines:
    """The drawn outlines of a layer by code, and the points that they go through."""

    plane: Plane
    paths: Mapping[str, str]
    points: Mapping[str, frozenset[tuple[int, int]]]

    def touching(self, code: str) -> tuple[str, ...]:
        """The areas that share a piece of border with one."""
        own = self.points.get(code, frozenset())
        return tuple(
            other for other, points in self.points.items() if other != code and len(own & points) >= POINTS_OF_A_BORDER
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """An area on the map: its class (``none``: no figure, ``out``: left out), and the words of its tooltip."""

    code: str
    path: str
    colour: str
    is_hatched: bool
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """A class in the legend: how many areas have a figure from ``low`` to ``high``."""

    colour: str
    low: float
    high: float
    areas: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the map's template draws. ``lines``: outlines of the layer above; ``sites``: dots."""

    width: int
    height: int
    shapes: tuple[Shape, ...]
    lines: tuple[str, ...]
    sites: tuple[tuple[int, int], ...]
    steps: tuple[Step, ...]
    without_figure: int
    left_out: int
    hatched: int


def outlines(data: CoverageData, layer: Layer) -> Outlines:
    """The outlines of a layer, drawn once for each state of the data."""
    return of_data(data, "outlines", layer, lambda: _drawn(layer))


def classified(values: Sequence[float | None], way: str) -> Classes:
    """The values in a few classes: by quantiles, or at natural breaks.

    Where many areas have nothing at all, these are a class of their own, and the quantiles are of the others.
    """
    numbers = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    if way == "natural":
        return natural_breaks(numbers, CLASSES)
    is_zero = numbers == 0
    if is_zero.sum() * CLASSES <= len(numbers) or numbers[~np.isnan(numbers)].min() < 0:
        return quantiles(numbers, CLASSES)
    others = quantiles(np.where(is_zero, np.nan, numbers), CLASSES - 1)
    return Classes(
        upper=np.r_[0.0, others.upper],
        lower=np.r_[0.0, others.lower],
        counts=np.r_[is_zero.sum(), others.counts],
        class_of=np.where(is_zero, 0, np.where(others.class_of < 0, others.class_of, others.class_of + 1)),
    )


def draw(
    data: CoverageData,
    layer: Layer,
    rows: Sequence[AreaFigure],
    way: str,
    titles: Mapping[str, str],
    sites: "Sites | None" = None,
) -> Drawing:
    """The map of these areas; those of the layer that are not among them are left out, but drawn."""
    drawn = outlines(data, layer)
    classes = classified([row.figure.value for row in rows], way)
    colours = {
        row.area.code: NO_DATA if number < 0 else colour(int(number), len(classes.upper))
        for row, number in zip(rows, classes.class_of, strict=True)
    }
    # what holds for every area tells none from another
    common = frozenset.intersection(*(row.figure.flags for row in rows)) if rows else frozenset()
    unsure = {row.area.code for row in rows if row.figure.value is not None and is_unsure(row.figure, common)}
    shapes = tuple(
        Shape(code, path, colours.get(code, LEFT_OUT), code in unsure, titles.get(code, ""))
        for code, path in drawn.paths.items()
    )
    lines = tuple(outlines(data, ABOVE[layer]).paths.values()) if layer in ABOVE else ()
    return Drawing(
        width=WIDTH,
        height=drawn.plane.height,
        shapes=shapes,
        lines=lines,
        sites=_dots(drawn.plane, sites.xy) if sites is not None else (),
        steps=_steps(classes),
        without_figure=sum(row.figure.value is None for row in rows),
        left_out=len(drawn.paths) - len(rows),
        hatched=len(unsure),
    )


def bounds_of(data: CoverageData) -> list[list[float]]:
    """South-west and north-east corner of where people live, latitude first as the map's script wants it."""
    xy = data.cells.xy
    (west, south), (east, north) = to_wgs84(np.array([xy.min(axis=0), xy.max(axis=0)])).tolist()
    return [[south, west], [north, east]]


def positions(xy: Floats) -> list[list[float]]:
    """Longitudes and latitudes to about a metre, each once."""
    return [list(at) for at in dict.fromkeys(map(tuple, np.round(to_wgs84(xy), 5).tolist()))] if len(xy) else []


def _steps(classes: Classes) -> tuple[Step, ...]:
    count = len(classes.upper)
    return tuple(
        Step(colour(number, count), float(low), float(high), int(areas))
        for number, (low, high, areas) in enumerate(zip(classes.lower, classes.upper, classes.counts, strict=True))
    )


def colour(number: int, count: int) -> str:
    """The colour of a class, 1 to 5. Fewer classes than colours keep the lightest and the darkest."""
    return str(round(number * (CLASSES - 1) / (count - 1)) + 1) if count > 1 else "3"


def _dots(plane: Plane, xy: Floats) -> tuple[tuple[int, int], ...]:
    if not len(xy):
        return ()
    return tuple(dict.fromkeys(plane.at(lon, lat) for lon, lat in to_wgs84(xy)))


def _drawn(layer: Layer) -> Outlines:
    with one_moment() as session:
        shapes = polygons_by_code(boundaries_geojson(session, _boundary(layer)))
        plane = plane_of(polygons_by_code(boundaries_geojson(session, "voivodeship")).values())
    paths = {code: path_of(plane, polygons) for code, polygons in shapes.items()}
    points = {
        code: frozenset(plane.at(point[0], point[1]) for polygon in polygons for ring in polygon for point in ring)
        for code, polygons in shapes.items()
    }
    return Outlines(plane, paths, points)


def _boundary(layer: Layer) -> BoundaryLayer:
    return "voivodeship" if layer == "region" else layer
