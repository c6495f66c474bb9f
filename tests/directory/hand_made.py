"""A small territory and hand-made facilities, for the tests of publishing and searching."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.commands import save_facilities, save_vocabularies
from mapapp.directory.records import AddressRecord, FacilityRecord, LocationRecord, PhoneRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.tables import Service
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.settings import ROOT
from mapapp.territory.tables import Gmina, Place, Powiat
from mapapp.text_search import configure_text_search

VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
REGISTER = SourceRegister("test_register", "Rejestr testowy", "Nikt")
KLODZKO = Position(16.65, 50.43)
WROCLAW = Position(17.03, 51.11)
# teryt, name, powiat and its name, NUTS 3, west and south edge; half a degree wide
GMINAS = (
    ("0208011", "Kłodzko", "0208", "kłodzki", "PL517", 16.5, 50.2),
    ("0208021", "Nowa Ruda", "0208", "kłodzki", "PL517", 16.0, 50.2),
    ("0219011", "Świdnica", "0219", "świdnicki", "PL517", 16.2, 50.7),
    ("0264011", "Wrocław", "0264", "Wrocław", "PL514", 16.8, 50.9),
    ("0261011", "Jelenia Góra", "0261", "Jelenia Góra", "PL515", 15.5, 50.7),
)


def prepare(session: Session) -> None:
    """Save the vocabularies, and five gminas in four powiats with their seats."""
    configure_text_search(session.connection())
    save_vocabularies(session, VOCABULARIES)
    for number, (teryt, name, powiat, powiat_name, nuts3, west, south) in enumerate(GMINAS):
        unit = _unit(nuts3, west, south)
        session.execute(insert(Gmina).values(teryt=teryt, name=name, kind="urban", powiat_teryt=powiat, **unit))
        if session.scalar(select(func.count()).where(Powiat.teryt == powiat)) == 0:
            is_city = name == powiat_name
            session.execute(insert(Powiat).values(teryt=powiat, name=powiat_name, is_city=is_city, **unit))
        seat = f"SRID=4326;POINT({west + 0.25} {south + 0.2})"
        place = {"name": name, "postal_code": f"5{number}-300", "gmina_teryt": teryt, "source": "test"}
        session.execute(insert(Place).values(**place, is_seat=True, position=seat))


def _unit(nuts3: str, west: float, south: float) -> dict[str, Any]:
    square = func.ST_Multi(func.ST_MakeEnvelope(west, south, west + 0.5, south + 0.4, 4326))
    return {
        "nuts3": nuts3,
        "voivodeship_teryt": "02",
        "valid_from": date(2020, 1, 1),
        "area_km2": 1.0,
        "geom": func.ST_Transform(square, 2180),
        "outline": square,
    }


def service(facility_type: str, **values: Any) -> ServiceRecord:
    """A service of a type, called like its type unless a ``name`` is given."""
    kind = VOCABULARIES.types[facility_type]
    defaults = {"key": facility_type, "name": kind.label_pl, "audiences": kind.target_audiences}
    return ServiceRecord(**{"facility_type": facility_type, **defaults, **values})


def place(position: Position | None = KLODZKO, city: str = "Kłodzko", **values: Any) -> LocationRecord:
    """A place with an address."""
    address = AddressRecord(address_1="ul. Zwykła 1", postal_code="57-300", city=city, state_province="dolnośląskie")
    return LocationRecord(**{"position": position, "address": address, **values})


def facility(source_id: str, *services: ServiceRecord, **values: Any) -> FacilityRecord:
    """An organization with a place (unless ``location`` is None) and services."""
    defaults = {
        "source": REGISTER.code,
        "organization_name": "Gmina Testowa",
        "phones": (PhoneRecord(number="+48740000001", display="74 000 00 01"),),
        "location": place(),
    }
    return FacilityRecord(**{"source_id": source_id, "services": services, **defaults, **values})


def save(session: Session, *facilities: FacilityRecord) -> None:
    """Save and publish."""
    save_facilities(session, facilities, registers=[REGISTER])


def service_id(session: Session, source_id: str, key: str) -> UUID:
    """The id that a saved service got."""
    return session.execute(select(Service.id).where(Service.source_id == f"{source_id}#{key}")).scalar_one()
