"""What can be wrong with the data of a territory."""

from collections.abc import Iterable

MOST_SHOWN = 12


class TerritoryError(ValueError):
    """The data cannot be loaded; every problem names file, layer or line, column, value and what was expected."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        shown = self.problems[:MOST_SHOWN]
        more = [f"… and {len(self.problems) - MOST_SHOWN} more"] if len(self.problems) > MOST_SHOWN else []
        super().__init__("\n".join([*shown, *more]))


def refuse(problems: Iterable[str]) -> None:
    """Raise TerritoryError unless there are no problems."""
    found = tuple(problems)
    if found:
        raise TerritoryError(found)
