"""Making one record of two: an organization with its place and its services goes into another. Undone exactly."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from mapapp.directory.duplicates.choices import check_choices
from mapapp.directory.duplicates.folding import fold
from mapapp.directory.duplicates.offers import merge_places, merge_services
from mapapp.directory.journal import recording, services_of, take_back
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Metadata, Organization, RecordMerge, Service

# the lock of imports: two changes of the whole directory at once would not know of each other
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('mapapp import', 0))")
# imports and merges share the journal, so that they share their numbers
_NUMBER: Final = text("SELECT nextval(pg_get_serial_sequence('import_batch', 'id'))")


class CannotMergeError(ValueError):
    """These two records cannot become one."""


class DirectoryBusyError(RuntimeError):
    """An import or another merge has not finished yet."""


def merge(session: Session, survivor: UUID, absorbed: UUID, taken: Collection[str], merged_by: str) -> int:
    """Let the organization ``absorbed`` go into ``survivor``, in the caller's transaction; the number of the merge.

    ``taken`` names fields (``choices``) that come from the absorbed one; what the survivor lacks comes from it anyway.
    Raises CannotMergeError, UnknownChoiceError, DirectoryBusyError.
    """
    check_choices(taken)
    be_alone(session)
    kept, gone = _organization(session, survivor), _organization(session, absorbed)
    if survivor == absorbed:
        raise CannotMergeError("a record cannot be merged with itself")
    if kept.is_sample != gone.is_sample:
        raise CannotMergeError("one of the records is a sample; real services end samples by themselves")
    number = int(session.execute(_NUMBER).scalar_one())
    session.execute(
        insert(RecordMerge).values(
            id=number, survivor_id=survivor, absorbed_id=absorbed, taken=sorted(taken), merged_by=merged_by
        )
    )
    services = set(session.scalars(select(Service.id).where(Service.organization_id.in_((survivor, absorbed)))))
    with recording(session, number):
        _note(session, survivor, gone.name, kept.name, merged_by)
        merge_places(session, survivor, absorbed, taken)
        merge_services(session, survivor, absorbed, taken)
        fold(session, "organization", survivor, absorbed, taken)
    session.expire_all()
    refresh_listings(session, sorted(services | services_of(session, number)))
    return number


def undo(session: Session, number: int) -> None:
    """Make the directory what it was before a merge, exactly. Raises ChangedSinceError, DirectoryBusyError."""
    be_alone(session)
    take_back(session, number)
    undone = {"state": "undone", "undone_at": func.now()}
    session.execute(update(RecordMerge).where(RecordMerge.id == number).values(undone))


def be_alone(session: Session) -> None:
    """Hold the lock of imports until the transaction ends. Raises DirectoryBusyError."""
    if not session.scalar(_LOCK):
        raise DirectoryBusyError("an import or another merge is running; wait until it has finished")


def _organization(session: Session, key: UUID) -> Organization:
    found = session.get(Organization, key)
    if found is None:
        raise CannotMergeError(f"no organization has the id {key}; `mapapp duplicates find` looks anew")
    return found


def _note(session: Session, survivor: UUID, gone: str, kept: str, merged_by: str) -> None:
    session.execute(
        insert(Metadata).values(
            resource_id=survivor,
            resource_type="organization",
            last_action_type="merge",
            field_name="merged",
            previous_value=gone,
            replacement_value=kept,
            updated_by=merged_by,
        )
    )
