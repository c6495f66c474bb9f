"""Work on several threads: for compiled loops, which let other threads run."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise

Chunk = tuple[int, int]


def count_of_threads() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_threads(work: Callable[[Chunk], None], chunks: Sequence[Chunk]) -> None:
    """Does ``work`` on each chunk, on as many threads as there are processors; raises what one of them raised.

    Which thread takes which chunk is not determined: chunks must write to different places.
    """
    waiting, failures = list(reversed(chunks)), list[BaseException]()

    def take() -> None:
        try:
            while not failures:
                work(waiting.pop())
        except IndexError:
            return
        except BaseException as failure:  # raised again below
            failures.append(failure)

    others = [threading.Thread(target=take) for _ in range(min(count_of_threads(), len(chunks)) - 1)]
    for thread in others:
        thread.start()
    take()
    for thread in others:
        thread.join()
    if failures:
        raise failures[0]


def even_chunks(count: int, least: int = 4096) -> list[Chunk]:
    """0 … count cut into some four pieces per thread, of at least ``least``."""
    pieces = max(1, min(4 * count_of_threads(), count // least))
    return list(pairwise(count * k // pieces for k in range(pieces + 1)))
