"""Bringing a register's file into the directory: read, check row by row, save the good rows together, report."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from mapapp.directory.commands import SaveReport, save_facilities
from mapapp.directory.sources import save_registers
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.batches import Difference, be_the_only_import, differences, latest_of, new_batch, no_longer_named
from mapapp.registers.checking import Progress, check_register
from mapapp.registers.layouts import ReadRow
from mapapp.registers.problems import RowProblem

NO_HOURS: Final = "none_given"
_SUPPLY: Final = frozenset({"approved", "funded"})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file; ``batch`` is the import that holds it, also where the same file came before."""

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
    batch: int | None = None
    differences: tuple[Difference, ...] = ()
    no_longer_named: tuple[str, ...] = ()

    @property
    def rejected_rows(self) -> int:
        """Rows that were not loaded; one row may have several problems."""
        return len({problem.line for problem in self.rejected})


def import_register(
    session: Session,
    path: Path,
    vocabularies: Vocabularies,
    progress: Progress = lambda *_: None,
    layout: str | None = None,
) -> ImportReport:
    """Load ``path`` inside the caller's transaction: its good rows, all or none of them.

    Raises UnreadableFileError, UnknownLayoutError, ImportRunningError.
    """
    checked = check_register(session, path, vocabularies, progress, layout)
    be_the_only_import(session)
    progress("save", 0, 1)
    with path.open("rb") as file:
        file_hash = file_digest(file, "sha256").hexdigest()
    with new_batch(session, path.name, file_hash, checked.layout.code) as batch:
        used = {row.facility.source for row in checked.rows}
        named = [each for each in checked.layout.registers if each.code in used]
        save_registers(session, named, _content_dates(checked.rows))
        saved = save_facilities(session, [row.facility for row in checked.rows], changed_by=f"import {path.name}")
    progress("save", 1, 1)
    return ImportReport(
        file=checked.file,
        layout=checked.layout.title,
        encoding=checked.encoding,
        separator=checked.separator,
        rows=checked.rows_read,
        saved=saved,
        rejected=checked.rejected,
        notes=checked.notes,
        hours=dict(Counter(row.hours.value if row.hours else NO_HOURS for row in checked.rows)),
        outside_gmina=checked.outside,
        services_by_type=dict(Counter(each.facility_type for row in checked.rows for each in row.facility.services)),
        places_by_type=_places_by_type(checked.rows),
        batch=latest_of(session, file_hash),
        differences=differences(session, batch),
        no_longer_named=no_longer_named(session, [row.facility for row in checked.rows]),
    )


def _places_by_type(rows: Iterable[ReadRow]) -> dict[str, int]:
    """What the units may take in, by type of service; parts such as places for women are in the whole already."""
    counted: Counter[str] = Counter()
    for service in (service for row in rows for service in row.facility.services):
        sizes = [each.maximum for each in service.capacities if each.kind in _SUPPLY and each.target is None]
        counted[service.facility_type] += max((size for size in sizes if size is not None), default=0)
    return {code: places for code, places in counted.items() if places}


def _content_dates(rows: Iterable[ReadRow]) -> dict[str, date | None]:
    latest: dict[str, date | None] = {}
    for row in rows:
        if row.facility.source_date:
            known = latest.get(row.facility.source)
            latest[row.facility.source] = max(known or row.facility.source_date, row.facility.source_date)
    return latest
