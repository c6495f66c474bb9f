"""Special days among the rows of a facility, beside those that are there. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from mapapp.directory.records import FacilityRecord, SpecialDaysRecord
from mapapp.directory.rows import SPECIAL_DAYS, SPECIAL_DAYS_OWNERS, Row, special_row
from mapapp.directory.stored import Stored

FIELD: Final = "special_days"
_FACTS: Final = ("day", "last_day", "opening_hours", "reason", "reason_en", "reason_uk")
_AT: Final = "service_at_location_id"


def days_in(values: Mapping[str, Any]) -> SpecialDaysRecord:
    """The days that a row's values tell."""
    return SpecialDaysRecord(*(values[name] for name in _FACTS))


def facts_of(rows: Sequence[Row], record: UUID) -> list[dict[str, Any]]:
    """All special days of an organization, location or service, also of a service at single locations; in order."""
    its = (row for row in rows if _is_of(row, record))
    facts = ({name: _plain(row.values[name]) for name in (*_FACTS, _AT)} for row in its)
    return sorted(facts, key=lambda fact: [fact[name] or "" for name in (_AT, *_FACTS)])


def with_facts(rows: Sequence[Row], table: str, record: UUID, facts: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """``rows`` in which a record has these special days and no others."""
    return (*(row for row in rows if not _is_of(row, record)), *(_row(table, record, fact) for fact in facts))


def with_special_days(facility: FacilityRecord, rows: Sequence[Row], stored: Stored) -> tuple[Row, ...]:
    """``rows`` with the special days that are there, where the facility's register says nothing of them.

    Where it does, days that are there keep their ids: a merge may have given them another owner.
    """
    there = list(_there(rows, stored))
    if facility.special_days is None:
        return (*rows, *there)
    known = {_what(row): row.id for row in there}
    return tuple(replace(row, id=known.get(_what(row), row.id)) if row.table == SPECIAL_DAYS else row for row in rows)


def _there(rows: Sequence[Row], stored: Stored) -> Iterator[Row]:
    for record in sorted({row.owner for row in rows}):
        yield from (row for row in stored.details_of.get(record, ()) if row.table == SPECIAL_DAYS)


def _what(row: Row) -> tuple[Any, ...]:
    return tuple(row.values[name] for name in (*SPECIAL_DAYS_OWNERS, "day", "last_day"))


def _is_of(row: Row, record: UUID) -> bool:
    return row.table == SPECIAL_DAYS and row.owner == record


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _row(table: str, record: UUID, fact: Mapping[str, Any]) -> Row:
    first, last = (date.fromisoformat(fact[name]) for name in ("day", "last_day"))
    days = SpecialDaysRecord(first, last, *(fact[name] for name in _FACTS[2:]))
    at = fact[_AT]
    return special_row("service_at_location" if at else table, UUID(at) if at else record, days, record)
