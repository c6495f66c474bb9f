"""What must change in the database so that it holds given facilities. Pure comparison of rows."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from mapapp.directory.merged_records import limited_details, limited_record
from mapapp.directory.records import FacilityRecord
from mapapp.directory.rows import SOURCED_TABLES, Row, readable
from mapapp.directory.stored import Stored

RETIRED = "zastąpione danymi z rejestru"  # why a sample service is defunct
NO_LONGER_NAMED = "rejestr już nie wymienia tej usługi"
# past numbers of places stay: a new date is a new row beside the old ones
_KEEPS_HISTORY = frozenset({"service_capacity"})
# a person's confirmation outlives every import; it is replaced by another one only
_NEVER_EMPTIED = frozenset({"assured_date"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a stored record that gets another value; ``details`` such as phones count as one field."""

    table: str
    record: UUID
    field_name: str
    before: str | None
    after: str | None


@dataclass(slots=True)
class Changes:
    """Rows to write, collected facility by facility."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    inserts: list[Row] = field(default_factory=list)
    updates: list[Row] = field(default_factory=list)
    deletes: list[Row] = field(default_factory=list)
    log: list[FieldChange] = field(default_factory=list)
    services: set[UUID] = field(default_factory=set)  # whose listings are to be published anew

    def add(
        self, facility: FacilityRecord, rows: Sequence[Row], stored: Stored, dropped: Collection[UUID] = ()
    ) -> None:
        """Compare the ``rows`` of one facility with what is ``stored`` and note the difference.

        ``dropped`` are rows of history that are to go.
        """
        organization = rows[0]
        if is_older(facility, rows, stored):
            added = self._add_history(rows, stored)
            self.services |= added
            self.updated += bool(added)
            self.unchanged += not added
            return
        if stored.like(organization) is None:
            # a location or service of that number may be there still, from an organization that was removed
            self.created += 1
            self.write(rows, stored)
        elif self.write([*rows, *_ended(facility, rows, stored)], stored, dropped):
            self.updated += 1
        else:
            self.unchanged += 1
            return
        self.services |= {row.id for row in rows if row.table == "service"}
        self.services |= {row.id for row in _ended(facility, rows, stored)}

    def _add_history(self, rows: Sequence[Row], stored: Stored) -> set[UUID]:
        """Past numbers of places, beside the newer ones; the services that had not known them."""
        known = {row.id for details in stored.details_of.values() for row in details if row.table in _KEEPS_HISTORY}
        news: dict[UUID, list[Row]] = {}
        for row in rows:
            if row.table in _KEEPS_HISTORY and row.id not in known and ("service", row.owner) in stored.by_id:
                news.setdefault(row.owner, []).append(row)
        for owner, history in news.items():
            service = Row("service", owner, {})
            self.inserts += history
            self.updates.append(service)
            self.log += _detail_changes(service, [], history)
        return set(news)

    def write(self, rows: Sequence[Row], stored: Stored, dropped: Collection[UUID] = ()) -> bool:
        """Note what writing ``rows`` changes, records and all their details; whether anything does."""
        records = [row for row in rows if row.table in SOURCED_TABLES]
        touched = {record.id for record in records if self._write_details(record, rows, stored, dropped)}
        for named in records:
            before = stored.like(named)
            record = limited_record(named, before, stored.merged.limit_of(named))
            if before is None:
                self.inserts.append(record)
                touched.add(record.id)
            elif (changes := tuple(_field_changes(before, record))) or record.id in touched:
                self.updates.append(_kept(before, record))
                self.log += changes
                touched.add(record.id)
        return bool(touched)

    def _write_details(self, record: Row, rows: Sequence[Row], stored: Stored, dropped: Collection[UUID]) -> bool:
        wanted, there = limited_details(
            (row for row in rows if row.owner == record.id and row is not record),
            stored.details_of.get(record.id, ()),
            stored.merged.limit_of(record),
        )
        unwanted = (row for row in there if row.id not in wanted)
        gone = [row for row in unwanted if row.table not in _KEEPS_HISTORY or row.id in dropped]
        other = [row for row in there if row.id in wanted and _differs(row, wanted[row.id])]
        there_ids = {row.id for row in there}
        new = [row for row in wanted.values() if row.id not in there_ids]
        # special days hang on them
        kept = [row for row in other if row.table == "service_at_location"]
        self.deletes += gone + [row for row in other if row not in kept]
        self.inserts += new + [wanted[row.id] for row in other if row not in kept]
        self.updates += [wanted[row.id] for row in kept]
        if stored.like(record) is not None:
            self.log += _detail_changes(record, [*gone, *other], [*new, *(wanted[row.id] for row in other)])
        return bool(gone or other or new)


def is_older(facility: FacilityRecord, rows: Sequence[Row], stored: Stored) -> bool:
    """Whether the directory holds a later state of the facility: then nothing of it is written over."""
    there = stored.like(rows[0])
    known = there.values["source_date"] if there else None
    return bool(known and facility.source_date and facility.source_date < known)


def _differs(before: Row, after: Row) -> bool:
    return any(before.values[name] != value for name, value in after.values.items())


def _kept(before: Row, after: Row) -> Row:
    """``after``, but for what an import must not take away from ``before``."""
    values = dict(after.values)
    for name in _NEVER_EMPTIED & values.keys():
        values[name] = values[name] or before.values[name]
    if after.table == "service" and values.get("status") == before.values["status"]:
        # a register says that, not why
        values["status_reason"] = values["status_reason"] or before.values["status_reason"]
    if after.table == "service" and before.values["is_sample"] and before.values["status_reason"] == RETIRED:
        values |= {"status": before.values["status"], "status_reason": RETIRED}
    return Row(after.table, after.id, values)


def _field_changes(before: Row, after: Row) -> Iterator[FieldChange]:
    for name, value in _kept(before, after).values.items():
        if before.values[name] != value:
            yield FieldChange(after.table, after.id, name, readable(before.values[name]), readable(value))


def _detail_changes(record: Row, before: Iterable[Row], after: Iterable[Row]) -> Iterator[FieldChange]:
    old, new = _by_table(before), _by_table(after)
    for name in sorted(old.keys() | new.keys()):
        yield FieldChange(record.table, record.id, name, _text(old.get(name)), _text(new.get(name)))


def _by_table(rows: Iterable[Row]) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    for row in rows:
        tables.setdefault(row.table, []).append(row)
    return tables


_HOUSEKEEPING = frozenset({"id", "visibility", "created_at", "last_modified", "version"})


def _text(rows: Sequence[Row] | None) -> str | None:
    if not rows:
        return None
    facts = [
        {name: value for name, value in row.values.items() if value is not None and name not in _HOUSEKEEPING}
        for row in rows
    ]
    told = [{name: value for name, value in fact.items() if not name.endswith("_id")} for fact in facts]
    # in whatever order the database gives them, the same facts read the same
    return readable(sorted(told, key=lambda fact: (fact.get("position", 0), str(readable(fact)))))


def _ended(facility: FacilityRecord, rows: Sequence[Row], stored: Stored) -> list[Row]:
    """Services of the facility that its register names no longer: kept for their history, but no longer given."""
    wanted = {row.id for row in rows}
    values = {"status": "defunct", "status_reason": NO_LONGER_NAMED}
    return [
        Row("service", row.id, values)
        for row in stored.services_of.get(rows[0].id, ())
        if row.id not in wanted and stored.merged.may_end(facility.source, facility.source_id, row)
    ]
