"""Bringing a register's file into the directory: read, check row by row, save the good rows together, report."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.commands import SaveReport, save_facilities
from mapapp.directory.sources import save_registers
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers import dps, osm, rjps, sds, senior
from mapapp.registers.gminas import Gminas, distances_outside
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.opening import open_register
from mapapp.registers.places import Places
from mapapp.registers.problems import RowProblem, RowRejectedError
from mapapp.registers.readers import RawTable

LAYOUTS: Final = (rjps.LAYOUT, dps.LAYOUT, sds.LAYOUT, senior.LAYOUT, osm.LAYOUT)
NO_HOURS: Final = "none_given"
_SUPPLY: Final = frozenset({"approved", "funded"})
# the outline is simplified to 20 m: nearer than this is on the border
_ON_THE_BORDER_KM: Final = 0.05

Progress = Callable[[str, int, int], None]  # step, done, of how many


class ImportRunningError(RuntimeError):
    """Another import has not finished yet."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file."""

    file: str
    layout: str
    encoding: str
    separator: str
    rows: int
    saved: SaveReport
    rejected: tuple[RowProblem, ...]
    notes: tuple[RowProblem, ...]
    hours: dict[str, int]
    outside_gmina: int
    services_by_type: dict[str, int]
    places_by_type: dict[str, int]

    @property
    def rejected_rows(self) -> int:
        """Rows that were not loaded; one row may have several problems."""
        return len({problem.line for problem in self.rejected})


def import_register(
    session: Session, path: Path, vocabularies: Vocabularies, progress: Progress = lambda *_: None
) -> ImportReport:
    """Load ``path`` inside the caller's transaction: its good rows, all or none of them.

    Raises UnreadableFileError, UnknownLayoutError, ImportRunningError.
    """
    progress("read", 0, 1)
    table, layout = open_register(path, LAYOUTS)
    _be_the_only_import(session)
    around = Surroundings(vocabularies, Gminas.of(session), Places.of(session))
    rows, rejected = _checked(table, layout, around, progress)
    progress("save", 0, 1)
    save_registers(session, layout.registers, _content_dates(rows))
    saved = save_facilities(session, [row.facility for row in rows], changed_by=f"import {path.name}")
    outside = tuple(_outside_their_gmina(session, rows))
    doubles = tuple(_probable_doubles(rows)) if layout.one_per_area else ()
    notes = (*table.notes, *(note for row in rows for note in row.notes), *outside, *doubles)
    progress("save", 1, 1)
    return ImportReport(
        file=path.name,
        layout=layout.title,
        encoding=table.encoding,
        separator=table.separator,
        rows=sum(1 + len(row.further) for row in table.rows) + len({problem.line for problem in table.rejected}),
        saved=saved,
        rejected=tuple(sorted(rejected, key=lambda each: each.line)),
        notes=tuple(sorted(notes, key=lambda each: each.line)),
        hours=dict(Counter(row.hours.value if row.hours else NO_HOURS for row in rows)),
        outside_gmina=len(outside),
        services_by_type=dict(Counter(each.facility_type for row in rows for each in row.facility.services)),
        places_by_type=_places_by_type(rows),
    )


def _places_by_type(rows: Iterable[ReadRow]) -> dict[str, int]:
    """What the units may take in, by type of service; parts such as places for women are in the whole already."""
    counted: Counter[str] = Counter()
    for service in (service for row in rows for service in row.facility.services):
        sizes = [each.maximum for each in service.capacities if each.kind in _SUPPLY and each.target is None]
        counted[service.facility_type] += max((size for size in sizes if size is not None), default=0)
    return {code: places for code, places in counted.items() if places}


def _be_the_only_import(session: Session) -> None:
    # freed with the transaction, also when its holder dies
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(hashtextextended('mapapp import', 0))")):
        raise ImportRunningError("inny import właśnie trwa; poczekaj, aż się skończy, i spróbuj ponownie")


def _checked(
    table: RawTable, layout: Layout, around: Surroundings, progress: Progress
) -> tuple[list[ReadRow], list[RowProblem]]:
    rows: list[ReadRow] = []
    rejected = list(table.rejected)
    first_line: dict[tuple[str, str], int] = {}
    for done, raw in enumerate(table.rows, start=1):
        try:
            row = layout.read(raw, around)
        except RowRejectedError as error:
            rejected += error.problems
            continue
        finally:
            progress("check", done, len(table.rows))
        number = (row.facility.source, row.facility.source_id)
        if number in first_line:
            message = f"ten sam numer jednostki jest już w wierszu {first_line[number]}"
            rejected.append(RowProblem(row.line, "id_jednostki", row.facility.source_id, message))
            continue
        first_line[number] = row.line
        rows.append(row)
    return rows, rejected


def _content_dates(rows: Iterable[ReadRow]) -> dict[str, date | None]:
    latest: dict[str, date | None] = {}
    for row in rows:
        if row.facility.source_date:
            known = latest.get(row.facility.source)
            latest[row.facility.source] = max(known or row.facility.source_date, row.facility.source_date)
    return latest


def _outside_their_gmina(session: Session, rows: Sequence[ReadRow]) -> Iterator[RowProblem]:
    """Points that lie outside the gmina their row names; they are shown to staff, never moved."""
    placed = [
        (row, place.position, place.declared_gmina_teryt)
        for row in rows
        if (place := row.facility.location) and place.position and place.declared_gmina_teryt
    ]
    distances = distances_outside(session, [(position, teryt) for _, position, teryt in placed])
    for (row, position, teryt), distance in zip(placed, distances, strict=True):
        if distance > _ON_THE_BORDER_KM:
            value = f"{position.lat:.4f}, {position.lon:.4f}"
            message = f"punkt leży {distance:.1f} km poza gminą {teryt}; nie przesunięto".replace(".", ",", 1)
            yield RowProblem(row.line, "latitude, longitude", value, message)


def _probable_doubles(rows: Sequence[ReadRow]) -> Iterator[RowProblem]:
    """Units of one type that serve the same gmina: likely one unit under two numbers."""

    def serves(row: ReadRow) -> tuple[str, tuple[str, ...]]:
        service = row.facility.services[0]
        return service.facility_type, service.service_area

    for (_, area), group in groupby(sorted(rows, key=lambda row: (serves(row), row.line)), serves):
        first, *others = group
        for other in others if area else ():
            message = f"prawdopodobnie ta sama jednostka co w wierszu {first.line}: ten sam rodzaj i obszar {area[0]}"
            yield RowProblem(other.line, "nazwa", other.facility.organization_name, message)
