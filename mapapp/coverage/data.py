"""All that coverage is computed from, read once and kept as long as the database shows the same."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from mapapp import polish_time
from mapapp.coverage.areas import AreaRef, Areas, Layer, build_areas
from mapapp.coverage.cells import Cells, cells_of
from mapapp.coverage.definitions import definitions_version
from mapapp.coverage.errors import NotAnswerable
from mapapp.coverage.need import Need, build_need
from mapapp.coverage.queries import need_indicators
from mapapp.coverage.roads import release_parts, road_travel, road_versions, roads_elsewhere
from mapapp.coverage.supply import Supply, build_supply
from mapapp.coverage.travel import StraightLine, TravelCosts, travel_mode
from mapapp.directory.agreements import Agreement, agreements
from mapapp.directory.queries import directory_facts
from mapapp.directory.supply import published_supply
from mapapp.directory.unchanged import while_unchanged
from mapapp.directory.vocabulary import Vocabularies, load_vocabularies
from mapapp.settings import ROOT
from mapapp.territory.census_grid import grid_facts, grid_parts
from mapapp.territory.planning import PlannedGmina, age_bands, living_places, planned_gminas, territory_facts
from mapapp.territory.queries import Area, areas


@dataclass(frozen=True)
class CoverageData:
    """One moment of the directory and the territory, ready to be computed with.

    ``roads`` has the travel costs of modes whose times by road are kept; others go by straight line, among them
    ``roads_elsewhere``, whose kept times are between other places than these.
    """

    areas: Areas
    need: Need
    cells: Cells
    supply: Supply
    agreements: tuple[Agreement, ...]
    vocabularies: Vocabularies
    # titles of the directory's registers by code
    sources: dict[str, str]
    today: date
    is_schematic: bool
    # hashes of the public directory and of the territory, and of these with all else that figures come from
    directory_release: str
    territory_release: str
    release: str
    roads: dict[str, TravelCosts]
    roads_elsewhere: tuple[str, ...] = ()

    def travel(self, mode: str, *, straight: bool = False) -> TravelCosts:
        """How minutes are found for a mode: by road where that can be, unless ``straight``. Raises UnknownCode."""
        line = StraightLine(travel_mode(mode))
        return line if straight else self.roads.get(mode, line)


def coverage_data(session: Session, today: date | None = None, roads: Path | None = None) -> CoverageData:
    """What this session sees. Raises NotAnswerable where no territory is loaded.

    ``roads``: the folder where times by road are kept (``travel.store.travel_root``); without it, and for modes that
    have none, people travel in straight lines.

    In a transaction of one snapshot (``directory.export_rows.read_one_snapshot``) it is read once per change of the
    database. ``today`` decides which records count as verified within a year and which agreements hold.
    """
    day = today or polish_time.today()
    key = ("coverage", day, roads, road_versions(roads))
    return while_unchanged(session, key, lambda: _read(session, day, roads))


def _read(session: Session, today: date, root: Path | None) -> CoverageData:
    territory = territory_facts(session)
    gminas = planned_gminas(session)
    if territory is None or not gminas:
        raise NotAnswerable("no territory is loaded; load it with: mapapp territory load")
    vocabularies = load_vocabularies(ROOT / "data" / "vocabularies")
    units: dict[Layer, Sequence[Area]] = {
        "gmina": areas(session, "gmina"),
        "powiat": areas(session, "powiat"),
        "subregion": areas(session, "subregion"),
    }
    placed = build_areas(gminas, units, _region(gminas, territory.voivodeship_name))
    directory = directory_facts(session)
    holding = agreements(session, today)
    indicators = need_indicators(session)
    grid = grid_facts(session)
    cells = living_cells(session, gminas)
    _expect_cells(gminas, cells)
    roads = road_travel(root, cells.xy) if root else {}
    parts: tuple[Any, ...] = (directory.release, territory.release, definitions_version(), holding, indicators)
    parts += release_parts(roads)
    if grid is not None and cells.grid:
        parts += (grid.content_hash,)
    return CoverageData(
        areas=placed,
        need=build_need(placed.codes, age_bands(session), indicators),
        cells=cells,
        supply=build_supply(published_supply(session), vocabularies),
        agreements=holding,
        vocabularies=vocabularies,
        sources={source.code: source.title for source in directory.sources},
        today=today,
        is_schematic=territory.is_schematic,
        directory_release=directory.release,
        territory_release=territory.release,
        release=release_code(parts),
        roads=roads,
        roads_elsewhere=roads_elsewhere(root, cells.xy) if root else (),
    )


def living_cells(session: Session, gminas: Sequence[PlannedGmina]) -> Cells:
    """Where the people of these gminas live: in the cells of the grid that is used, or at settlements."""
    grid = grid_facts(session)
    index = {gmina.teryt: number for number, gmina in enumerate(gminas)}
    kinds = [gmina.kind for gmina in gminas]
    return cells_of(living_places(session), grid_parts(session), index, kinds, grid.source if grid else None)


def _expect_cells(gminas: Sequence[PlannedGmina], cells: Cells) -> None:
    """People who live nowhere would be lost from every figure of travel. Raises NotAnswerable."""
    without = sorted(set(range(len(gminas))) - set(cells.gmina.tolist()))
    if without:
        gmina = gminas[without[0]]
        raise NotAnswerable(
            f"gmina {gmina.teryt} ({gmina.name}) has neither an outline nor places where its people could live; "
            "load the territory anew with: mapapp territory load"
        )


def release_code(parts: object) -> str:
    """A short name for exactly these inputs."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _region(gminas: Sequence[PlannedGmina], name: str) -> AreaRef:
    code = gminas[0].voivodeship_teryt
    return AreaRef(code, name, "voivodeship", "PL", "Polska", sum(gmina.area_km2 for gmina in gminas))
