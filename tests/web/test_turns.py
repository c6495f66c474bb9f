"""Pages are made a few at a time, and none waits for ever."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from mapapp.web.turns import Turns


def test_lets_so_many_work_at_once() -> None:
    turns, lock, counts = Turns(3, longest_wait_s=20), Lock(), [0, 0]

    def work(_number: int) -> None:
        with turns.taken():
            with lock:
                counts[0] += 1
                counts[1] = max(counts)
            time.sleep(0.02)
            with lock:
                counts[0] -= 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(work, range(24)))
    assert counts == [0, 3]


def test_gives_the_turn_back_after_an_error() -> None:
    turns = Turns(1, longest_wait_s=20)
    for _time in range(3):
        with pytest.raises(ValueError, match="wrong"), turns.taken():
            raise ValueError("wrong")


def test_goes_without_a_turn_after_a_while_and_gives_none_back() -> None:
    turns, done = Turns(1, longest_wait_s=0.2), Event()

    def hold() -> None:
        with turns.taken():
            done.wait(20)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold)
        for _time in range(2):
            started = time.monotonic()
            with turns.taken():
                assert time.monotonic() - started < 10
        started = time.monotonic()
        with turns.taken():
            # still one turn in all, and it is taken
            assert time.monotonic() - started > 0.15
        done.set()
