"""The groups of the map that are counted at publishing: the same as those counted from the listings."""

import math
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory import tables
from mapapp.directory.cells import CELLS, DEEPEST_CLUSTERED, keep_cells
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tiles import KEPT_TILE, services_tile
from mapapp.territory.tiles import Tile
from tests.directory.hand_made import KLODZKO, WROCLAW, facility, place, save, service, service_id

NEAR_KLODZKO = Position(16.6512, 50.4303)
ZOOMS = range(DEEPEST_CLUSTERED + 1)


def tile_of(position: Position, z: int) -> Tile:
    x = (position.lon + 180) / 360
    y = (1 - math.asinh(math.tan(math.radians(position.lat))) / math.pi) / 2
    return Tile(z, int(x * 2**z), int(y * 2**z))


def kept(session: Session, tile: Tile) -> bytes | None:
    columns = list(range(tile.x * CELLS, (tile.x + 1) * CELLS))
    asked = {"z": tile.z, "x": tile.x, "y": tile.y, "columns": columns, "top": tile.y * CELLS}
    found = session.connection().exec_driver_sql(KEPT_TILE, asked).all()
    return bytes(found[0][0]) if found else None


def cells(session: Session) -> list[tuple[Any, ...]]:
    rows = session.execute(
        text("""
            SELECT z, x, y, "group", services, round(CAST(sum_x AS numeric), 3), round(CAST(sum_y AS numeric), 3),
                id, location_id, type, access, is_sample
            FROM listing_cell ORDER BY z, x, y, "group"
        """)
    )
    return [tuple(row) for row in rows]


@pytest.fixture
def published(directory: Session) -> Session:
    save(
        directory,
        facility("1", service("dps"), service("ops"), location=place(KLODZKO)),
        facility("2", service("dps"), location=place(NEAR_KLODZKO)),
        facility("3", service("ops"), location=place(WROCLAW)),
        facility("4", service("dmdz", visibility="area_only"), location=place(WROCLAW)),
        facility("5", service("ops", service_area=("0264011",)), location=None),
    )
    return directory


@pytest.mark.parametrize("z", ZOOMS)
def test_draw_the_same_tiles_as_the_listings(published: Session, z: int) -> None:
    for tile in {tile_of(KLODZKO, z), tile_of(NEAR_KLODZKO, z), tile_of(WROCLAW, z)}:
        drawn = kept(published, tile)
        assert drawn
        assert drawn == services_tile(published, tile)
    assert kept(published, Tile(z, 0, 0)) == services_tile(published, Tile(z, 0, 0))


def test_count_only_what_is_shown(published: Session) -> None:
    services = published.scalar(text("SELECT sum(services) FROM listing_cell WHERE z = 0"))
    assert services == published.scalar(text("SELECT count(point) FROM listing")) == 4


def test_follow_every_change(published: Session) -> None:
    save(published, facility("6", service("ops"), location=place(WROCLAW)))
    save(published, facility("3", service("ops"), location=place(NEAR_KLODZKO)))
    hidden = service_id(published, "1", "dps")
    published.execute(update(tables.Service).where(tables.Service.id == hidden).values(visibility="on_request"))
    refresh_listings(published, [hidden])
    step_by_step = cells(published)
    assert sum(row[4] for row in step_by_step if row[0] == 0) == 4
    keep_cells(published, None)
    assert step_by_step == cells(published)


def test_are_not_believed_where_something_else_wrote(published: Session) -> None:
    published.execute(text("UPDATE listing SET type_group = 'other'"))
    assert kept(published, tile_of(KLODZKO, 5)) is None
    save(published, facility("6", service("ops"), location=place(WROCLAW)))
    assert ("other",) in {(row[3],) for row in cells(published)}
    assert kept(published, tile_of(KLODZKO, 5)) == services_tile(published, tile_of(KLODZKO, 5))
