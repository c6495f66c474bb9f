"""Whom a service is for by where they live, whether they can get in, and the filters with their counts."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.export_rows import column_names, service_rows
from mapapp.directory.queries import facet_counts, search_services, services_geojson, services_json
from mapapp.directory.records import AccessibilityRecord, CostRecord
from mapapp.directory.service_search import ServiceSearch
from tests.directory.hand_made import KLODZKO, VOCABULARIES, WROCLAW, facility, place, save, service

NEAR = ServiceSearch(near=KLODZKO)
# half a kilometre away, in the same gmina
NEXT_DOOR = Position(16.65, 50.434)


def blocks(session: Session, search: ServiceSearch = NEAR) -> list[tuple[str, str | None]]:
    return [(hit.name, hit.entitlement) for hit in search_services(session, search).hits]


@pytest.fixture
def around(directory: Session) -> Session:
    """Services far and near, for this gmina and for others, that come and that are come to."""
    rows: dict[str, Mapping[str, Any]] = {
        "far, for the powiat": {"at": WROCLAW, "area": ("0208",)},
        "near, for Wrocław": {"at": KLODZKO, "area": ("0264011",)},
        "near, for the gmina": {"at": NEXT_DOOR, "area": ("0208011",)},
        "near, nobody told": {"at": KLODZKO, "area": ()},
        "comes from Wrocław": {"at": WROCLAW, "area": ("02",), "modes": ("home", "remote")},
        "comes, and has a desk": {"at": KLODZKO, "area": ("0208011",), "modes": ("home", "onsite")},
        "line": {"at": None, "area": ("02",)},
        "line for Wrocław": {"at": None, "area": ("0264",)},
    }
    save(
        directory,
        *(
            facility(
                name,
                service("porad", name=name, service_area=row["area"], modes=row.get("modes", ("onsite",))),
                location=place(row["at"]) if row["at"] else None,
            )
            for name, row in rows.items()
        ),
    )
    return directory


def test_puts_what_serves_the_gmina_first_even_when_far(around: Session) -> None:
    assert blocks(around) == [
        ("comes, and has a desk", "for_you"),
        ("near, for the gmina", "for_you"),
        ("far, for the powiat", "for_you"),
        ("near, nobody told", "not_known"),
        ("comes from Wrocław", "comes_to_you"),
        ("line", "comes_to_you"),
        ("near, for Wrocław", "for_others"),
    ]


def test_finds_within_a_radius_also_what_sets_out_from_beyond_it(around: Session) -> None:
    names = [name for name, _block in blocks(around, ServiceSearch(near=KLODZKO, within_km=5))]
    assert "far, for the powiat" not in names
    assert {"comes from Wrocław", "line", "near, for Wrocław"} <= set(names)


def test_says_the_same_in_the_api_and_in_files(around: Session) -> None:
    expected = dict(blocks(around))
    objects = json.loads(services_json(around, NEAR))["services"]
    assert {each["name"]: each["entitlement"] for each in objects} == expected
    features = json.loads(services_geojson(around, NEAR))["features"]
    assert {each["properties"]["name"]: each["properties"]["entitlement"] for each in features} == expected
    names = column_names(NEAR)
    rows = [row for batch in service_rows(around, NEAR, "values") for row in batch]
    assert {row[names.index("name")]: row[names.index("entitlement")] for row in rows} == expected


def test_tells_nobody_apart_where_the_place_is_in_no_known_gmina(around: Session) -> None:
    found = search_services(around, ServiceSearch(near=Position(21.0, 52.2))).hits
    assert {hit.entitlement for hit in found} == {None}
    assert len(found) == 8


def test_never_tells_that_a_hidden_place_comes_to_people(directory: Session) -> None:
    hidden = place(visibility="on_request")
    save(directory, facility("shelter", service("dmdz", modes=("stationary24h",)), location=hidden))
    (hit,) = search_services(directory, NEAR).hits
    assert hit.entitlement == "not_known"


# whether one can get in

REQUIRED = VOCABULARIES.profiles["wheelchair"].required_features


def _surveyed(**values: str) -> Any:
    return place(accessibility=[AccessibilityRecord(feature=each, value=value) for each, value in values.items()])


@pytest.fixture
def surveyed(directory: Session) -> Session:
    """Places that a wheelchair user can use, can use in part, cannot use, and that nobody surveyed."""
    places = {
        "fine": _surveyed(**dict.fromkeys(REQUIRED, "yes")),
        "half": _surveyed(**{REQUIRED[0]: "yes", REQUIRED[1]: "partial", REQUIRED[2]: "no"}),
        "steps": _surveyed(**{REQUIRED[0]: "no"}),
        "nobody looked": place(),
    }
    save(directory, *(facility(name, service("ops", name=name), location=at) for name, at in places.items()))
    return directory


def test_says_what_is_missing_and_what_nobody_surveyed(surveyed: Session) -> None:
    hits = search_services(surveyed, ServiceSearch(profile="wheelchair")).hits
    assert [(hit.name, hit.access, hit.access_missing, hit.access_unknown) for hit in hits] == [
        ("fine", "yes", (), ()),
        ("half", "partial", REQUIRED[1:3], REQUIRED[3:]),
        ("nobody looked", "unknown", (), REQUIRED),
    ]


@pytest.mark.parametrize("profile", VOCABULARIES.profiles)
def test_never_takes_the_unknown_for_fine(surveyed: Session, profile: str) -> None:
    for hit in search_services(surveyed, ServiceSearch(profile=profile)).hits:
        assert (hit.access == "yes") == (not hit.access_missing and not hit.access_unknown)
        assert (hit.access == "unknown") == (
            set(hit.access_unknown) == set(VOCABULARIES.profiles[profile].required_features)
        )
        assert hit.access == hit.profiles[profile]


def test_says_the_same_of_access_in_the_api_and_in_files(surveyed: Session) -> None:
    search = ServiceSearch(profile="wheelchair")
    hits = {hit.name: (hit.access, list(hit.access_missing)) for hit in search_services(surveyed, search).hits}
    objects = json.loads(services_json(surveyed, search))["services"]
    assert {each["name"]: (each["access"], each["access_missing"]) for each in objects} == hits
    names = column_names(search)
    rows = [dict(zip(names, row, strict=True)) for batch in service_rows(surveyed, search, "values") for row in batch]
    assert {row["name"]: (row["access"], row["access_missing"].split("|")) for row in rows} == {
        name: (state, missing or [""]) for name, (state, missing) in hits.items()
    }


# filters with their counts


@pytest.fixture
def mixed(directory: Session) -> Session:
    """Two services that differ in everything a filter asks for, and one that tells nothing."""
    save(
        directory,
        facility(
            "a",
            service(
                "ops",
                name="aaa",
                languages=("pl", "uk"),
                modes=("home", "onsite"),
                costs=(CostRecord(cost_kind="free"),),
                care_setting="community",
                assured_date=date(2026, 11, 1),
            ),
            sector="gmina",
        ),
        facility(
            "b",
            service(
                "dps",
                name="bbb",
                languages=("uk",),
                modes=("stationary24h",),
                costs=(CostRecord(cost_kind="paid"),),
                care_setting="institution",
                assured_date=date(2024, 1, 1),
            ),
            sector="church",
        ),
        facility("c", service("klub_mieszk", name="ccc")),
    )
    return directory


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"costs": ("free",)}, "a"),
        ({"costs": ("free", "unknown")}, "ac"),
        ({"languages": ("uk",)}, "ab"),
        ({"languages": ("pl",)}, "a"),
        ({"modes": ("home",)}, "a"),
        ({"sectors": ("church",)}, "b"),
        ({"settings": ("institution",)}, "b"),
        ({"verified_since": date(2026, 1, 1)}, "a"),
        ({"languages": ("uk",), "settings": ("community",)}, "a"),
    ],
    ids=str,
)
def test_filters(mixed: Session, filters: dict[str, Any], expected: str) -> None:
    assert {hit.name[0] for hit in search_services(mixed, ServiceSearch(**filters)).hits} == set(expected)


def test_counts_each_value_under_the_other_filters(mixed: Session) -> None:
    counts = facet_counts(mixed, ServiceSearch(languages=("uk",)))
    assert counts["languages"] == {"pl": 1, "uk": 2}  # its own choice does not count
    assert counts["costs"] == {"free": 1, "paid": 1}
    assert counts["modes"] == {"home onsite": 1, "stationary24h": 1}
    assert counts["sectors"] == {"gmina": 1, "church": 1}
    assert counts["verified"] == {"2026-11-01": 1, "2024-01-01": 1}


@pytest.mark.parametrize("facet", ["costs", "sectors", "settings", "languages"])
def test_counts_what_the_filter_then_finds(every_type: Session, facet: str) -> None:
    for code, count in facet_counts(every_type, ServiceSearch())[facet].items():
        search: dict[str, Any] = {facet: (code,)}
        assert search_services(every_type, ServiceSearch(**search)).total == count
