"""Reads an extract of OpenStreetMap into ways, for several ways of travelling at once."""

import hashlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import osmium

from geo.crs import to_metric
from geo.roads.network import Flags, Floats, Indices, RoadNetwork
from geo.roads.ways import Ways, network_of_ways
from mapapp.travel.errors import TravelError
from mapapp.travel.profiles import Profile
from mapapp.travel.tags import WayUse, keys_of, lets_through, way_use

Progress = Callable[[str, int], None]
"""Told what is read, and how many ways so far."""

EVERY = 20_000
LOCATIONS = "flex_mem"
CLOSED = WayUse(0.0, 0.0, None, is_entry=False)


@dataclass(frozen=True, slots=True)
class Extract:
    """Which state of the map was read. ``day``: of the map's data, None where the file does not tell."""

    file: str
    sha256: str
    size: int
    day: date | None


@dataclass(frozen=True)
class RoadMap:
    """All ways that some of the profiles may use.

    ``xy`` : (n, 2) metres of EPSG:2180        ``starts``, ``vertex``: as in ``geo.roads.ways.Ways``
    ``uses``: of each way, an index into ``kinds``, which has a use (or None) by profile
    """

    extract: Extract
    xy: Floats
    starts: Indices
    vertex: Indices
    uses: Indices
    kinds: tuple[tuple[WayUse | None, ...], ...]
    profiles: tuple[Profile, ...]
    blocked: Mapping[str, Flags]

    def network(self, profile: Profile) -> RoadNetwork:
        """The network of one profile."""
        which = self.profiles.index(profile)
        uses = [kind[which] or CLOSED for kind in self.kinds]
        table = np.array(
            [(use.forward_kmh, use.backward_kmh, np.nan if use.minutes is None else use.minutes) for use in uses]
        ).reshape(-1, 3)[self.uses]
        is_entry = np.array([use.is_entry for use in uses], dtype=np.bool_)[self.uses]
        ways = Ways(self.starts, self.vertex, table[:, 0], table[:, 1], table[:, 2], is_entry)
        network = network_of_ways(self.xy, ways, self.blocked[profile.code])
        return network.closed_islands(profile.smallest_part)


@dataclass
class _Collected:
    """What was read so far: nodes and positions of all vertices, where ways end, and the use of each."""

    refs: "array[int]" = field(default_factory=lambda: array("q"))
    lonlat: "array[float]" = field(default_factory=lambda: array("d"))
    ends: "array[int]" = field(default_factory=lambda: array("q"))
    uses: "array[int]" = field(default_factory=lambda: array("q"))
    seen: int = 0
    kinds: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    barriers: dict[str, list[int]] = field(default_factory=dict)

    def close_way(self, use: int) -> None:
        """End a way, if it has a stretch at all."""
        first = self.ends[-1] if self.ends else 0
        if len(self.refs) - first >= 2:
            self.ends.append(len(self.refs))
            self.uses.append(use)
        else:
            del self.refs[first:]
            del self.lonlat[2 * first :]


def read_roads(path: Path, profiles: Sequence[Profile], progress: Progress) -> RoadMap:
    """The roads of an extract (PBF or XML). Raises TravelError where it is none, or has no road."""
    keys = keys_of(profiles)
    found = _Collected(barriers={profile.code: [] for profile in profiles})
    kinds: list[tuple[WayUse | None, ...]] = []
    try:
        source = (
            osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
            .with_locations(LOCATIONS)
            .with_filter(osmium.filter.KeyFilter("highway", "route", "barrier"))
        )
        day = _day(source.header)
        for each in source:
            if isinstance(each, osmium.osm.Node):
                _read_barrier(each, profiles, found)
            elif isinstance(each, osmium.osm.Way):
                _read_way(each, profiles, keys, found, kinds)
                found.seen += 1
                if found.seen % EVERY == 0:
                    progress(path.name, found.seen)
    except (RuntimeError, OSError) as error:
        raise TravelError(f"{path.name} is no readable extract of OpenStreetMap: {error}") from error
    if not found.uses:
        raise TravelError(f"{path.name} has no roads; expected an extract with ways tagged highway=…")
    return _road_map(path, day, found, kinds, tuple(profiles))


def _read_barrier(node: "osmium.osm.Node", profiles: Sequence[Profile], found: _Collected) -> None:
    tags = {tag.k: tag.v for tag in node.tags}
    if "barrier" in tags:
        for profile in profiles:
            if not lets_through(profile, tags):
                found.barriers[profile.code].append(node.id)


def _read_way(
    way: "osmium.osm.Way",
    profiles: Sequence[Profile],
    keys: frozenset[str],
    found: _Collected,
    kinds: list[tuple[WayUse | None, ...]],
) -> None:
    told = tuple((tag.k, tag.v) for tag in way.tags if tag.k in keys)
    use = found.kinds.get(told)
    if use is None:
        use = found.kinds[told] = len(kinds)
        tags = dict(told)
        kinds.append(tuple(way_use(profile, tags) for profile in profiles))
    if not any(kinds[use]):
        return
    for node in way.nodes:
        location = node.location
        if location.valid():
            found.refs.append(node.ref)
            found.lonlat.extend((location.lon, location.lat))
        else:  # the extract ends here: what lies beyond is another way
            found.close_way(use)
    found.close_way(use)


def _road_map(
    path: Path,
    day: date | None,
    found: _Collected,
    kinds: Sequence[tuple[WayUse | None, ...]],
    profiles: tuple[Profile, ...],
) -> RoadMap:
    refs, first, vertex = np.unique(np.asarray(found.refs, np.int64), return_index=True, return_inverse=True)
    xy = to_metric(np.asarray(found.lonlat).reshape(-1, 2)[first])
    with path.open("rb") as content:
        checksum = hashlib.file_digest(content, "sha256").hexdigest()
    return RoadMap(
        extract=Extract(path.name, checksum, path.stat().st_size, day),
        xy=xy,
        starts=np.append(0, np.asarray(found.ends, np.int64)),
        vertex=vertex.astype(np.int64),
        uses=np.asarray(found.uses, np.int64),
        kinds=tuple(kinds),
        profiles=profiles,
        blocked={code: np.isin(refs, nodes) for code, nodes in found.barriers.items()},
    )


def _day(header: "osmium.io.Header") -> date | None:
    """The day of the data, as extracts of Geofabrik and planet.osm tell it."""
    told = header.get("osmosis_replication_timestamp") or header.get("timestamp")
    try:
        return datetime.fromisoformat(told).astimezone(UTC).date() if told else None
    except ValueError:
        return None
