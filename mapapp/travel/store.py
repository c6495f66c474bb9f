"""Networks and times on disk, below ``var/travel/<region>/<mode>``: arrays that every process maps, never half-written.

network-<hash>/   points and arcs, and network.json: which extract, when, how
times-<hash>/     minutes between sites and cells, and times.json: of which network, with which limit
parts/            what an unfinished computation has so far
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from scipy.sparse import csr_array

from geo.roads.matrix import TravelMatrix
from geo.roads.network import Flags, Floats, RoadNetwork
from mapapp.settings import Settings
from mapapp.travel.errors import TravelError

NETWORK, TIMES, PARTS = "network", "times", "parts"
Count = Annotated[int, Field(ge=0)]
Arrays = Mapping[str, np.ndarray[Any, Any]]


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkFacts(_Told):
    """What a network was made of. ``day``: of the map's data; ``profiles_version``: of the rules in data/travel."""

    mode: str
    fingerprint: str
    file: str
    sha256: str
    day: date | None
    profiles_version: str
    built_at: datetime
    points: Count
    arcs: Count
    largest_part: Count


class TimesFacts(_Told):
    """What times were computed from. ``source``: the hash of a network, or the address of an engine.

    ``cells``: a hash of where people live. ``map_file``, ``map_day``: the extract, where it is known.
    """

    mode: str
    fingerprint: str
    engine: str
    source: str
    map_file: str
    map_day: date | None
    limit_minutes: float
    cells: str
    sites: Count
    pairs: Count
    sites_off_network: Count
    cells_off_network: Count
    computed_at: datetime


AnyFacts = TypeVar("AnyFacts", NetworkFacts, TimesFacts)


@dataclass(frozen=True, eq=False)
class KeptTimes:
    """Times with the places that they are between: (n, 2) metres, and whether each is on the network."""

    facts: TimesFacts
    matrix: TravelMatrix
    sites_xy: Floats
    cells_xy: Floats
    cell_is_joined: Flags


def travel_root(settings: Settings) -> Path:
    """Where the roads of the region are kept, a folder for each mode."""
    return settings.var_folder / "travel" / settings.region


def keep_network(folder: Path, network: RoadNetwork, facts: NetworkFacts) -> None:
    """Put a network in the place of the one before."""
    arrays: dict[str, Any] = {
        "xy": network.xy,
        "starts": network.arrivals.indptr,
        "tails": network.arrivals.indices,
        "minutes": network.arrivals.data,
        "is_entry": network.is_entry,
    }
    _keep(folder, NETWORK, facts, arrays)


def kept_network(folder: Path) -> tuple[RoadNetwork, NetworkFacts] | None:
    """The network and what it was made of; None where there is none. Raises TravelError where it cannot be read."""
    found = _kept(folder, NETWORK, NetworkFacts)
    if found is None:
        return None
    facts, arrays = found
    count = len(arrays["xy"])
    arrivals = csr_array((arrays["minutes"], arrays["tails"], arrays["starts"]), shape=(count, count))
    return RoadNetwork(arrays["xy"], arrivals, arrays["is_entry"]), facts


def network_facts(folder: Path) -> NetworkFacts | None:
    """What the network was made of, without reading it."""
    return _facts(folder, NETWORK, NetworkFacts)


def keep_times(folder: Path, times: KeptTimes) -> None:
    """Put times in the place of those before; what a computation had so far is no longer needed."""
    matrix = times.matrix
    arrays: dict[str, Any] = {
        "starts": matrix.starts,
        "cell": matrix.cell,
        "minutes": matrix.minutes,
        "sites_xy": times.sites_xy,
        "cells_xy": times.cells_xy,
        "cell_is_joined": times.cell_is_joined,
    }
    _keep(folder, TIMES, times.facts, arrays)
    shutil.rmtree(folder / PARTS, ignore_errors=True)


def kept_times(folder: Path) -> KeptTimes | None:
    """The times of a mode; None where there are none. Raises TravelError where they cannot be read."""
    found = _kept(folder, TIMES, TimesFacts)
    if found is None:
        return None
    facts, arrays = found
    matrix = TravelMatrix(
        arrays["starts"], arrays["cell"], arrays["minutes"], len(arrays["cell_is_joined"]), facts.limit_minutes
    )
    return KeptTimes(facts, matrix, arrays["sites_xy"], arrays["cells_xy"], arrays["cell_is_joined"])


def times_facts(folder: Path) -> TimesFacts | None:
    """What the times were computed from, without reading them."""
    return _facts(folder, TIMES, TimesFacts)


def keep_part(folder: Path, number: int, key: str, matrix: TravelMatrix, sites_xy: Floats) -> None:
    """Keep the times of some sites, so that a computation that is broken off goes on from there."""
    target = folder / PARTS / key / f"{number:06}.npz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(target) as unfinished, unfinished.open("wb") as file:
        np.savez(file, starts=matrix.starts, cell=matrix.cell, minutes=matrix.minutes, sites_xy=sites_xy)


def kept_parts(folder: Path, key: str, cells: int, limit_minutes: float) -> Iterator[tuple[TravelMatrix, Floats]]:
    """The times that were kept under this key, with the positions of their sites."""
    for path in sorted((folder / PARTS / key).glob("*.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            matrix = TravelMatrix(arrays["starts"], arrays["cell"], arrays["minutes"], cells, limit_minutes)
            yield matrix, arrays["sites_xy"]


def _keep(folder: Path, kind: str, facts: NetworkFacts | TimesFacts, arrays: Arrays) -> None:
    """Write the arrays into a folder of their own, then point to it, then remove what stood there before."""
    target = folder / f"{kind}-{facts.fingerprint}"
    unfinished = folder / f".{target.name}.{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(unfinished / f"{name}.npy", np.ascontiguousarray(array), allow_pickle=False)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)
    with _replacing(folder / f"{kind}.json") as pointer:
        pointer.write_text(facts.model_dump_json(indent=2), encoding="utf-8")
    for old in folder.glob(f"{kind}-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)


def _kept(folder: Path, kind: str, model: type[AnyFacts]) -> tuple[AnyFacts, Arrays] | None:
    facts = _facts(folder, kind, model)
    if facts is None:
        return None
    source = folder / f"{kind}-{facts.fingerprint}"
    try:
        return facts, {path.stem: np.load(path, mmap_mode="r", allow_pickle=False) for path in _whole(source)}
    except (OSError, ValueError) as error:
        raise TravelError(f"{source} cannot be read: {error}; make it anew with: mapapp travel") from error


def _whole(source: Path) -> list[Path]:
    paths = list(source.glob("*.npy"))
    if not paths:
        raise FileNotFoundError("it has no arrays")
    return paths


def _facts(folder: Path, kind: str, model: type[AnyFacts]) -> AnyFacts | None:
    path = folder / f"{kind}.json"
    try:
        return model.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError, json.JSONDecodeError) as error:
        raise TravelError(f"{path} is not as it was written: {error}") from error


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A file to write that takes the target's place when it is whole."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    yield unfinished
    unfinished.replace(target)
