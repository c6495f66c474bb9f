"""Most people covered by a few sites: ours beside spopt for a region, and a country with what is proven of it.

spopt gets its distances for nothing and solves by HiGHS, as ours does; ours looks for its pairs within its time. Both
plans must be worth the same.
"""

import statistics
import warnings
from dataclasses import dataclass

import numpy as np

from benchmarks.coverage.contestants import timed
from benchmarks.coverage.country import Country, country
from geo.costs import Costs
from geo.neighbours import pairs_within
from geo.siting.choosing import choose_exactly, choose_quickly
from geo.siting.plan import Choice, Plan
from geo.siting.savings import coverage

EQUAL = 1e-6


@dataclass(frozen=True)
class Question:
    scale: str
    candidates: int
    k: int
    reach_m: float


REGION = Question("A2", 1_000, 10, 15_000.0)
COUNTRY = Question("B", 2_000, 30, 10_000.0)


def measure_siting(rounds: int) -> None:
    of, sites = asked(REGION)
    plan = Plan((), 0.0, 0.0)
    for name, is_proven in (("ours, one by one, then exchanged", False), ("ours, proven", True)):
        plan = told(name, REGION, of, sites, is_proven=is_proven, rounds=rounds)
    seconds, value = spopt(REGION, of, sites)
    print(f"  spopt{seconds:33.3f} s  {value:,.0f} (n = 1)")
    if not plan.is_optimal or abs(value - plan.value) > EQUAL * value:
        raise RuntimeError(f"spopt covers {value}, ours {plan.value} and at most {plan.bound}")
    of, sites = asked(COUNTRY)
    for name, is_proven in (("ours, one by one, then exchanged", False), ("ours, proven as far as it gets", True)):
        told(name, COUNTRY, of, sites, is_proven=is_proven, rounds=1)


def asked(question: Question) -> tuple[Country, np.ndarray]:
    """The country, and candidates beside its cells, the more where more people are."""
    of, random = country(question.scale), np.random.default_rng(1)
    at = random.choice(len(of.demand), question.candidates, replace=False, p=of.people / of.people.sum())
    print(
        f"\nmost people within {question.reach_m / 1000:.0f} km of {question.k} sites: {len(of.demand):,} cells, "
        f"{question.candidates:,} candidates"
    )
    return of, of.demand[at] + random.uniform(-400, 400, (question.candidates, 2))


def told(name: str, question: Question, of: Country, sites: np.ndarray, *, is_proven: bool, rounds: int) -> Plan:
    plans: list[Plan] = []

    def work() -> np.ndarray:
        covering = coverage(of.people, pairs(question, of, sites), question.reach_m)
        choice = Choice(question.candidates, question.k)
        plans.append(choose_exactly(covering, choice) if is_proven else choose_quickly(covering, choice))
        return np.array(plans[-1].chosen)

    seconds = statistics.median(timed(work)[0] for _ in range(rounds))
    proof = f", at most {plans[-1].bound:,.0f} (gap {plans[-1].gap:.3%})" if is_proven else ""
    print(f"  {name:<32}{seconds:6.3f} s  {plans[-1].value:,.0f}{proof} (n = {rounds})")
    return plans[-1]


def pairs(question: Question, of: Country, sites: np.ndarray) -> Costs:
    return pairs_within(of.demand, sites, question.reach_m)


def spopt(question: Question, of: Country, sites: np.ndarray) -> tuple[float, float]:
    """Seconds and people covered."""
    import pulp  # noqa: PLC0415 - slow to load
    from spopt.locate import MCLP  # noqa: PLC0415

    distances = np.hypot(*(np.subtract.outer(of.demand[:, axis], sites[:, axis]) for axis in (0, 1)))
    values: list[float] = []

    def work() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of spopt against its own solver library
            model = MCLP.from_cost_matrix(distances, of.people, question.reach_m, p_facilities=question.k)
            model.solve(pulp.HiGHS(msg=False))
        values.append(float(pulp.value(model.problem.objective)))
        return np.array(values)

    return timed(work)[0], values[-1]
