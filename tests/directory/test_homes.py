"""Homes for mothers with children that were stored as public before they were hidden by default."""

from importlib import import_module

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Listing
from tests.directory.hand_made import facility, save, service


def test_withdraws_public_homes_until_they_are_published_without_their_door(directory: Session) -> None:
    save(directory, facility("1", service("dmdz")), facility("2", service("dmdz", visibility="on_request")))
    save(directory, facility("3", service("ops")))
    migration = import_module("mapapp.migrations.versions.0012_merged_records")
    directory.execute(text(migration.HIDE_HOMES))
    directory.execute(text(migration.WITHDRAW_HOMES))
    shown = select(Listing.facility_type, Listing.visibility, Listing.street).order_by(Listing.visibility)
    assert directory.execute(shown).all() == [("ops", "public", "ul. Zwykła 1"), ("dmdz", "on_request", None)]
    refresh_listings(directory)
    assert directory.execute(shown).all() == [
        ("ops", "public", "ul. Zwykła 1"),
        ("dmdz", "area_only", None),
        ("dmdz", "on_request", None),
    ]
