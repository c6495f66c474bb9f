"""GeoJSON (RFC 7946) and JSON Lines: PostgreSQL makes every feature, here they are only joined."""

import json

from mapapp.registers.writers.archive import read_me, zipped
from mapapp.registers.writers.content import Batch, Export, Pieces


def geojson(export: Export) -> Pieces:
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
    # with the first features: where they cannot be read, nothing is sent yet
    before = f'{json.dumps(head, ensure_ascii=False)[:-1]}, "features": [\n'
    for batch in export.batches:
        yield before.encode() + _joined(",\n", batch)
        before = ",\n"
    if not export.total:
        yield before.encode()
    yield b"\n]}\n"


def json_lines(export: Export) -> Pieces:
    """An object in each line."""
    for batch in export.batches:
        yield _joined("\n", batch) + b"\n"


def json_lines_with_readme(export: Export) -> Pieces:
    """The lines, with what has to be said about them beside."""
    return zipped((f"{export.layer}.jsonl", json_lines(export)), *read_me(export))


def _joined(between: str, batch: Batch) -> bytes:
    texts = [text for (text,) in batch]
    # those kept for whole files come as PostgreSQL has them
    return between.encode().join(texts) if isinstance(texts[0], bytes) else between.join(texts).encode()


def about(export: Export) -> Pieces:
    """Only what has to be said about the rows: where a file has none but rows."""
    yield f"{export.described_as_text()}\n".encode()
