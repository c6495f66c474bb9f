"""The published directory in one row: kept by each publication, counted anew where something else wrote a listing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

COLUMNS = (
    *("listings", "located", "has_samples", "newest_writer", "oldest", "newest"),
    *("west", "south", "east", "north", "sources"),
)
NAMES = ", ".join(COLUMNS)
# every publication writes its rows in a transaction of its own; the newest tells of any change but a removal
COUNTED = """
SELECT count(*) AS listings, count(point) AS located, coalesce(bool_or(is_sample), false) AS has_samples,
    max(CAST(CAST(xmin AS text) AS bigint)) AS newest_writer,
    min(last_modified) AS oldest, max(last_modified) AS newest,
    ST_XMin(ST_Extent(point)) AS west, ST_YMin(ST_Extent(point)) AS south,
    ST_XMax(ST_Extent(point)) AS east, ST_YMax(ST_Extent(point)) AS north,
    coalesce(array_agg(DISTINCT source ORDER BY source), '{}') AS sources
FROM listing
"""
KEPT = text(f"SELECT {NAMES} FROM listing_summary")
COUNT = text(COUNTED)
KEEP = text(f"""
INSERT INTO listing_summary (is_only, {NAMES})
SELECT true, counted.* FROM ({COUNTED}) AS counted
ON CONFLICT (is_only) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS)}
""")


@dataclass(frozen=True, slots=True)
class Summary:
    """How many listings there are, how many of them have a place, what they span in time and in degrees."""

    listings: int
    located: int
    has_samples: bool
    newest_writer: int | None
    oldest: datetime | None
    newest: datetime | None
    west: float | None
    south: float | None
    east: float | None
    north: float | None
    sources: tuple[str, ...]

    @property
    def bbox(self) -> tuple[float, float, float, float] | None:
        """Where the listings are; None where none has a place."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return self.west, self.south, self.east, self.north


def directory_summary(session: Session) -> Summary:
    """The summary that holds now."""
    row = session.execute(KEPT).one_or_none() or session.execute(COUNT).one()
    values = dict(row._mapping)
    return Summary(**values | {"sources": tuple(values["sources"])})


def is_kept(session: Session) -> bool:
    """Whether nothing but publications wrote listings since the last one."""
    return session.execute(KEPT).one_or_none() is not None


def keep_summary(session: Session) -> None:
    """Count, and keep what was counted; to be called at the end of a publication."""
    session.execute(KEEP)
