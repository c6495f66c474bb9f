"""How many records a question finds, remembered for a moment: to count 100,000 takes longer than to read a page.

Who reads page after page asks the same each time. The records of a page are never remembered, only their number.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic

MOST_REMEMBERED = 500


class Totals:
    """Numbers by question; safe to share between threads."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._known: dict[Hashable, tuple[float, int]] = {}
        self._lock = Lock()

    def of(self, question: Hashable, count: Callable[[], int]) -> int:
        """The number that ``count`` gave lately, or gives now."""
        now = self._clock()
        with self._lock:
            until, number = self._known.get(question, (now, 0))
        if now < until:
            return number
        number = count()
        with self._lock:
            self._known = {each: known for each, known in self._known.items() if now < known[0]}
            if len(self._known) < MOST_REMEMBERED:
                self._known[question] = (now + self._seconds, number)
        return number
