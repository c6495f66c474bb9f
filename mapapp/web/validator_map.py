"""The points of a checked file on a drawing of the region, for those without scripts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mapapp.territory.queries import boundaries_geojson
from mapapp.web.drawing import WIDTH, Plane, path_of, plane_of, polygons_by_code
from mapapp.web.kept import kept

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class PointsDrawing:
    """Outlines of powiats and dots; ``outside`` counts the points that lie beyond the drawing."""

    width: int
    height: int
    paths: tuple[str, ...]
    dots: tuple[tuple[int, int], ...]
    outside: int


def drawn_points(session: "Session", points: dict[str, Any]) -> PointsDrawing | None:
    """The drawing; None where no territory is loaded."""
    ground = kept("validator_map", "powiat", lambda: _ground(session))
    if ground is None:
        return None
    plane, paths = ground
    at = [plane.at(*feature["geometry"]["coordinates"]) for feature in points["features"]]
    dots = [(x, y) for x, y in at if 0 <= x <= WIDTH and 0 <= y <= plane.height]
    return PointsDrawing(WIDTH, plane.height, paths, tuple(dict.fromkeys(dots)), len(at) - len(dots))


def _ground(session: "Session") -> tuple[Plane, tuple[str, ...]] | None:
    region = polygons_by_code(boundaries_geojson(session, "voivodeship"))
    if not region:
        return None
    plane = plane_of(region.values())
    powiats = polygons_by_code(boundaries_geojson(session, "powiat"))
    return plane, tuple(path_of(plane, each) for each in powiats.values())
