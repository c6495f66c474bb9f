"""Feature collections of the directory: which row stands for a place or an organization, and what it tells."""

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from mapapp.directory.features import COLLECTIONS, LOCATIONS, ORGANIZATIONS, SERVICES
from mapapp.territory import feature_pages
from mapapp.territory.feature_pages import Collection, FeatureQuery, collection_size, feature_page
from tests.directory.hand_made import KLODZKO, WROCLAW, facility, place, save, service


def features(session: Session, collection: Collection, **query: Any) -> list[dict[str, Any]]:
    page = feature_page(session, collection, FeatureQuery(**{"limit": 100, **query}))
    return [json.loads(each) for each in page.features]


def test_says_nothing_of_hidden_services_at_the_public_place_of_an_organization(directory: Session) -> None:
    hidden = service("dmdz", visibility="area_only")
    save(directory, facility("1", service("ops"), hidden, location=place(KLODZKO)))
    (organization,) = features(directory, ORGANIZATIONS)
    assert organization["geometry"]["coordinates"] == list(KLODZKO)
    assert organization["properties"]["facility_types"] == ["ops"]
    assert organization["properties"]["services"] == 1
    (location,) = features(directory, LOCATIONS)
    assert location["properties"]["facility_types"] == ["ops"]
    assert sorted(each["properties"]["facility_type"] for each in features(directory, SERVICES)) == ["dmdz", "ops"]


def test_lists_an_organization_whose_places_are_all_hidden_without_one(directory: Session) -> None:
    save(directory, facility("1", service("dmdz", visibility="area_only"), location=place(KLODZKO)))
    (organization,) = features(directory, ORGANIZATIONS)
    assert organization["geometry"] is None
    assert features(directory, LOCATIONS) == []


def test_lists_nothing_that_leads_from_a_service_on_request(directory: Session) -> None:
    save(directory, facility("1", service("dmdz", visibility="on_request"), location=place(KLODZKO)))
    assert features(directory, ORGANIZATIONS) == features(directory, LOCATIONS) == []
    (only,) = features(directory, SERVICES)
    assert (only["geometry"], only["properties"]["organization_id"]) == (None, None)


@pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda each: each.name)
def test_finds_the_same_whether_or_not_it_counts(
    directory: Session, monkeypatch: pytest.MonkeyPatch, collection: Collection
) -> None:
    save(
        directory,
        *(facility(f"k{number}", service("ops"), location=place(KLODZKO)) for number in range(4)),
        *(facility(f"w{number}", service("dps"), location=place(WROCLAW)) for number in range(4)),
    )
    box = ((15.0, 50.0, 18.0, 52.0),)
    query = FeatureQuery(limit=3, offset=1, boxes=box)
    counted = feature_page(directory, collection, query)
    assert counted.matched == collection_size(directory, collection)
    feature_pages._statement.cache_clear()
    monkeypatch.setattr(feature_pages, "MOST_COUNTED", 2)
    uncounted = feature_page(directory, collection, query)
    feature_pages._statement.cache_clear()
    assert uncounted.matched is (None if counted.matched > 2 else counted.matched)
    assert (uncounted.features, uncounted.has_more) == (counted.features, counted.has_more)


def test_leaves_an_empty_page_beyond_the_end(directory: Session) -> None:
    save(directory, facility("1", service("ops"), location=place(KLODZKO)))
    page = feature_page(directory, SERVICES, FeatureQuery(limit=3, offset=7))
    assert (page.features, page.matched, page.has_more) == ((), 1, False)
