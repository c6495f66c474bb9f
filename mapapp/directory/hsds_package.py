"""The directory as one HSDS data package: a table for every kind of record, and a description of every column.

The zip is made while it is sent. Each table is one statement, whose rows wait in a temporary file, so that a slow
reader keeps no connection; after each the release must still be the one that the package began with: the package is of
one release, with the same bytes whenever it is asked for, or it breaks off.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.hsds_dictionary import field
from mapapp.directory.hsds_tables import TABLES, Table
from mapapp.directory.queries import DirectoryFacts, directory_facts
from mapapp.territory.queries import TerritoryFacts, territory_facts

# the zip's own clock: the earliest it can tell, as the content says which release it is
EARLIEST = (1980, 1, 1, 0, 0, 0)
LEVEL = 3
PIECE = 256 * 1024
IN_MEMORY = 1024 * 1024
# a table of all services is more than a page waits for
PATIENCE = text("SET LOCAL statement_timeout = '60s'")

OpenSession = Callable[[], AbstractContextManager[Session]]
# column -> the table whose id it holds, where its name does not say so
REFERENCES = {"parent_organization_id": "organization", "parent_id": "taxonomy_term", "link_id": "service"}


class ReleaseChangedError(RuntimeError):
    """The directory was published anew while a package of it was on its way."""


def hsds_package(open_session: OpenSession, title: str) -> tuple[str, Iterator[bytes]]:
    """The release that the package is of, and the bytes of the zip."""
    with open_session() as session:
        facts, territory = directory_facts(session), territory_facts(session)
    release = _release(facts, territory)
    return release, _zip(_members(open_session, _description(title, facts, territory), release))


def _release(facts: DirectoryFacts, territory: TerritoryFacts | None) -> str:
    return f"{facts.release}-{territory.release if territory else 'none'}"


def _members(open_session: OpenSession, description: str, release: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield "datapackage.json", iter([description.encode()])
    for table in TABLES:
        yield table.path, _rows(open_session, table, release)


def _rows(open_session: OpenSession, table: Table, release: str) -> Iterator[bytes]:
    with SpooledTemporaryFile(IN_MEMORY) as waiting:
        with open_session() as session:
            _copy(session, table, waiting)
            if _release(directory_facts(session), territory_facts(session)) != release:
                raise ReleaseChangedError(f"release {release} ended while {table.path} was read")
        waiting.seek(0)
        while piece := waiting.read(PIECE):
            yield piece


def _copy(session: Session, table: Table, target: IO[bytes]) -> None:
    session.execute(PATIENCE)
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(table.copy) as rows:
        for block in rows:
            target.write(block)


class _Outlet(io.RawIOBase):
    """What the zip writes to; ``taken`` gives what has come since."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def _zip(members: Iterator[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path, pieces in members:
            entry = ZipInfo(path, EARLIEST)
            entry.compress_type = ZIP_DEFLATED
            with archive.open(entry, "w") as member:
                for piece in pieces:
                    member.write(piece)
                    yield outlet.taken()
    yield outlet.taken()


def _description(title: str, facts: DirectoryFacts, territory: TerritoryFacts | None) -> str:
    """``datapackage.json``, as the Tabular Data Package standard has it."""
    licences = sorted({source.licence for source in facts.sources if source.licence})
    package = {
        "profile": "tabular-data-package",
        "name": f"hsds-{territory.region}" if territory else "hsds",
        "title": title,
        "description": "A directory of social services as Open Referral HSDS 3.1. Columns x_… are our own.",
        "version": _release(facts, territory),
        "sources": [_source(source.title, source.url) for source in facts.sources],
        "licenses": [{"title": licence} for licence in licences],
        "x_samples": facts.has_samples,
        "x_boundaries": None if territory is None else "schematic" if territory.is_schematic else "official",
        "resources": [_resource(table) for table in TABLES],
    }
    kept = {name: value for name, value in package.items() if value != []}
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def _source(title: str, url: str | None) -> Mapping[str, str]:
    return {"title": title, "path": url} if url else {"title": title}


def _resource(table: Table) -> Mapping[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [field(name) for name in table.columns],
            "primaryKey": "id",
            "foreignKeys": _references(table.columns),
        },
    }


def _references(columns: Sequence[str]) -> list[Mapping[str, Any]]:
    tables = {table.name for table in TABLES}
    found = {name: REFERENCES.get(name, name.removesuffix("_id")) for name in columns if name.endswith("_id")}
    return [
        {"fields": name, "reference": {"resource": table, "fields": "id"}}
        for name, table in found.items()
        if table in tables
    ]
