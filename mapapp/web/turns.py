"""Pages that take the processor are made a few at a time.

Threads of one process share an interpreter. Eight that work at once all finish late, the last of them latest; in turns
each is made as soon as it can be, and the database's part of one still goes on during Python's part of another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore

AT_ONCE = 3
# what holds its turn so long waits for a database in trouble, and must not hold up the others too
LONGEST_WAIT_S = 1.0


class Turns:
    """So many at once; who has waited long enough goes without a turn."""

    def __init__(self, at_once: int = AT_ONCE, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._free = Semaphore(at_once)
        self._longest_wait_s = longest_wait_s

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for a turn, and have it until the end of the block."""
        has_turn = self._free.acquire(timeout=self._longest_wait_s)
        try:
            yield
        finally:
            if has_turn:
                self._free.release()
