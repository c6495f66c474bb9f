"""The facts kept in the process find, order and count what the SQL does, and hold no longer than it."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory import fact_search, listing_facts, map_signs, reading_facts
from mapapp.directory import search as searching
from mapapp.directory.criteria import prepare
from mapapp.directory.open_when import Occasion, OpenWhen
from mapapp.directory.queries import count_services, search_with_facets
from mapapp.directory.records import AccessibilityRecord, CostRecord, FacilityRecord
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.summary import keep_summary
from tests.directory.hand_made import GMINAS, KLODZKO, VOCABULARIES, WROCLAW, facility, place, save, service

QUESTIONS = 150
FACILITIES = 120
AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
HOURS = (None, "Mo-Fr 08:00-16:00", "Mo-Su 00:00-24:00", "Sa 10:00-14:00", "Tu 08:00-20:00")
AREAS = ((), (), ("02",), ("0208",), ("0264011",), ("0208011", "0219011"))
MODES = ((), ("onsite",), ("home", "onsite"), ("home", "remote"), ("stationary24h",), ("mobile",))
WORDS = (
    "",
    "",
    "",
    "dom",
    "pomoc",
    "dom pomocy",
    "dom klub",
    "xyzzyx",
    "ośrodek pomocy społecznej",
    "opieka nad babcią",
    "dps",
    "aaa bbb",
    "żaba",
)


def _random_facility(number: int, chosen: Random) -> FacilityRecord:
    visibility = chosen.choice(("public", "public", "public", "on_request", "internal"))
    at = Position(16.2 + chosen.randrange(12) / 12, 50.3 + chosen.randrange(8) / 12)
    features = chosen.sample(sorted(VOCABULARIES.profiles["wheelchair"].required_features), 2)
    surveyed = [AccessibilityRecord(feature=each, value=chosen.choice(("yes", "partial", "no"))) for each in features]
    where = place(chosen.choice((at, KLODZKO, None)), chosen.choice(("Kłodzko", "Łąka", "Lądek", "Zator")))
    area = chosen.choice(AREAS)
    return facility(
        str(number),
        service(
            chosen.choice(sorted(VOCABULARIES.types)),
            name=chosen.choice(("aaa dom", "bbb klub", "ćma pomoc", "Dom Pomocy", "Żaba")),
            visibility=visibility,
            service_area=area,
            modes=chosen.choice(MODES),
            languages=chosen.choice(((), ("pl",), ("pl", "uk"), ("uk",))),
            costs=chosen.choice(((), (CostRecord(cost_kind="free"),), (CostRecord(cost_kind="paid"),))),
            assured_date=chosen.choice((None, date(2026, 11, 1), date(2024, 1, 1))),
        ),
        sector=chosen.choice((None, "gmina", "church")),
        location=chosen.choice((*((None,) if area else ()), where, where, place(at, accessibility=surveyed))),
    )


@pytest.fixture
def varied(directory: Session) -> Session:
    """Services that differ in all that is asked for, some of them hidden."""
    chosen = Random(20)
    save(directory, *(_random_facility(number, chosen) for number in range(FACILITIES)))
    some = text("UPDATE listing SET opening_hours = :hours WHERE get_byte(uuid_send(id), 0) % 5 = :number")
    for number, hours in enumerate(HOURS):
        directory.execute(some, {"hours": hours, "number": number})
    agreed = text("UPDATE listing SET agreed_area = :codes WHERE get_byte(uuid_send(id), 2) % 4 = :number")
    for number, codes in enumerate((["0208021"], ["0264011", "0208"])):
        directory.execute(agreed, {"codes": codes, "number": number})
    closed = "UPDATE listing SET status = 'temporarily closed' WHERE get_byte(uuid_send(id), 1) < 30"
    directory.execute(text(closed))
    keep_summary(directory)
    return directory


def _random_search(chosen: Random) -> ServiceSearch:
    near = chosen.choice((None, KLODZKO, WROCLAW, Position(16.4, 50.5), Position(20.0, 52.0)))
    filters: dict[str, Any] = {
        "within_km": near and chosen.choice((2, 10, 40)),
        "types": tuple(chosen.sample(sorted(VOCABULARIES.types), 6)),
        "groups": tuple(chosen.sample(sorted({each.group for each in VOCABULARIES.types.values()}), 3)),
        "audiences": tuple(chosen.sample(sorted(VOCABULARIES.audiences), 2)),
        "profile": chosen.choice(sorted(VOCABULARIES.profiles)),
        "costs": ("free", "unknown"),
        "languages": ("uk",),
        "modes": ("home", "mobile"),
        "sectors": ("gmina",),
        "open_when": OpenWhen(chosen.choice(list(Occasion)), AT),
        "verified_since": date(2026, 1, 1),
        "gmina": chosen.choice(GMINAS)[0],
        "powiat": chosen.choice(GMINAS)[2],
        "subregion": chosen.choice(GMINAS)[4],
    }
    names = chosen.sample(sorted(filters), chosen.randrange(4))
    page: dict[str, Any] = {"limit": chosen.choice((1, 5, 20)), "offset": chosen.choice((0, 0, 5, 500))}
    return ServiceSearch(chosen.choice(WORDS), near, **{name: filters[name] for name in names}, **page)


def found(session: Session, search: ServiceSearch) -> fact_search.Found | None:
    around = reading_facts.current_facts(session, search.near)
    return fact_search.find(session, prepare(session, search, around), around)


def test_groups_for_a_map_as_the_sql_does(varied: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_signs, "MOST_SINGLE", 1)
    boxes = (None, (16.0, 50.0, 17.5, 51.0), (16.2, 50.3, 16.7, 50.8), (20.0, 52.0, 20.1, 52.1))
    grouped = set()
    for seed in range(QUESTIONS):
        chosen = Random(seed)
        search = replace(_random_search(chosen), bbox=chosen.choice(boxes))
        zoom = chosen.choice((0, 6, 9, 12))
        counted = json.loads(map_signs.map_signs(varied, search, zoom))
        with monkeypatch.context() as without_facts:
            without_facts.setattr(map_signs, "in_view", lambda *_: None)
            expected = json.loads(map_signs.map_signs(varied, search, zoom))
        for found, known in zip(counted.pop("features"), expected.pop("features"), strict=True):
            assert found["properties"] == known["properties"], search
            assert found["geometry"]["coordinates"] == pytest.approx(known["geometry"]["coordinates"], abs=2e-5)
            assert found.get("bbox", [0]) == pytest.approx(known.get("bbox", [0]), abs=2e-5)
        assert counted == expected, search
        grouped.add(counted["grouped"])
    assert grouped == {True, False}


def test_answers_as_the_sql_does(varied: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    totals = set()
    for seed in range(QUESTIONS):
        search = _random_search(Random(seed))
        assert found(varied, search) is not None
        answered = (*search_with_facets(varied, search), count_services(varied, search))
        with monkeypatch.context() as without_facts:
            without_facts.setattr(searching, "find", lambda *_: None)
            assert answered == (*search_with_facets(varied, search), count_services(varied, search)), search
        totals.add(answered[2])
    assert len(totals) > QUESTIONS // 10


def test_holds_until_something_is_written(directory: Session) -> None:
    save(directory, facility("1", service("dps"), location=place(KLODZKO)))
    before = found(directory, ServiceSearch())
    assert before
    again = found(directory, ServiceSearch())
    assert again and again.facts is before.facts
    save(directory, facility("2", service("dps"), location=place(KLODZKO)))
    after = found(directory, ServiceSearch())
    assert after and after.facts is not before.facts
    assert count_services(directory, ServiceSearch()) == 2
    directory.execute(text("DELETE FROM listing"))
    assert found(directory, ServiceSearch()) is None
    assert count_services(directory, ServiceSearch()) == 0


def test_does_not_guess_where_an_answer_names_what_is_not_known(directory: Session) -> None:
    save(directory, facility("1", service("dps"), location=place(KLODZKO)))
    around = reading_facts.current_facts(directory, KLODZKO)
    assert around
    with pytest.raises(listing_facts.UnknownListingError):
        around.facts.answered("other", lambda: bytes(16))
    with pytest.raises(listing_facts.UnknownListingError):
        around.facts.answered("another", lambda: b"\xff" * 16)


def test_asks_postgresql_for_boxes_and_changes(directory: Session) -> None:
    save(directory, facility("1", service("dps"), location=place(KLODZKO)))
    for search in (ServiceSearch(bbox=(16, 50, 17, 51)), ServiceSearch(modified_since=AT)):
        assert found(directory, search) is None
        assert count_services(directory, search) in {0, 1}
