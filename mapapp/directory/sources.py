"""Where records come from: registers, lists and the sample generator, each named once."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapapp.directory import tables


@dataclass(frozen=True, slots=True)
class SourceRegister:
    """A register as residents see it named under a record."""

    code: str
    title: str
    publisher: str
    licence: str | None = None
    url: str | None = None
    is_sample: bool = False


class UnknownSourceError(LookupError):
    """A record names a register that nobody has described."""


def save_registers(
    session: Session, registers: Iterable[SourceRegister], content_dates: dict[str, date | None] | None = None
) -> None:
    """Describe ``registers``; known ones are brought up to date. A content date is only ever moved forward."""
    dates = content_dates or {}
    rows = [asdict(each) | {"last_content_date": dates.get(each.code)} for each in registers]
    if not rows:
        return
    statement = insert(tables.SourceRegister).values(rows)
    new = statement.excluded
    described = {name: new[name] for name in ("title", "publisher", "licence", "url", "is_sample")}
    latest = func.greatest(tables.SourceRegister.last_content_date, new.last_content_date)
    session.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_=described | {"last_content_date": latest})
    )


def note_loading(session: Session, codes: Collection[str]) -> None:
    """Remember that records of these registers were loaded now. Raises UnknownSourceError."""
    found = set(session.scalars(select(tables.SourceRegister.code).where(tables.SourceRegister.code.in_(codes))))
    unknown = sorted(set(codes) - found)
    if unknown:
        raise UnknownSourceError(f"records name the source {unknown}, which is not described; pass it in registers=")
    session.execute(
        update(tables.SourceRegister)
        .where(tables.SourceRegister.code.in_(codes))
        .values(last_loaded_at=func.now())
        .execution_options(synchronize_session=False)
    )
