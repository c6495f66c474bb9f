"""Scenarios side by side as a file: every measure of every area before and after, one scenario below the other."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from mapapp.coverage.bench import Bench, Outcome
from mapapp.coverage.bench_exports import TAKEN, scenario_features, scenario_object, scenario_question, scenario_rows
from mapapp.coverage.errors import CoverageError
from mapapp.coverage.exports import FORMAT_CODES, JSON
from mapapp.registers.dictionary import COMPARISON_COLUMNS
from mapapp.registers.exports import SAMPLES, SCHEMATIC, current_release
from mapapp.registers.writers import FORMATS, Export
from mapapp.registers.writers.content import About, Batch, Words

TITLE = Words("Warianty obok siebie: wskaźniki obszarów", "Scenarios side by side: figures of areas")


@dataclass(frozen=True, slots=True)
class ComparedScenario:
    """A scenario under its name, computed; ``changes`` as an address writes them."""

    name: str
    changes: tuple[str, ...]
    bench: Bench
    outcome: Outcome


def comparison_written(
    session: Session, scenarios: Sequence[ComparedScenario], address: str, to: str
) -> Iterator[bytes]:
    """The bytes of a file in the format ``to``; all scenarios are told by the same areas. Raises CoverageError."""
    if to == JSON:
        document = {"release": scenarios[0].bench.data.release, "scenarios": list(map(_object, scenarios))}
        return iter([(json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()])
    if to not in FORMATS or to not in FORMAT_CODES:
        raise CoverageError(f"the format is {to!r}, expected one of {', '.join(FORMAT_CODES)}")
    is_drawn = FORMATS[to].shape == "feature"
    rows = _features(session, scenarios) if is_drawn else list(_rows(scenarios))
    return FORMATS[to].write(_export(session, scenarios, address, rows))


def _rows(scenarios: Sequence[ComparedScenario]) -> Iterator[Sequence[Any]]:
    for number, each in enumerate(scenarios, 1):
        for row in scenario_rows(each.bench, each.outcome):
            yield number, each.name, *row


def _features(session: Session, scenarios: Sequence[ComparedScenario]) -> list[Sequence[Any]]:
    return [
        (feature,)
        for number, each in enumerate(scenarios, 1)
        for feature in scenario_features(
            session, each.bench, each.outcome, {"number": number, "scenario": each.name}, f"{number}-"
        )
    ]


def _export(session: Session, scenarios: Sequence[ComparedScenario], address: str, rows: Batch) -> Export:
    release, frames = current_release(session), [each.bench.frame for each in scenarios]
    data = scenarios[0].bench.data
    days = [frame.newest_day for frame in frames if frame.newest_day]
    has_samples = any(frame.has_samples for frame in frames)
    about = About(
        title=TITLE,
        address=address,
        query={"scenarios": [_asked(each) for each in scenarios]},
        release=data.release,
        time=datetime.combine(max(days), time(), UTC) if days else release.time,
        is_sample=has_samples,
        is_schematic=data.is_schematic,
        origins=release.origins,
        notices=(SAMPLES,) * has_samples + (SCHEMATIC,) * data.is_schematic + (TAKEN,),
    )
    areas = sum(len(each.bench.areas.refs) for each in scenarios)
    return Export("comparison", about, COMPARISON_COLUMNS, iter([rows]), "MultiPolygon", areas, is_located=True)


def _asked(each: ComparedScenario) -> dict[str, Any]:
    return {"name": each.name, **scenario_question(each.bench, {"changes": list(each.changes)})["question"]}


def _object(each: ComparedScenario) -> dict[str, Any]:
    areas = [scenario_object(each.bench, each.outcome, number) for number in range(len(each.bench.areas.refs))]
    return {"name": each.name, **scenario_question(each.bench, {"changes": list(each.changes)}), "areas": areas}
