"""Mistakes made by hand in the kernels: ``python -m benchmarks.mutations`` tells whether their tests notice them.

Each is put into a copy of the sources, where the tests of that module run until one fails. Prints a table in Markdown;
ends with 1 where a mistake was not noticed. Names of kernels as arguments choose some.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mapapp.settings import ROOT

COPIED = ("geo", "tests/geo", "pyproject.toml")
MOST_S = 90


@dataclass(frozen=True)
class Mistake:
    file: str
    right: str
    wrong: str


MISTAKES: dict[tuple[str, tuple[str, ...]], tuple[Mistake, ...]] = {
    ("two-step catchment", ("catchment",)): (
        Mistake("catchment", "weights.T @ people)\n    ratio", "weights.T @ np.sqrt(people))\n    ratio"),
        Mistake(
            "catchment", "np.divide(capacity, in_catchment, out=ratio,", "np.divide(in_catchment, capacity, out=ratio,"
        ),
        Mistake("catchment", "has_people = in_catchment > 0", "has_people = in_catchment >= 0"),
        Mistake("catchment", "~has_people & (capacity > 0)", "~has_people & (capacity >= 0)"),
    ),
    ("three-step catchment", ("catchment",)): (
        Mistake("catchment", "supplied = _scaled(weights, columns=", "supplied = _scaled(weights, columns=1 + 0 * "),
        Mistake("catchment", "_inverse(np.asarray(supplied.sum(axis=1)))", "_inverse(np.asarray(weights.sum(axis=1)))"),
        Mistake("catchment", "chosen.data * weights.data", "chosen.data"),
        Mistake("catchment", "likely @ ratio", "weights @ ratio"),
    ),
    ("balanced catchment", ("catchment",)): (
        Mistake(
            "catchment", "_inverse(np.asarray(weights.sum(axis=0)))", "_inverse(np.asarray(of_people.sum(axis=0)))"
        ),
        Mistake("catchment", "of_people.T @ people", "of_sites.T @ people"),
        Mistake("catchment", "of_sites @ ratio", "of_people @ ratio"),
        Mistake(
            "catchment", "np.repeat(rows, np.diff(matrix.indptr))", "np.repeat(rows[::-1], np.diff(matrix.indptr))"
        ),
    ),
    ("decays", ("decay", "catchment")): (
        Mistake("decay", "<= self.cutoff).astype", "< self.cutoff).astype"),
        Mistake("decay", 'side="left"', 'side="right"'),
        Mistake("decay", "share <= 1, 1 - share", "share <= 1, share"),
        Mistake("decay", "(2 * self.sigma**2)", "(self.sigma**2)"),
    ),
    ("compiled decays", ("sweep", "catchment")): (
        Mistake("weighing", "scratch[i] <= within", "scratch[i] < within"),
        Mistake("weighing", "1.0 - math.sqrt(square[i])", "1.0 - square[i]"),
        Mistake(
            "vectors",
            'near = builder.fcmp_ordered("<=", squared, limits)',
            'near = builder.fcmp_ordered("<", squared, limits)',
        ),
        Mistake("vectors", "DEGREE = 9", "DEGREE = 5"),
    ),
    ("sweep over a lattice", ("sweep", "catchment")): (
        Mistake(
            "kernels",
            "first = max(0, min(first, lattice.stride - width))",
            "first = min(first, lattice.stride - width)",
        ),
        Mistake(
            "kernels",
            "bottom = max(0, math.floor((sites.y[j] - reach - lattice",
            "bottom = max(0, math.ceil((sites.y[j] + 1 - reach - lattice",
        ),
        Mistake("kernels", "top = min(lattice.rows - 1, math.ceil(", "top = min(lattice.rows - 2, math.ceil("),
        Mistake(
            "vectors", 'near = builder.fcmp_ordered("<=", builder.fadd', 'near = builder.fcmp_ordered("<", builder.fadd'
        ),
    ),
    ("sweep over buckets", ("sweep", "catchment")): (
        Mistake(
            "kernels",
            "for row in range(bottom, top + 1):\n        edge",
            "for row in range(bottom, top):\n        edge",
        ),
        Mistake(
            "kernels",
            "last = min(buckets.columns - 1, math.floor((x + half",
            "last = min(buckets.columns - 1, math.floor((x",
        ),
        Mistake("kernels", "        weigh(weight, total_width", "        weigh(weight, total_width - 8"),
        Mistake("kernels", "served = served or point_areas", "served = point_areas"),
    ),
    ("bands of sites", ("sweep", "catchment")): (
        Mistake("sweep", "in_catchment[order] = met", "in_catchment[:] = met"),
        Mistake("sweep", "for turn in (chunks[::2], chunks[1::2])", "for turn in (chunks[::2],)"),
        Mistake(
            "sweep",
            "edges = np.searchsorted(keys[order], np.arange(0, rows, high)",
            "edges = np.searchsorted(keys[order], np.arange(1, rows, high)",
        ),
        Mistake("sweep", "capacity[order]\n", "capacity\n"),
    ),
    ("nearest site, compiled", ("neighbours", "sweep")): (
        Mistake("nearing", "best[lane] <= limit", "best[lane] < limit"),
        Mistake("nearing", "bottom = cell((south - half", "bottom = cell((south + half"),
        Mistake(
            "nearing",
            "farthest = tighten(best, lanes, places, runs, runs_around",
            "farthest = 0.25 * tighten(best, lanes, places, runs, runs_around",
        ),
        Mistake(
            "nearer",
            "_lanes(context, builder, signature.args[1], arguments[1])\n        kept, kept_name",
            "_lanes(context, builder, signature.args[1], arguments[1])[::-1]\n        kept, kept_name",
        ),
        Mistake(
            "nearer",
            'first = builder.and_(tied, builder.fcmp_ordered("<", new_name',
            'first = builder.and_(tied, builder.fcmp_ordered(">", new_name',
        ),
    ),
    ("nearest and pairs, SciPy", ("neighbours",)): (
        Mistake("neighbours", "keep = square <= largest_square(cutoff)", "keep = square < largest_square(cutoff)"),
        Mistake("neighbours", "east * east + north * north", "east * east - north * north"),
        Mistake("neighbours", "np.lexsort((supply, distance, point))", "np.lexsort((-supply, distance, point))"),
        Mistake("neighbours", "if not tied.any():", "if True:"),
        Mistake("neighbours", "first[order[rank < k]] = True", "first[order[rank < 1]] = True"),
    ),
    ("buckets and pairs, compiled", ("neighbours", "sweep")): (
        Mistake("arranging", "counts[j] += dx * dx + dy * dy <= limit", "counts[j] += dx * dx + dy * dy < limit"),
        Mistake("arranging", "                if square <= limit:", "                if square < limit:"),
        Mistake(
            "arranging",
            "int((points[i, 1] - south) * per_step) * columns + int((points[i, 0] - west)",
            "int((points[i, 0] - west) * per_step) * columns + int((points[i, 1] - south)",
        ),
        Mistake("arranging", "or south + row * step != points[i, 1]", "or False"),
    ),
    ("reach", ("reach",)): (
        Mistake("reach", 'side="right"', 'side="left"'),
        Mistake("reach", "len(lowest) - unreachable", "len(lowest)"),
        Mistake("reach", "np.minimum.reduceat", "np.maximum.reduceat"),
        Mistake("reach", "shares * below[-1] * (1 - 1e-12)", "shares * below[-1] * 0.5"),
        Mistake("reach", "where=weight > 0)", "where=weight >= 0)"),
        Mistake("reach", "inside = area >= 0", "inside = area >= -1"),
    ),
    ("gap", ("gap",)): (
        Mistake("gap", "standard * people - places", "places - standard * people"),
        Mistake("gap", ", 0.0)  # nan stays", ", -np.inf)  # nan stays"),
        Mistake("gap", "missing / standard", "missing * standard"),
        Mistake("gap", "inside = where >= 0", "inside = where > 0"),
    ),
    ("inequality", ("inequality",)): (
        Mistake("inequality", "held[1:] + held[:-1]", "2 * held[1:]"),
        Mistake("inequality", "[0.4, 0.9]", "[0.4, 0.8]"),
        Mistake("inequality", "value[order], weight[order]", "value[order], weight"),
        Mistake("inequality", "value < threshold", "value <= threshold"),
        Mistake("inequality", "(relative * logarithm) @ weight / weight.sum()", "(relative * logarithm) @ weight"),
    ),
    ("scenario", ("scenario",)): (
        Mistake("scenario", "new = 0.0 if site in closed", "new = 1.0 if site in closed"),
        Mistake(
            "scenario",
            "self._given(rows, costs, new) - self._given(rows, costs, old)",
            "self._given(rows, costs, new) + self._given(rows, costs, old)",
        ),
        Mistake("scenario", "(after <= limit) & (before > limit)", "(after < limit) & (before > limit)"),
        Mistake("scenario", "lowest = np.minimum(lowest, each.cost)", "lowest = each.cost"),
        Mistake("scenario", "near = self._by_site.data[part] <=", "near = self._by_site.data[part] <"),
    ),
    ("savings and choosing", ("siting/test_choosing", "siting/test_networks")): (
        Mistake("siting/savings", "self.persons @ (self.base - ", "self.persons @ (self.base + "),
        Mistake(
            "siting/savings", "is_second = np.r_[False, is_first[:-1]][: len(row)] & ~is_first", "is_second = ~is_first"
        ),
        Mistake("siting/savings", "matrix.data[keep], row_of[keep]))", "-matrix.data[keep], row_of[keep]))"),
        Mistake("siting/choosing", "- lost\n", "+ lost\n"),
        Mistake(
            "siting/choosing",
            "filled - np.repeat(before, lengths) >= 1 - 1e-9",
            "filled - np.repeat(before, lengths) >= 0.5",
        ),
    ),
    ("proof of plans", ("siting/test_choosing", "siting/test_networks")): (
        Mistake("siting/master", "if status in BOUNDED:", "if True:"),
        Mistake("siting/master", "self.bound + costs[:n] <", "self.bound - costs[:n] <"),
        Mistake("siting/master", "np.append(-cuts.slope", "np.append(0.9 * -cuts.slope"),
        Mistake("siting/master", "-highspy.kHighsInf, choice.per_group", "-highspy.kHighsInf, choice.k"),
        Mistake("siting/master", "max(self.bound, self.best.value))", "self.best.value)"),
    ),
    ("other questions of siting", ("siting/test_other_questions",)): (
        Mistake("siting/everyone", "-np.ones(covers.shape[0])", "-np.zeros(covers.shape[0])"),
        Mistake("siting/filling", "np.r_[np.zeros(n), lacks, most]", "np.r_[np.zeros(n), 2 * lacks, most]"),
        Mistake("siting/filling", "1 - fills[site] / around[site]", "fills[site] / around[site]"),
        Mistake("siting/worst_first", "for worst in np.argsort(shares", "for worst in np.argsort(-shares"),
        Mistake("siting/worst_first", "np.argmax(everywhere[best])", "np.argmin(everywhere[best])"),
    ),
    ("roads", ("roads",)): (
        Mistake("roads/search", "+ sites.leg_minutes[site]", "- sites.leg_minutes[site]"),
        Mistake(
            "roads/search",
            "near = np.flatnonzero(minutes <= limit_minutes)",
            "near = np.flatnonzero(minutes < limit_minutes)",
        ),
        Mistake("roads/search", "minutes[same] = _straight", "minutes[same] = 2 * _straight"),
        Mistake(
            "roads/search",
            "np.lexsort((sites.leg_minutes, sites.point))",
            "np.lexsort((-sites.leg_minutes, sites.point))",
        ),
        Mistake("roads/network", "_fastest(place[head], place[tail]", "_fastest(place[tail], place[head]"),
        Mistake("roads/network", "np.lexsort((cost, column, row))", "np.lexsort((-cost, column, row))"),
    ),
    ("travel matrix", ("roads",)): (
        Mistake("roads/matrix", "self.minutes[middle[is_open]] <= wanted", "self.minutes[middle[is_open]] < wanted"),
        Mistake("roads/matrix", "sums[end] - sums[self.starts[:-1]]", "sums[end]"),
        Mistake("roads/matrix", "np.repeat(first - starts[:-1], sizes)", "np.repeat(first, sizes)"),
        Mistake("roads/joining", "near = distance <= limit", "near = distance < limit"),
    ),
}


def main() -> None:
    missed = 0
    print("| kernel | mistake | noticed by |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        copied_to(Path(folder))
        for (kernel, tests), mistakes in MISTAKES.items():
            if sys.argv[1:] and kernel not in sys.argv[1:]:
                continue
            if failure := failure_of(tests, Path(folder)):
                raise RuntimeError(f"{kernel}: {failure} without any mistake")
            for mistake in mistakes:
                noticed = noticed_by(mistake, tests, Path(folder))
                missed += not noticed
                right, wrong = (" ".join(each.split()).replace("|", "\\|") for each in (mistake.right, mistake.wrong))
                print(f"| {kernel} | `{right}` → `{wrong}` | {noticed or '**nothing**'} |", flush=True)
    sys.exit(1 if missed else 0)


def copied_to(folder: Path) -> None:
    for name in COPIED:
        here, there = ROOT / name, folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, there)


def noticed_by(mistake: Mistake, tests: tuple[str, ...], folder: Path) -> str:
    """The first test that fails with the mistake; empty where none does."""
    original, source = ROOT / "geo" / f"{mistake.file}.py", folder / "geo" / f"{mistake.file}.py"
    text = original.read_text()
    if text.count(mistake.right) != 1:
        raise ValueError(f"{mistake.right!r} is {text.count(mistake.right)} times in {mistake.file}, expected once")
    source.write_text(text.replace(mistake.right, mistake.wrong))
    try:
        return failure_of(tests, folder)
    finally:
        shutil.copy2(original, source)


def failure_of(tests: tuple[str, ...], folder: Path) -> str:
    """The first test that fails in the copy; empty where none does."""
    paths = [Path("tests/geo", name) for name in tests]
    files = [str(path.with_name(f"test_{path.name.removeprefix('test_')}.py")) for path in paths]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--tb=no", *files]
    # what is compiled is kept by the hash of its sources: most mistakes find it there
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "compiled"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        run = subprocess.run(
            command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=MOST_S
        )
    except subprocess.TimeoutExpired:
        return "no end"
    failed = [line.split("::")[1].split(" ")[0] for line in run.stdout.splitlines() if line.startswith("FAILED")]
    if run.returncode > 1 or run.returncode < 0:
        return f"end of the process ({run.returncode})"
    return failed[0].split("[")[0] if failed else ""


if __name__ == "__main__":
    main()
