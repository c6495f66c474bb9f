"""A voivode's list of community self-help homes (ŚDS), with self-help clubs and places for the night below it.

Branches and their places stand in free text. The number of places is one for a home and all its branches: it is kept
with the service, and split to the branches only where the list says how.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from mapapp.directory.records import BranchRecord, CapacityRecord, FacilityRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from mapapp.directory.terms import ServiceSubtype
from mapapp.geocoding.places import Found
from mapapp.registers import cleaning
from mapapp.registers.addresses import SplitAddress, split_address
from mapapp.registers.areas_named import gminas_named, gminas_of_powiat, refuse_other_regions
from mapapp.registers.counts import count
from mapapp.registers.dates import day_of_list
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.places import location_of
from mapapp.registers.problems import FieldError, RowProblem
from mapapp.registers.readers import RawRow, RawTable
from mapapp.registers.row_reader import RowReader
from mapapp.registers.sds_cells import delivery_address, epuap_box, home_types, labelled_phones
from mapapp.registers.voivodeships import code_in_title

REGISTER: Final = SourceRegister(
    "sds_list", "Wykaz środowiskowych domów samopomocy", "Urząd wojewódzki", "informacja publiczna"
)
# what a line across the sheet begins: a range of homes, clubs, or places for the night in homes named above
_SECTIONS: Final = (
    (re.compile(r"zasięgu\s+gminnym", re.IGNORECASE), "gminny"),
    (re.compile(r"zasięgu\s+powiatowym", re.IGNORECASE), "powiatowy"),
    (re.compile(r"kluby\s+samopomocy", re.IGNORECASE), "klub"),
    (re.compile(r"miejsca\s+całodobowe", re.IGNORECASE), "całodobowe"),
)
_NUMBER: Final = re.compile(r"^\d+\.?$")
# a list has been seen with "z flilią"
_BRANCHES: Final = re.compile(r"\bz\s+f\w?ili\w*", re.IGNORECASE)
_ANOTHER: Final = re.compile(r"\boraz\b", re.IGNORECASE)
_POWIAT: Final = re.compile(r"\(\s*powiat\s+([^)]+)\)", re.IGNORECASE)
_SHARES: Final = re.compile(r"\((\d+)\s+os\w*\s+w\s+\w+,\s*w\s+filii\s+(\d+)\s+os\w*\)", re.IGNORECASE)
_NGO: Final = re.compile(r"\b(?:stowarzyszeni|fundacj)", re.IGNORECASE)
_CHURCH: Final = re.compile(r"\b(?:caritas|zgromadzeni|zakon|bonifrat)", re.IGNORECASE)


def gather(table: RawTable) -> RawTable:
    """One row per home or club; places for the night as a further row of their home. Raises UnreadableFileError."""
    day = day_of_list(table.title, table.file).isoformat()
    voivodeship = code_in_title(table.title) or ""
    section = _section(table.title) or "gminny"
    units: list[RawRow] = []
    by_night: dict[str, RawRow] = {}
    counted = 0
    for row in table.rows:
        section = _section(" ".join(row.cells.values())) or section
        if not _NUMBER.match(row.cells["lp"].strip()):
            table.notes += _difference(row, section, counted)
            counted = 0 if count_or_none(row.cells["miejsca"]) is not None else counted
            continue
        filled = RawRow(row.line, {**row.cells, "zakres": section, "dzień": day, "województwo": voivodeship})
        counted += count_or_none(row.cells["miejsca"]) or 0
        if section == "całodobowe":
            by_night[_main(filled).key] = filled
        else:
            units.append(filled)
    table.rows = [_with_nights(unit, by_night) for unit in units]
    for row in by_night.values():
        table.rejected.append(RowProblem(row.line, "adres", "", "nie ma wyżej domu pod tym adresem"))
    return table


def _section(text: str) -> str | None:
    return next((name for pattern, name in _SECTIONS if pattern.search(text)), None)


def _with_nights(unit: RawRow, by_night: dict[str, RawRow]) -> RawRow:
    nights = by_night.pop(_main(unit).key, None)
    return replace(unit, further=(nights,)) if nights else unit


def count_or_none(text: str) -> int | None:
    """The count where there is one; a wrong one is reported where its row is read."""
    try:
        return count(text)
    except FieldError:
        return None


def _difference(row: RawRow, section: str, counted: int) -> Iterator[RowProblem]:
    stated = count_or_none(row.cells["miejsca"])
    # the last sum is that of both ranges; it has no rows of its own
    if stated is not None and counted and stated != counted:
        message = f"suma ({section}) nie zgadza się z wierszami, które dają razem {counted}"
        yield RowProblem(row.line, "miejsca", str(stated), message)


def _main(row: RawRow) -> SplitAddress:
    return next(iter(_addresses(row.cells["adres"])), SplitAddress())


def _addresses(text: str) -> tuple[SplitAddress, ...]:
    """The main address and those of the branches; a postal code and town that one lacks is its neighbour's."""
    main, *branches = _BRANCHES.split(text)
    parts = [main, *(each for branch in branches for each in _ANOTHER.split(branch))]
    found = [split_address(part) for part in parts if part.strip(" ,\n")]
    for place, each in enumerate(found):
        if not each.town:
            donor = found[place - 1] if place else next((other for other in found if other.town), each)
            found[place] = replace(each, postal_code=donor.postal_code, town=donor.town)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Area:
    """The gminas that a home may be in, the first to look into being those it serves; and for whom it is."""

    served: frozenset[str]
    around: frozenset[str]
    codes: tuple[str, ...]


def read_unit(row: RawRow, around: Surroundings) -> ReadRow:
    """The home or club in ``row``. Raises RowRejectedError."""
    reader = RowReader(row)
    reader.required("adres", cleaning.tidy)
    area = _area(reader, around)
    voivodeship = refuse_other_regions(reader, around, area.around)
    types = (
        () if reader.text("zakres") == "klub" else reader.required("typ", lambda text: home_types(text, around)) or ()
    )
    capacities = tuple(_capacities(reader, row.further))
    addresses = _addresses(row.cells["adres"])
    if not addresses or not addresses[0].town:
        reader.reject("adres", "nie rozpoznano adresu; oczekiwano ulicy i numeru, kodu pocztowego i miejscowości")
    reader.refuse_if_wrong()
    located = [_located(reader, address, area, around) for address in addresses]
    (main, found), *others = located
    shares = _shares(reader, len(others))
    name = _name(reader, main)
    facility = reader.checked(
        lambda: FacilityRecord(
            source=REGISTER.code,
            # two homes of different range may share a house
            source_id=f"{reader.text('zakres')} {addresses[0].key}",
            source_date=date.fromisoformat(reader.text("dzień")),
            organization_name=name,
            sector=_sector(reader),
            phones=labelled_phones(reader),
            epuap=reader.optional("epuap", epuap_box),
            edoreczenia=reader.optional("edoręczenia", delivery_address),
            location=location_of(main, found, voivodeship),
            main_places=shares[0],
            branches=tuple(
                BranchRecord(key=address.key, location=location_of(address, place, voivodeship), places=share)
                for (address, place), share in zip(others, shares[1:], strict=True)
            ),
            services=(_service(reader, name, types, capacities, area, around),),
        )
    )
    return ReadRow(row.line, facility, tuple(reader.notes))


def _area(reader: RowReader, around: Surroundings) -> _Area:
    text = cleaning.tidy(reader.text("gmina"))
    named = _POWIAT.search(text)
    powiat = gminas_of_powiat(around.gminas, named[1] if named else text)
    if reader.text("zakres") == "powiatowy":
        return _Area(powiat, powiat, tuple(sorted({code[:4] for code in powiat})))
    served = gminas_named(around.gminas, text)
    if named:
        served &= powiat
    if len(served) != 1 and around.gminas.by_code:
        reader.note("gmina", "nie ma takiej gminy albo jest ich kilka; obszaru działania nie przyjęto")
    inside = powiat or frozenset(code for code in around.gminas.by_code if code[:4] in {each[:4] for each in served})
    return _Area(served, inside, tuple(served) if len(served) == 1 else ())


def _located(
    reader: RowReader, address: SplitAddress, area: _Area, around: Surroundings
) -> tuple[SplitAddress, Found | None]:
    """The address and where it is: in the gmina it serves, else elsewhere in the powiat."""
    tried = [around.places.locate(address, gminas) for gminas in (area.served, area.around, around.gminas.by_code)]
    exact = next((each for each in tried if each and each.quality == "locality"), None)
    found = exact or next((each for each in tried if each), None)
    if found is None or found.quality != "locality":
        reader.note(
            "adres", f"nie znaleziono miejscowości „{address.localities[0]}”; punkt jest przybliżony albo go nie ma"
        )
    elif address.is_inflected:
        address = replace(address, village=found.name, is_inflected=False)
    return address, found


def _name(reader: RowReader, address: SplitAddress) -> str:
    told = cleaning.in_polish_quotes(re.sub(r"\bŚDS\b\s*-?\s*", "Środowiskowy Dom Samopomocy ", address.name))
    name = cleaning.tidy(told.replace(", Środowiskowy", " – Środowiskowy")).strip(" ,-–")
    if not re.search(r"\bSamopomocy\b", name):
        name = f"Środowiskowy Dom Samopomocy {name}".strip()
    if name.endswith("Samopomocy"):  # a name that the street or village makes
        name = f"{name} – {address.village or address.line}"
    return name


def _capacities(reader: RowReader, nights: Sequence[RawRow]) -> Iterator[CapacityRecord]:
    day = date.fromisoformat(reader.text("dzień"))
    places = reader.optional("miejsca", count)
    if places is not None:
        yield CapacityRecord(kind="funded", maximum=places, as_of=day)
    raised = reader.optional("za życiem", count)
    if raised is not None:
        yield CapacityRecord(kind="funded", target="za_zyciem", maximum=raised, as_of=day)
    for row in nights:
        overnight = RowReader(row).optional("miejsca", count)
        if overnight is not None:
            yield CapacityRecord(kind="funded", target="stationary24h", maximum=overnight, as_of=day)


def _shares(reader: RowReader, branches: int) -> tuple[int | None, ...]:
    """How the places are split to the main place and its branches; None where the list does not say."""
    found = _SHARES.search(cleaning.tidy(reader.text("typ")))
    if not found or branches != 1:
        return (None,) * (branches + 1)
    main, branch = int(found[1]), int(found[2])
    places = reader.optional("miejsca", count)
    if places is not None and main + branch != places:
        reader.note("typ", f"miejsca w domu i filii dają razem {main + branch}, a dotowanych jest {places}")
    return main, branch


def _sector(reader: RowReader) -> str | None:
    if reader.text("publiczne") == "1":
        return "powiat" if reader.text("zakres") == "powiatowy" else "gmina"
    operator = reader.text("prowadzący")
    return "church" if _CHURCH.search(operator) else "ngo" if _NGO.search(operator) else None


def _service(
    reader: RowReader,
    name: str,
    types: Sequence[ServiceSubtype],
    capacities: tuple[CapacityRecord, ...],
    area: _Area,
    around: Surroundings,
) -> ServiceRecord:
    kind = around.vocabularies.types["klub_samop" if reader.text("zakres") == "klub" else "sds"]
    operator = cleaning.in_polish_quotes(cleaning.tidy(reader.text("prowadzący")))
    by_type = tuple(dict.fromkeys(audience for each in types for audience in each.target_audiences))
    return ServiceRecord(
        key=kind.code,
        facility_type=kind.code,
        name=name,
        description=f"Podmiot prowadzący według wykazu: {operator}" if operator else None,
        subtypes=tuple(each.code for each in types),
        audiences=by_type or kind.target_audiences,
        modes=kind.mode,
        care_setting=kind.care_setting,
        law_fields=kind.law_fields,
        visibility=kind.default_visibility,
        service_area=area.codes,
        capacities=capacities,
    )


LAYOUT: Final = Layout(
    code="sds_list",
    title="Wykaz środowiskowych domów samopomocy",
    required=frozenset({"lp", "gmina", "adres", "prowadzący", "typ", "miejsca"}),
    optional=frozenset({"publiczne", "za życiem", "epuap", "edoręczenia", "telefon"}),
    registers=(REGISTER,),
    read=read_unit,
    headings={
        "lp": re.compile(r"^l\.?\s?p\.?$"),
        "gmina": re.compile(r"^(?:miasto/gmina|powiat|gmina)$"),
        "adres": re.compile(r"adres środowiskowego domu|adres śds"),
        "prowadzący": re.compile(r"podmiotu prowadzącego"),
        "publiczne": re.compile(r"^publiczn"),
        "typ": re.compile(r"^typ domu"),
        "miejsca": re.compile(r"miejsc dotowanych"),
        "za życiem": re.compile(r"za życiem"),
        "epuap": re.compile(r"^epuap"),
        "edoręczenia": re.compile(r"^e-?doręczeni"),
        "telefon": re.compile(r"telefon"),
    },
    gather=gather,
)
