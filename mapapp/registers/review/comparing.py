"""What the units of a file would change, compared with the directory as it is now. Nothing is changed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from mapapp.directory.incoming import Comparison, compare_facilities
from mapapp.directory.records import FacilityRecord
from mapapp.registers.checking import as_compared
from mapapp.registers.review.gone import GoneUnit, gone_units
from mapapp.registers.review.records import Action, Staged, content_of, field_differences, hash_of
from mapapp.registers.review.renumbered import Renumbered, renumbered


def named(facility: FacilityRecord, sheet: str, line: int | None) -> Staged:
    """A unit of the file before it is compared."""
    return Staged(
        source=facility.source,
        source_id=facility.source_id,
        name=facility.organization_name,
        action="unchanged",
        content_hash=hash_of(content_of(facility)),
        sheet=sheet,
        line=line,
        facility=facility,
    )


def compared(session: Session, units: Sequence[Staged], rejected_cells: Collection[str] = ()) -> tuple[Staged, ...]:
    """``units``, which the file names, with their differences, and after them those that it names no longer.

    A unit that a rejected row names is not gone.
    """
    facilities = [each.facility for each in units if each.facility]
    matches = renumbered(session, facilities)
    earlier = {number: match.earlier for number, match in matches.items()}
    found = compare_facilities(session, facilities, earlier)
    present = [_with(each, result, matches.get(each.number)) for each, result in zip(units, found, strict=True)]
    content = whole_hash(units)
    matched = {(source, number) for (source, _), number in earlier.items()}
    days = _latest_days(facilities)
    gone = (
        each
        for each in gone_units(session, facilities)
        if (each.source, each.source_id) not in matched
        and not _is_newer(each, days)
        and not {as_compared(each.name), as_compared(each.source_id)} & set(rejected_cells)
    )
    return (*present, *(_gone(each, content) for each in gone))


def whole_hash(units: Iterable[Staged]) -> str:
    """The hash of what the units of a file say, in whatever order."""
    return hash_of(sorted(each.content_hash for each in units if each.facility))


def _latest_days(facilities: Iterable[FacilityRecord]) -> dict[str, date]:
    """Of what day a file is, by register."""
    days: dict[str, date] = {}
    for each in facilities:
        if each.source_date:
            days[each.source] = max(each.source_date, days.get(each.source, each.source_date))
    return days


def _is_newer(unit: GoneUnit, days: Mapping[str, date]) -> bool:
    """Whether the directory knows the unit from a later file than this one: an older file says nothing of it."""
    latest = days.get(unit.source)
    return bool(latest and unit.source_date and latest < unit.source_date)


def _with(unit: Staged, comparison: Comparison, match: Renumbered | None) -> Staged:
    differences = field_differences(comparison)
    action: Action = "added" if comparison.is_new else "changed" if differences else "unchanged"
    if comparison.conflicts:
        action = "conflict"
    if match and (not match.is_sure or action != "conflict"):
        action = "changed" if match.is_sure else "doubtful"
    return replace(
        unit,
        action=action,
        target=None if comparison.is_new else comparison.organization,
        target_version=comparison.version,
        differences=differences,
        is_older=comparison.is_older,
        earlier_number=match.earlier if match else None,
        match_score=match.score if match else None,
    )


def _gone(unit: GoneUnit, content: str) -> Staged:
    # its decision is about this content of the file: with another one it is asked anew
    return Staged(
        source=unit.source,
        source_id=unit.source_id,
        name=unit.name,
        action="gone",
        content_hash=content,
        target=unit.organization,
        target_version=unit.version,
    )
