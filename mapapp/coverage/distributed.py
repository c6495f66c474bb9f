"""The same measures over several machines: tiles go to the workers of a dask cluster, and come back as the whole.

One machine does a continent of straight lines in a second; this is for many scenarios, fine cells and travel times.
Needs the extra ``cluster`` (dask, distributed); nothing else of the product imports it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import numpy.typing as npt

from geo.catchment import Access, Locations
from geo.decay import Decay
from geo.tiling import Piece, PieceOfAccess, access_of_piece, pieces, put_together

if TYPE_CHECKING:
    from distributed import Client, Future

WAITING_PER_THREAD = 2  # pieces sent ahead, so that no worker waits and the memory stays small


def two_step_on(
    client: Client,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    locations: Locations,
    decay: Decay,
    *,
    tile_m: float | None = None,
) -> Access:
    """``geo.catchment.two_step`` on the workers of ``client``, the same within 1e-12.

    Arrays as there        tile_m : side of a tile in metres, eight times the cutoff where not given
    A worker that is lost has its tiles computed by another. Raises ShapeMismatch, InvalidAmount, and what a worker
    raised.
    """
    parts = _computed(client, pieces(demand, capacity, locations, decay, tile_m))
    return put_together(parts, capacity, locations.shape[0])


def two_step_at(
    address: str,
    demand: npt.ArrayLike,
    capacity: npt.ArrayLike,
    locations: Locations,
    decay: Decay,
    *,
    tile_m: float | None = None,
) -> Access:
    """As ``two_step_on`` with the scheduler at ``address``, such as ``tcp://10.0.0.5:8786``. Raises OSError."""
    from distributed import Client  # noqa: PLC0415 - an extra

    with Client(address, timeout="10s", set_as_default=False) as client:
        return two_step_on(client, demand, capacity, locations, decay, tile_m=tile_m)


def _computed(client: Client, waiting: Iterator[Piece]) -> Iterator[PieceOfAccess]:
    """Answers as they come; as many pieces are under way as the workers have threads, and some more."""
    from distributed import as_completed  # noqa: PLC0415 - an extra

    ahead = WAITING_PER_THREAD * max(1, sum(client.nthreads().values()))
    running = as_completed([_sent(client, piece) for piece in islice(waiting, ahead)], loop=client.loop)
    for future in running:
        yield future.result()
        future.release()
        for piece in islice(waiting, 1):
            running.add(_sent(client, piece))


def _sent(client: Client, piece: Piece) -> Future[PieceOfAccess]:
    """A future of the piece's answer; the data goes to a worker and not through the scheduler's graph."""
    return client.submit(access_of_piece, client.scatter(piece, hash=False), pure=False)
