"""GeoJSON (RFC 7946) and JSON Lines: PostgreSQL makes every feature, here they are only joined."""

import json
from collections.abc import Iterator

from mapapp.registers.writers.archive import read_me, zipped
from mapapp.registers.writers.content import Export


def geojson(export: Export) -> Iterator[bytes]:
    """A FeatureCollection, one feature in a line; ``about`` is a foreign member (RFC 7946 §6.1)."""
    about = export.about
    boundaries = None if about.is_schematic is None else "schematic" if about.is_schematic else "official"
    head = {
        "type": "FeatureCollection",
        "name": export.layer,
        "samples": about.is_sample,
        "boundaries": boundaries,
        "about": export.described(),
    }
    yield f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": ['.encode()
    before = "\n"
    for batch in export.batches:
        yield (before + ",\n".join(feature for (feature,) in batch)).encode()
        before = ",\n"
    yield b"\n]}\n"


def json_lines(export: Export) -> Iterator[bytes]:
    """An object in each line."""
    for batch in export.batches:
        yield "".join(f"{line}\n" for (line,) in batch).encode()


def json_lines_with_readme(export: Export) -> Iterator[bytes]:
    """The lines, with what has to be said about them beside."""
    return zipped((f"{export.layer}.jsonl", json_lines(export)), *read_me(export))
