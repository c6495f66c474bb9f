"""Scenarios as files: every measure of every area before and after, by the writers that every export uses."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from math import isnan
from types import MappingProxyType
from typing import Any

from sqlalchemy.orm import Session

from mapapp.coverage.bench import MEASURES, Bench, Outcome
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import CoverageError
from mapapp.coverage.exports import FORMAT_CODES, JSON, described, shapes_of
from mapapp.registers.dictionary import SCENARIO_COLUMNS
from mapapp.registers.exports import SAMPLES, SCHEMATIC, current_release
from mapapp.registers.writers import FORMATS, Export
from mapapp.registers.writers.content import About, Batch, Words

TITLE = Words("Wariant: wskaźniki obszarów przed zmianami i po nich", "Scenario: figures of areas before and after")
TAKEN = Words(
    "Nowe miejsce obsługuje wszystkich, którzy do niego dotrą; luki mierzono wartością odniesienia sprzed zmian.",
    "A new site serves everyone who reaches it; gaps are measured against the reference value before the changes.",
)


def scenario_written(
    session: Session, bench: Bench, outcome: Outcome, asked: Mapping[str, Any], address: str, to: str
) -> Iterator[bytes]:
    """The bytes of a file in the format ``to``. Raises CoverageError."""
    if to == JSON:
        document = {**scenario_question(bench, asked), f"{bench.question.layer}s": list(_objects(bench, outcome))}
        return iter([(json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()])
    if to not in FORMATS or to not in FORMAT_CODES:
        raise CoverageError(f"the format is {to!r}, expected one of {', '.join(FORMAT_CODES)}")
    rows: Iterator[Batch]
    if FORMATS[to].shape == "feature":
        rows = iter([[(feature,) for feature in scenario_features(session, bench, outcome)]])
    else:
        rows = iter([list(scenario_rows(bench, outcome))])
    return FORMATS[to].write(_export(session, bench, asked, address, rows))


def _export(session: Session, bench: Bench, asked: Mapping[str, Any], address: str, rows: Iterator[Batch]) -> Export:
    release, frame = current_release(session), bench.frame
    day = frame.newest_day
    about = About(
        title=TITLE,
        address=address,
        query=scenario_question(bench, asked)["question"],
        release=bench.data.release,
        time=datetime.combine(day, time(), UTC) if day else release.time,
        is_sample=frame.has_samples,
        is_schematic=bench.data.is_schematic,
        origins=release.origins,
        notices=(SAMPLES,) * frame.has_samples
        + (SCHEMATIC,) * bench.data.is_schematic
        + (TAKEN, Words(f"Dojazd: {frame.travel.describe('pl')}.", f"Travel: {frame.travel.describe('en')}.")),
    )
    return Export("scenario", about, SCENARIO_COLUMNS, rows, "MultiPolygon", len(bench.areas.refs), is_located=True)


def scenario_question(bench: Bench, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked, besides ``asked``, and of which data."""
    question = {name: value for name, value in bench.question.asked().items() if name != "measure"}
    return {"question": {**question, **asked}, "release": bench.data.release, "has_samples": bench.frame.has_samples}


def scenario_rows(bench: Bench, outcome: Outcome) -> Iterator[Sequence[Any]]:
    """A row for each area and measure, in the order of the dictionary's columns."""
    for number, ref in enumerate(bench.areas.refs):
        for code in MEASURES:
            before, after = _told(outcome.before[code][number]), _told(outcome.after[code][number])
            is_reach = code == "reach_people"
            cells = {
                **described(ref),
                "measure": code,
                "unit": definition(code).unit,
                "before": before,
                "after": after,
                "difference": None if before is None or after is None else round(after - before, 6),
                "gained": _told(outcome.gained[number]) if is_reach else None,
                "lost": _told(outcome.lost[number]) if is_reach else None,
            }
            yield [cells[column.name] for column in SCENARIO_COLUMNS]


def _objects(bench: Bench, outcome: Outcome) -> Iterator[dict[str, Any]]:
    return (scenario_object(bench, outcome, number) for number in range(len(bench.areas.refs)))


def scenario_object(bench: Bench, outcome: Outcome, number: int) -> dict[str, Any]:
    """An area with all its figures."""
    measures = {
        code: {"before": _told(outcome.before[code][number]), "after": _told(outcome.after[code][number])}
        for code in MEASURES
    }
    people = {"people_gained": _told(outcome.gained[number]), "people_lost": _told(outcome.lost[number])}
    return {**described(bench.areas.refs[number]), **people, "measures": measures}


def scenario_features(
    session: Session, bench: Bench, outcome: Outcome, more: Mapping[str, Any] = MappingProxyType({}), prefix: str = ""
) -> Iterator[str]:
    """Every area as a GeoJSON feature, with ``more`` properties; ``prefix`` tells its id from those of others."""
    layer = bench.question.layer
    shapes = shapes_of(session, "voivodeship" if layer == "region" else layer)
    for each in _objects(bench, outcome):
        flat = {f"{code}_{when}": value for code, told in each.pop("measures").items() for when, value in told.items()}
        feature = {"type": "Feature", "id": f"{prefix}{each['code']}", "geometry": shapes.get(each["code"])}
        yield json.dumps(feature | {"properties": {**more, **each, **flat}}, ensure_ascii=False)


def _told(value: float) -> float | None:
    return None if isnan(value) else round(float(value), 6)
