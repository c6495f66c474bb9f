"""The addresses of records that were merged: they lead to the survivor, where that may be seen."""

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.duplicates import merging
from mapapp.directory.identity import record_id
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Listing
from tests.directory.hand_made import REGISTER, prepare
from tests.directory.test_duplicates import FIRST, OTHER, SECOND, first, load, second
from tests.web_app import app_with

OLD_PLACE = record_id("location", OTHER.code, "77")
PLACE = record_id("location", REGISTER.code, "1")
OLD_HOME = record_id("service", OTHER.code, "77", "home")
HOME = record_id("service", REGISTER.code, "1", "dps")


@pytest.fixture(scope="module")
def merged(cluster: Cluster) -> Iterator[tuple[Engine, str, int]]:
    """A database in which one home was listed twice; the merge, and the id that its listing had."""
    name = f"merged_{os.getpid()}"
    cluster.ensure_database(name)
    engine = make_staff_engine(cluster.url(name))
    migrate.upgrade(engine)
    with transaction(engine) as session:
        prepare(session)
        load(session, first(), second())
        old = session.scalars(select(Listing.id).where(Listing.service_id == OLD_HOME)).one()
        number = merging.merge(session, FIRST, SECOND, (), "Ewa")
    yield engine, str(old), number
    engine.dispose()


@pytest.fixture
def app(merged: tuple[Engine, str, int], cluster: Cluster, compiled_catalogs: None) -> Iterator[Flask]:
    with app_with(cluster.url(f"merged_{os.getpid()}")) as app:
        yield app


def test_leads_from_old_pages_to_the_survivor(app: Flask) -> None:
    client = app.test_client()
    assert client.get(f"/miejsce/{OLD_PLACE}").location == f"/miejsce/{PLACE}"
    moved = client.get(f"/usluga/{OLD_HOME}", follow_redirects=True)
    assert moved.status_code == 200
    assert moved.request.path == f"/miejsce/{PLACE}"


def test_keeps_a_saved_place_that_was_merged(app: Flask) -> None:
    client = app.test_client()
    kept = client.get(f"/ulubione/dane.json?m={OLD_PLACE},{PLACE}").json
    assert kept is not None
    assert [each["id"] for each in kept["places"]] == [str(PLACE)]
    assert kept["removed"] == [str(OLD_PLACE)]
    page = client.get(f"/ulubione?m={OLD_PLACE},{PLACE}").text
    assert page.count('class="card"') == 1 and "nie ma już na mapie" not in page


def test_answers_old_ids_with_the_survivor(app: Flask, merged: tuple[Engine, str, int]) -> None:
    client, (engine, old, _) = app.test_client(), merged
    assert client.get(f"/api/hsds/organizations/{SECOND}").json["id"] == str(FIRST)  # type: ignore[index]
    assert client.get(f"/api/hsds/services/{OLD_HOME}").json["id"] == str(HOME)  # type: ignore[index]
    with engine.connect() as connection:
        new = str(connection.execute(select(Listing.id).where(Listing.service_id == HOME)).scalar_one())
    assert new != old
    feature = client.get(f"/api/ogc/collections/services/items/{old}?f=json").json
    assert feature["id"] == new  # type: ignore[index]
    assert any(new in link["href"] for link in feature["links"])  # type: ignore[index]
    assert old in client.get("/api/services?modified_since=2026-01-01T00:00:00Z").json["removed"]  # type: ignore[index]


@pytest.mark.parametrize("level", ["on_request", "internal"])
def test_tells_nothing_of_a_survivor_that_is_hidden(app: Flask, merged: tuple[Engine, str, int], level: str) -> None:
    engine, client = merged[0], app.test_client()
    with transaction(engine) as session:
        session.execute(text("UPDATE organization SET visibility = CAST(:level AS visibility)"), {"level": level})
        refresh_listings(session)
    try:
        assert str(PLACE) not in client.get(f"/ulubione?m={OLD_PLACE}").text
        assert str(PLACE) not in client.get(f"/ulubione/dane.json?m={OLD_PLACE}").text
        for path in (f"/miejsce/{OLD_PLACE}", f"/api/hsds/organizations/{SECOND}"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert str(PLACE) not in answer.text
            assert str(FIRST) not in answer.text
    finally:
        with transaction(engine) as session:
            session.execute(text("UPDATE organization SET visibility = 'public'"))
            refresh_listings(session)
