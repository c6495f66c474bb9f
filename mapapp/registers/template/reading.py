"""Rows of the template as facilities."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from geo.crs import Position, in_poland
from geo.errors import OutsideExtent
from mapapp.directory.records import AddressRecord, BranchRecord, FacilityRecord, LocationRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.registers import dps, osm, overnight, rjps, sds, senior
from mapapp.registers.layouts import Coordinates, Layout, ReadRow, Surroundings
from mapapp.registers.problems import FieldError, nearest_of
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.template.cells import YES
from mapapp.registers.template.columns import (
    BRANCH,
    BRANCH_PLACES,
    COLUMNS,
    EXAMPLE_NUMBER,
    HEADINGS,
    IS_SAMPLE,
    NUMBER,
    REGISTER_LICENCE,
    REGISTER_PUBLISHER,
    REGISTER_TITLE,
    REGISTER_URL,
    SERVICE,
    SOURCE,
    TYPE,
    Owner,
    TemplateColumn,
    of_owner,
)
from mapapp.registers.template.special import (
    FIRST,
    HOURS,
    SPECIAL_HEADINGS,
    Keys,
    is_special,
    read_special_days,
    refuse_too_many,
)
from mapapp.registers.writers.delimited import unguarded

REGISTER: Final = SourceRegister("template", "Dane podane w szablonie", "Placówki i samorządy")
REGISTERS: Final[dict[str, SourceRegister]] = {
    each.code: each
    for each in (
        REGISTER,
        *(register for layout in (rjps, dps, sds, senior, overnight, osm) for register in layout.LAYOUT.registers),
    )
}

Number = tuple[str, str]  # a register and the number there
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_+-]*")


def gather(table: RawTable) -> RawTable:
    """One row per facility, its further services and branches as further rows; example rows left out."""
    groups: dict[Number, list[RawRow]] = {}
    special = list(table.beside or ())
    for row in table.rows:
        cells = {name: unguarded(cell) if table.separator else cell for name, cell in row.cells.items()}
        told = RawRow(row.line, cells)
        if is_special(told):
            special.append(told)
        elif (key := _number(told))[1].upper() != EXAMPLE_NUMBER:
            groups.setdefault(key, []).append(told)
    is_told = table.beside is not None or FIRST in table.columns
    days = _by_facility(special, groups, table) if is_told else None
    table.rows = [
        RawRow(first.line, first.cells, tuple(further), None if days is None else tuple(days.get(key, ())))
        for key, (first, *further) in groups.items()
    ]
    return table


def _number(row: RawRow) -> Number:
    # a row without a number is reported by itself
    return row.cells.get(SOURCE, "").strip(), row.cells.get(NUMBER, "").strip() or f"#{row.line}"


def _by_facility(rows: Sequence[RawRow], known: Collection[Number], table: RawTable) -> dict[Number, list[RawRow]]:
    """Rows of special days by whose they are; one that is of nobody is rejected."""
    found: dict[Number, list[RawRow]] = {}
    for row in rows:
        source, number = _number(row)
        if number.upper() == EXAMPLE_NUMBER:
            continue
        reader = RowReader(row)
        fitting = [key for key in known if key[1] == number and source in {key[0], ""}]
        exact = [key for key in fitting if key[0] == source]
        if len(exact or fitting) == 1:
            found.setdefault((exact or fitting)[0], []).append(row)
            continue
        if not reader.text(NUMBER):
            reader.required(NUMBER, str)
        elif fitting:
            reader.reject(SOURCE, "ten numer mają placówki z kilku rejestrów; wpisz kod rejestru, jak w ich wierszach")
        else:
            numbers = [each for _, each in known if not each.startswith("#")]
            reader.reject(NUMBER, "nie ma placówki o tym numerze wśród danych placówek", nearest_of(number, numbers))
        table.rejected += reader.problems
    return found


def read_facility(row: RawRow, around: Surroundings) -> ReadRow:
    """The facility in ``row`` and its further rows. Raises RowRejectedError."""
    reader = RowReader(row)
    parts = [reader, *map(RowReader, row.further)]
    number = reader.required(NUMBER, str)
    register = _register(reader)
    values = _values(reader, "facility", around)
    services = [_service(part, values, around) for part in parts if not part.text(BRANCH)]
    branches = [_branch(part, around) for part in parts if part.text(BRANCH)]
    location = _location(reader, around) if not reader.text(BRANCH) else None
    keys = Keys(
        [*([""] if location else ()), *(each.text(BRANCH) for each in parts if each.text(BRANCH))],
        [_service_key(part, around) for part in parts if not part.text(BRANCH)],
    )
    special_days, wrong = read_special_days(row.beside, keys, around.vocabularies)
    reader.problems += [problem for part in parts[1:] for problem in part.problems]
    reader.notes += [note for part in parts[1:] for note in part.notes]
    reader.problems += wrong
    reader.refuse_if_wrong()
    facility = reader.checked(
        lambda: FacilityRecord(
            source=register.code,
            source_id=number,
            location=location and location(),
            services=tuple(build() for build in services),
            branches=tuple(build() for build in branches),
            special_days=special_days,
            **values,
        )
    )
    refuse_too_many(facility, row.beside or ())
    return ReadRow(row.line, facility, tuple(reader.notes), register=register)


def _register(reader: RowReader) -> SourceRegister:
    """The register that the row names; one that nobody knows here has to be described."""
    code = reader.text(SOURCE)
    if not code:
        return REGISTER
    if code in REGISTERS:
        return REGISTERS[code]
    title = reader.text(REGISTER_TITLE)
    if title and _CODE.fullmatch(code):
        publisher = reader.text(REGISTER_PUBLISHER) or "nie podano"
        of_row = (reader.text(REGISTER_LICENCE) or None, reader.optional(REGISTER_URL, _web_address))
        return SourceRegister(code, title, publisher, *of_row, is_sample=reader.text(IS_SAMPLE).casefold() == YES)
    nearest = nearest_of(code, REGISTERS)
    reader.note(SOURCE, "nie ma takiego rejestru, a wiersz nie podaje jego nazwy; dane przypisano szablonowi", nearest)
    return REGISTER


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise FieldError("oczekiwano adresu, który zaczyna się od https:// albo http://")
    return text


def _values(reader: RowReader, owner: Owner, around: Surroundings) -> dict[str, Any]:
    """The values of the owner's columns that are filled."""
    found: dict[str, Any] = {}
    for column in of_owner(owner):
        take = reader.required if column.required else reader.optional
        value = take(column.heading, _decoder(column, around))
        if value is not None:
            found[column.name] = value
    return found


def _decoder(column: TemplateColumn, around: Surroundings) -> Callable[[str], Any]:
    return lambda text: column.codec.decode(text, around.vocabularies)


def _service(reader: RowReader, facility: dict[str, Any], around: Surroundings) -> Callable[[], ServiceRecord]:
    values = _values(reader, "service", around)
    kind = around.vocabularies.types.get(values.get("facility_type", ""))
    if kind:
        values.setdefault("key", kind.code)
        values.setdefault("name", facility.get("organization_name"))
        values.setdefault("visibility", kind.default_visibility)
    return lambda: ServiceRecord(**values)


def _service_key(reader: RowReader, around: Surroundings) -> str:
    """A service's key as ``_service`` makes it; what is wrong with its type is told there."""
    kind = reader.text(TYPE)
    by_label = {term.label_pl.casefold(): code for code, term in around.vocabularies.types.items()}
    return reader.text(SERVICE) or by_label.get(kind.casefold(), kind)


def _branch(reader: RowReader, around: Surroundings) -> Callable[[], BranchRecord]:
    location = _location(reader, around)
    if location is None:
        reader.reject(BRANCH, "filia nie ma miejsca; wypełnij „rodzaj miejsca” i adres")
    places = next(column for column in COLUMNS if column.heading == BRANCH_PLACES)
    share = reader.optional(BRANCH_PLACES, _decoder(places, around))
    return lambda: BranchRecord(key=reader.text(BRANCH), location=location and location(), places=share)


def _location(reader: RowReader, around: Surroundings) -> Callable[[], LocationRecord] | None:
    """The place; None where the row says nothing of one."""
    values, address = _values(reader, "location", around), _values(reader, "address", around)
    lat, lon = values.pop("lat", None), values.pop("lon", None)
    if lat is not None and lon is not None:
        try:
            values["position"] = in_poland(Position(lon, lat))
        except OutsideExtent:
            reader.reject("szerokość", "punkt leży poza Polską albo szerokość i długość są zamienione")
    if not values and not address:
        return None
    return lambda: LocationRecord(**values, address=AddressRecord(**address) if address else None)


def required_headings(columns: Sequence[TemplateColumn] = COLUMNS) -> frozenset[str]:
    """What a file must have to be the template: as much as tells it from any other list."""
    return frozenset({column.heading for column in columns if column.required} | {SERVICE, BRANCH, TYPE})


LAYOUT: Final = Layout(
    code="template",
    title="Szablon danych o placówkach",
    required=required_headings(),
    optional=frozenset({*HEADINGS, *SPECIAL_HEADINGS}) - required_headings(),
    registers=tuple(REGISTERS.values()),
    read=read_facility,
    gather=gather,
    beside=frozenset({NUMBER, FIRST, HOURS}),
    coordinates=Coordinates(
        "długość", "szerokość", {"teryt": "teryt gminy", "town": "miejscowość", "postal_code": "kod pocztowy"}
    ),
)
