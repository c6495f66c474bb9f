import numpy as np
import pytest
from scipy.sparse import csr_array

from geo.costs import Costs
from geo.decay import linear
from geo.errors import InvalidAmount, ShapeMismatch
from tests.geo.test_eligibility import SITES


def test_keeps_a_cost_of_zero_as_a_pair() -> None:
    costs = Costs.of([1, 0, 1], [0, 2, 1], [0.0, 5.0, 3.0], (2, 3))
    assert costs.pairs == 3
    assert costs.matrix.indices.tolist() == [2, 0, 1]
    assert costs.demand_of_pairs.tolist() == [0, 1, 1]
    assert costs.weights(linear(5)).toarray().tolist() == [[0, 0, 0], [1.0, pytest.approx(0.4), 0]]
    assert costs.within(3).pairs == 2
    assert costs.within(3).matrix.data.tolist() == [0.0, 3.0]


def test_leaves_out_whom_a_site_does_not_serve() -> None:
    every, site = (index.ravel() for index in np.indices((4, 4)))
    allowed = Costs.of(every, site, np.ones(16), (4, 4)).allowed_by(SITES)
    assert allowed.matrix.toarray().astype(bool).tolist() == SITES.allows(every, site).reshape(4, 4).tolist()


def test_refuses_what_is_no_cost() -> None:
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InvalidAmount, match=f"a cost is {wrong}"):
            Costs.of([0], [0], [wrong], (1, 1))
    with pytest.raises(ShapeMismatch, match="supply has indices 3 to 3, expected 0 to 2"):
        Costs.of([0], [3], [1.0], (1, 3))
    with pytest.raises(ShapeMismatch, match=r"shapes \(1,\), \(2,\), \(1,\)"):
        Costs.of([0], [0, 1], [1.0], (1, 3))
    with pytest.raises(ShapeMismatch, match="each pair once"):
        Costs.of([0, 0], [1, 1], [1.0, 2.0], (1, 3))
    with pytest.raises(ShapeMismatch, match="sites rising"):
        Costs(csr_array((np.ones(2), np.array([1, 0]), np.array([0, 2])), shape=(1, 2)))
