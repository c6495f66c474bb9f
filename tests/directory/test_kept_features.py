"""The feature kept with a listing: it tells what the columns tell, whatever happened to the directory."""

from datetime import date

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from mapapp.directory import tables
from mapapp.directory.export_rows import made_features
from mapapp.directory.features import SERVICES
from mapapp.directory.listing import refresh_listings
from mapapp.directory.records import AccessibilityRecord, CapacityRecord, CostRecord
from mapapp.territory.feature_pages import WGS84, FeatureQuery, feature, feature_page, feature_sql
from mapapp.territory.tables import Gmina
from tests.directory.hand_made import KLODZKO, facility, place, save, service, service_id


def differing(session: Session) -> list[str]:
    """Kept features that are not what the columns say now."""
    statement = f"""
        SELECT kept.geojson FROM listing AS item LEFT JOIN listing_feature AS kept ON kept.id = item.id
        WHERE kept.geojson IS DISTINCT FROM {feature_sql(SERVICES)}"""
    return list(session.scalars(text(statement)))


def kept(session: Session) -> list[str]:
    return list(session.scalars(text("SELECT geojson FROM listing_feature ORDER BY id")))


@pytest.fixture
def telling(directory: Session) -> Session:
    """A service that says all that a service can, and those that may be seen less."""
    dps = service(
        "dps",
        name='Dom "Nad \\ Nysą" – żółty, 2½ piętra\t',
        assured_date=date(2026, 2, 1),
        languages=("uk", "pl"),
        costs=(CostRecord(cost_kind="by_income"),),
        minimum_age=18,
        modes=("stationary24h",),
        capacities=(CapacityRecord(kind="approved", maximum=40, available=3, unit="places", as_of=date(2026, 3, 1)),),
    )
    surveyed = (AccessibilityRecord(feature="step_free_entrance", value="yes"),)
    save(
        directory,
        facility("1", dps, location=place(KLODZKO, opening_hours="24/7", accessibility=surveyed)),
        *(
            facility(level, service("dmdz", visibility=level), location=place(KLODZKO))
            for level in ("public", "area_only", "on_request", "internal")
        ),
        facility("2", service("ops"), location=place(None, declared_gmina_teryt="0208021")),
        facility("3", service("ops", service_area=("0264011",)), location=None),
    )
    return directory


def test_tells_what_the_columns_tell(telling: Session) -> None:
    assert len(kept(telling)) == 6
    assert differing(telling) == []


def test_tells_it_of_every_type(every_type: Session) -> None:
    assert len(kept(every_type)) > 50
    assert differing(every_type) == []


def test_is_made_anew_when_the_service_changes(telling: Session) -> None:
    before = kept(telling)
    save(telling, facility("2", service("ops", name="Ośrodek pod nową nazwą"), location=place(None)))
    after = kept(telling)
    assert differing(telling) == []
    assert [each for each in after if "Ośrodek pod nową nazwą" in each] == [
        each for each in after if each not in before
    ]


def test_has_the_new_name_of_a_gmina(telling: Session) -> None:
    telling.execute(update(Gmina).where(Gmina.teryt == "0208011").values(name="Kłodzko Nowe"))
    refresh_listings(telling)
    assert differing(telling) == []
    assert any('"gmina_name":"Kłodzko Nowe"' in each for each in kept(telling))


def test_goes_with_a_service_that_ends(telling: Session) -> None:
    ended = service_id(telling, "1", "dps")
    telling.execute(update(tables.Service).where(tables.Service.id == ended).values(status="defunct"))
    refresh_listings(telling, [ended])
    assert differing(telling) == []
    assert not any(str(ended) in each for each in kept(telling))


def test_tells_less_as_soon_as_less_may_be_seen(telling: Session) -> None:
    hidden = service_id(telling, "1", "dps")
    telling.execute(update(tables.Service).where(tables.Service.id == hidden).values(visibility="on_request"))
    refresh_listings(telling, [hidden])
    assert differing(telling) == []
    (now,) = (each for each in kept(telling) if str(hidden) in each)
    assert '"geometry":null' in now
    assert "Kłodzko" not in now


def test_is_what_pages_and_single_features_give(telling: Session) -> None:
    page = feature_page(telling, SERVICES, FeatureQuery(limit=100))
    assert list(page.features) == kept(telling)
    ids = telling.scalars(text("SELECT id FROM listing ORDER BY id")).all()
    assert [feature(telling, SERVICES, each) for each in ids] == kept(telling)


def test_is_not_given_where_the_axes_are_others(telling: Session) -> None:
    page = feature_page(telling, SERVICES, FeatureQuery(limit=100, crs=WGS84))
    assert "[50.43,16.65]" in "".join(page.features)


def test_file_has_what_would_be_made_of_the_columns_now(telling: Session) -> None:
    made = dict(telling.execute(made_features()).all())
    files = dict(telling.execute(text("SELECT id, geojson FROM listing_export")).all())
    assert len(files) == 6
    assert files == made


def test_texts_go_with_their_listing(telling: Session) -> None:
    telling.execute(text("DELETE FROM listing"))
    for table in ("listing_feature", "listing_export"):
        assert telling.scalar(text(f"SELECT count(*) FROM {table}")) == 0
