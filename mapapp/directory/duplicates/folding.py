"""One record of two: the survivor keeps its fields but for those taken, and the stricter visibility."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from mapapp.directory.duplicates.choices import stored_names
from mapapp.directory.duplicates.moving import add_identifiers, move_links, remove, row_of, take_details
from mapapp.directory.rows import table_of
from mapapp.directory.tables.record import VISIBILITY_LEVELS


def fold(session: Session, table: str, survivor: UUID, absorbed: UUID, taken: Collection[str]) -> None:
    """Let the absorbed record of ``table`` go into the survivor, with all that hangs on it."""
    mine, theirs = row_of(session, table, survivor), row_of(session, table, absorbed)
    names = stored_names(table, taken, mine, theirs)
    other_name = _other_name(table, names, mine, theirs)
    its = table_of(table)
    values = {name: theirs[name] for name in names if name in its.c} | other_name
    values["visibility"] = stricter(mine, theirs)
    if table == "service":
        # a person's confirmation is not lost
        values["assured_date"] = max(filter(None, (mine["assured_date"], theirs["assured_date"])), default=None)
    history = {"version": its.c.version + 1, "last_modified": func.now()}
    session.execute(update(its).where(its.c.id == survivor).values(values | history))
    take_details(session, table, survivor, absorbed, names)
    if table == "organization":
        add_identifiers(session, survivor, absorbed)
    move_links(session, table, survivor, absorbed)
    remove(session, table, survivor, theirs, names | other_name.keys())


def stricter(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """The less public level of two records."""
    return str(max(mine["visibility"], theirs["visibility"], key=VISIBILITY_LEVELS.index))


def _other_name(
    table: str, names: Collection[str], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    """The name that would be lost, where there is room for a second one: people look for it."""
    lost = mine["name"] if "name" in names else theirs["name"]
    kept = theirs["name"] if "name" in names else mine["name"]
    has_room = table != "location" and not mine["alternate_name"] and "alternate_name" not in names
    return {"alternate_name": lost} if has_room and lost != kept else {}
