"""The national register of social assistance units (RJPS), as exported to CSV with coordinates added."""

from datetime import date
from types import MappingProxyType
from typing import Final

from geo.crs import Position
from mapapp import polish_time
from mapapp.directory.records import AddressRecord, FacilityRecord, LocationRecord, PhoneRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceType
from mapapp.registers import cleaning
from mapapp.registers.gminas import Claim, Whereabouts
from mapapp.registers.hours_text import UnderstoodHours, understand_hours
from mapapp.registers.identifiers import identifiers_in
from mapapp.registers.layouts import Coordinates, Layout, ReadRow, Surroundings
from mapapp.registers.problems import FieldError, nearest_of
from mapapp.registers.readers import RawRow
from mapapp.registers.row_reader import RowReader

REGISTER: Final = SourceRegister(
    "rjps",
    "Rejestr jednostek pomocy społecznej (RJPS)",
    "Ministerstwo Rodziny, Pracy i Polityki Społecznej",
    "informacja publiczna",
    "https://rjps.mrips.gov.pl/",
)
# rows that the file's makers added from a list of their own are not the register's word
SUPPLEMENT: Final = SourceRegister(
    "mir_org_pl", "Wykaz mir.org.pl (dane kontaktowe do weryfikacji)", "mir.org.pl", None, "https://mir.org.pl/"
)

# In a city with powiat rights the MOPS or MOPR does the tasks of the powiat centre too (ustawa o pomocy społecznej,
# art. 112 [DK]): whoever looks for either must find it.
UNIT_TYPES: Final = MappingProxyType({"OPS": ("ops",), "CUS": ("cus",), "PCPR": ("pcpr",), "MOPR": ("ops", "pcpr")})
PRECISION: Final = MappingProxyType({"miejscowosc": "locality", "dzielnica": "locality", "gmina_centrum": "gmina"})
_ABBREVIATIONS: Final = MappingProxyType(
    {
        "GOPS": "Gminny Ośrodek Pomocy Społecznej",
        "MOPS": "Miejski Ośrodek Pomocy Społecznej",
        "MGOPS": "Miejsko-Gminny Ośrodek Pomocy Społecznej",
        "OPS": "Ośrodek Pomocy Społecznej",
        "MOPR": "Miejski Ośrodek Pomocy Rodzinie",
        "PCPR": "Powiatowe Centrum Pomocy Rodzinie",
        "CUS": "Centrum Usług Społecznych",
    }
)
_EXPORTED: Final = r"eksport\s+(\d{1,2})\.(\d{1,2})\.(\d{4})"
_UNVERIFIED: Final = "wymaga weryfikacji"
_ALERT: Final = "Dane kontaktowe wymagają sprawdzenia – przed wizytą zadzwoń."


def read_unit(row: RawRow, around: Surroundings) -> ReadRow:
    """The unit in ``row``. Raises RowRejectedError."""
    reader = RowReader(row)
    kind = reader.required("typ", _kind)
    number = reader.required("id_jednostki", cleaning.register_number)
    name = reader.required("nazwa", cleaning.name_of_unit)
    code = reader.required("teryt_gminy", cleaning.gmina_code)
    town = reader.required("miejscowosc", cleaning.tidy)
    voivodeship = reader.required("wojewodztwo", cleaning.tidy)
    if code and not around.gminas.covers(code):
        # a national export holds every voivodeship; units of others would end the samples of this one
        reader.reject("wojewodztwo", "jednostka leży poza regionem tej mapy")
    position = _position(reader)
    exported = reader.optional("uwagi", _export_date)
    reader.refuse_if_wrong()
    assert kind and number and name and code and town and voivodeship  # noqa: S101 - refused above; for the type checker
    claim = Claim(code, cleaning.tidy(reader.text("gmina")), cleaning.tidy(reader.text("powiat")), town, name)
    where = around.gminas.locate(claim)
    if where.remark:
        reader.note("teryt_gminy", where.remark)
    hours = understand_hours(reader.text("godziny_pracy")) if reader.text("godziny_pracy") else None
    emails = reader.optional("email", cleaning.emails) or ()
    if len(emails) > 1:
        reader.note("email", "podano więcej niż jeden adres; przyjęto pierwszy")
    is_supplement = _UNVERIFIED in reader.text("uwagi").casefold()
    proper = _proper_name(name)
    facility = reader.checked(
        lambda: FacilityRecord(
            source=(SUPPLEMENT if is_supplement else REGISTER).code,
            source_id=f"{kind} {number}",
            source_date=exported,
            organization_name=proper,
            alternate_name=name if name != proper else None,
            sector="powiat" if kind == "PCPR" else "gmina",
            email=emails[0] if emails else None,
            website=reader.optional("www", cleaning.web_address),
            phones=_phones(reader),
            identifiers=identifiers_in(reader),
            location=_location(reader, position, where, _address(reader, voivodeship), hours),
            services=tuple(
                _service(kind, around.vocabularies.types[each], proper, where, _ALERT if is_supplement else None)
                for each in UNIT_TYPES[kind]
            ),
        )
    )
    return ReadRow(row.line, facility, tuple(reader.notes), hours.status if hours else None)


def _kind(text: str) -> str:
    kind = cleaning.tidy(text).upper()
    if kind not in UNIT_TYPES:
        raise FieldError(f"nieznany typ jednostki; oczekiwano: {', '.join(UNIT_TYPES)}", nearest_of(text, UNIT_TYPES))
    return kind


def _position(reader: RowReader) -> Position | None:
    if not reader.text("latitude") and not reader.text("longitude"):
        reader.note("latitude", "brak współrzędnych; jednostki nie będzie na mapie")
        return None
    return reader.required("latitude", lambda text: cleaning.position(text, reader.text("longitude")))


def _export_date(remark: str) -> date | None:
    exported = cleaning.date_in(remark, _EXPORTED)
    if exported and exported > polish_time.today():
        raise FieldError("data eksportu jest w przyszłości")
    return exported


def _proper_name(name: str) -> str:
    """The name with its leading abbreviation written out."""
    first, _, rest = name.partition(" ")
    return f"{_ABBREVIATIONS[first]} {rest}" if first in _ABBREVIATIONS and rest else name


def _phones(reader: RowReader) -> tuple[PhoneRecord, ...]:
    text = reader.text("telefon")
    found = cleaning.phones(text)
    if text and (not found or cleaning.left_over(text, found)):
        expected = "nie rozpoznano" if not found else "nie w całości rozpoznano"
        reader.note("telefon", f"{expected} numeru telefonu; oczekiwano na przykład 12 345 67 89")
    return found


def _location(
    reader: RowReader,
    position: Position | None,
    where: Whereabouts,
    address: AddressRecord,
    hours: UnderstoodHours | None,
) -> LocationRecord:
    return LocationRecord(
        position=position,
        geometry_quality=reader.optional("geo_precyzja", _precision) if position else None,
        declared_gmina_teryt=where.seat,
        address=address,
        opening_hours=hours.opening_hours if hours else None,
        opening_hours_text=hours.original if hours else None,
        opening_hours_status=hours.status.value if hours else None,
        opening_hours_notes=_hours_notes(hours) if hours else (),
    )


def _precision(text: str) -> str:
    if text not in PRECISION:
        raise FieldError(f"nieznana dokładność; oczekiwano: {', '.join(PRECISION)}", nearest_of(text, PRECISION))
    return PRECISION[text]


def _address(reader: RowReader, voivodeship: str) -> AddressRecord:
    town, powiat = cleaning.tidy(reader.text("miejscowosc")), cleaning.tidy(reader.text("powiat"))
    # "Kraków-Podgórze" is a district: letters go to Kraków
    is_district = town.startswith(f"{powiat}-")
    city = powiat if is_district else town
    street = "" if cleaning.tidy(reader.text("ulica")) == town else reader.text("ulica")
    return AddressRecord(
        address_1=cleaning.address_line(street, reader.text("numer_domu"), city),
        postal_code=reader.optional("kod_pocztowy", cleaning.postal_code),
        city=city,
        region=town.removeprefix(f"{powiat}-") if is_district else None,
        state_province=voivodeship.lower(),
    )


def _hours_notes(hours: UnderstoodHours) -> tuple[str, ...]:
    return (
        *(each.sentence for each in hours.assumptions),
        *(f"{each.label}: {each.opening_hours}" for each in hours.further),
        *(f"Nie zrozumiano: „{each}”." for each in hours.not_understood),
    )


def _service(unit: str, kind: ServiceType, unit_name: str, where: Whereabouts, alert: str | None) -> ServiceRecord:
    is_county = kind.code == "pcpr"
    area = _area_of_county_centre(unit, where) if is_county else where.served
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=f"{unit_name} – zadania powiatowego centrum pomocy rodzinie"
        if unit == "MOPR" and is_county
        else unit_name,
        audiences=kind.target_audiences,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        visibility=kind.default_visibility,
        service_area=(area,) if area else (),
        alert=alert,
    )


def _area_of_county_centre(unit: str, where: Whereabouts) -> str | None:
    # the MOPR of a city serves the city; a PCPR that has its office in one serves the powiat around it
    return where.seat_powiat if unit == "MOPR" else where.served_powiat


LAYOUT: Final = Layout(
    code="rjps_geo",
    title="RJPS – eksport CSV ze współrzędnymi",
    required=frozenset(
        {"typ", "id_jednostki", "nazwa", "wojewodztwo", "powiat", "gmina", "miejscowosc", "teryt_gminy"}
    ),
    optional=frozenset(
        {
            *("kod_pocztowy", "ulica", "numer_domu", "telefon", "www", "email", "godziny_pracy"),
            *("latitude", "longitude", "geo_precyzja", "uwagi"),
            *("nip", "regon", "krs"),
        }
    ),
    registers=(REGISTER, SUPPLEMENT),
    read=read_unit,
    coordinates=Coordinates(
        "longitude", "latitude", {"teryt": "teryt_gminy", "town": "miejscowosc", "postal_code": "kod_pocztowy"}
    ),
    one_per_area=True,
)
