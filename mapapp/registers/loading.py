"""Bringing a register's file in: read, check row by row, stage what it would change, apply it, report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import update
from sqlalchemy.orm import Session

from mapapp.directory.commands import SaveReport
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.batch_tables import ImportBatch
from mapapp.registers.checking import CheckedFile, Progress, check_register
from mapapp.registers.layouts import ReadRow
from mapapp.registers.problems import RowProblem
from mapapp.registers.review.applying import apply_batch, note_sources
from mapapp.registers.review.records import Difference, Staged, flat_differences
from mapapp.registers.review.staging import Staging, sources_of, stage

NO_HOURS: Final = "none_given"
_SUPPLY: Final = frozenset({"approved", "funded"})


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file; ``batch`` is the import that holds it, also where the same content came before."""

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
    state: Literal["staged", "applied", "nothing_to_do"]
    batch: int | None = None
    differences: tuple[Difference, ...] = ()
    no_longer_named: tuple[str, ...] = ()
    to_decide: int = 0  # units that wait for a person

    @property
    def rejected_rows(self) -> int:
        """Rows that were not loaded; one row may have several problems."""
        return len({(problem.sheet, problem.line) for problem in self.rejected})


def stage_register(
    session: Session,
    path: Path,
    vocabularies: Vocabularies,
    progress: Progress = lambda *_: None,
    layout: str | None = None,
) -> ImportReport:
    """Write down what ``path`` would change, for a person to review. The report's ``saved`` says what is to come.

    Raises UnreadableFileError, UnknownLayoutError, ImportRunningError.
    """
    return _staged(session, path, check_register(session, path, vocabularies, progress, layout), progress)[0]


def import_register(
    session: Session,
    path: Path,
    vocabularies: Vocabularies,
    progress: Progress = lambda *_: None,
    layout: str | None = None,
    *,
    by: str = "import",
) -> ImportReport:
    """Stage ``path`` and apply it inside the caller's transaction: its good rows, all or none of them.

    Where a person has to decide first, it is staged only, as the report's ``state`` says.
    Raises UnreadableFileError, UnknownLayoutError, ImportRunningError.
    """
    report, staging = _staged(session, path, check_register(session, path, vocabularies, progress, layout), progress)
    if staging.batch is None or report.to_decide:
        return report
    applied = apply_batch(session, staging.batch, by, None if staging.is_known else staging.records)
    if applied.stale:
        return replace(report, to_decide=len(applied.stale))
    return replace(report, saved=applied.saved, state="applied")


def _staged(session: Session, path: Path, checked: CheckedFile, progress: Progress) -> tuple[ImportReport, Staging]:
    progress("save", 0, 1)
    with path.open("rb") as file:
        file_hash = file_digest(file, "sha256").hexdigest()
    staging = stage(session, checked, file_hash)
    report = _report(checked, staging)
    if staging.batch is None:
        note_sources(session, sources_of(session, checked))
    else:
        told = {"report": asdict(report)}
        session.execute(update(ImportBatch).where(ImportBatch.id == staging.batch).values(told))
    progress("save", 1, 1)
    return report, staging


def _report(checked: CheckedFile, staging: Staging) -> ImportReport:
    return ImportReport(
        file=checked.file,
        layout=checked.layout.title,
        encoding=checked.encoding,
        separator=checked.separator,
        rows=checked.rows_read,
        saved=_to_come(staging.records),
        rejected=checked.rejected,
        notes=checked.notes,
        hours=dict(Counter(row.hours.value if row.hours else NO_HOURS for row in checked.rows)),
        outside_gmina=checked.outside,
        services_by_type=dict(Counter(each.facility_type for row in checked.rows for each in row.facility.services)),
        places_by_type=_places_by_type(checked.rows),
        state="nothing_to_do" if staging.batch is None else "staged",
        batch=staging.batch or staging.earlier,
        differences=flat_differences(staging.records),
        no_longer_named=tuple(f"{each.name} ({each.source_id})" for each in staging.records if each.action == "gone"),
        to_decide=sum(1 for each in staging.records if each.waits),
    )


def _to_come(records: Sequence[Staged]) -> SaveReport:
    """What applying is to do where nobody decides otherwise; samples are counted when they are retired."""
    units = [each for each in records if each.facility]
    counted = Counter("unchanged" if each.effective == "leave" else each.action for each in units)
    created, same = counted["added"], counted["unchanged"]
    return SaveReport(created, len(units) - created - same, same, 0)


def _places_by_type(rows: Iterable[ReadRow]) -> dict[str, int]:
    """What the units may take in, by type of service; parts such as places for women are in the whole already."""
    counted: Counter[str] = Counter()
    for service in (service for row in rows for service in row.facility.services):
        sizes = [each.maximum for each in service.capacities if each.kind in _SUPPLY and each.target is None]
        counted[service.facility_type] += max((size for size in sizes if size is not None), default=0)
    return {code: places for code, places in counted.items() if places}
