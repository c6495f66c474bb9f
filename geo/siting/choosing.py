"""The k candidates that save most: at once and nearly best, or proven best."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geo.siting.master import Cuts, solve
from geo.siting.plan import Choice, Floats, Indices, Plan, Progress, never_stop
from geo.siting.savings import Savings

MOST_SLOPES = 4_000_000  # numbers in the cuts of one round


def choose_quickly(savings: Savings, choice: Choice) -> Plan:
    """The candidates that add most, one after the other, then exchanged one by one while that helps.

    At least 63 % of the best is certain without groups (Nemhauser, Wolsey and Fisher 1978); mostly it is within 3 %.
    """
    chosen = _exchanged(savings, choice, _one_after_the_other(savings, choice))
    return Plan(tuple(chosen), savings.value(chosen), float("nan"))


def choose_exactly(savings: Savings, choice: Choice, *, progress: Progress = never_stop, seconds: float = 60.0) -> Plan:
    """The best plan, or after ``seconds`` the best that was found, with the bound that was proven.

    The cuts are those of Cordeau, Furini and Ljubić (2019) for covering and of Duran-Mateluna, Ales and Elloumi (2023)
    for the p-median; they are one formula.
    """
    start = choose_quickly(savings, choice)
    if not len(savings.persons):
        return Plan(start.chosen, 0.0, 0.0)
    block_of, blocks = _neighbourhoods(savings)
    row_of, lengths = savings.row_of_pairs, np.diff(savings.by_row.indptr)
    candidates, costs = savings.by_row.indices, savings.by_row.data
    cell_of, persons = block_of[row_of] * savings.n_candidates + candidates, savings.persons[row_of]

    def cut(shares: Floats) -> Cuts:
        # step 1: the cost at which the shares of the nearer sites make up a whole site, else what people have now
        filled = np.cumsum(shares[candidates])
        before = np.r_[0.0, filled][savings.by_row.indptr[:-1]]
        enough = np.flatnonzero(filled - np.repeat(before, lengths) >= 1 - 1e-9)
        critical = savings.base.copy()
        critical[row_of[enough[::-1]]] = costs[enough[::-1]]
        # step 2: nobody saves more than that, and what nearer sites add to it
        nearer = np.maximum(critical[row_of] - costs, 0.0) * persons
        slope = np.bincount(cell_of, nearer, minlength=blocks * savings.n_candidates)
        constant = np.bincount(block_of, savings.persons * (savings.base - critical), minlength=blocks)
        return _cuts(constant, slope.reshape(blocks, savings.n_candidates), shares)

    def improve(chosen: list[int]) -> list[int]:
        return _exchanged(savings, choice, chosen)

    return solve(cut, improve, choice, start, savings.most + 1.0, progress, seconds)


def _cuts(constant: npt.ArrayLike, slope: npt.ArrayLike, shares: Floats) -> Cuts:
    fixed, rising = np.asarray(constant, np.float64), np.asarray(slope, np.float64)
    return Cuts(fixed, rising, fixed + rising @ shares)


def _one_after_the_other(savings: Savings, choice: Choice) -> list[int]:
    cost = savings.base.copy()
    gains = savings.gains(cost)
    chosen: list[int] = []
    for _ in range(choice.k):
        site = int(np.argmax(np.where(choice.open_to(chosen), gains, -1.0)))
        chosen.append(site)
        rows = savings.rows_of(site)
        offered = savings.by_site.data[savings.by_site.indptr[site] : savings.by_site.indptr[site + 1]]
        rows, offered = rows[offered < cost[rows]], offered[offered < cost[rows]]
        gains -= savings.gains(cost, rows)
        cost[rows] = offered
        gains += savings.gains(cost, rows)
    return chosen


def _exchanged(savings: Savings, choice: Choice, chosen: list[int]) -> list[int]:
    """The best single exchange, again and again (Teitz and Bart 1968); the value rises each time, so it ends."""
    least = 1e-9 * max(1.0, savings.most)
    while True:
        ways = savings.ways(chosen)
        gains = savings.gains(ways.cost)
        best, place, site = least, -1, -1
        for position, old in enumerate(chosen):
            rows = np.flatnonzero(ways.site == old)
            lost = savings.persons[rows] @ (ways.second[rows] - ways.cost[rows])
            net = gains + savings.gains(ways.second, rows) - savings.gains(ways.cost, rows) - lost
            others = chosen[:position] + chosen[position + 1 :]
            net = np.where(choice.open_to(others), net, -np.inf)
            new = int(np.argmax(net))
            if net[new] > best:
                best, place, site = float(net[new]), position, new
        if place < 0:
            return chosen
        chosen = [*chosen[:place], site, *chosen[place + 1 :]]


def _neighbourhoods(savings: Savings) -> tuple[Indices, int]:
    """(n_rows,) the block of each row, and how many: rows with the same nearest candidate are neighbours.

    Of equally near ones the most helpful counts. Many small blocks say more than few large ones, while all their cuts
    can be kept; else nearness does not count.
    """
    gains = savings.gains(savings.base)[savings.by_row.indices]
    lengths, starts = np.diff(savings.by_row.indptr), savings.by_row.indptr[:-1]
    is_nearest = savings.by_row.data == np.repeat(savings.by_row.data[starts], lengths)
    for worth in (np.where(is_nearest, gains, -1.0), gains):
        best = np.maximum.reduceat(worth, starts)
        is_best = np.flatnonzero(worth == np.repeat(best, lengths))[::-1]
        hub = np.zeros(len(savings.base), np.int64)
        hub[savings.row_of_pairs[is_best]] = savings.by_row.indices[is_best]
        hubs, block_of = np.unique(hub, return_inverse=True)
        if len(hubs) * savings.n_candidates <= MOST_SLOPES:
            break
    return block_of, len(hubs)


__all__ = ["choose_exactly", "choose_quickly"]
