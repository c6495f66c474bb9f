"""What a planner's question can get wrong. Each message has the value and what was expected."""

from collections.abc import Iterable
from difflib import get_close_matches


class CoverageError(ValueError):
    """A question that has no answer; the message says why and what would help."""


class UnknownCode(CoverageError):
    """A measure, type, group, age, mode or standard that is not known."""

    def __init__(self, field: str, value: str, known: Iterable[str]) -> None:
        codes = sorted(known)
        near = get_close_matches(value, codes, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"{field}: {value!r} is not known{hint} Expected one of {', '.join(codes)}")
        self.field, self.value = field, value


class NotAnswerable(CoverageError):
    """A question that is clear, but whose data are not loaded."""


class TimesNotKept(NotAnswerable):
    """Travel by road that nobody has computed. ``limit_minutes``: how far it was, where that is the reason."""

    def __init__(self, message: str, limit_minutes: float | None = None) -> None:
        self.limit_minutes = limit_minutes
        super().__init__(message)


class WrongFile(CoverageError):
    """A file that cannot be loaded: every wrong line with its column and value."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
