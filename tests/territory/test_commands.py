from dataclasses import replace
from datetime import date
from time import perf_counter

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.territory.commands import load_territory
from mapapp.territory.content import TerritoryData
from mapapp.territory.queries import areas, gmina_at, territory_facts

LAYERS = ("voivodeship", "subregion", "powiat", "gmina")


def test_loads_the_schematic_territory(session: Session, schematic: TerritoryData) -> None:
    report = load_territory(session, schematic)
    assert (report.is_new, report.is_schematic) == (True, True)
    assert (report.gminas, report.powiats, report.subregions) == (169, 30, 5)
    facts = territory_facts(session)
    assert facts is not None
    assert facts.is_schematic
    assert facts.attribution.startswith("Granice schematyczne")


def test_replaces_the_schematic_territory_by_the_real_one(
    session: Session, schematic: TerritoryData, lower_silesia: TerritoryData
) -> None:
    load_territory(session, schematic)
    load_territory(session, lower_silesia)
    assert [len(areas(session, layer)) for layer in ("subregion", "powiat", "gmina")] == [5, 30, 169]
    facts = territory_facts(session)
    assert facts is not None
    assert not facts.is_schematic
    assert session.scalar(text("SELECT count(*) FROM place")) == len(lower_silesia.places)


def test_replaces_one_region_by_another(
    session: Session, lower_silesia: TerritoryData, lesser_poland: TerritoryData
) -> None:
    load_territory(session, lower_silesia)
    load_territory(session, lesser_poland)
    assert [len(areas(session, layer)) for layer in ("subregion", "powiat", "gmina")] == [6, 22, 182]
    assert session.scalar(text("SELECT count(*) FROM population WHERE gmina_teryt LIKE '02%'")) == 0


def test_the_same_content_again_changes_nothing(session: Session, schematic: TerritoryData) -> None:
    load_territory(session, schematic)
    before = session.scalar(text("SELECT max(id) FROM gmina"))
    assert not load_territory(session, schematic).is_new
    assert session.scalar(text("SELECT max(id) FROM gmina")) == before
    assert load_territory(session, replace(schematic, attribution="other")).is_new


def test_what_was_valid_once_stays(session: Session, schematic: TerritoryData) -> None:
    load_territory(session, schematic)
    ended = {"code": "0265999", "day": date(2012, 12, 31)}
    session.execute(text("UPDATE gmina SET teryt = :code, valid_to = :day WHERE teryt = '0265011'"), ended)
    session.execute(text("UPDATE population SET gmina_teryt = :code WHERE gmina_teryt = '0265011'"), ended)
    load_territory(session, replace(schematic, attribution="other"))
    history = "SELECT count(*) FROM gmina JOIN population ON gmina_teryt = teryt WHERE teryt = '0265999'"
    assert session.scalar(text(history)) == 19
    assert len(areas(session, "gmina")) == 169


def test_population_is_whole_and_estimates_say_so(session: Session, lower_silesia: TerritoryData) -> None:
    load_territory(session, lower_silesia)
    sums = session.execute(text("SELECT scenario, year, sum(persons) FROM population GROUP BY 1, 2 ORDER BY 1, 2"))
    assert [tuple(row) for row in sums] == [
        ("estimate", 2024, 2_868_242),
        ("recorded", 2020, 2_891_335),
        ("recorded", 2024, 2_868_242),
    ]


def test_gives_locations_the_gmina_of_their_point(session: Session, lower_silesia: TerritoryData) -> None:
    session.execute(text("INSERT INTO source_register (code, title, publisher) VALUES ('test', 'Test', 'Test')"))
    points = {"in": "POINT(15.735 50.904)", "out": "POINT(13.4 52.5)"}
    ids = {}
    for name, point in points.items():
        ids[name] = session.scalar(
            text(
                "INSERT INTO location (id, location_type, point, computed_gmina_teryt, source, source_id) VALUES "
                "(gen_random_uuid(), 'physical', ST_GeomFromText(:point, 4326), '9999999', 'test', :name) RETURNING id"
            ),
            {"point": point, "name": name},
        )
    report = load_territory(session, lower_silesia)
    rows = session.execute(text("SELECT id, computed_gmina_teryt FROM location"))
    found = {row.id: row.computed_gmina_teryt for row in rows}
    assert report.relocated == 2
    assert found == {ids["in"]: "0261011", ids["out"]: None}


@pytest.mark.parametrize("fixture", ["schematic", "lower_silesia", "lesser_poland"])
def test_loads_in_seconds(fixture: str, session: Session, request: pytest.FixtureRequest) -> None:
    data: TerritoryData = request.getfixturevalue(fixture)
    started = perf_counter()
    load_territory(session, data)
    print(f"{fixture}: {perf_counter() - started:.2f} s")  # noqa: T201 - the figure is wanted
    assert perf_counter() - started < 6


def test_schematic_gminas_contain_their_seats_or_those_of_the_town(session: Session, schematic: TerritoryData) -> None:
    load_territory(session, schematic)
    inside = 0
    for unit in schematic.of_layer("gmina"):
        assert unit.seat is not None
        area = gmina_at(session, Position(*unit.seat))
        assert area is not None
        inside += area.teryt == unit.code
    # 14 rural gminas have their seat in the town that they surround
    assert inside == 155
