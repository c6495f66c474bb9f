"""A mixed-integer program given whole to HiGHS, with its bound, and an end when time is over or the caller says so."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, vstack

from geo.siting.plan import Choice, Floats, Progress, never_stop

INFINITY = highspy.kHighsInf


@dataclass(frozen=True, slots=True, eq=False)
class Solved:
    """The values of the variables, none where no plan was found in time; what they are worth; what the best can be."""

    values: Floats
    objective: float
    bound: float


def maximise(
    worth: Floats,
    rows: csr_array,
    upper: Floats,
    n_whole: int,
    *,
    highest: npt.ArrayLike = 1.0,
    progress: Progress = never_stop,
    seconds: float = 60.0,
) -> Solved:
    """The greatest ``worth`` · x with rows · x ≤ upper and 0 ≤ x ≤ highest; the first ``n_whole`` of x are whole."""
    count = rows.shape[1]
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = count, rows.shape[0]
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_ = worth
    program.col_lower_, program.col_upper_ = np.zeros(count), np.broadcast_to(highest, count).astype(np.float64)
    program.row_lower_, program.row_upper_ = np.full(rows.shape[0], -INFINITY), upper
    program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    program.a_matrix_.start_, program.a_matrix_.index_ = rows.indptr.astype(np.int32), rows.indices.astype(np.int32)
    program.a_matrix_.value_ = rows.data
    kinds = [highspy.HighsVarType.kInteger] * n_whole + [highspy.HighsVarType.kContinuous] * (count - n_whole)
    program.integrality_ = kinds
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "time_limit": seconds}.items():
        solver.setOptionValue(name, value)
    solver.passModel(program)
    solver.cbMipInterrupt.subscribe(lambda event: _ask(event, progress))
    solver.run()
    info = solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if found else np.empty(0)
    return Solved(values, info.objective_function_value if found else -INFINITY, info.mip_dual_bound)


def chosen_at_most(choice: Choice, n_others: int) -> tuple[csr_array, Floats]:
    """Rows that say: at most k of the candidates, and no more of a group than is allowed; the candidates come first."""
    members = [np.arange(choice.n_candidates), *choice.groups()]
    width = choice.n_candidates + n_others
    rows = [csr_array((np.ones(len(each)), (np.zeros(len(each), int), each)), shape=(1, width)) for each in members]
    return csr_array(vstack(rows)), np.array([choice.k] + [choice.per_group] * (len(members) - 1), np.float64)


def _ask(event: highspy.HighsCallbackEvent, progress: Progress) -> None:
    if not progress(event.data_out.mip_primal_bound, event.data_out.mip_dual_bound):
        event.interrupt()


__all__ = ["INFINITY", "Solved", "chosen_at_most", "maximise"]
