"""Filters in CQL2: what they find, and that nothing a stranger writes does harm."""

import json
from datetime import date
from time import perf_counter
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from mapapp.directory.cql import (
    ARRAYS,
    COMPARISONS,
    DEEPEST,
    FUNCTIONS,
    LONGEST,
    SPATIAL,
    TEMPORAL,
    condition,
    queryables,
)
from mapapp.directory.cql_values import FilterError
from mapapp.directory.features import COLLECTIONS, LOCATIONS, ORGANIZATIONS, SERVICES
from mapapp.directory.records import CapacityRecord
from mapapp.territory.feature_pages import CRSS, PUWG_1992, WGS84, Collection, FeatureQuery, feature_page
from mapapp.territory.features import AREA_COLLECTIONS
from tests.directory.hand_made import KLODZKO, WROCLAW, facility, place, save, service

GMINAS = AREA_COLLECTIONS[0]


@pytest.fixture
def filled(directory: Session) -> Session:
    """Three services in two towns, one of them without a place."""
    beds = CapacityRecord(maximum=40, available=2, as_of=date(2026, 3, 1))
    save(
        directory,
        facility("1", service("dps", name="Dom „Jutrzenka” O'Hary", capacities=(beds,)), location=place(KLODZKO)),
        facility("2", service("ops", name="Łódź pomocy"), location=place(WROCLAW, "Wrocław")),
        facility("3", service("teleopieka", name="Teleopieka 100%", service_area=("0208",)), location=None),
    )
    return directory


def found(
    session: Session, text: str, collection: Collection = SERVICES, language: str = "cql2-text", crs: str | None = None
) -> list[str]:
    """The types of the services found, or the codes of the areas."""
    written = condition(text, language, collection, CRSS[crs] if crs else next(iter(CRSS.values())))  # type: ignore[arg-type] # a test's word
    page = feature_page(session, collection, FeatureQuery(limit=100, condition=written))
    features = [json.loads(feature)["properties"] for feature in page.features]
    return sorted(str(each.get("facility_type") or each.get("facility_types") or each["code"]) for each in features)


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("facility_type = 'dps'", ["dps"]),
        ("facility_type <> 'dps'", ["ops", "teleopieka"]),
        ("places >= 40 AND places < 41.5", ["dps"]),
        ("places BETWEEN 39 AND 40", ["dps"]),
        ("places NOT BETWEEN 39 AND 40", []),
        ("facility_type IN ('ops', 'dps')", ["dps", "ops"]),
        ("NOT facility_type IN ('ops', 'dps')", ["teleopieka"]),
        ("name LIKE 'Dom%'", ["dps"]),
        ("name LIKE 'dom%'", []),
        ("CASEI(name) LIKE CASEI('DOM%')", ["dps"]),
        ("ACCENTI(CASEI(name)) = ACCENTI(CASEI('LÓDŹ pomocy'))", ["ops"]),
        ("name = 'Dom „Jutrzenka” O''Hary'", ["dps"]),
        ("name LIKE '%100\\%'", ["teleopieka"]),
        ("street IS NULL", ["teleopieka"]),
        ("street IS NOT NULL", ["dps", "ops"]),
        ("geometry IS NULL", ["teleopieka"]),
        ("is_sample = FALSE", ["dps", "ops", "teleopieka"]),
        ("is_sample", []),
        ("NOT is_sample AND (facility_type = 'ops' OR places > 1)", ["dps", "ops"]),
        ("A_CONTAINS(audiences, ('nobody'))", []),
        ("S_INTERSECTS(geometry, BBOX(16.5, 50.3, 16.8, 50.5))", ["dps"]),
        ("S_INTERSECTS(geometry, POINT(17.03 51.11))", ["ops"]),
        ("S_WITHIN(geometry, POLYGON((16.5 50.3, 16.8 50.3, 16.8 50.5, 16.5 50.5, 16.5 50.3)))", ["dps"]),
        ("T_AFTER(last_modified, DATE('2020-01-01'))", ["dps", "ops", "teleopieka"]),
        ("T_BEFORE(last_modified, TIMESTAMP('2020-01-01T00:00:00Z'))", []),
        ("T_DURING(last_modified, INTERVAL('2020-01-01', '..'))", ["dps", "ops", "teleopieka"]),
        ("T_INTERSECTS(last_modified, INTERVAL('..', '2020-01-01'))", []),
        ("last_modified > TIMESTAMP('2020-01-01T00:00:00Z')", ["dps", "ops", "teleopieka"]),
        ("places_as_of = DATE('2026-03-01')", ["dps"]),
    ],
)
def test_finds_what_the_filter_says(filled: Session, text: str, types: list[str]) -> None:
    assert found(filled, text) == types


def test_reads_json_as_it_reads_text(filled: Session) -> None:
    tree = {
        "op": "and",
        "args": [
            {
                "op": "like",
                "args": [{"op": "casei", "args": [{"property": "name"}]}, {"op": "casei", "args": ["dom%"]}],
            },
            {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [16.5, 50.3, 16.8, 50.5]}]},
            {"op": "not", "args": [{"op": "isNull", "args": [{"property": "places"}]}]},
        ],
    }
    assert found(filled, json.dumps(tree), language="cql2-json") == ["dps"]


def test_takes_geometries_in_the_axis_order_of_their_crs(filled: Session) -> None:
    # Wrocław in EPSG:2180 is about northing 362000, easting 362000; Kłodzko cannot be mistaken: 285000, 333000
    near_klodzko = (
        "S_INTERSECTS(geometry, POLYGON((280000 330000, 290000 330000, 290000 340000, 280000 340000, 280000 330000)))"
    )
    swapped = (
        "S_INTERSECTS(geometry, POLYGON((330000 280000, 340000 280000, 340000 290000, 330000 290000, 330000 280000)))"
    )
    assert found(filled, near_klodzko, crs=PUWG_1992.uri) == ["dps"]
    assert found(filled, swapped, crs=PUWG_1992.uri) == []
    assert found(filled, "S_INTERSECTS(geometry, BBOX(50.3, 16.5, 50.5, 16.8))", crs=WGS84.uri) == ["dps"]


def test_filters_every_collection(filled: Session) -> None:
    assert found(filled, "A_OVERLAPS(facility_types, ('dps', 'ddp'))", LOCATIONS) == ["['dps']"]
    assert len(found(filled, "organization_name = 'Gmina Testowa'", ORGANIZATIONS)) == 3
    assert found(filled, "name = 'Wrocław' AND kind = 'urban'", GMINAS) == ["0264011"]
    assert found(filled, "S_CONTAINS(geometry, POINT(17.03 51.11))", GMINAS) == ["0264011"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("search = 'x'", "no property"),
        ("words LIKE '%a%'", "no property"),
        ("accessibility = 'x'", "no property"),
        ("xmin = 1", "no property"),
        ("name = 5", "text was expected"),
        ("places = 'x'", "number was expected"),
        ("places = name", "expected integer"),
        ("service_id = 'x'", "no id"),
        ("is_sample > TRUE", "no order"),
        ("1 = 1", "no property to compare"),
        ("places = 1e400", "number was expected"),
        ("pg_sleep(5) = 1", "no property"),
        ("name LIKE city", "pattern was expected"),
        ("name LIKE 'a\\'", "two quotes"),
        ("name = '" + "x" * 201 + "'", "at most 200"),
        ("verified_on = DATE('2026-02-30')", "no date"),
        ("last_modified > TIMESTAMP('9999-12-31T23:59:59Z')", "no date"),
        ("S_INTERSECTS(geometry, POLYGON((16 50, 17 50, 17 51, 16 51)))", "no GeoJSON geometry"),
        ("S_INTERSECTS(geometry, POLYGON((16 50, 17 51, 17 50, 16 51, 16 50)))", "invalid"),
        ("S_INTERSECTS(geometry, POINT(500 50))", "outside"),
        ("S_INTERSECTS(geometry, BBOX(17, 51, 16, 50))", "lower corner"),
        ("S_INTERSECTS(name, POINT(17 51))", "geometry was expected"),
        ("places + 1 > 2", "has no property to compare"),
        ("T_AFTER(name, DATE('2020-01-01'))", "date or a time"),
        ("facility_type = 'dps' AND", "no CQL2"),
        ("'; DROP TABLE listing; --", "no CQL2"),
        ("", "no CQL2"),
        ("\0", "NUL"),
        ("a" * 3_000, "at most"),
        ("(" * 7 + "is_sample" + ")" * 7, "nests deeper"),
        ("((((((" + "name = ')))))))' AND (((((((is_sample)))))))" + "))))))", "nests deeper"),
    ],
)
def test_refuses_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(FilterError, match=reason):
        condition(text, "cql2-text", SERVICES)


@pytest.mark.parametrize(
    "text",
    [
        "null",
        "[]",
        '"name"',
        "{}",
        '{"op": "="}',
        '{"op": "=", "args": []}',
        '{"op": "=", "args": [{"property": "places"}, NaN]}',
        '{"op": "=", "args": [{"property": "places"}, ' + "9" * 400 + "]}",
        '{"op": "=", "args": [{"property": {"property": "name"}}, "x"]}',
        '{"op": "=", "args": [{"property": "name", "x": 1}, "x"]}',
        '{"op": "=", "args": [{"property": "name"}, "\\ud800"]}',
        '{"op": "=", "args": [{"property": "name"}, "\\u0000"]}',
        '{"op": "in", "args": [{"property": "name"}, []]}',
        '{"op": "in", "args": [{"property": "name"}, "abc"]}',
        '{"op": "like", "args": [{"property": "name"}, {"op": "casei", "args": [["x"]]}]}',
        '{"op": "like", "args": [{"property": "name"}, "a\\\\"]}',
        '{"op": "t_after", "args": [{"property": "last_modified"}, {"interval": ["..", ".."]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": ["a", "b"]}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Point", "coordinates": []}]}',
        '{"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [1, 2, 3, true]}]}',
        "[" * 2_000,
        '{"op": "and", "args": [' + ", ".join(['{"property": "is_sample"}'] * 300) + "]",
        '{"op": "or", "args": [' + ", ".join(['{"op": "isNull", "args": [{"property": "name"}]}'] * 101) + "]}",
    ],
)
def test_refuses_json_that_says_nothing(text: str) -> None:
    with pytest.raises(FilterError):
        condition(text, "cql2-json", SERVICES)


def test_takes_values_as_parameters_only() -> None:
    written = condition(
        "name = 'x''; DROP TABLE listing' AND places > 7 AND id = '00000000-0000-0000-0000-000000000001'",
        "cql2-text",
        SERVICES,
    )
    assert "DROP" not in written.sql
    assert "7" not in written.sql
    assert list(written.parameters.values()) == ["x'; DROP TABLE listing", 7.0, UUID(int=1)]


def test_knows_only_what_a_collection_shows() -> None:
    for collection in COLLECTIONS.values():
        assert set(queryables(collection)) <= {"id", *collection.properties}


WORDS = ["(", ")", "name", "places", "is_sample", "geometry", "last_modified", "audiences", "id", "'x%'", "7", "-1.5e3"]
WORDS += ["=", "<>", "<", "AND", "OR", "NOT", "IS NULL", "LIKE", "IN", "BETWEEN", ",", "TRUE", "CASEI(", "ACCENTI("]
WORDS += [
    "S_INTERSECTS(",
    "POINT(17 51)",
    "BBOX(16,50,17,51)",
    "T_AFTER(",
    "DATE('2026-01-01')",
    "A_CONTAINS(",
    "('a')",
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join))
def test_answers_or_refuses_whatever_is_written(directory: Session, text: str) -> None:
    try:
        written = condition(text, "cql2-text", SERVICES)
    except FilterError:
        return
    feature_page(directory, SERVICES, FeatureQuery(limit=1, condition=written))


NAMES = st.sampled_from(["name", "places", "is_sample", "geometry", "last_modified", "audiences", "id", "nothing"])
LEAVES = (
    NAMES.map(lambda name: {"property": name})
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=10)
    | st.sampled_from([{"date": "2026-01-01"}, {"bbox": [16, 50, 17, 51]}, {"interval": ["2026-01-01", ".."]}, ["a"]])
)
OPERATORS = st.sampled_from(
    [*COMPARISONS, *FUNCTIONS, *ARRAYS, *TEMPORAL, *SPATIAL, "and", "or", "not", "like", "between", "in", "isNull", "+"]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.fixed_dictionaries({"op": OPERATORS, "args": st.lists(inner, max_size=3)}), max_leaves=8
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES)
def test_answers_or_refuses_every_tree(directory: Session, tree: object) -> None:
    try:
        written = condition(json.dumps(tree), "cql2-json", SERVICES)
    except FilterError:
        return
    feature_page(directory, SERVICES, FeatureQuery(limit=1, condition=written))


@pytest.mark.parametrize(
    "text",
    [
        ("a=1 and " * 25 + "(") * DEEPEST["cql2-text"] + "!",
        "(" * DEEPEST["cql2-text"] + "a=1 and " * 240 + "!",
        "NOT " * 499 + "!",
        "-" * (LONGEST["cql2-text"] - 1) + "!",
    ],
)
def test_gives_up_on_hostile_nesting_soon(text: str) -> None:
    started = perf_counter()
    with pytest.raises(FilterError):
        condition(text, "cql2-text", SERVICES)
    assert perf_counter() - started < 1
