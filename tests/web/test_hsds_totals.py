"""Numbers that are remembered for a moment."""

from collections.abc import Iterator
from itertools import count

import pytest

from mapapp.web.api.hsds_totals import MOST_REMEMBERED, Totals


class Clock:
    """A clock that stands still until it is set."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


def test_counts_once_in_a_moment(clock: Clock, numbers: Iterator[int]) -> None:
    totals = Totals(10, clock)
    assert [totals.of("a", lambda: next(numbers)) for _ in range(3)] == [1, 1, 1]
    clock.now = 9.9
    assert totals.of("a", lambda: next(numbers)) == 1
    clock.now = 10.0
    assert totals.of("a", lambda: next(numbers)) == 2


def test_tells_questions_apart(clock: Clock, numbers: Iterator[int]) -> None:
    totals = Totals(10, clock)
    assert [totals.of(question, lambda: next(numbers)) for question in ("a", "b", "a", "b")] == [1, 2, 1, 2]


def test_remembers_none(clock: Clock) -> None:
    totals = Totals(10, clock)
    assert totals.of("a", lambda: 0) == 0
    assert totals.of("a", lambda: 5) == 0


def test_does_not_grow_without_end(clock: Clock, numbers: Iterator[int]) -> None:
    totals = Totals(10, clock)
    for question in range(2 * MOST_REMEMBERED):
        totals.of(question, lambda: next(numbers))
    last = 2 * MOST_REMEMBERED - 1
    assert totals.of(0, lambda: next(numbers)) == 1
    assert totals.of(last, lambda: next(numbers)) == 2 * MOST_REMEMBERED + 1
    clock.now = 11.0
    assert totals.of(last, lambda: next(numbers)) == totals.of(last, lambda: next(numbers))
