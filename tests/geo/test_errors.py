import pytest

from geo import errors

FAMILY = [
    errors.MissingCrs,
    errors.UnexpectedCrs,
    errors.ShapeMismatch,
    errors.OutsideExtent,
    errors.InvalidGeometry,
]


@pytest.mark.parametrize("error", FAMILY)
def test_is_a_value_error_of_one_family(error: type[errors.GeoError]) -> None:
    assert issubclass(error, errors.GeoError)
    assert issubclass(error, ValueError)
