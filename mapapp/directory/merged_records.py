"""Records that went into another one: where their ids and numbers lead now, and what their registers may still say."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, literal, select
from sqlalchemy.orm import Session

from mapapp.directory.rows import Row
from mapapp.directory.tables import RecordAlias
from mapapp.directory.tables.record import VISIBILITY_LEVELS

# Each register adds its own, none takes away those of another.
ACCUMULATING: Final = frozenset({"organization_identifier", "service_at_location"})


@dataclass(frozen=True, slots=True)
class Limit:
    """What a register may write of a merged record: the ``names`` of columns and details, or all but these."""

    names: frozenset[str]
    is_absorbed: bool

    def lets(self, name: str) -> bool:
        """Whether the column or the detail is this register's to write."""
        return (name in self.names) == self.is_absorbed


@dataclass(frozen=True, slots=True)
class MergedRecords:
    """What each register may say of records that several name."""

    absorbed: Mapping[tuple[str, str, str], frozenset[str]] = field(default_factory=dict)  # table, source, number
    survivors: Mapping[tuple[str, UUID], frozenset[str]] = field(default_factory=dict)  # table, id

    def limit_of(self, record: Row) -> Limit | None:
        """The limit for what the register of ``record`` says; None for a record that was never merged."""
        number = (record.table, str(record.values.get("source")), str(record.values.get("source_id")))
        if number in self.absorbed:
            return Limit(self.absorbed[number], is_absorbed=True)
        taken = self.survivors.get((record.table, record.id))
        return None if taken is None else Limit(taken, is_absorbed=False)

    def may_end(self, source: str, number: str, service: Row) -> bool:
        """Whether ``service`` of an organization ends where the unit of that number in a register names it no longer.

        A merged organization has services of several registers, or of several numbers of one register.
        """
        its_number = str(service.values["source_id"]).rpartition("#")[0]
        if ("organization", source, number) in self.absorbed:
            return (service.values["source"], its_number) == (source, number)
        return service.values["source"] == source and ("organization", source, its_number) not in self.absorbed


def limited_record(record: Row, before: Row | None, limit: Limit | None) -> Row:
    """``record`` with what its register may write. Nobody's import makes a merged record more public."""
    if limit is None or before is None:
        return record
    values = {name: value for name, value in record.values.items() if limit.lets(name)}
    if limit.is_absorbed:
        # a register that has ceased to tell a field does not empty what others may have filled
        values = {name: value for name, value in values.items() if value not in (None, [])}
    if "visibility" in record.values:
        levels = (before.values["visibility"], record.values["visibility"])
        values["visibility"] = max(levels, key=VISIBILITY_LEVELS.index)
    return Row(record.table, record.id, values)


def limited_details(
    wanted: Iterable[Row], there: Sequence[Row], limit: Limit | None
) -> tuple[dict[UUID, Row], list[Row]]:
    """The details that a register wants and those that it may change, by id and in their order."""
    by_id = {row.id: row for row in wanted}
    if limit is None:
        return by_id, list(there)
    there_ids = {row.id for row in there}
    if limit.is_absorbed:
        own = {key: row for key, row in by_id.items() if limit.lets(row.table)}
        added = {key: row for key, row in by_id.items() if row.table in ACCUMULATING and key not in there_ids}
        return own | added, [row for row in there if limit.lets(row.table) and row.table not in ACCUMULATING]
    own = {key: row for key, row in by_id.items() if limit.lets(row.table)}
    return own, [row for row in there if limit.lets(row.table) and (row.table not in ACCUMULATING or row.id in own)]


def survivors_by_number(session: Session, sources: Collection[str]) -> dict[tuple[str, str, str], UUID]:
    """The ids of the records into which records of these registers went, by table, source and number."""
    query = select(RecordAlias.table_name, RecordAlias.source, RecordAlias.source_id, RecordAlias.survivor_id)
    query = query.where(RecordAlias.source == any_(literal(sorted(sources), ARRAY(Text))))
    return {
        (table, source, number): survivor
        for table, source, number, survivor in session.execute(query)
        if source is not None and number is not None
    }


def merged_records(session: Session, ids: Collection[UUID]) -> MergedRecords:
    """Which of these records others went into."""
    query = select(RecordAlias).where(RecordAlias.survivor_id == any_(literal(list(ids), ARRAY(Uuid))))
    absorbed: dict[tuple[str, str, str], frozenset[str]] = {}
    survivors: dict[tuple[str, UUID], frozenset[str]] = {}
    for alias in session.scalars(query):
        survivor = (alias.table_name, alias.survivor_id)
        survivors[survivor] = survivors.get(survivor, frozenset()) | frozenset(alias.fields)
        if alias.source is not None and alias.source_id is not None:
            absorbed[alias.table_name, alias.source, alias.source_id] = frozenset(alias.fields)
    return MergedRecords(absorbed, survivors)


def survivor_of(session: Session, record_id: UUID) -> UUID | None:
    """The id of the record into which this one went; None where it did not."""
    return session.scalar(select(RecordAlias.survivor_id).where(RecordAlias.id == record_id))
