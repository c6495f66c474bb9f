"""The list of day homes and clubs of the Senior+ programme: one row each, national or of one voivodeship."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from mapapp import polish_time
from mapapp.directory.records import BranchRecord, CapacityRecord, FacilityRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceType
from mapapp.geocoding.places import Found
from mapapp.registers import cleaning
from mapapp.registers.addresses import SplitAddress, split_address
from mapapp.registers.areas_named import gminas_named, gminas_of_powiat
from mapapp.registers.counts import count
from mapapp.registers.dates import day_of_list
from mapapp.registers.identifiers import identifiers_in
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.places import location_of
from mapapp.registers.problems import FieldError, nearest_of
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.voivodeships import code_of

REGISTER: Final = SourceRegister("senior_plus", "Wykaz ośrodków „Senior+”", "Urząd wojewódzki", "informacja publiczna")
KINDS: Final = MappingProxyType({"dzienny dom senior+": "ddsp", "klub senior+": "ksp"})
_KIND, _JST, _PLACES = "rodzaj ośrodka wsparcia", "nazwa jednostki samorządu terytorialnego", "liczba miejsc"
_BRANCH: Final = re.compile(r",?\s*\bfilia\b(?:\s+Klubu)?:?\s*", re.IGNORECASE)
_OLDEST: Final = 2015  # the programme began in 2015, as Senior-WIGOR


def gather(table: RawTable) -> RawTable:
    """The rows with the day they are of. Raises UnreadableFileError."""
    day = day_of_list(table.title, table.file).isoformat()
    table.rows = [RawRow(row.line, {**row.cells, "dzień": day}) for row in table.rows]
    return table


def read_club(row: RawRow, around: Surroundings) -> ReadRow:
    """The home or club in ``row``. Raises RowRejectedError."""
    reader = RowReader(row)
    code = reader.required(_KIND, _kind)
    owner = reader.required(_JST, cleaning.tidy) or ""
    for column in ("adres", "miejscowość"):
        reader.required(column, cleaning.tidy)
    voivodeship = _voivodeship(reader, around)
    reader.refuse_if_wrong()
    assert code  # noqa: S101 - refused above; for the type checker
    gminas = _gminas(owner, around)
    addresses = tuple(_addresses(reader))
    located = [(address, _found(reader, address, gminas, around)) for address in addresses]
    (main, found), *others = located
    known_gmina = min(gminas) if len(gminas) == 1 else None
    places = tuple(location_of(address, place, voivodeship, known_gmina) for address, place in located)
    kind = around.vocabularies.types[code]
    name = f"{kind.label_pl} – {_locality(main, found)}"
    emails = tuple(_emails(reader))
    facility = reader.checked(
        lambda: FacilityRecord(
            source=REGISTER.code,
            source_id=f"{code} {main.key}",
            source_date=date.fromisoformat(reader.text("dzień")),
            organization_name=name,
            sector="powiat" if owner.casefold().startswith("powiat") else "gmina",
            email=emails[0] if emails else None,
            phones=cleaning.phones(reader.text("telefon")),
            identifiers=identifiers_in(reader),
            location=places[0],
            branches=tuple(
                BranchRecord(key=address.key, location=place)
                for (address, _), place in zip(others, places[1:], strict=True)
            ),
            services=(_service(reader, kind, name, owner),),
        )
    )
    # some give the same number twice
    numbers = ", ".join(dict.fromkeys(re.split(r"\s*[,;]\s*", reader.text("telefon"))))
    if cleaning.left_over(numbers, facility.phones):
        reader.note("telefon", "nie w całości rozpoznano numeru telefonu; oczekiwano na przykład 12 345 67 89")
    return ReadRow(row.line, facility, tuple(reader.notes))


def _kind(text: str) -> str:
    plain = re.sub(r"[\"„”]", "", cleaning.tidy(text)).casefold().replace("senior +", "senior+")
    if plain not in KINDS:
        raise FieldError("oczekiwano „Klub Senior+” albo „Dzienny Dom Senior+”", nearest_of(plain, KINDS))
    return KINDS[plain]


def _voivodeship(reader: RowReader, around: Surroundings) -> str:
    """The code; a cell that names none is told from the loaded territory, and noted."""
    code = code_of(reader.text("województwo"))
    if code and not around.gminas.covers(code):
        reader.reject("województwo", "jednostka leży poza regionem tej mapy")
    if code:
        return code
    loaded = next(iter(around.gminas.by_code), "")[:2]
    if loaded and _gminas(reader.text(_JST), around):
        reader.note("województwo", "to nie jest nazwa województwa; przyjęto je z nazwy gminy albo powiatu")
    else:
        reader.reject("województwo", "to nie jest nazwa województwa, a gminy o tej nazwie nie ma w regionie tej mapy")
    return loaded


def _gminas(owner: str, around: Surroundings) -> frozenset[str]:
    if owner.casefold().startswith("powiat"):
        return gminas_of_powiat(around.gminas, owner)
    return gminas_named(around.gminas, owner)


def _addresses(reader: RowReader) -> Iterator[SplitAddress]:
    postal_code, town = reader.optional("kod", cleaning.postal_code), cleaning.tidy(reader.text("miejscowość"))
    for part in _BRANCH.split(cleaning.tidy(reader.text("adres"))):
        if part.strip(" ,"):
            yield replace(split_address(part), postal_code=postal_code, town=town)


def _found(reader: RowReader, address: SplitAddress, gminas: frozenset[str], around: Surroundings) -> Found | None:
    found = around.places.locate(address, gminas)
    if found is None and len(gminas) == 1:
        found = around.places.middle(min(gminas))
    if found is None or found.quality != "locality":
        reader.note(
            "adres", f"nie znaleziono miejscowości „{address.localities[0]}”; punkt jest przybliżony albo go nie ma"
        )
    return found


def _locality(address: SplitAddress, found: Found | None) -> str:
    # "Krowoderskich Zuchów 6" is a street without "ul.": no place is called so
    return address.village if found and found.name == address.village else address.town


def _emails(reader: RowReader) -> Iterator[str]:
    for part in re.split(r"[\s,;]+", reader.text("email")):
        try:
            yield from cleaning.emails(part)
        except FieldError as error:
            reader.note("email", str(error))


def _service(reader: RowReader, kind: ServiceType, name: str, owner: str) -> ServiceRecord:
    places, year = reader.optional(_PLACES, count), reader.optional("rok powstania", _year)
    since = f" Działa od {year} r." if year else ""
    day = date.fromisoformat(reader.text("dzień"))
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=name,
        description=f"Ośrodek wsparcia programu „Senior+”. Samorząd: {owner}.{since}",
        audiences=kind.target_audiences,
        minimum_age=kind.age_min,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        visibility=kind.default_visibility,
        capacities=() if places is None else (CapacityRecord(kind="funded", maximum=places, as_of=day),),
    )


def _year(text: str) -> int:
    plain = cleaning.register_number(text)
    if not plain.isdecimal() or not _OLDEST <= int(plain) <= polish_time.today().year:
        raise FieldError(f"oczekiwano roku od {_OLDEST}")
    return int(plain)


LAYOUT: Final = Layout(
    code="senior_plus",
    title="Wykaz ośrodków „Senior+”",
    required=frozenset({_KIND, _PLACES, _JST, "województwo", "adres", "miejscowość"}),
    optional=frozenset({"lp.", "kod", "telefon", "email", "rok powstania", "nip", "regon", "krs"}),
    registers=(REGISTER,),
    read=read_club,
    gather=gather,
)
