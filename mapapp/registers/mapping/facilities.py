"""A row under a mapping as a facility."""

from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from geo.crs import Position
from mapapp import polish_time
from mapapp.directory.records import CapacityRecord, FacilityRecord, LocationRecord, ServiceRecord, Visibility
from mapapp.directory.terms import ServiceType
from mapapp.directory.vocabulary import Vocabularies
from mapapp.geocoding.places import Found
from mapapp.registers import cleaning
from mapapp.registers.addresses import SplitAddress, split_address
from mapapp.registers.areas_named import gminas_named, gminas_of_powiat
from mapapp.registers.counts import count
from mapapp.registers.hours_text import UnderstoodHours, understand_hours
from mapapp.registers.identifiers import identifiers_in
from mapapp.registers.layouts import ReadRow, Surroundings
from mapapp.registers.mapping.contents import TypeWords, plain_words
from mapapp.registers.mapping.described import LEVELS
from mapapp.registers.places import location_of
from mapapp.registers.problems import FieldError, nearest_of
from mapapp.registers.readers import RawRow
from mapapp.registers.row_reader import RowReader
from mapapp.registers.voivodeships import code_of


@dataclass(frozen=True, slots=True)
class List:
    """What holds for a whole list: its register, its day and the words for types of units."""

    source: str
    day: date | None
    words: TypeWords


def read_unit(row: RawRow, around: Surroundings, of: List) -> ReadRow:
    """The unit in ``row``, whose cells are by field. Raises RowRejectedError."""
    reader = RowReader(row)
    kind = _kind(reader, around.vocabularies, of.words)
    address = _address(reader)
    gminas = _gminas(reader, around)
    voivodeship = _voivodeship(reader, around)
    if kind is None or not voivodeship:
        reader.refuse_if_wrong()
    assert kind  # noqa: S101 - refused above; for the type checker
    name = _name(reader, kind, address)
    reader.refuse_if_wrong()
    found = _found(reader, address, gminas, around)
    hours = understand_hours(reader.text("hours")) if reader.text("hours") else None
    known_gmina = min(gminas) if len(gminas) == 1 else None
    place = _with_hours(_location(reader, address, found, voivodeship, known_gmina), hours)
    emails = reader.optional("email", cleaning.emails) or ()
    level = _level(reader, kind)
    facility = reader.checked(
        lambda: FacilityRecord(
            source=of.source,
            source_id=_number(reader, kind, name, address),
            source_date=of.day,
            organization_name=name,
            email=emails[0] if emails else None,
            website=reader.optional("website", cleaning.web_address),
            phones=cleaning.phones(reader.text("phone")),
            identifiers=identifiers_in(reader),
            location=place.model_copy(update={"visibility": level}),
            visibility=level,
            services=(_service(reader, kind, name, of.day or polish_time.today(), level),),
        )
    )
    if cleaning.left_over(reader.text("phone"), facility.phones):
        reader.note("phone", "nie w całości rozpoznano numeru telefonu; oczekiwano na przykład 12 345 67 89")
    return ReadRow(row.line, facility, tuple(reader.notes), hours.status if hours else None)


def _kind(reader: RowReader, vocabularies: Vocabularies, words: TypeWords) -> ServiceType | None:
    for field in ("type", "type_of_section", "type_of_list"):
        if text := reader.text(field):
            if code := words.code(text) or words.code_within(text):
                return vocabularies.types[code]
            if field == "type":
                nearest = nearest_of(text, (each.label_pl for each in vocabularies.types.values()))
                reader.reject("type", "to nie jest znany rodzaj placówki", nearest)
                return None
    reader.reject("type", "nie wiadomo, jakiego rodzaju jest ta placówka")
    return None


def _address(reader: RowReader) -> SplitAddress:
    whole = reader.text("address") or reader.text("name_address")
    known = split_address(whole) if whole else SplitAddress()
    if not reader.text("name_address"):
        known = replace(known, name="")
    house = reader.text("house")
    code = reader.optional("postal_code", cleaning.postal_code)
    town = cleaning.tidy(reader.text("town"))
    if street := cleaning.tidy(reader.text("street")):
        # "Karolina 14" under "ulica": a street without "ul."
        told = split_address(f"{street} {house}".strip())
        known = told if told.street else SplitAddress(street=street, house=house)
        known = replace(known, name="")
    elif house:
        known = replace(known, house=house)
    if not known.town and not town and not known.village:
        reader.reject("town", "nie wiadomo, w jakiej miejscowości jest ta jednostka")
    return replace(known, postal_code=code or known.postal_code, town=town or known.town or known.village)


def _gminas(reader: RowReader, around: Surroundings) -> frozenset[str]:
    code = reader.optional("teryt", cleaning.gmina_code)
    if code and code in around.gminas.by_code:
        return frozenset({code})
    named = gminas_named(around.gminas, reader.text("gmina")) if reader.text("gmina") else frozenset()
    of_powiat = gminas_of_powiat(around.gminas, reader.text("powiat")) if reader.text("powiat") else frozenset()
    return (named & of_powiat) or named or of_powiat


def _voivodeship(reader: RowReader, around: Surroundings) -> str:
    loaded = next(iter(around.gminas.by_code), "")[:2]
    code = code_of(reader.text("voivodeship")) or loaded
    if not code:
        reader.reject("voivodeship", "nie wiadomo, którego województwa jest lista, a granice nie są wczytane")
    elif not around.gminas.covers(code):
        reader.reject("voivodeship", "jednostka leży poza regionem tej mapy")
    return code


def _name(reader: RowReader, kind: ServiceType, address: SplitAddress) -> str:
    text = reader.text("name") or address.name
    if text:
        try:
            return cleaning.in_polish_quotes(cleaning.name_of_unit(text))
        except FieldError as error:
            reader.reject("name", str(error))
    # lists of clubs name none: the type and the place tell them apart
    return f"{kind.label_pl} – {address.village or address.town}"


def _found(reader: RowReader, address: SplitAddress, gminas: frozenset[str], around: Surroundings) -> Found | None:
    if reader.text("lon"):
        return None
    found = around.places.locate(address, gminas or around.gminas.by_code.keys())
    if found is None and len(gminas) == 1:
        found = around.places.middle(min(gminas))
    if found is None or found.quality != "locality":
        town = next(iter(address.localities), "")
        reader.note("town", f"nie znaleziono miejscowości „{town}”; punkt jest przybliżony albo go nie ma")
    return found


def _location(
    reader: RowReader, address: SplitAddress, found: Found | None, voivodeship: str, gmina: str | None
) -> LocationRecord:
    place = location_of(address, found, voivodeship, gmina)
    if reader.text("lon"):
        point = Position(float(reader.text("lon")), float(reader.text("lat")))
        return place.model_copy(update={"position": point})
    return place


def _level(reader: RowReader, kind: ServiceType) -> Visibility:
    """The stricter of what the type and the list say: some may tell nobody their door."""
    said = (kind.default_visibility, reader.text("visibility") or "public")
    return cast("Visibility", max(said, key=LEVELS.index))


def _with_hours(place: LocationRecord, hours: UnderstoodHours | None) -> LocationRecord:
    if hours is None:
        return place
    return place.model_copy(
        update={
            "opening_hours": hours.opening_hours,
            "opening_hours_text": hours.original,
            "opening_hours_status": hours.status.value,
        }
    )


def _number(reader: RowReader, kind: ServiceType, name: str, address: SplitAddress) -> str:
    if number := reader.optional("number", cleaning.register_number):
        return f"{kind.code} {number}"
    return f"{kind.code} {'-'.join(plain_words(name).split())} {address.key}"[:300]


def _service(reader: RowReader, kind: ServiceType, name: str, day: date, level: Visibility) -> ServiceRecord:
    places, free = reader.optional("places", count), reader.optional("places_free", count)
    told = CapacityRecord(kind="approved", maximum=places, available=free, as_of=day)
    operator = cleaning.tidy(reader.text("operator"))
    description = cleaning.tidy(reader.text("description"))
    said = " ".join(each for each in (description, f"Prowadzi: {operator}." if operator else "") if each)
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=name,
        description=said[:2000] or None,
        audiences=kind.target_audiences,
        minimum_age=kind.age_min,
        modes=kind.mode,
        care_setting=kind.care_setting,
        visibility=level,
        law_fields=kind.law_fields,
        eligibility_description=cleaning.tidy(reader.text("eligibility"))[:2000] or None,
        capacities=() if places is None and free is None else (told,),
    )
