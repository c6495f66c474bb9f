"""What a release of open data is made of: every format of the services, the boundaries, and what explains them."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mapapp.directory.hsds_package import hsds_package
from mapapp.directory.queries import ServiceSearch
from mapapp.registers.dictionary import AREA_COLUMNS, SERVICE_COLUMNS, Column
from mapapp.registers.exports import LAYERS, TITLES, Release, areas_export, services_export
from mapapp.registers.writers import EXCEL, FORMATS, Export, Format
from mapapp.registers.writers.content import Words

SERVICE_FORMATS = ("xlsx", "ods", "csv", "geojson", "gpkg", "fgb", "shp.zip", "kml", "parquet", "jsonl")
AREA_FORMATS = ("geojson", "gpkg")
DICTIONARY = Words("Słownik kolumn", "Data dictionary")
SOURCES = Words("Źródła i licencje", "Sources and licences")
HSDS = Words("Cały katalog w standardzie HSDS 3.1 (tabele CSV)", "The whole directory as HSDS 3.1 (CSV tables)")


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file to be written. ``part`` is the layer it holds, or what it is otherwise."""

    name: str
    part: str
    title: Words
    format_title: str
    media_type: str
    rows: int | None
    pieces: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a release stands on the site, and what the site is called."""

    path: str
    title: str


def release_files(session: Session, release: Release, frame: Frame) -> Iterator[ReleaseFile]:
    """The files, each to be written before the next is asked for."""
    for to in (*(FORMATS[code] for code in SERVICE_FORMATS), EXCEL["csv"]):
        name = f"services{to.mark}.{to.code}"
        export = services_export(session, release, ServiceSearch(), {}, f"{frame.path}/{name}", to)
        yield _exported(name, export, to)
    _code, package = hsds_package(lambda: nullcontext(session), frame.title)
    yield ReleaseFile("hsds.zip", "hsds", HSDS, "HSDS 3.1 (ZIP)", "application/zip", None, package)
    if release.territory:
        for layer in LAYERS:
            for to in (FORMATS[code] for code in AREA_FORMATS):
                name = f"{layer}.{to.code}"
                yield _exported(name, areas_export(session, release, layer, f"{frame.path}/{name}", to), to)
    yield _explaining("dictionary.csv", "dictionary", DICTIONARY, "CSV", "text/csv", _dictionary_csv)
    yield _explaining("dictionary.json", "dictionary", DICTIONARY, "JSON", "application/json", _dictionary_json)
    yield _explaining("SOURCES.txt", "sources", SOURCES, "TXT", "text/plain", lambda: _sources(session, release))


def _exported(name: str, export: Export, to: Format) -> ReleaseFile:
    return ReleaseFile(
        name, export.layer, TITLES[export.layer], to.title, to.media_type, export.total, to.write(export)
    )


def _explaining(
    name: str, part: str, title: Words, format_title: str, media_type: str, text: Callable[[], str]
) -> ReleaseFile:
    return ReleaseFile(name, part, title, format_title, media_type, None, (text().encode(),))


def _columns() -> Iterator[tuple[str, Column]]:
    yield from (("services", column) for column in SERVICE_COLUMNS)
    yield from (("boundaries", column) for column in AREA_COLUMNS)


def _dictionary_csv() -> str:
    rows = [{"table": table, **column.described()} for table, column in _columns()]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def _dictionary_json() -> str:
    rows = [{"table": table, **column.described()} for table, column in _columns()]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _sources(session: Session, release: Release) -> str:
    export = services_export(session, release, ServiceSearch(), {}, "", FORMATS["about.json"])
    lines = [f"{heading}: {text}" for heading, text in export.lines() if not heading.startswith(("Adres", "Zapytanie"))]
    return "\n".join(lines) + "\n"
