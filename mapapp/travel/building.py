"""Builds the network of each mode from an extract of OpenStreetMap."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from mapapp.travel.engines import OwnRoads
from mapapp.travel.errors import TravelError
from mapapp.travel.profiles import Profile, profile, profiles_version
from mapapp.travel.reading import Progress, read_roads
from mapapp.travel.store import NetworkFacts, keep_network, kept_network

Told = Callable[[NetworkFacts], None]


def build_networks(root: Path, extract: Path, profiles: Sequence[Profile], progress: Progress, told: Told) -> None:
    """Read the extract once and keep a network for each profile below ``root``, telling what each became.

    Raises TravelError.
    """
    roads = read_roads(extract, profiles, progress)
    for each in profiles:
        network = roads.network(each)
        if not network.arcs:
            raise TravelError(f"{extract.name} has no way that is open to {each.code}")
        facts = NetworkFacts(
            mode=each.code,
            fingerprint=network.fingerprint,
            file=roads.extract.file,
            sha256=roads.extract.sha256,
            day=roads.extract.day,
            profiles_version=profiles_version(),
            built_at=datetime.now(UTC),
            points=network.points,
            arcs=network.arcs,
            largest_part=int(network.component_points.max()),
        )
        keep_network(root / each.code, network, facts)
        told(facts)


def own_roads(folder: Path, mode: str) -> OwnRoads:
    """The network of a mode in its folder, ready to be searched. Raises TravelError where there is none."""
    found = kept_network(folder)
    if found is None:
        raise TravelError(f"there are no roads for {mode!r}; make them with: mapapp travel build FILE.osm.pbf")
    network, facts = found
    return OwnRoads(network, facts, profile(mode))
