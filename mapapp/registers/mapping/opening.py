"""A file in the layout that was asked for, that is known, or that was kept for its headings."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from mapapp.directory.sources import SourceRegister
from mapapp.registers.coordinates import place_points
from mapapp.registers.dates import day_of_list
from mapapp.registers.layouts import Layout, Surroundings, UnknownLayoutError
from mapapp.registers.mapping.contents import TypeWords
from mapapp.registers.mapping.described import ColumnMapping, fingerprint, parsed
from mapapp.registers.mapping.facilities import List, read_unit
from mapapp.registers.mapping.grids import find_header, read_grid
from mapapp.registers.mapping.guessing import headings_with_values
from mapapp.registers.mapping.keeping import kept_as, kept_for
from mapapp.registers.mapping.tables import table_under
from mapapp.registers.opening import open_register
from mapapp.registers.problems import UnreadableFileError, nearest_of
from mapapp.registers.readers import RawTable

_LARGEST_MAPPING: Final = 500_000
_GEOGRAPHIC: Final = frozenset({"@lon", "@lat"})


def open_in_layout(
    session: Session, path: Path, layouts: Sequence[Layout], around: Surroundings, wanted: str | None = None
) -> tuple[RawTable, Layout]:
    """The table in ``path`` and its layout. Raises UnreadableFileError, UnknownLayoutError.

    ``wanted`` is the code of one of ``layouts``, the name of a kept mapping or a file with one. Without it the header
    tells: a known layout first, then a kept mapping.
    """
    if wanted:
        known = [each for each in layouts if each.code == wanted]
        return open_register(path, known) if known else open_mapped(path, _wanted(session, wanted, layouts), around)
    try:
        return open_register(path, layouts)
    except UnreadableFileError as error:
        # a CSV with a title above its table is no table to the strict reader
        if not (mapping := kept_for(session, _fingerprints(path))):
            if isinstance(error, UnknownLayoutError):
                raise UnknownLayoutError(
                    f"{error}. Kolumny dopasuje polecenie: mapapp layouts guess {path.name}"
                ) from error
            raise
    return open_mapped(path, mapping, around)


def _wanted(session: Session, wanted: str, layouts: Sequence[Layout]) -> ColumnMapping:
    if wanted.endswith(".toml"):
        return read_mapping(Path(wanted))
    if kept := kept_as(session, wanted):
        return kept
    codes = [each.code for each in layouts]
    hint = nearest_of(wanted, codes)
    raise UnreadableFileError(
        f"nie ma układu „{wanted}”; oczekiwano: {', '.join(codes)}, nazwy zachowanego układu albo pliku .toml"
        + (f"; najbliższy: {hint}" if hint else "")
    )


def read_mapping(path: Path) -> ColumnMapping:
    """The mapping in a TOML file. Raises UnreadableFileError."""
    try:
        if path.stat().st_size > _LARGEST_MAPPING:
            raise UnreadableFileError(f"opis układu „{path.name}” jest za duży")
        return parsed(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"nie da się odczytać opisu układu „{path.name}”") from error


def _fingerprints(path: Path) -> list[str]:
    """The hashes of the headings of every sheet."""
    found = [(sheet, header) for sheet in read_grid(path).sheets if (header := find_header(sheet))]
    return [fingerprint(headings_with_values(sheet, header)) for sheet, header in found]


def open_mapped(path: Path, mapping: ColumnMapping, around: Surroundings) -> tuple[RawTable, Layout]:
    """The table in ``path`` as ``mapping`` reads it, and the layout that the mapping is."""
    table = table_under(read_grid(path), path, mapping)
    is_geographic = {mapping.used.get("x"), mapping.used.get("y")} <= _GEOGRAPHIC
    place_points(table, around, is_labelled=is_geographic)
    return table, layout_of(mapping, TypeWords.of(around.vocabularies), _day(table) or mapping.day)


def _day(table: RawTable) -> date | None:
    """The next file's own day goes before the one that the mapping was made with."""
    try:
        return day_of_list(table.title, table.file)
    except UnreadableFileError:
        return None


def layout_of(mapping: ColumnMapping, words: TypeWords, day: date | None) -> Layout:
    """The layout that everything behind a mapping works with."""
    of = List(mapping.source, day, words)
    return Layout(
        code=mapping.name,
        title=mapping.title,
        required=frozenset(mapping.used) & {"name", "name_address", "type"},
        optional=frozenset(mapping.used),
        registers=(SourceRegister(mapping.source, mapping.title, mapping.publisher or "nie podano"),),
        read=lambda row, around: read_unit(row, around, of),
    )
