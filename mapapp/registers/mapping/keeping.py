"""Mappings kept for the next file of the same layout."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory.tables import KeptLayout
from mapapp.registers.mapping.described import ColumnMapping, parsed, written


@dataclass(frozen=True, slots=True)
class Kept:
    """A mapping and since when it is kept."""

    mapping: ColumnMapping
    since: datetime


def keep(session: Session, mapping: ColumnMapping) -> None:
    """Keep ``mapping`` under its name, instead of an earlier one of that name."""
    content = {"fingerprint": mapping.fingerprint, "mapping": written(mapping)}
    statement = insert(KeptLayout).values(name=mapping.name, **content)
    changed = content | {"kept_at": func.now()}
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=changed))


def all_kept(session: Session) -> tuple[Kept, ...]:
    """Every kept mapping, by name."""
    rows = session.execute(select(KeptLayout.mapping, KeptLayout.kept_at).order_by(KeptLayout.name).limit(1000))
    return tuple(Kept(parsed(text), since) for text, since in rows)


def kept_as(session: Session, name: str) -> ColumnMapping | None:
    """The mapping of that name."""
    text = session.scalar(select(KeptLayout.mapping).where(KeptLayout.name == name))
    return parsed(text) if text else None


def kept_for(session: Session, fingerprints: Collection[str]) -> ColumnMapping | None:
    """The mapping last kept for one of these headings."""
    query = select(KeptLayout.mapping).where(KeptLayout.fingerprint.in_(fingerprints))
    text = session.scalar(query.order_by(KeptLayout.kept_at.desc(), KeptLayout.name).limit(1))
    return parsed(text) if text else None


def forget(session: Session, name: str) -> bool:
    """Keep the mapping no longer; whether there was one."""
    gone = session.scalars(delete(KeptLayout).where(KeptLayout.name == name).returning(KeptLayout.name))
    return gone.first() is not None
