"""Small extracts of OpenStreetMap, written by pyosmium: nodes by name at metres of EPSG:2180 from a corner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from geo.crs import to_wgs84
from geo.roads.network import Floats

CORNER = np.array([360_000.0, 361_000.0])


@dataclass
class Extract:
    """An extract in the making."""

    nodes: dict[str, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[str, Mapping[str, str]] = field(default_factory=dict)
    ways: list[tuple[tuple[str, ...], Mapping[str, str]]] = field(default_factory=list)

    def node(self, name: str, east_m: float, north_m: float, **tags: str) -> None:
        """A node at metres from the corner."""
        self.nodes[name] = (east_m, north_m)
        self.node_tags[name] = tags

    def way(self, nodes: str | Sequence[str], tags: Mapping[str, str] | None = None, **more: str) -> None:
        """A way through nodes; a text is one letter a node."""
        self.ways.append((tuple(nodes), {**(tags or {}), **more}))

    def write(self, path: Path, day: str | None = "2026-10-01T20:20:00Z") -> Path:
        """The file; its format is that of its ending."""
        header = osmium.io.Header()
        if day:
            header.set("osmosis_replication_timestamp", day)
        path.unlink(missing_ok=True)
        with osmium.SimpleWriter(str(path), header=header) as writer:
            ids = {name: number for number, name in enumerate(self.nodes, start=1)}
            for name, number in ids.items():
                lon, lat = to_wgs84(at(self.nodes[name]))[0]
                writer.add_node(Node(id=number, version=1, location=(lon, lat), tags=dict(self.node_tags[name])))
            for number, (names, tags) in enumerate(self.ways, start=1):
                # a name that is no node's stands for one beyond the extract
                refs = [ids.get(name, 1_000_000 + number) for name in names]
                writer.add_way(Way(id=number, version=1, nodes=refs, tags=dict(tags)))
        return path


def at(*places: tuple[float, float]) -> Floats:
    """(n, 2) metres of EPSG:2180 of places at metres from the corner."""
    return np.array(places, dtype=np.float64).reshape(-1, 2) + CORNER
