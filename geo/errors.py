"""What can be wrong with spatial input. All are ``GeoError``, and so a ``ValueError``."""


class GeoError(ValueError):
    """The input is wrong; the message has the value and what was expected."""


class MissingCrs(GeoError):
    """Coordinates without a statement of what they mean."""


class UnexpectedCrs(GeoError):
    """Coordinates in another reference system than the one asked for."""


class ShapeMismatch(GeoError):
    """Arrays that do not fit together."""


class OutsideExtent(GeoError):
    """A position outside the area where it can be true, or no number at all."""


class InvalidGeometry(GeoError):
    """A geometry that is broken, or asked for and not to be had."""


class InvalidAmount(GeoError):
    """A number that cannot be: negative, infinite, or none at all where one is needed."""
