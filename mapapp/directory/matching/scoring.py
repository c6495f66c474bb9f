"""The score of a pair of units, the verdict, and why. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from mapapp.directory.matching.fields import comparisons
from mapapp.directory.matching.prepared import Prepared, prepare
from mapapp.directory.matching.unit import Unit
from mapapp.directory.matching.weights import CONFLICTS, DOUBTFUL, PRIOR, SURE, WEIGHTS, Field, Verdict

_COMPARISONS: Final = tuple(comparisons())


@dataclass(frozen=True, slots=True)
class Reason:
    """What one field tells: its level, the bits that it adds, and the finding in words."""

    field: Field
    level: str
    bits: float
    words: str

    def __str__(self) -> str:
        """The reason as one line: "name +6.0: names agree: „vita”"."""
        return f"{self.field} {self.bits:+.1f}: {self.words}"


@dataclass(frozen=True, slots=True)
class Match:
    """Two units compared. ``score`` is the probability that they are one, as far as WEIGHTS know it."""

    one: Unit
    other: Unit
    bits: float
    verdict: Verdict
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return float(1 / (1 + 2.0**-self.bits))


def compare(one: Unit, other: Unit) -> Match:
    """Whether two units are one. The order of the two does not matter to score and verdict."""
    return compare_prepared(prepare(one), prepare(other))


def compare_prepared(one: Prepared, other: Prepared, shared_contacts: Collection[str] = ()) -> Match:
    """The same for units that are taken apart already; ``shared_contacts`` are given by several units."""
    reasons = []
    for field, comparison in _COMPARISONS:
        found = comparison(one, other, shared_contacts)
        if found:
            level, words = found
            reasons.append(Reason(field, level, WEIGHTS[field, level], words))
    bits = PRIOR + sum(each.bits for each in reasons)
    return Match(one.unit, other.unit, bits, _verdict(bits, reasons), tuple(reasons))


def _verdict(bits: float, reasons: Collection[Reason]) -> Verdict:
    if bits < DOUBTFUL:
        return "different"
    in_conflict = any((each.field, each.level) in CONFLICTS for each in reasons)
    return "doubtful" if bits < SURE or in_conflict else "sure"
