"""Whose people may use a service: residents' lists and planners' figures say the same of every gmina and service."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.coverage.commands import load_agreements
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.sites import sites_of
from mapapp.directory import search as searching
from mapapp.directory.agreements import keep_agreements
from mapapp.directory.commands import save_facilities
from mapapp.directory.entitlement import FOR_OTHERS, FOR_YOU, NOT_KNOWN
from mapapp.directory.listing import refresh_listings
from mapapp.directory.queries import search_services
from mapapp.directory.records import AddressRecord, FacilityRecord, LocationRecord, ServiceRecord
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.sources import SourceRegister
from tests.coverage.conftest import TODAY

REGISTER = SourceRegister("neighbours", "Rejestr na próbę", "Nikt")
BOCHNIA, AROUND_BOCHNIA, FAR, IN_BOCHNIA = "1201011", "1201022", "1202012", Position(20.43, 49.97)
EVERY = 5_000
COLUMNS = "served_teryt,task,kind,provider,provider_record,provider_teryt,source,valid_from,valid_to\n"
AGREED = f"""\
{AROUND_BOCHNIA},day_homes,agreement,Gmina Miasta Bochnia,,{BOCHNIA},Umowa 1,2020-01-01,
{AROUND_BOCHNIA},home_care,agreement,Gmina Miasta Bochnia,,{BOCHNIA},Umowa 2,2020-01-01,
1206,nursing_home,agreement,Powiat bocheński,,1201,Umowa 3,2020-01-01,
{FAR},day_homes,contract,Klub,club,,Umowa 4,2020-01-01,
{FAR},day_homes,contract,Dom,hidden,,Umowa 5,2020-01-01,
"""


def facility(number: str, kind: str, *areas: str, **more: object) -> FacilityRecord:
    address = AddressRecord(address_1="ul. Cicha 1", postal_code="32-700", city="Bochnia", state_province="małopolskie")
    values = {"key": kind, "facility_type": kind, "name": f"Usługa {number}", "audiences": ("all",)} | more
    return FacilityRecord(
        source=REGISTER.code,
        source_id=number,
        organization_name=f"Podmiot {number}",
        location=LocationRecord(position=IN_BOCHNIA, address=address),
        services=(ServiceRecord(**(values | {"service_area": areas})),),
    )


@pytest.fixture
def agreed(planned_session: Session, tmp_path: Path) -> Session:
    """Małopolska with services of every kind of area, and agreements that open some of them."""
    services = (
        facility("home", "ddp", BOCHNIA),
        facility("club", "ksp"),
        facility("hidden", "ddp", BOCHNIA, visibility="on_request"),
        facility("closed", "ddp", BOCHNIA, status="temporarily closed"),
        facility("care", "uo_dom", BOCHNIA, modes=("home",)),
        facility("wide", "ddp", "12"),
    )
    save_facilities(planned_session, services, registers=[REGISTER])
    load(planned_session, tmp_path, AGREED)
    return planned_session


def load(session: Session, folder: Path, lines: str) -> None:
    path = folder / "agreements.csv"
    path.write_text(COLUMNS + lines, encoding="utf-8")
    load_agreements(session, path)


def blocks(session: Session, gmina: str) -> dict[UUID, str | None]:
    """By listing, the block in which people of the gmina see it; what they do not see is for others."""
    inside = "ST_PointOnSurface(outline)"
    query = f"SELECT ST_X({inside}), ST_Y({inside}) FROM gmina WHERE teryt = :gmina AND valid_to IS NULL"
    lon, lat = session.execute(text(query), {"gmina": gmina}).one()
    hits = search_services(session, ServiceSearch(near=Position(lon, lat), limit=EVERY)).hits
    return {hit.id: hit.entitlement for hit in hits}


def planned_pairs(data: CoverageData) -> dict[tuple[str, UUID], bool]:
    """By gmina and listing, whether planners let its people use it: at its place, or at their homes."""
    found: dict[tuple[str, UUID], bool] = {}
    for service in data.supply.services:
        for offer in service.offers:
            alone = sites_of([type(service)(service.id, service.facility_type, "places", 1, (offer,), ())], data.areas)
            may = alone.allowed[:, 0] if alone.ids else alone.at_home
            if alone.ids or offer.service_area or offer.agreed_area:
                found |= {(gmina, offer.id): bool(may[number]) for number, gmina in enumerate(data.areas.codes)}
    return found


@pytest.mark.parametrize("by_facts", [True, False])
def test_residents_and_planners_are_told_the_same(
    agreed: Session, by_facts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not by_facts:
        monkeypatch.setattr(searching, "find", lambda *_: None)
    data = coverage_data(agreed, TODAY)
    planned = planned_pairs(data)
    gminas = data.areas.codes if by_facts else (BOCHNIA, AROUND_BOCHNIA, FAR, "1206022", "1261011")
    for gmina in gminas:
        seen = blocks(agreed, gmina)
        told = {listing: seen.get(listing, FOR_OTHERS) != FOR_OTHERS for of, listing in planned if of == gmina}
        assert told == {listing: may for (of, listing), may in planned.items() if of == gmina}, gmina
    opened = {code for each in data.supply.services for offer in each.offers for code in offer.agreed_area}
    assert opened == {AROUND_BOCHNIA, FAR, "1206"}
    assert len(set(planned.values())) == 2


def by_name(session: Session, gmina: str) -> dict[str, str | None]:
    query = text("SELECT id, name FROM listing WHERE source = 'neighbours'")
    names = {row.id: row.name for row in session.execute(query)}
    return {names[listing]: block for listing, block in blocks(session, gmina).items() if listing in names}


def test_an_agreement_moves_what_it_opens_and_nothing_else(agreed: Session) -> None:
    around, far = by_name(agreed, AROUND_BOCHNIA), by_name(agreed, FAR)
    assert {around[f"Usługa {each}"] for each in ("home", "closed", "club", "wide")} == {FOR_YOU}
    assert around["Usługa care"] == "comes_to_you"
    # nobody told for whom the club is; the agreement and the contract do
    assert [far[f"Usługa {each}"] for each in ("home", "closed", "club")] == [FOR_OTHERS, FOR_OTHERS, FOR_YOU]
    assert far["Usługa care"] == FOR_OTHERS
    assert by_name(agreed, "1261011")["Usługa club"] == NOT_KNOWN


def test_where_something_hidden_is_no_agreement_tells(agreed: Session) -> None:
    hidden = "SELECT count(*), max(cardinality(agreed_area)) FROM listing WHERE visibility = 'on_request'"
    assert agreed.execute(text(hidden)).one() == (1, 0)


def test_it_holds_at_once_and_ends_with_the_next_publication(agreed: Session, tmp_path: Path) -> None:
    assert by_name(agreed, AROUND_BOCHNIA)["Usługa home"] == FOR_YOU
    load(agreed, tmp_path, AGREED.replace("Umowa 1,2020-01-01,", "Umowa 1,2020-01-01,2021-12-31"))
    assert by_name(agreed, AROUND_BOCHNIA)["Usługa home"] == FOR_OTHERS
    load(agreed, tmp_path, AGREED)
    assert by_name(agreed, AROUND_BOCHNIA)["Usługa home"] == FOR_YOU
    agreed.execute(text("UPDATE service_agreement SET valid_to = current_date - 1"))
    refresh_listings(agreed)
    assert by_name(agreed, AROUND_BOCHNIA)["Usługa home"] == FOR_OTHERS
    assert agreed.scalar(text("SELECT count(*) FROM listing WHERE agreed_area <> '{}'")) == 0


def test_publishing_one_service_keeps_what_is_agreed_of_all(agreed: Session) -> None:
    kept = text("SELECT id, agreed_area FROM listing WHERE agreed_area <> '{}' ORDER BY id")
    before = agreed.execute(kept).all()
    assert before
    some = list(agreed.scalars(text("SELECT service_id FROM listing WHERE name = 'Usługa home'")))
    refresh_listings(agreed, some)
    assert agreed.execute(kept).all() == before
    keep_agreements(agreed)
    assert agreed.execute(kept).all() == before
