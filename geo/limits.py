"""The one rule of what is within a distance, for squares and for roots."""

from __future__ import annotations

import math


def largest_square(distance: float) -> float:
    """The largest number whose square root is at most ``distance``: comparing squares with it decides as roots do."""
    square = distance * distance
    while math.sqrt(square) > distance:
        square = math.nextafter(square, 0.0)
    while math.isfinite(square) and math.sqrt(math.nextafter(square, math.inf)) <= distance:
        square = math.nextafter(square, math.inf)
    return square
