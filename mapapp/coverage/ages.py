"""Ages as planners write them: ``80+``, ``0-17``, ``60-74``, ``total``."""

import re
from dataclasses import dataclass

from mapapp.coverage.errors import UnknownCode

OPEN_END = 120
EXAMPLES = ("total", "0-17", "18+", "60+", "80+")
_RANGE = re.compile(r"^(\d{1,3})(?:-(\d{1,3})|\+)$")
# kinds of people that no population by age can count
INDICATOR_GROUPS = ("disability", "disability_18+")
UNITS_COUNTED = ("subregion",)


@dataclass(frozen=True, slots=True)
class Ages:
    """Whole years of age, both ends included; ``high`` is 120 where open."""

    low: int
    high: int

    def __str__(self) -> str:
        """As planners write it."""
        if (self.low, self.high) == (0, OPEN_END):
            return "total"
        return f"{self.low}+" if self.high == OPEN_END else f"{self.low}-{self.high}"


def parse_ages(written: str) -> Ages:
    """The ages of a code. Raises UnknownCode."""
    if written == "total":
        return Ages(0, OPEN_END)
    match = _RANGE.match(written.strip())
    if match is None:
        raise UnknownCode("ages", written, EXAMPLES)
    low, high = int(match[1]), int(match[2]) if match[2] else OPEN_END
    if not low <= high <= OPEN_END:
        raise UnknownCode("ages", written, EXAMPLES)
    return Ages(low, high)
