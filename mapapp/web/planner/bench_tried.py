"""A scenario computed: the present situation kept by question, and the changes that still fit it."""

from dataclasses import dataclass

from geo.crs import Position
from mapapp.coverage.bench import Bench, Outcome
from mapapp.coverage.changes import Change, WrongChange, read_changes
from mapapp.coverage.data import CoverageData
from mapapp.territory.queries import gmina_at
from mapapp.web.i18n import gettext as _
from mapapp.web.planner.answers import BENCHES, of_data, one_moment
from mapapp.web.planner.bench_questions import BenchAsked
from mapapp.web.planner.questions import coverage_question
from mapapp.web.problems import ParameterError, ParametersError


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario computed: the changes that still fit, those that do not, and the outcome."""

    bench: Bench
    changes: tuple[Change, ...]
    dropped: tuple[Change, ...]
    outcome: Outcome


def bench_of(data: CoverageData, asked: BenchAsked) -> Bench:
    """The present situation of the question, computed once. Raises ParametersError, NotAnswerable."""
    question = coverage_question(data, asked, "gap_places", asked.by)

    def make() -> Bench:
        bench = Bench(data, question)
        _ = bench.situation, bench.ways.now  # all that does not depend on the changes
        return bench

    return of_data(data, BENCHES, question, make)


def tried(data: CoverageData, asked: BenchAsked) -> Tried:
    """The scenario computed. A change of a site that is no longer there is dropped; one that cannot be is refused."""
    bench = bench_of(data, asked)
    changes = read_changes(asked.zmiana)
    kept = tuple(change for change in changes if change.kind == "add" or change.key in bench.index)
    try:
        outcome = bench.after(kept, lambda at: gmina_number(data, at))
    except WrongChange as error:
        raise ParametersError(
            [ParameterError("zmiana", _("expected a service of this question"), error.value)]
        ) from None
    return Tried(bench, kept, tuple(change for change in changes if change not in kept), outcome)


def gmina_number(data: CoverageData, at: Position) -> int | None:
    """The number of the gmina at a position; None outside of the region."""

    def ask() -> int | None:
        with one_moment() as session:
            found = gmina_at(session, at)
        return data.areas.index.get(found.teryt) if found else None

    return of_data(data, "gmina at", at, ask)
