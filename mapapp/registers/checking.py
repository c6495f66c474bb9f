"""Checking a register's file: its good rows as facilities, and what is wrong with the others. Nothing is stored."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from mapapp.directory.vocabulary import Vocabularies
from mapapp.geocoding.places import Places
from mapapp.registers import dps, osm, overnight, rjps, sds, senior
from mapapp.registers.consistency import inconsistencies
from mapapp.registers.coordinates import reread_points
from mapapp.registers.gminas import Gminas, distances_outside
from mapapp.registers.layouts import Layout, ReadRow, Surroundings
from mapapp.registers.mapping.described import ColumnMapping
from mapapp.registers.mapping.opening import open_in_layout, open_mapped
from mapapp.registers.problems import RowProblem, RowRejectedError
from mapapp.registers.readers import RawTable
from mapapp.registers.template import reading as template

LAYOUTS: Final = (rjps.LAYOUT, dps.LAYOUT, sds.LAYOUT, senior.LAYOUT, overnight.LAYOUT, osm.LAYOUT, template.LAYOUT)
# the outline is simplified to 20 m: nearer than this is on the border
_ON_THE_BORDER_KM: Final = 0.05

Progress = Callable[[str, int, int], None]  # step, done, of how many


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What a file holds. ``outside`` counts the rows whose point lies outside the gmina that they name."""

    file: str
    layout: Layout
    encoding: str
    separator: str
    rows_read: int
    rows: tuple[ReadRow, ...]
    rejected: tuple[RowProblem, ...]
    notes: tuple[RowProblem, ...]
    outside: int
    sheet: str = ""
    rejected_cells: frozenset[str] = frozenset()  # of rows that could not be taken: their units are in the file still

    @property
    def rejected_rows(self) -> int:
        """Rows that cannot be taken; one row may have several problems."""
        return len({(problem.sheet, problem.line) for problem in self.rejected})


def check_register(
    session: Session,
    path: Path,
    vocabularies: Vocabularies,
    progress: Progress = lambda *_: None,
    layout: str | None = None,
    mapping: ColumnMapping | None = None,
) -> CheckedFile:
    """Read ``path`` and check it row by row against the territory that is loaded.

    ``layout`` is the code of a known layout, the name of a kept one or a mapping file; None: told by the header.
    ``mapping`` says what its columns mean and goes before all of these. Raises UnreadableFileError, UnknownLayoutError.
    """
    progress("read", 0, 1)
    around = Surroundings(vocabularies, Gminas.of(session), Places.of(session))
    if mapping:
        table, used = open_mapped(path, mapping, around)
    else:
        table, used = open_in_layout(session, path, LAYOUTS, around, layout)
    reread_points(table, used, around)
    rows, rejected, rejected_cells = _checked(table, used, around, progress)
    outside = tuple(_outside_their_gmina(session, rows))
    doubles = tuple(_probable_doubles(rows)) if used.one_per_area else ()
    unfit = (problem for row in rows for problem in inconsistencies(row, around.places))
    notes = (*table.notes, *(note for row in rows for note in row.notes), *unfit, *outside, *doubles)
    return CheckedFile(
        file=path.name,
        layout=used,
        encoding=table.encoding,
        separator=table.separator,
        rows_read=sum(1 + len(row.further) + len(row.beside or ()) for row in table.rows)
        + len({(problem.sheet, problem.line) for problem in table.rejected}),
        rows=tuple(rows),
        rejected=_in_order(rejected, table.sheet),
        notes=_in_order(notes, table.sheet),
        outside=len(outside),
        sheet=table.sheet,
        rejected_cells=rejected_cells,
    )


def as_compared(text: str) -> str:
    """A name or number as it is looked for among the cells of rejected rows."""
    return " ".join(text.split()).casefold()


def _in_order(problems: Iterable[RowProblem], sheet: str) -> tuple[RowProblem, ...]:
    """By line, those of the second sheet after all others."""
    ordered = sorted(problems, key=lambda each: (each.sheet, each.line))
    return tuple(replace(each, sheet=each.sheet or sheet) for each in ordered)


def _checked(
    table: RawTable, layout: Layout, around: Surroundings, progress: Progress
) -> tuple[list[ReadRow], list[RowProblem], frozenset[str]]:
    """Rows that can be taken, what is wrong with the others, and all that these say."""
    rows: list[ReadRow] = []
    cells: set[str] = set()
    rejected = list(table.rejected)
    first_line: dict[tuple[str, str], int] = {}
    for done, raw in enumerate(table.rows, start=1):
        try:
            row = layout.read(raw, around)
        except RowRejectedError as error:
            rejected += error.problems
            cells.update(as_compared(cell) for row in (raw, *raw.further) for cell in row.cells.values())
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
    return rows, rejected, frozenset(cells - {""})


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
