"""One measured figure."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, how much, and the goal that it must not exceed."""

    what: str
    value: float
    unit: str
    goal: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether the goal is kept; a figure without a goal always is."""
        return self.goal is None or self.value <= self.goal

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"is_met": self.is_met}
