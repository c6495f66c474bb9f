import numpy as np
import pytest
from hypothesis import given

from geo.catchment import Locations, two_step
from geo.decay import binary, gaussian
from geo.errors import InvalidAmount
from geo.tiling import access_of_piece, pieces, put_together
from tests.geo.oracles import World, world, worlds


def tiled(at: World, decay, tile_m):  # type: ignore[no-untyped-def]
    where = Locations(at.demand, at.supply, at.eligible)
    parts = (access_of_piece(piece) for piece in pieces(at.people, at.capacity, where, decay, tile_m))
    return put_together(parts, at.capacity, len(at.people)), two_step(at.people, at.capacity, where, decay)


@pytest.mark.parametrize("with_areas", [False, True])
@pytest.mark.parametrize("tile_m", [700.0, 5_000.0, 17_000.0, None])
def test_tiles_together_are_the_whole(tile_m: float | None, with_areas: bool) -> None:
    at = world(300, 100, on_lattice=True, with_areas=with_areas)
    found, whole = tiled(at, gaussian(5_000), tile_m)
    assert found.score == pytest.approx(whole.score, rel=1e-12, abs=0)
    assert found.demand_in_catchment == pytest.approx(whole.demand_in_catchment, rel=1e-12, abs=0)
    assert found.is_unused.tolist() == whole.is_unused.tolist()
    assert found.is_unknown.tolist() == whole.is_unknown.tolist()


@given(at=worlds())
def test_tiles_together_are_the_whole_wherever_points_are(at: World) -> None:
    found, whole = tiled(at, binary(5_000), 2_500.0)
    assert found.score == pytest.approx(whole.score, rel=1e-12, abs=0)
    assert found.ratio == pytest.approx(whole.ratio, rel=1e-12, abs=0)


def test_every_point_belongs_to_one_tile() -> None:
    at = world(200, 70)
    every = list(pieces(at.people, at.capacity, Locations(at.demand, at.supply), gaussian(3_000), 4_000))
    assert len(every) > 50
    assert sorted(np.concatenate([piece.demand_of[piece.own_demand] for piece in every])) == list(range(200))
    assert sorted(np.concatenate([piece.supply_of[piece.own_supply] for piece in every])) == list(range(70))
    assert max(len(piece.demand) for piece in every) < 100


def test_refuses_a_tile_that_is_none() -> None:
    at = world(2, 2)
    with pytest.raises(InvalidAmount, match="tile_m is 0, expected"):
        next(pieces(at.people, at.capacity, Locations(at.demand, at.supply), binary(5), 0))
