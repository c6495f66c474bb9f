"""A scenario as a file."""

from typing import TYPE_CHECKING

from mapapp.coverage.bench_exports import scenario_written
from mapapp.coverage.data import CoverageData
from mapapp.web.planner.bench_questions import BenchAsked
from mapapp.web.planner.bench_tried import tried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def scenario_bytes(session: "Session", data: CoverageData, asked: BenchAsked, address: str, ending: str) -> bytes:
    """The whole file. Raises NotAnswerable, ParametersError."""
    found = tried(data, asked)
    changes = {"changes": [str(change) for change in found.changes]}
    return b"".join(scenario_written(session, found.bench, found.outcome, changes, address, ending))
