"""How the inner loops are compiled, and where the compiled code is kept.

It is kept in ``NUMBA_CACHE_DIR`` where that is set, else beside this file, in a folder named after the sources: numba
itself looks at the calling file only, and would go on using loops whose parts in another file have changed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba
from numba.core import config

P = ParamSpec("P")
R = TypeVar("R")

HERE = Path(__file__).resolve().parent
LOOPS = ("lanes", "vectors", "nearer", "weighing", "kernels", "arranging", "nearing")
SOURCES = tuple(f"{name}.py" for name in ("compiling", *LOOPS))
DIGEST = hashlib.blake2b(b"".join((HERE / name).read_bytes() for name in SOURCES), digest_size=8).hexdigest()


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compiled at the first call, once per machine; lets other threads run."""
    usual, config.CACHE_DIR = config.CACHE_DIR, cache_folder() or config.CACHE_DIR
    try:
        faster: Callable[P, R] = numba.njit(nogil=True, cache=True)(function)
    finally:
        config.CACHE_DIR = usual
    return faster


def cache_folder() -> str:
    """Where the compiled code of these sources is kept; empty where nothing can be written, and numba is to choose."""
    folder = Path(os.environ.get("NUMBA_CACHE_DIR") or HERE / "__pycache__") / f"geo-{DIGEST}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return ""
    return str(folder)
