"""The voivode's register of places with overnight stay (ustawa o pomocy społecznej, art. 22 pkt 4 and art. 48a).

Its columns are those of the announcement; how an office lays them out (one cell for what characterises a place or
several, sections by type) differs, and both ways are read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final

from mapapp.directory.records import CapacityRecord, FacilityRecord, ServiceRecord, Visibility
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceType
from mapapp.registers import cleaning
from mapapp.registers.addresses import SplitAddress, split_address
from mapapp.registers.areas_named import refuse_other_regions
from mapapp.registers.counts import count
from mapapp.registers.dates import day_of_list
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.places import location_of
from mapapp.registers.problems import FieldError, nearest_of
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.voivodeships import code_in_title

REGISTER: Final = SourceRegister(
    "overnight", "Rejestr placówek udzielających tymczasowego schronienia", "Urząd wojewódzki", "informacja publiczna"
)
KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{"s": "schronisko", "schronisko": "schronisko", "schronisko z usługami opiekuńczymi": "sch_uo"},
        # a hostel and a home for homeless people give a stay with support day and night, as a shelter does
        **{"h": "schronisko", "hostel": "schronisko", "ddb": "schronisko", "dom dla bezdomnych": "schronisko"},
        **{"n": "noclegownia", "noclegownia": "noclegownia", "o": "ogrzewalnia", "ogrzewalnia": "ogrzewalnia"},
        **{"dmdz": "dmdz", "dom dla matek z dziećmi": "dmdz"},
    }
)
_TAKEN_AS: Final = frozenset({"h", "hostel", "ddb", "dom dla bezdomnych"})
_UNNAMED: Final = frozenset({"ow", "ośrodek wsparcia", "i", "inny"})
_SECTIONS: Final = (
    ("schroniska", "s"), ("noclegownie", "n"), ("ogrzewalnie", "o"), ("domy dla matek", "dmdz"), ("hostele", "h"),
    ("ośrodki wsparcia", "ow"), ("domy dla bezdomnych", "ddb"),
)  # fmt: skip
_VIOLENCE: Final = re.compile(r"przemoc", re.IGNORECASE)
_MOTHERS: Final = re.compile(r"mate?k\b|matk", re.IGNORECASE)
_CARE: Final = re.compile(r"usług\w* opiekuńcz", re.IGNORECASE)
_PHONE: Final = re.compile(r"(?:\btel\b|\btelefon\b|\bkom\b|\bfax\b|\be-?mail\b|\S+@)", re.IGNORECASE)
_PLACES: Final = re.compile(r"(?:liczba|ilość)\s+miejsc\D{0,20}(\d+)|(\d+)\s+miejsc", re.IGNORECASE)
_FOR: Final = re.compile(r"adresaci\s*[:–-]\s*([^;\n]+)", re.IGNORECASE)
_ROUND: Final = re.compile(r"całodobow\w*\s*[:–-]?\s*(tak|nie)?", re.IGNORECASE)
_PEOPLE: Final = MappingProxyType({"k": "kobiety", "m": "mężczyźni", "dz": "dzieci"})
_SECTORS: Final = ("gmin", "powiat")
_STRICTNESS: Final[tuple[Visibility, ...]] = ("public", "area_only", "on_request", "internal")


def gather(table: RawTable) -> RawTable:
    """The rows of places, with the day of the list and the type of their section. Raises UnreadableFileError."""
    day = day_of_list(table.title, table.file).isoformat()
    voivodeship, section = code_in_title(table.title) or "", ""
    rows: list[RawRow] = []
    for row in table.rows:
        filled = [cleaning.tidy(cell) for cell in row.cells.values() if cell.strip()]
        if len(set(filled)) == 1:
            section = _section(filled[0])
        elif not _is_no_place(filled):
            kind = row.cells.get("typ", "").strip() or section
            rows.append(RawRow(row.line, {**row.cells, "typ": kind, "dzień": day, "województwo": voivodeship}))
    table.rows = rows
    return table


def _section(text: str) -> str:
    return next((code for words, code in _SECTIONS if words in text.casefold()), "")


def _is_no_place(filled: list[str]) -> bool:
    """A row of sums, or the one that numbers the columns."""
    first = filled[0].casefold()
    return first.startswith(("razem", "ogółem", "suma")) or all(re.fullmatch(r"\d{1,2}\.?", each) for each in filled)


def read_place(row: RawRow, around: Surroundings) -> ReadRow:
    """The place in ``row``. Raises RowRejectedError."""
    reader = RowReader(row)
    said = " ".join(reader.text(column) for column in ("nazwa", "charakterystyka", "formy", "adresaci", "uwagi"))
    code = reader.required("typ", lambda text: _kind(text, said))
    name = reader.required("nazwa", lambda text: cleaning.in_polish_quotes(cleaning.name_of_unit(text)))
    address = reader.required("teleadresowe", _address) or SplitAddress()
    gminas = around.gminas.by_code.keys()
    voivodeship = refuse_other_regions(reader, around, gminas)
    reader.refuse_if_wrong()
    assert code and name  # noqa: S101 - refused above; for the type checker
    if cleaning.tidy(reader.text("typ")).casefold() in _TAKEN_AS:
        reader.note("typ", f"przyjęto jako „{around.vocabularies.types[code].label_pl}”")
    found = around.places.locate(address, gminas)
    if found is None or found.quality != "locality":
        reader.note("teleadresowe", "nie znaleziono miejscowości z adresu; punkt jest przybliżony albo go nie ma")
    kind, level = around.vocabularies.types[code], _level(around.vocabularies.types[code], said)
    if level != "public":
        reader.note("nazwa", "adres nie będzie pokazany: miejsce dla matek z dziećmi albo osób doznających przemocy")
    contact = reader.text("teleadresowe")
    mails = tuple(_mails(contact))
    facility = reader.checked(
        lambda: FacilityRecord(
            source=REGISTER.code,
            source_id=f"{code} {address.key}",
            source_date=date.fromisoformat(reader.text("dzień")),
            organization_name=name,
            sector=_sector(reader.text("podmiot")),
            email=mails[0] if mails else None,
            phones=cleaning.phones(_PHONE.split(contact, maxsplit=1)[-1] if _PHONE.search(contact) else ""),
            location=location_of(address, found, voivodeship).model_copy(update={"visibility": level}),
            services=(_service(reader, kind, name, level),),
            visibility=level,
        )
    )
    return ReadRow(row.line, facility, tuple(reader.notes))


def _kind(text: str, said: str) -> str:
    plain = cleaning.tidy(text).casefold().rstrip(".")
    code = KINDS.get(plain)
    if code == "schronisko" and _CARE.search(said):
        return "sch_uo"
    if code:
        return code
    if plain in _UNNAMED and _VIOLENCE.search(said):
        return "sow"
    if plain in _UNNAMED and _MOTHERS.search(said):
        return "dmdz"
    if plain in _UNNAMED:
        raise FieldError("typ nie mówi, jaka to placówka, a opis nie wskazuje żadnej znanej; wpisz ją ręcznie")
    raise FieldError("nieznany typ placówki; oczekiwano: S, H, DdB, N, OW, O, DMDz albo I", nearest_of(plain, KINDS))


def _address(text: str) -> SplitAddress:
    address = split_address(_PHONE.split(text, maxsplit=1)[0])
    if not address.town:
        raise FieldError("nie rozpoznano adresu; oczekiwano ulicy i numeru, kodu pocztowego i miejscowości")
    return replace(address, name="")


def _level(kind: ServiceType, said: str) -> Visibility:
    """The strictest of what the type says and what the row tells; mothers' homes often take in who hides."""
    told: Visibility = "on_request" if _VIOLENCE.search(said) else "area_only" if kind.code == "dmdz" else "public"
    return max(told, next(each for each in _STRICTNESS if each == kind.default_visibility), key=_STRICTNESS.index)


def _mails(text: str) -> Iterator[str]:
    for part in re.split(r"[\s,;:]+", text):
        try:
            yield from cleaning.emails(part) if "@" in part else ()
        except FieldError:
            continue


def _sector(operator: str) -> str | None:
    words = operator.casefold()
    if re.search(r"caritas|parafi|zgromadzeni|zakon", words):
        return "church"
    if re.search(r"fundacj|stowarzyszeni|towarzystw|monar|markot", words):
        return "ngo"
    return next((sector for stem, sector in zip(_SECTORS, ("gmina", "powiat"), strict=True) if stem in words), None)


def _service(reader: RowReader, kind: ServiceType, name: str, level: Visibility) -> ServiceRecord:
    character = cleaning.tidy(reader.text("charakterystyka") or reader.text("formy"))
    places = reader.optional("miejsca", count) if reader.text("miejsca") else _places_in(character)
    for_whom = reader.text("adresaci") or (found[1] if (found := _FOR.search(character)) else "")
    round_the_clock = reader.text("całodobowa") or (told[1] or "" if (told := _ROUND.search(character)) else "")
    parts = (
        character,
        f"Podmiot prowadzący: {cleaning.tidy(reader.text('podmiot'))}." if reader.text("podmiot") else "",
        f"Zasięg: {cleaning.tidy(reader.text('zasięg'))}." if reader.text("zasięg") else "",
        f"Całodobowo: {round_the_clock.casefold()}." if round_the_clock else "",
    )
    day = date.fromisoformat(reader.text("dzień"))
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=name,
        description=" ".join(filter(None, parts))[:2000] or None,
        audiences=kind.target_audiences,
        minimum_age=kind.age_min,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        eligibility_description=_people(for_whom) or None,
        capacities=() if places is None else (CapacityRecord(kind="approved", maximum=places, as_of=day),),
        visibility=level,
    )


def _places_in(character: str) -> int | None:
    found = _PLACES.search(character)
    return int(found[1] or found[2]) if found else None


def _people(text: str) -> str:
    """K, M, Dz written out; other words as they are."""
    parts = [each for each in re.split(r"[\s,;/+]+|\bi\b", text) if each]
    if parts and all(each.casefold() in _PEOPLE for each in parts):
        return ", ".join(_PEOPLE[each.casefold()] for each in parts)
    return cleaning.tidy(text)


LAYOUT: Final = Layout(
    code="overnight",
    title="Rejestr placówek udzielających tymczasowego schronienia (art. 48a)",
    required=frozenset({"nazwa", "podmiot", "typ", "teleadresowe"}),
    optional=frozenset(
        {"lp.", "rodzaj", "zasięg", "miejsca", "adresaci", "całodobowa", "formy", "charakterystyka", "uwagi"}
    ),
    registers=(REGISTER,),
    read=read_place,
    headings={
        "lp.": re.compile(r"^l\.?\s?p\b"),  # a section's name stands there
        "nazwa": re.compile(r"^nazwa(?!.*podmiot)"),
        "podmiot": re.compile(r"podmiot"),
        "rodzaj": re.compile(r"publiczn|^rodzaj\b(?!.*form)"),
        "zasięg": re.compile(r"zasięg"),
        "typ": re.compile(r"^typ\b"),
        "teleadresowe": re.compile(r"teleadresow"),
        "miejsca": re.compile(r"^(?!.*adresaci).*(?:liczba|ilość) miejsc"),
        "adresaci": re.compile(r"^(?!.*liczba).*adresaci"),
        "całodobowa": re.compile(r"^(?!.*liczba).*całodobow"),
        "formy": re.compile(r"^(?!.*liczba).*\bform"),
        "charakterystyka": re.compile(r"charakterystyk"),
        "uwagi": re.compile(r"uwagi"),
    },
    gather=gather,
)
