"""The feed of changes, read as a feed reader would."""

import os
from collections.abc import Iterator
from xml.etree import ElementTree

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Service
from tests import example_site
from tests.web_app import app_with

FORMS = ("atom", "rss")
DELETED = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


@pytest.fixture(scope="module")
def changed(cluster: Cluster) -> Iterator[Flask]:
    """A site of its own, on which one service was changed, one hidden and one ended."""
    name = f"changes_{os.getpid()}"
    url = cluster.url(name)
    if cluster.ensure_database(name):
        example_site.fill(url)
        engine = make_staff_engine(url)
        with transaction(engine) as session:
            _change(session, "ops#ops", name="Ośrodek pod nową nazwą")
            _change(session, "far#dps", visibility="internal")
            _change(session, "silent#klub_sen", status="defunct")
        engine.dispose()
    with app_with(url) as app:
        yield app


def _change(session: Session, number: str, **values: str) -> None:
    (its_id,) = session.scalars(
        update(Service).where(Service.source_id == number).values(**values).returning(Service.id)
    ).all()
    refresh_listings(session, [its_id])


@pytest.fixture
def reader(changed: Flask, compiled_catalogs: None) -> FlaskClient:
    return changed.test_client()


def parsed(client: FlaskClient, form: str, question: str = "") -> feedparser.FeedParserDict:
    answer = client.get(f"/api/feed/changes.{form}{question}")
    assert answer.status_code == 200, answer.text
    found = feedparser.parse(answer.data, response_headers={"content-type": answer.content_type})
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize(("form", "version"), [("atom", "atom10"), ("rss", "rss20")])
def test_is_read_by_a_feed_reader(reader: FlaskClient, form: str, version: str) -> None:
    found = parsed(reader, form)
    assert found.version == version
    assert found.feed.title.endswith(": zmiany")
    assert found.feed.language == "pl"
    titles = [entry.title for entry in found.entries]
    assert "Zmiana: Ośrodek pod nową nazwą" in titles
    assert "Nowe: Teleopieka" in titles
    for entry in found.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.link.startswith("http://localhost/")
        assert entry.published_parsed


@pytest.mark.parametrize("form", FORMS)
def test_names_what_was_withdrawn_by_its_id_alone(reader: FlaskClient, form: str) -> None:
    text = reader.get(f"/api/feed/changes.{form}").text
    for gone in ("Jutrzenka", "Zacisze", "Tajna"):
        assert gone not in text
    if form == "atom":
        deleted = ElementTree.fromstring(text).findall(DELETED)
        assert len({each.attrib["ref"] for each in deleted}) == 2
    else:
        gone_entries = [each for each in parsed(reader, "rss").entries if each.title == "Wycofano z katalogu"]
        assert len({each.id for each in gone_entries}) == 2


@pytest.mark.parametrize("form", FORMS)
def test_follows_only_what_is_asked_for(reader: FlaskClient, form: str) -> None:
    found = parsed(reader, form, "?type=ops")
    assert {entry.title for entry in found.entries} == {
        "Zmiana: Ośrodek pod nową nazwą",
        "Nowe: Ośrodek Pomocy Społecznej w Kłodzku, usługa 2",
    }
    assert "type=ops" in str(found.feed.links)


@pytest.mark.parametrize("form", FORMS)
def test_leads_to_pages_that_are_there(reader: FlaskClient, form: str) -> None:
    found = parsed(reader, form, "?type=ops&type=teleopieka&bbox=15,50,18,52&lang=uk")
    for address in (found.feed.link, *(entry.link for entry in found.entries)):
        assert reader.get(address.removeprefix("http://localhost")).status_code in {200, 302}, address


@pytest.mark.parametrize("form", FORMS)
def test_carries_no_markup_of_records(reader: FlaskClient, form: str) -> None:
    for entry in parsed(reader, form, "?type=klub_mieszk").entries:
        assert "<script" not in entry.summary.lower()
        if form == "rss":
            assert "<" not in entry.title


@pytest.mark.parametrize("form", FORMS)
def test_is_given_again_only_when_it_changed(reader: FlaskClient, form: str) -> None:
    first = reader.get(f"/api/feed/changes.{form}")
    again = reader.get(f"/api/feed/changes.{form}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status"),
    [("changes.atom?type=nothing", 400), ("changes.rss?place=Nigdziebądź", 400), ("changes.xml", 404)],
)
def test_refuses_what_it_cannot_answer(reader: FlaskClient, path: str, status: int) -> None:
    answer = reader.get(f"/api/feed/{path}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
