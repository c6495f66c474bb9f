import numpy as np
import pytest

from geo.eligibility import Eligibility
from geo.errors import ShapeMismatch
from tests.geo.oracles import serves, world

# points in gminas 1, 2, 3 and of unknown gmina; powiats 10, 10, 20
AREAS = [(1, 10), (2, 10), (3, 20), (-1, 20)]
# a site for everybody, one for gmina 1, one for powiat 10, one for gmina 3 and by agreement for gmina 2
SITES = Eligibility.of(AREAS, [-1, 0, 1, 0], [0, 1, 10, 3], [(3, 0, 2)])


def test_is_by_area_and_level_and_agreement() -> None:
    demand, supply = (index.ravel() for index in np.indices((4, 4)))
    assert SITES.allows(demand, supply).reshape(4, 4).tolist() == [
        [True, True, True, False],
        [True, False, True, True],
        [True, False, False, True],
        [True, False, False, False],
    ]


def test_groups_hold_every_allowed_pair_and_no_other() -> None:
    eligible = world(40, 25, with_areas=True).eligible
    assert eligible is not None
    grouped = {(i, j) for points, sites in eligible.groups() for i in points.tolist() for j in sites.tolist()}
    assert grouped == {(i, j) for i in range(40) for j in range(25) if serves(eligible, i, j)}


def test_an_agreement_is_of_its_own_level() -> None:
    gmina_7_in_powiat_8 = [(7, 8)]
    for level, area, expected in ((0, 7, True), (1, 8, True), (0, 8, False), (1, 7, False)):
        eligible = Eligibility.of(gmina_7_in_powiat_8, [0], [99], [(0, level, area)])
        assert eligible.allows(np.array([0]), np.array([0])).tolist() == [expected]


def test_an_unknown_area_is_not_the_same_as_another_unknown_one() -> None:
    unknown = Eligibility.of([-1], [0], [-1], [(0, 0, -1)])
    assert not unknown.allows(np.array([0]), np.array([0])).any()
    assert [sites.tolist() for points, sites in unknown.groups()] == [[]]


def test_refuses_what_does_not_fit() -> None:
    with pytest.raises(ShapeMismatch, match=r"levels are 0 to 1, expected −1 to 0"):
        Eligibility.of([1, 2], [0, 1], [1, 1])
    with pytest.raises(ShapeMismatch, match="agreements name sites 5 to 5 of 1"):
        Eligibility.of([1, 2], [0], [1], [(5, 0, 1)])
    with pytest.raises(ShapeMismatch, match=r"\(2,\) and \(1,\)"):
        Eligibility.of([1, 2], [0, 0], [1])
    with pytest.raises(ShapeMismatch, match=r"\(4, 4\) points, expected \(3, 4\)"):
        SITES.expect(3, 4)
