"""The settings say who is asked; without a word of them nobody behind a network is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import ValidationError
from sqlalchemy.orm import Session

from mapapp.geocoding.choosing import chosen_geocoders
from mapapp.geocoding.places import Places
from mapapp.geocoding.remembering import Remembering
from mapapp.settings import GeocoderCode, Settings


@contextmanager
def nowhere() -> Iterator[Session]:
    raise AssertionError("nothing is to be read")
    yield


def codes(settings: Settings, *wanted: GeocoderCode) -> list[tuple[str, bool]]:
    made = chosen_geocoders(settings, Places(), nowhere, wanted)
    return [(each.code, isinstance(each, Remembering)) for each in made]


def test_no_network_is_asked_by_default() -> None:
    assert codes(Settings()) == [("embedded", False)]


def test_the_order_is_that_of_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_GEOCODERS", "gugik, embedded")
    assert codes(Settings()) == [("gugik", True), ("embedded", False)]
    assert codes(Settings(), "embedded") == [("embedded", False)]


def test_nominatim_wants_an_address_and_somebody_to_write_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_NOMINATIM_URL", "https://nominatim.example.org")
    with pytest.raises(ValueError, match="MAPAPP_CONTACT_EMAIL"):
        codes(Settings(), "nominatim")
    monkeypatch.setenv("MAPAPP_GEOCODERS", "nominatim")
    with pytest.raises(ValidationError, match="MAPAPP_CONTACT_EMAIL"):
        Settings()
    monkeypatch.setenv("MAPAPP_CONTACT_EMAIL", "map@example.org")
    assert codes(Settings()) == [("nominatim", True)]


def test_an_unknown_geocoder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPAPP_GEOCODERS", "embedded,google")
    with pytest.raises(ValidationError, match="'embedded', 'gugik' or 'nominatim'"):
        Settings()
