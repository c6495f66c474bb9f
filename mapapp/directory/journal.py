"""What a batch of changes did to each row of the directory, and taking all of it back exactly.

While a batch is recorded, triggers note every changed row whole, as PostgreSQL writes it: ids, versions, timestamps
and coordinates come back to the last bit. What is published is derived from these rows, so it is published anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.orm import Session

from mapapp.database import Base
from mapapp.directory import tables  # noqa: F401 - registers the tables
from mapapp.directory.listing import refresh_listings

NOT_JOURNALED: Final = frozenset(
    {
        # the journal itself, and the batches it belongs to
        *("change_journal", "import_batch"),
        *("duplicate_pair", "record_merge"),
        # planners' own
        "scenario",
        # derived from the directory
        *("listing", "listing_change", "search_word", "coverage_figure", "coverage_release"),
        *("listing_feature", "listing_export", "listing_cell", "listing_summary"),
        # no register of facilities changes these: they come from files of their own
        *("taxonomy", "taxonomy_term", "service_agreement", "need_indicator", "kept_layout"),
        # of visitors, and no record of the directory
        "suggestion",
        "geocoder_answer",
        # residents' searches, not records
        "unmet_search",
        *("gmina", "powiat", "subregion", "voivodeship", "place", "population", "territory_release"),
        *("census_grid", "census_grid_cell", "census_grid_part"),
        # waits for a review, so that it is no record yet
        "staged_record",
    }
)
# a later load that changed nothing moves this date; it must not stand in the way
_MOVES_ON: Final = ("last_loaded_at",)
_AT_MOST: Final = 100


@dataclass(frozen=True, slots=True)
class LaterChange:
    """A row that is not as a batch left it, or that hangs on one that the batch made."""

    table: str
    key: str


class ChangedSinceError(RuntimeError):
    """A batch cannot be taken back without losing later changes; ``changes`` names the first hundred."""

    def __init__(self, changes: tuple[LaterChange, ...]) -> None:
        self.changes = changes
        named = ", ".join(f"{each.table} {each.key}" for each in changes[:5])
        super().__init__(f"records were changed after this import: {named}")


@contextmanager
def recording(session: Session, batch: int) -> Iterator[None]:
    """Note every change of the directory that is made inside as part of ``batch``."""
    _record(session, str(batch))
    yield
    _record(session, "")


def has_changes(session: Session, batch: int) -> bool:
    """Whether ``batch`` changed any record; that a register was looked at again is no change."""
    query = "SELECT EXISTS (SELECT FROM change_journal WHERE batch = :batch AND table_name <> 'source_register')"
    return bool(session.scalar(text(query), {"batch": batch}))


def changed_since(session: Session, batch: int) -> tuple[LaterChange, ...]:
    """Up to a hundred rows that others changed after ``batch``, by table and key."""
    found: set[LaterChange] = set()
    for table in journaled_tables():
        for query in (_differing(table), *_attached(table)):
            keys = session.scalars(text(query), {"batch": batch, "ignored": list(_MOVES_ON), "at_most": _AT_MOST})
            found |= {LaterChange(table.name, key) for key in keys}
    return tuple(sorted(found, key=lambda each: (each.table, each.key))[:_AT_MOST])


def take_back(session: Session, batch: int) -> None:
    """Make every row what it was before ``batch``, and publish that. Raises ChangedSinceError."""
    session.flush()
    later = changed_since(session, batch)
    if later:
        raise ChangedSinceError(later)
    services = services_of(session, batch)
    parents_first = journaled_tables()
    for table in reversed(parents_first):
        session.execute(text(_removal(table)), {"batch": batch})
    for table in parents_first:
        session.execute(text(_return(table)), {"batch": batch})
        session.execute(text(_restoration(table)), {"batch": batch})
    session.expire_all()
    services |= services_of(session, batch)
    if services:
        refresh_listings(session, sorted(services))


def journaled_tables() -> tuple[Table, ...]:
    """The tables whose changes are noted, parents before children."""
    return tuple(table for table in Base.metadata.sorted_tables if table.name not in NOT_JOURNALED)


def _record(session: Session, batch: str) -> None:
    session.flush()
    session.execute(text("SELECT set_config('mapapp.batch', :batch, true)"), {"batch": batch})


def _key(table: Table) -> str:
    (column,) = table.primary_key.columns
    return column.name


def _typed(table: Table, expression: str) -> str:
    return f"{expression}::uuid" if _key(table) == "id" else expression


def _rows(table: Table, order: str) -> str:
    """The first or the last note of every row of ``table`` that the batch changed."""
    return f"""
        SELECT DISTINCT ON (row_key) {_typed(table, "row_key")} AS its_key, before, after
        FROM change_journal WHERE batch = :batch AND table_name = '{table.name}' ORDER BY row_key, sequence {order}
    """


def _differing(table: Table) -> str:
    key = _key(table)
    return f"""
        SELECT its_key::text FROM ({_rows(table, "DESC")}) AS last
        LEFT JOIN {table.name} AS present ON present.{key} = its_key
        WHERE (CASE WHEN present.{key} IS NOT NULL THEN hstore(present) - CAST(:ignored AS text[]) END)
            IS DISTINCT FROM last.after - CAST(:ignored AS text[])
        ORDER BY 1 LIMIT :at_most
    """


def _attached(table: Table) -> Iterator[str]:
    """Rows of ``table`` that the batch did not make, but that hang on a row that it made."""
    for foreign in table.foreign_keys:
        parent = foreign.column.table
        if parent.name in NOT_JOURNALED:
            continue
        yield f"""
            SELECT present.{_key(table)}::text FROM {table.name} AS present
            JOIN ({_rows(parent, "ASC")}) AS first ON present.{foreign.parent.name} = first.its_key
            WHERE first.before IS NULL AND NOT EXISTS (
                SELECT FROM change_journal
                WHERE batch = :batch AND table_name = '{table.name}' AND row_key = present.{_key(table)}::text
            )
            ORDER BY 1 LIMIT :at_most
        """


def _columns(table: Table) -> list[str]:
    return [f'"{column.name}"' for column in table.columns if column.computed is None]


def _removal(table: Table) -> str:
    return f"""
        DELETE FROM {table.name} USING ({_rows(table, "ASC")}) AS first
        WHERE first.before IS NULL AND {table.name}.{_key(table)} = first.its_key
    """


def _return(table: Table) -> str:
    names = ", ".join(_columns(table))
    return f"""
        INSERT INTO {table.name} ({names}) SELECT {names} FROM (
            SELECT (populate_record(NULL::{table.name}, first.before)).* FROM ({_rows(table, "ASC")}) AS first
            WHERE first.before IS NOT NULL
        ) AS earlier
        WHERE NOT EXISTS (SELECT FROM {table.name} AS present WHERE present.{_key(table)} = earlier.{_key(table)})
    """


def _restoration(table: Table) -> str:
    values = ", ".join(f"{name} = earlier.{name}" for name in _columns(table))
    return f"""
        UPDATE {table.name} SET {values} FROM (
            SELECT (populate_record(NULL::{table.name}, first.before)).* FROM ({_rows(table, "ASC")}) AS first
            WHERE first.before IS NOT NULL
        ) AS earlier
        WHERE {table.name}.{_key(table)} = earlier.{_key(table)}
    """


def services_of(session: Session, batch: int) -> set[UUID]:
    """Services that the batch changed, or one of whose places, details or organizations it changed."""
    query = """
        WITH changed AS (SELECT table_name, row_key, coalesce(after, before) AS it
                         FROM change_journal WHERE batch = :batch),
        named AS (
            SELECT CASE WHEN table_name = 'service' THEN row_key ELSE it -> 'service_id' END::uuid AS service,
                   CASE WHEN table_name = 'organization' THEN row_key ELSE it -> 'organization_id' END::uuid AS giver,
                   CASE WHEN table_name = 'location' THEN row_key ELSE it -> 'location_id' END::uuid AS place
            FROM changed WHERE table_name <> 'metadata'
        )
        SELECT service FROM named WHERE service IS NOT NULL
        UNION SELECT offer.service_id FROM changed JOIN service_at_location AS offer
            ON offer.id = (it -> 'service_at_location_id')::uuid WHERE table_name <> 'metadata'
        UNION SELECT service.id FROM service JOIN named ON named.giver = service.organization_id
        UNION SELECT offer.service_id FROM service_at_location AS offer JOIN named ON named.place = offer.location_id
    """
    return set(session.scalars(text(query), {"batch": batch}))
