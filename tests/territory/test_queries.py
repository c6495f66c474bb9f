import gzip
import json
from math import inf, nan

import pytest
import shapely
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.territory.queries import (
    BoundaryLayer,
    areas,
    boundaries_geojson,
    gmina_at,
    population_of,
    territory_facts,
)


def test_there_are_no_facts_where_nothing_is_loaded(session: Session) -> None:
    assert territory_facts(session) is None
    assert json.loads(boundaries_geojson(session, "gmina"))["features"] == []
    assert areas(session, "powiat") == ()


def test_facts_say_what_is_loaded(on_lower_silesia: Session) -> None:
    facts = territory_facts(on_lower_silesia)
    assert facts is not None
    assert (facts.region, facts.voivodeship_name, facts.is_schematic) == ("dolnoslaskie", "dolnośląskie", False)
    assert "GUGiK" in facts.attribution
    assert facts.bbox == pytest.approx((14.8, 50.1, 17.8, 51.8), abs=0.05)


@pytest.mark.parametrize(
    ("name", "position", "teryt"),
    [
        ("Zgorzelec", Position(15.009, 51.151), "0225021"),
        ("Jelenia Góra", Position(15.735, 50.904), "0261011"),
        ("Wrocław", Position(17.032, 51.110), "0264011"),
        ("Görlitz, Germany", Position(14.96, 51.155), None),
        ("Opole", Position(17.926, 50.675), None),
        ("Jelenia Góra with its axes swapped", Position(50.904, 15.735), None),
        ("nowhere", Position(nan, 51.0), None),
        ("infinity", Position(inf, -inf), None),
        ("the south pole", Position(0, -90), None),
    ],
)
def test_finds_the_gmina_of_a_position(
    name: str, position: Position, teryt: str | None, on_lower_silesia: Session
) -> None:
    area = gmina_at(on_lower_silesia, position)
    assert (area.teryt if area else None) == teryt, name


def test_areas_are_in_polish_order_with_their_parents(on_lower_silesia: Session) -> None:
    powiats = areas(on_lower_silesia, "powiat")
    names = [powiat.name for powiat in powiats]
    assert names.index("lwówecki") < names.index("świdnicki") < names.index("trzebnicki")
    klodzki = next(powiat for powiat in powiats if powiat.teryt == "0208")
    assert (klodzki.name_locative, klodzki.name_genitive, klodzki.kind) == ("kłodzkim", "kłodzkiego", "powiat")
    assert (klodzki.parent_teryt, klodzki.parent_name) == ("PL517", "wałbrzyski")
    assert {area.kind for area in powiats} == {"powiat", "city"}
    assert {area.kind for area in areas(on_lower_silesia, "gmina")} == {"urban", "rural", "urban-rural"}
    assert all(area.parent_name == "dolnośląskie" for area in areas(on_lower_silesia, "subregion"))


@pytest.mark.parametrize(
    ("layer", "count", "most_kb"), [("gmina", 169, 60), ("powiat", 30, 30), ("subregion", 5, 15), ("voivodeship", 1, 8)]
)
def test_boundaries_are_geojson_small_enough_for_a_page(
    layer: BoundaryLayer, count: int, most_kb: int, on_lower_silesia: Session
) -> None:
    text = boundaries_geojson(on_lower_silesia, layer)
    document = json.loads(text)
    assert (document["type"], len(document["features"]), document["is_schematic"]) == (
        "FeatureCollection",
        count,
        False,
    )
    assert "GUGiK" in document["attribution"]
    for feature in document["features"]:
        assert set(feature["properties"]) == {"code", "name", "kind"}
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert all(shapely.is_ccw(part.exterior) for part in shape.geoms)  # RFC 7946 §3.1.6
    size_kb = len(gzip.compress(text.encode())) / 1000
    print(f"{layer}: {size_kb:.1f} kB gzipped")  # noqa: T201 - the figure is wanted
    assert size_kb <= most_kb


def test_population_is_of_the_newest_year(on_lower_silesia: Session) -> None:
    assert population_of(on_lower_silesia, "0264011") == 672_882
    assert population_of(on_lower_silesia, "9999999") is None
