"""Which tile a service is on; what is in a tile is tested through the web (tests/web/test_tiles.py)."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.tiles import DEEPEST_CLUSTERED, services_tile
from mapapp.territory.tiles import DEEPEST_OF_ALL, Tile
from tests.directory.hand_made import KLODZKO, facility, place, save, service


@pytest.fixture
def on_an_edge(directory: Session) -> Session:
    """One service on the meridian of Greenwich, where tiles of every zoom meet."""
    save(directory, facility("1", service("dps"), location=place(KLODZKO)))
    directory.execute(text("UPDATE listing SET point = ST_SetSRID(ST_MakePoint(0, 51), 4326)"))
    return directory


@pytest.mark.parametrize("z", [1, 4, DEEPEST_CLUSTERED])
def test_counts_a_service_on_an_edge_once(on_an_edge: Session, z: int) -> None:
    rows = range(2**z) if z < 5 else range(300, 400)
    east, west = 2 ** (z - 1), 2 ** (z - 1) - 1
    filled = [x for x in (west, east) for y in rows if services_tile(on_an_edge, Tile(z, x, y))]
    assert filled == [east]


def test_shows_a_service_on_an_edge_on_both_tiles_from_close_by(on_an_edge: Session) -> None:
    # markers reach beyond their point: from close by a tile also has what stands just outside
    filled = [x for x in (2**10 - 1, 2**10) for y in range(670, 700) if services_tile(on_an_edge, Tile(11, x, y))]
    assert filled == [2**10 - 1, 2**10]


@pytest.mark.parametrize(
    ("z", "x", "y"), [(-1, 0, 0), (DEEPEST_OF_ALL + 1, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (0, 0, 1)]
)
def test_knows_no_tile_beyond_the_world(z: int, x: int, y: int) -> None:
    with pytest.raises(ValueError, match=f"{z}/{x}/{y}"):
        Tile(z, x, y)
