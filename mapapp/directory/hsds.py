"""The directory as Open Referral HSDS 3.1: pages, single records and streams, as JSON that PostgreSQL makes.

The records of a page are one query. A stream is a query for every few hundred records, each in a transaction of its
own, so that a slow reader keeps no connection from others.
"""

import json
from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.hsds_organizations import BOUNDARIES
from mapapp.directory.hsds_resources import Resource, Wanted

GENERIC_PLAN = text("SET LOCAL plan_cache_mode = force_generic_plan")
AT_ONCE = 250
"""Records of a stream that are read at once: with everything about them, a few megabytes."""


def hsds_total(session: Session, wanted: Wanted) -> int:
    """How many records there are on all pages."""
    total: int = session.execute(wanted.found.count).scalar_one()
    return total


def hsds_page(session: Session, wanted: Wanted, number: int, size: int, total: int | None = None) -> str:
    """A page of records with the members of HSDS's Page; ``total``, where known, is not counted again."""
    total = hsds_total(session, wanted) if total is None else total
    ids = wanted.found.ids.order_by("id").limit(size).offset((number - 1) * size)
    page = session.execute(wanted.records(ids)).one()
    head = {
        "total_items": total,
        "total_pages": -(-total // size),
        "page_number": number,
        "size": page.size,
        "first_page": number == 1,
        "last_page": number * size >= total,
        "empty": page.size == 0,
        "x_samples": page.samples,
        "x_boundaries": session.scalar(text(f"SELECT {BOUNDARIES}")),
    }
    # a line break inside of a record is written as two characters
    contents = page.lines.replace("\n", ",\n")
    return f'{json.dumps(head)[:-1]}, "contents": [{contents}]}}'


def hsds_record(session: Session, resource: Resource, record_id: UUID) -> str | None:
    """One record with everything about it; None where there is none, or none that may be seen."""
    # the plan is the same for every id, and to make it takes longer than to carry it out
    session.execute(GENERIC_PLAN)
    document: str | None = session.scalar(resource.one, {"id": record_id})
    return document


def hsds_lines(open_session: Callable[[], Session], wanted: Wanted) -> Iterator[str]:
    """Every record as a line of JSON, by id."""
    ids = following = wanted.found.ids.order_by("id").limit(AT_ONCE)
    while True:
        with open_session() as session:
            page = session.execute(wanted.records(following)).one()
            session.commit()  # after a rollback psycopg would prepare the statement anew
        if page.size:
            yield f"{page.lines}\n"
        if page.size < AT_ONCE:
            return
        following = ids.where(ids.selected_columns["id"] > page.last)
