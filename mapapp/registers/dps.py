"""The voivode's monthly register of free places in nursing homes (DPS).

A home takes one row per type of art. 56, its name and address merged over them. Rows with X are sums of what follows.
"Liczba osób przyjętych" is left out: some homes count everybody who lives there, others who moved in this month.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from mapapp.directory.records import CapacityRecord, FacilityRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceSubtype
from mapapp.registers import cleaning
from mapapp.registers.addresses import split_address
from mapapp.registers.areas_named import gminas_named, gminas_of_powiat, refuse_other_regions
from mapapp.registers.counts import count, waiting_days
from mapapp.registers.dates import day_of_list
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.places import location_of
from mapapp.registers.problems import FieldError, RowProblem, nearest_of
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.voivodeships import code_in_title

REGISTER: Final = SourceRegister(
    "dps_places", "Rejestr wolnych miejsc w domach pomocy społecznej", "Urząd wojewódzki", "informacja publiczna"
)
_SUM: Final = re.compile(r"^(?:x|razem|ogółem|suma)\b", re.IGNORECASE)
# the owner stands before the name, set apart by spaces that fill the line
_OWNER: Final = re.compile(r"^\s*((?:Miasto i Gmina|Gmina i Miasto|Gmina|Miasto)\s+\S.*?)\s*(?:\s{2,}|\n)(?=\S)")
_CHURCH: Final = re.compile(r"\b(?:Caritas|Zgromadzeni\w+|Zakonu|Sióstr|Braci|Bonifrat\w+|Diecezji|Parafi\w+)\b")
_SUMMED: Final = ("zatwierdzone", "wolne", "oczekujący")
_SEXES: Final = (("women", "wolne kobiety"), ("men", "wolne mężczyźni"))


@dataclass(slots=True)
class _Group:
    """A row of sums and the rows that it sums."""

    stated: RawRow
    rows: list[RawRow] = field(default_factory=list)


def gather(table: RawTable) -> RawTable:
    """One row per home, its other types as further rows. Raises UnreadableFileError."""
    day = day_of_list(table.title, table.file).isoformat()
    voivodeship = code_in_title(table.title) or ""
    groups: list[_Group] = []
    homes: dict[str, list[RawRow]] = {}
    powiat, home = "", ""
    for row in table.rows:
        cells = dict(row.cells)
        powiat = cleaning.tidy(cells["powiat"]) or powiat
        if _SUM.match(cells["dom"].strip()) or _SUM.match(cells["typ"].strip()):
            groups.append(_Group(row))
            continue
        home = cells["dom"] if cells["dom"].strip() else home
        filled = RawRow(row.line, cells | {"powiat": powiat, "dom": home, "dzień": day, "województwo": voivodeship})
        homes.setdefault(cleaning.tidy(home).casefold(), []).append(filled)
        if groups:
            groups[-1].rows.append(filled)
    table.notes += [note for group in groups for note in _differences(group)]
    table.rows = [RawRow(first.line, first.cells, tuple(further)) for first, *further in homes.values()]
    return table


def _differences(group: _Group) -> Iterator[RowProblem]:
    for column in _SUMMED:
        try:
            stated, counted = count(group.stated.cells.get(column, "")), _sum(group.rows, column)
        except FieldError:
            continue  # the row itself is reported
        if stated is not None and stated != counted:
            message = f"suma nie zgadza się z wierszami, które dają razem {counted}"
            yield RowProblem(group.stated.line, column, str(stated), message)


def _sum(rows: Sequence[RawRow], column: str) -> int:
    return sum(count(row.cells.get(column, "")) or 0 for row in rows)


def read_home(row: RawRow, around: Surroundings) -> ReadRow:
    """The home in ``row`` and its further rows. Raises RowRejectedError."""
    reader = RowReader(row)
    owner = _OWNER.match(reader.row.cells["dom"])
    address = split_address(row.cells["dom"][owner.end() :] if owner else row.cells["dom"])
    name = reader.required("dom", lambda _: cleaning.name_of_unit(cleaning.in_polish_quotes(address.name)))
    powiat = reader.required("powiat", cleaning.tidy) or ""
    gminas = gminas_of_powiat(around.gminas, powiat)
    voivodeship = refuse_other_regions(reader, around, gminas)
    if not address.town:
        reader.reject("dom", "nie rozpoznano adresu; oczekiwano nazwy, ulicy i numeru, kodu pocztowego i miejscowości")
    services = [each for each in (_service(reader, part, around) for part in (row, *row.further)) if each]
    reader.refuse_if_wrong()
    assert name is not None  # noqa: S101 - refused above; for the type checker
    found = around.places.locate(address, gminas)
    if found is None or found.quality != "locality":
        reader.note("dom", "nie znaleziono miejscowości z adresu; punkt jest przybliżony albo go nie ma")
    owners = gminas_named(around.gminas, owner[1]) & gminas if owner else frozenset()
    facility = reader.checked(
        lambda: FacilityRecord(
            source=REGISTER.code,
            source_id=address.key,
            source_date=date.fromisoformat(reader.text("dzień")),
            organization_name=name,
            sector="church" if _CHURCH.search(name) else "gmina" if owner else None,
            location=location_of(address, found, voivodeship, min(owners, default=None)),
            services=tuple(_named(service, name) for service in services),
        )
    )
    return ReadRow(row.line, facility, tuple(reader.notes))


def _service(home: RowReader, part: RawRow, around: Surroundings) -> ServiceRecord | None:
    """What one row says of the home; its problems and notes become the home's."""
    reader = RowReader(part)
    types = reader.required("typ", lambda text: _types(text, around))
    capacities = tuple(_capacities(reader))
    home.problems += reader.problems
    home.notes += reader.notes
    if not types:
        return None
    kind = around.vocabularies.types["dps"]
    return ServiceRecord(
        key="+".join(each.code for each in types),
        facility_type="dps",
        name=cleaning.tidy(reader.text("typ")),
        subtypes=tuple(each.code for each in types),
        audiences=tuple(dict.fromkeys(audience for each in types for audience in each.target_audiences)),
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        visibility=kind.default_visibility,
        capacities=capacities,
    )


def _named(service: ServiceRecord, home: str) -> ServiceRecord:
    return service.model_copy(update={"name": f"{home[:200]} – {service.name[:90]}"})


def _types(text: str, around: Surroundings) -> tuple[ServiceSubtype, ...]:
    """The types of art. 56 that the text names; several for a joint home of art. 56a."""
    known = [each for each in around.vocabularies.subtypes.values() if each.type == "dps"]
    told = _core(text)
    found = tuple(each for each in known if any(_core(name) in told for name in each.register_names))
    if not found:
        names = [name for each in known for name in each.register_names]
        raise FieldError("nie ma takiego typu domu w art. 56 ustawy o pomocy społecznej", nearest_of(text, names))
    return found


def _core(name: str) -> str:
    return re.sub(r"\b(?:dla|osób)\s+", "", cleaning.tidy(name).casefold())


def _capacities(reader: RowReader) -> Iterator[CapacityRecord]:
    day = date.fromisoformat(reader.text("dzień"))
    places, free = reader.optional("zatwierdzone", count), reader.optional("wolne", count)
    if places is not None and free is not None and free > places:
        reader.note("wolne", f"wolnych miejsc jest więcej niż wszystkich ({places}); liczby nie przyjęto")
        free = None
    if places is not None or free is not None:
        yield CapacityRecord(kind="approved", maximum=places, available=free, as_of=day)
    for target, column in _SEXES:
        number = reader.optional(column, count)
        in_fours = reader.optional(f"{column} w pokojach czteroosobowych", count)
        note = f"w tym w pokojach czteroosobowych: {in_fours}" if in_fours else None
        if number is not None:
            yield CapacityRecord(kind="approved", target=target, available=number, description=note, as_of=day)
    for kind, column in (("directed", "skierowani"), ("occupied", "umieszczeni")):
        number = reader.optional(column, count)
        if number is not None:
            yield CapacityRecord(kind=kind, maximum=number, unit="people", as_of=day)
    waiting, days = reader.optional("oczekujący", count), reader.optional("czas oczekiwania", waiting_days)
    if waiting is not None or days is not None:
        yield CapacityRecord(kind="waiting", maximum=waiting, waiting_days=days, unit="people", as_of=day)


LAYOUT: Final = Layout(
    code="dps_places",
    title="Wolne miejsca w DPS – rejestr wojewody",
    required=frozenset({"powiat", "dom", "typ", "zatwierdzone", "wolne"}),
    optional=frozenset(
        {
            *("skierowani", "umieszczeni", "oczekujący", "czas oczekiwania", "wolne kobiety", "wolne mężczyźni"),
            *("wolne kobiety w pokojach czteroosobowych", "wolne mężczyźni w pokojach czteroosobowych"),
        }
    ),
    registers=(REGISTER,),
    read=read_home,
    headings={
        "powiat": re.compile(r"^powiat$"),
        "dom": re.compile(r"\bdom\w* pomocy społecznej \(?\s*nazwa i"),
        "typ": re.compile(r"^typ (?:dps|domu)"),
        "zatwierdzone": re.compile(r"^liczba miejsc .*decyzj"),
        "skierowani": re.compile(r"osób skierowanych"),
        "umieszczeni": re.compile(r"osób umieszczonych"),
        "wolne": re.compile(r"wolnych miejsc \(?ogółem"),
        "wolne kobiety w pokojach czteroosobowych": re.compile(r"dla kobiet w pokojach"),
        "wolne mężczyźni w pokojach czteroosobowych": re.compile(r"dla mężczyzn w pokojach"),
        "wolne kobiety": re.compile(r"dla kobiet$"),
        "wolne mężczyźni": re.compile(r"dla mężczyzn$"),
        "oczekujący": re.compile(r"oczekujących na umieszczenie$"),
        "czas oczekiwania": re.compile(r"czas oczekiwania"),
    },
    gather=gather,
)
