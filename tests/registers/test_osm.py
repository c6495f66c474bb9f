"""Social facilities of OpenStreetMap, from GeoJSON and from an Overpass answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.commands import save_vocabularies
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import Places
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.hours_text import Status
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.loading import import_register
from mapapp.registers.osm import read_facility
from mapapp.registers.osm_kinds import kind_of
from mapapp.registers.problems import RowRejectedError
from mapapp.registers.readers import RawRow
from mapapp.settings import ROOT

Saved = Callable[[str, bytes], Path]
Read = Callable[..., ReadRow]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
WROCLAW = KnownGmina("0264011", "Wrocław", "urban", "0264", "Wrocław")
REGION = Places(region=box(14.8, 50.0, 17.8, 51.9))
AROUND = Surroundings(VOCABULARIES, Gminas({"0264011": WROCLAW}, {}, {}), REGION)
TAGS = {
    "amenity": "social_facility",
    "social_facility": "shelter",
    "social_facility:for": "homeless",
    "name": "Schronisko dla Bezdomnych Mężczyzn.",
    "wheelchair": "limited",
    "toilets:wheelchair": "no",
    "hearing_loop": "yes",
    "opening_hours": "24/7",
    "phone": "+48 71 322 70 00;+48 71 322 70 01",
    "contact:email": "schronisko@example.org",
    "website": "https://example.org",
    "addr:street": "Małachowskiego",
    "addr:housenumber": "13",
    "addr:city": "Wrocław",
    "addr:postcode": "50-084",
}


@pytest.fixture
def read() -> Read:
    """Reads a good object with other tags; None takes a tag away."""

    def facility(tags: dict[str, str | None] | None = None, **own: str) -> ReadRow:
        given = {"@id": "node/7", "@lon": "17.0405", "@lat": "51.0989", **TAGS} | own | (tags or {})
        return read_facility(RawRow(2, {key: value for key, value in given.items() if value is not None}), AROUND)

    return facility


def test_reads_an_object_with_its_address_hours_and_contacts(read: Read) -> None:
    row = read()
    facility = row.facility
    assert (facility.source_id, facility.organization_name) == ("node/7", "Schronisko dla Bezdomnych Mężczyzn")
    assert (facility.email, facility.website) == ("schronisko@example.org", "https://example.org")
    assert [each.number for each in facility.phones] == ["+48713227000", "+48713227001"]
    location = facility.location
    assert location is not None and location.address is not None
    assert location.position == Position(17.0405, 51.0989)
    assert (location.address.address_1, location.address.city) == ("ul. Małachowskiego 13", "Wrocław")
    assert location.address.state_province == "dolnośląskie"
    assert (location.opening_hours, row.hours) == ("24/7", Status.UNDERSTOOD)
    assert [service.facility_type for service in facility.services] == ["schronisko"]
    assert row.notes == ()


def test_gives_accessibility_in_three_values_as_the_vocabulary_maps_the_tags(read: Read) -> None:
    location = read().facility.location
    assert location is not None
    assert {each.feature: each.value for each in location.accessibility} == {
        "circulation": "partial",
        "toilet": "no",
        "induction_loop": "yes",
    }
    untagged = read({"wheelchair": None, "toilets:wheelchair": None, "hearing_loop": "unclear"}).facility.location
    assert untagged is not None and untagged.accessibility == ()


def test_keeps_hours_that_cannot_be_evaluated_as_text(read: Read) -> None:
    row = read(opening_hours="sunrise-sunset")
    assert row.facility.location is not None
    assert (row.facility.location.opening_hours, row.hours) == (None, Status.NOT_UNDERSTOOD)
    assert row.facility.location.opening_hours_text == "sunrise-sunset"
    assert [note.field for note in row.notes] == ["opening_hours"]


@pytest.mark.parametrize(
    ("given", "number"),
    [("node/7", "node/7"), ("n7", "node/7"), ("w12", "way/12"), ("a24", "way/12"), ("a25", "relation/12")],
)
def test_knows_an_object_by_its_number_however_it_was_exported(read: Read, given: str, number: str) -> None:
    assert read({"@id": given}).facility.source_id == number


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"name": "Dom Pomocy Społecznej „Dobra”", "social_facility": "nursing_home"}, "dps"),
        ({"name": "DPS Zgorzelec"}, "dps"),
        ({"name": "ŚDS Jelenia Góra"}, "sds"),
        ({"name": "Warsztat Terapii Zajęciowej"}, "wtz"),
        ({"name": "Klub Senior+"}, "ksp"),
        ({"name": "Klub Seniora"}, "klub_sen"),
        ({"name": "MOPS Wrocław"}, "ops"),
        ({"name": "Schronisko św. Brata Alberta z usługami opiekuńczymi dla bezdomnych"}, "sch_uo"),
        ({"social_facility": "soup_kitchen"}, "posilek"),
        ({"social_facility": "day_care", "social_facility:for": "senior;disabled"}, "ddp"),
        ({"social_facility": "day_care", "social_facility:for": "child"}, "pwd"),
        ({"social_facility": "group_home", "social_facility:for": "senior"}, None),
        ({"name": "Schronisko dla zwierząt"}, None),
        ({}, None),
    ],
)
def test_tells_the_kind_by_name_first(tags: dict[str, str], code: str | None) -> None:
    assert kind_of(tags) == code


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"name": "Dom Seniora", "social_facility": "group_home"}, "ani nazwa, ani znaczniki nie mówią"),
        ({"@id": ""}, "brakuje wartości"),
        ({"@id": "7"}, "oczekiwano numeru obiektu OpenStreetMap"),
        ({"@lat": "", "@lon": ""}, "brakuje wartości"),
        ({"@lat": "17.0405", "@lon": "51.0989"}, "zamienione miejscami"),
        ({"@lat": "50.06", "@lon": "19.94"}, "obiekt leży poza regionem tej mapy"),
        ({"social_facility:for": "abused"}, "osób doznających przemocy"),
        ({"name": "Schronisko dla ofiar przemocy"}, "osób doznających przemocy"),
    ],
)
def test_rejects_an_object_with_a_reason(read: Read, tags: dict[str, str | None], message: str) -> None:
    with pytest.raises(RowRejectedError, match=message):
        read(tags)


def feature(number: str, lon: float, tags: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": number,
        "properties": {"@id": number, **tags},
        "geometry": {"type": "Point", "coordinates": [lon, 51.0989]},
    }


def test_loads_the_same_from_geojson_and_from_overpass(session: Session, saved: Saved) -> None:
    save_vocabularies(session, VOCABULARIES)
    features = [
        feature("node/7", 17.0405, TAGS),
        feature("node/8", 17.05, {"amenity": "pharmacy", "name": "Apteka"}),
        feature("node/9", 17.06, {"amenity": "social_facility", "name": "Bez rodzaju"}),
    ]
    document = {"type": "FeatureCollection", "features": features}
    report = import_register(session, saved("osm.geojson", json.dumps(document).encode()), VOCABULARIES)
    assert (report.rows, report.saved.created, report.rejected_rows) == (2, 1, 1)
    assert report.services_by_type == {"schronisko": 1}
    assert session.execute(text("SELECT title, licence FROM source_register WHERE code = 'openstreetmap'")).one() == (
        "OpenStreetMap: placówki społeczne",
        "ODbL 1.0",
    )
    (listed,) = session.execute(text("SELECT name, facility_type, accessibility FROM listing")).all()
    assert listed.accessibility == {"circulation": "partial", "toilet": "no", "induction_loop": "yes"}
    elements = [{"type": "node", "id": 7, "lon": 17.0405, "lat": 51.0989, "tags": TAGS}, {"type": "node", "id": 1}]
    again = import_register(session, saved("osm.json", json.dumps({"elements": elements}).encode()), VOCABULARIES)
    assert (again.rows, again.saved.unchanged, again.rejected) == (1, 1, ())


def test_takes_the_middle_that_overpass_gives_for_a_building(session: Session, saved: Saved) -> None:
    way = {"type": "way", "id": 5, "center": {"lon": 17.01, "lat": 51.1}, "tags": TAGS}
    report = import_register(session, saved("osm.json", json.dumps({"elements": [way]}).encode()), VOCABULARIES)
    assert report.saved.created == 1
    assert session.scalar(text("SELECT ST_AsText(point) FROM location")) == "POINT(17.01 51.1)"
