"""Which coordinate system the numbers of a file are in."""

import numpy as np
import pytest
from pyproj import Transformer

from geo.crs_guess import SYSTEMS, Guess, Points, Reading, guess_crs

ZGORZELEC, JELENIA_GORA, WROCLAW, WALBRZYCH = (15.008, 51.150), (15.734, 50.904), (17.032, 51.110), (16.284, 50.771)
REGION = np.array([ZGORZELEC, JELENIA_GORA, WROCLAW, WALBRZYCH])
NOTHING_SAID = np.full((4, 2), np.nan)


def in_system(places: Points, epsg: int) -> Points:
    if epsg == 4326:
        return places
    east, north = Transformer.from_crs(4326, epsg, always_xy=True).transform(places[:, 0], places[:, 1])
    return np.column_stack([east, north])


def guessed(pairs: Points, references: Points) -> Guess:
    guess = guess_crs(pairs, references)
    assert guess
    return guess


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("epsg", [code for code in SYSTEMS if code not in {2178, 2179}])
def test_reads_every_system_in_either_order(epsg: int, swapped: bool) -> None:
    pairs = in_system(REGION, epsg)
    guess = guessed(pairs[:, ::-1] if swapped else pairs, REGION + 0.02)
    assert guess.reading == Reading(epsg, swapped)
    assert guess.sure
    np.testing.assert_allclose(guess.reading.positions(pairs[:, ::-1] if swapped else pairs), REGION, atol=1e-6)


@pytest.mark.parametrize("epsg", [2178, 2179])
def test_reads_the_eastern_zones_of_the_same_grid(epsg: int) -> None:
    east = np.array([(21.01, 52.23), (22.57, 51.25), (23.16, 53.13)])
    assert guessed(in_system(east, epsg), east).reading == Reading(epsg)


@pytest.mark.parametrize("place", [ZGORZELEC, JELENIA_GORA])
@pytest.mark.parametrize("swapped", [False, True])
def test_tells_the_axes_apart_in_the_west(place: tuple[float, float], swapped: bool) -> None:
    places = np.array([place, (place[0] + 0.01, place[1])])
    pairs = in_system(places, 2180)
    assert guessed(pairs[:, ::-1] if swapped else pairs, places).reading == Reading(2180, swapped)


def test_is_not_sure_in_wroclaw_where_both_axes_are_alike() -> None:
    place = np.array([WROCLAW])
    east, north = in_system(place, 2180)[0]
    assert abs(east - north) < 5_000
    assert guessed(in_system(place, 2180), place + 0.05).sure is False


def test_judges_wroclaw_by_the_rest_of_its_file() -> None:
    pairs = in_system(REGION, 2180)[:, ::-1]
    assert guessed(pairs, REGION).reading == Reading(2180, swapped=True)


def test_bears_a_wrong_row() -> None:
    places = np.vstack([REGION] * 5)
    pairs = in_system(places, 2180)
    pairs[3] = (0, 0)
    assert guessed(pairs, places).reading == Reading(2180)


def test_is_not_sure_without_references_where_two_readings_fit() -> None:
    assert guessed(in_system(REGION, 2180), NOTHING_SAID) == Guess(Reading(2180), False, None)
    assert guessed(REGION, NOTHING_SAID).sure


def test_sees_axes_that_were_swapped_before_the_label_was_applied() -> None:
    metric = in_system(REGION, 2180)[:, ::-1]
    labelled = Reading(2180).positions(metric)
    guess = guess_crs(labelled, REGION, is_labelled=True)
    assert guess
    assert guess.reading == Reading(2180, swapped=True, through_label=True)
    np.testing.assert_allclose(guess.reading.positions(labelled), REGION, atol=1e-6)


@pytest.mark.parametrize("pairs", [np.array([(1.0, 2.0)]), np.array([(np.nan, np.nan)]), np.empty((0, 2))])
def test_knows_where_nothing_fits(pairs: Points) -> None:
    assert guess_crs(pairs, np.full(pairs.shape, np.nan)) is None
