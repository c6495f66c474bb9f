"""Figures as files, by the writers that every export uses."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final

from sqlalchemy.orm import Session

from mapapp.coverage.areas import AreaRef
from mapapp.coverage.errors import CoverageError
from mapapp.coverage.figures import Figure, Figures
from mapapp.registers.dictionary import COVERAGE_COLUMNS
from mapapp.registers.exports import SAMPLES, SCHEMATIC, current_release
from mapapp.registers.writers import EXCEL, FORMATS, Export
from mapapp.registers.writers.content import About, Batch, Words
from mapapp.territory.queries import BoundaryLayer, boundaries_geojson

JSON: Final = "json"
FORMAT_CODES: Final = ("csv", "geojson", "xlsx", JSON)


def figures_export(session: Session, figures: Figures, address: str, to: str, *, day: datetime | None = None) -> Export:
    """The figures as rows for the writer of the format ``to`` (csv, xlsx, geojson and others).

    Raises CoverageError for a format that has no place for them.
    """
    if to not in FORMATS or FORMATS[to].shape not in {"values", "feature"}:
        raise CoverageError(f"the format is {to!r}, expected one of {', '.join(FORMAT_CODES)}")
    rows: Iterator[Batch]
    if FORMATS[to].shape == "feature":
        rows = iter([[(feature,) for feature in _features(session, figures)]])
    else:
        rows = iter([[_values(figures, row.area, row.figure) for row in figures]])
    release = current_release(session)
    moment = day or datetime.combine(figures.region.day, time(), UTC) if figures.region.day else release.time
    definition = figures.definition
    about = About(
        title=Words(definition.label("pl"), definition.label("en")),
        address=address,
        query=figures.question.asked(),
        release=figures.release,
        time=moment,
        is_sample=figures.has_samples,
        is_schematic=figures.is_schematic,
        origins=release.origins,
        notices=(SAMPLES,) * figures.has_samples + (SCHEMATIC,) * figures.is_schematic + tuple(_notices(figures)),
    )
    return Export("coverage", about, COVERAGE_COLUMNS, rows, "MultiPolygon", len(figures.rows), is_located=True)


def written(session: Session, figures: Figures, address: str, to: str, *, excel: bool = False) -> Iterator[bytes]:
    """The bytes of a file in the format ``to``; ``excel``: CSV for a Polish spreadsheet. Raises CoverageError."""
    if to == JSON:
        return iter([(json.dumps(figures_document(figures), ensure_ascii=False, indent=1) + "\n").encode()])
    writer = EXCEL[to] if excel and to in EXCEL else FORMATS.get(to)
    export = figures_export(session, figures, address, to)
    if writer is None:
        raise CoverageError(f"the format is {to!r}, expected one of {', '.join(FORMAT_CODES)}")
    return writer.write(export)


def figures_document(figures: Figures, language: str = "pl") -> dict[str, Any]:
    """The answer as a JSON object: what was asked, what it means, the region, the areas."""
    definition = figures.definition
    return {
        "question": figures.question.asked(),
        "measure": {
            "code": definition.code,
            "label": definition.label(language),
            "numerator": definition.numerator(language),
            "denominator": definition.denominator(language),
            "unit": definition.unit,
            "source": definition.source(language),
            "caveat": definition.caveat(language),
            "better": definition.better,
        },
        "method": figures.method(language),
        "where_people_live": figures.where_people_live(language),
        "people_source": figures.people_source,
        "sources": list(figures.sources),
        "services_without_shown_place": figures.unlocated,
        "has_samples": figures.has_samples,
        "boundaries": "schematic" if figures.is_schematic else "official",
        "release": figures.release,
        "region": _told(figures.region),
        "areas": [{**described(row.area), **_told(row.figure)} for row in figures],
    }


def _told(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "unit": figure.unit,
        "sites": figure.n,
        "unknown_capacity_share": figure.unknown_capacity_share,
        "flags": sorted(figure.flags),
        "day": figure.day.isoformat() if figure.day else None,
        "source": figure.source,
    }


def described(area: AreaRef) -> dict[str, Any]:
    """An area in the columns that tell which it is."""
    return {
        "code": area.code,
        "name": area.name,
        "kind": area.kind,
        "parent_code": area.parent_code,
        "parent_name": area.parent_name,
    }


def _values(figures: Figures, area: AreaRef, figure: Figure) -> Sequence[Any]:
    """A row in the order of the dictionary's columns."""
    cells = {**described(area), "measure": figures.definition.code, **_told(figure)}
    cells |= {"flags": "|".join(sorted(figure.flags)), "day": figure.day}
    return [cells[column.name] for column in COVERAGE_COLUMNS]


def shapes_of(session: Session, layer: BoundaryLayer) -> Mapping[str, Any]:
    """The outlines of a layer by code, as GeoJSON geometries."""
    found = json.loads(boundaries_geojson(session, layer))["features"]
    return {each["properties"]["code"]: each["geometry"] for each in found}


def _features(session: Session, figures: Figures) -> Iterator[str]:
    shapes = shapes_of(session, "voivodeship" if figures.layer == "region" else figures.layer)
    for row in figures:
        properties = {**described(row.area), "measure": figures.definition.code, **_told(row.figure)}
        feature = {"type": "Feature", "id": row.area.code, "geometry": shapes.get(row.area.code)}
        yield json.dumps(feature | {"properties": properties}, ensure_ascii=False)


def _notices(figures: Figures) -> Iterator[Words]:
    definition = figures.definition
    yield Words(definition.caveat("pl"), definition.caveat("en"))
    if figures.travel:
        yield Words(f"Dojazd: {figures.method('pl')}.", f"Travel: {figures.method('en')}.")
    if figures.cells:
        polish, english = figures.where_people_live("pl"), figures.where_people_live("en")
        yield Words(f"Miejsce zamieszkania: {polish}.", f"Where people live: {english}.")
