"""Social facilities of OpenStreetMap: GeoJSON (overpass-turbo, osmium export) or the answer of Overpass itself."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from mapapp.directory.hours import OpeningHoursError, validate
from mapapp.directory.records import AccessibilityRecord, AddressRecord, FacilityRecord, LocationRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceType
from mapapp.registers import cleaning
from mapapp.registers.hours_text import Status
from mapapp.registers.layouts import Coordinates, Layout, ReadRow, Surroundings
from mapapp.registers.osm_kinds import is_confidential, kind_of
from mapapp.registers.problems import FieldError
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.voivodeships import NAMES

T = TypeVar("T")
REGISTER: Final = SourceRegister(
    "openstreetmap",
    "OpenStreetMap: placówki społeczne",
    "współtwórcy OpenStreetMap",
    "ODbL 1.0",
    "https://www.openstreetmap.org/copyright",
)
_TYPES: Final = {"n": "node", "w": "way", "r": "relation", "node": "node", "way": "way", "relation": "relation"}
_NUMBER: Final = re.compile(r"^(node|way|relation|[nwra])/?(\d{1,15})$")
_VALUES: Final = {"yes": "yes", "designated": "yes", "limited": "partial", "partial": "partial", "no": "no"}
_ADDRESS: Final = ("addr:street", "addr:place", "addr:housenumber", "addr:city", "addr:postcode")


def gather(table: RawTable) -> RawTable:
    """The social facilities only: an extract may hold anything."""
    table.rows = [row for row in table.rows if row.cells["amenity"].strip() == "social_facility"]
    return table


def read_facility(row: RawRow, around: Surroundings) -> ReadRow:
    """The object in ``row``. Raises RowRejectedError."""
    reader = RowReader(row)
    number = reader.required("@id", _object_number)
    position = reader.required("@lat", lambda text: cleaning.position(text, reader.text("@lon")))
    if position and not around.places.holds(position):
        reader.reject("@lat", "obiekt leży poza regionem tej mapy")
    kind = _kind(reader, around)
    if is_confidential(row.cells):
        reader.reject("name", "adresów miejsc dla osób doznających przemocy nie wczytuje się z map")
    reader.refuse_if_wrong()
    assert number and position and kind  # noqa: S101 - refused above; for the type checker
    name = _name(reader, kind)
    hours, status = _hours(reader)
    facility = reader.checked(
        lambda: FacilityRecord(
            source=REGISTER.code,
            source_id=number,
            organization_name=name,
            email=_first_email(reader),
            website=_either(reader, "website", "contact:website", cleaning.web_address),
            phones=cleaning.phones(reader.text("phone") or reader.text("contact:phone")),
            location=LocationRecord(
                position=position,
                # a mapper sets a node into the building, or draws the building
                geometry_quality="rooftop",
                address=_address(reader, around),
                opening_hours=hours,
                opening_hours_text=reader.text("opening_hours") or None,
                opening_hours_status=status.value if status else None,
                accessibility=tuple(_accessibility(row.cells, around)),
                visibility=kind.default_visibility,
            ),
            services=(_service(kind, name),),
            visibility=kind.default_visibility,
        )
    )
    return ReadRow(row.line, facility, tuple(reader.notes), status)


def _object_number(text: str) -> str:
    """The object as node/123; osmium numbers areas by twice their way, or twice their relation plus one."""
    found = _NUMBER.match(text.strip())
    if not found:
        raise FieldError("oczekiwano numeru obiektu OpenStreetMap, na przykład node/123")
    letter, number = found[1], int(found[2])
    if letter == "a":
        letter, number = ("r" if number % 2 else "w"), number // 2
    return f"{_TYPES[letter]}/{number}"


def _kind(reader: RowReader, around: Surroundings) -> ServiceType | None:
    code = kind_of(reader.row.cells)
    if code is None:
        reader.reject("social_facility", "ani nazwa, ani znaczniki nie mówią, jaki to rodzaj placówki")
        return None
    return around.vocabularies.types[code]


def _name(reader: RowReader, kind: ServiceType) -> str:
    return (
        reader.optional("name", cleaning.name_of_unit)
        or reader.optional("operator", cleaning.name_of_unit)
        or kind.label_pl
    )


def _hours(reader: RowReader) -> tuple[str | None, Status | None]:
    text = reader.text("opening_hours")
    if not text:
        return None, None
    try:
        return validate(text), Status.UNDERSTOOD
    except OpeningHoursError:
        reader.note("opening_hours", "tych godzin otwarcia nie da się obliczyć; pozostają jako tekst")
        return None, Status.NOT_UNDERSTOOD


def _first_email(reader: RowReader) -> str | None:
    found = _either(reader, "email", "contact:email", cleaning.emails)
    return found[0] if found else None


def _either(reader: RowReader, column: str, other: str, parse: Callable[[str], T]) -> T | None:
    return reader.optional(column if reader.text(column) else other, parse)


def _address(reader: RowReader, around: Surroundings) -> AddressRecord | None:
    """The address as far as it is tagged; None without a town: nobody guesses one."""
    street, place, house, city, _ = (cleaning.tidy(reader.text(key)) for key in _ADDRESS)
    loaded = next(iter(around.gminas.by_code), "")[:2]
    if not (city or place) or loaded not in NAMES:
        return None
    with_kind = (
        street
        if not street or re.match(r"(?:al|pl|os|ul)\.|aleja|plac|rynek|osiedle", street, re.I)
        else f"ul. {street}"
    )
    return AddressRecord(
        address_1=cleaning.address_line(with_kind, house, place or city),
        postal_code=reader.optional("addr:postcode", cleaning.postal_code),
        city=city or place,
        state_province=NAMES[loaded],
    )


def _accessibility(tags: Mapping[str, str], around: Surroundings) -> Iterator[AccessibilityRecord]:
    """The features whose tag the vocabulary names, such as ``toilets:wheelchair=yes``."""
    for feature in around.vocabularies.features.values():
        key, _, good = (feature.osm_tag or "").partition("=")
        value = _VALUES.get(tags.get(key, "").strip()) if good == "yes" else None
        if value:
            yield AccessibilityRecord.model_validate(
                {"feature": feature.code, "value": value, "source": "OpenStreetMap"}
            )


def _service(kind: ServiceType, name: str) -> ServiceRecord:
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=name,
        audiences=kind.target_audiences,
        minimum_age=kind.age_min,
        maximum_age=kind.age_max,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        visibility=kind.default_visibility,
    )


LAYOUT: Final = Layout(
    code="osm_social",
    title="OpenStreetMap – placówki społeczne",
    required=frozenset({"@id", "@lon", "@lat", "amenity"}),
    optional=frozenset(
        {
            *("name", "operator", "social_facility", "social_facility:for", "wheelchair", "opening_hours"),
            *("phone", "contact:phone", "email", "contact:email", "website", "contact:website", *_ADDRESS),
        }
    ),
    registers=(REGISTER,),
    read=read_facility,
    gather=gather,
    coordinates=Coordinates("@lon", "@lat", {"town": "addr:city", "postal_code": "addr:postcode"}),
    is_geographic=True,
)
