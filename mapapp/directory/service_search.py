"""What the directory is asked: a frozen value that refuses what no query shall be asked."""

from dataclasses import dataclass
from datetime import date, datetime

from geo.crs import Position
from mapapp.directory.open_when import OpenWhen

LONGEST_TEXT = 200
MOST_RESULTS = 5_000
FARTHEST_KM = 1_000
# where PUWG 1992 measures well: west, south, east, north
AROUND_POLAND = (12.0, 47.0, 27.0, 57.0)


@dataclass(frozen=True, slots=True)
class ServiceSearch:
    """What to look for. Every filter narrows; codes of one filter are alternatives.

    ``audiences`` also finds what is for everybody, and what is for a wider or narrower audience; ``types`` the types
    below a type. ``profile`` leaves out places known to be of no use to it, and puts the confirmed first, then the
    partly accessible, then those nobody surveyed. ``gmina``, ``powiat`` and ``subregion`` find what is there, and
    services without a place that come there. ``open_when`` leaves out what is closed then, and puts what is surely open
    before what has no known hours.
    Raises ValueError where the text is over-long or ``limit`` or ``offset`` are out of range.
    """

    q: str = ""
    near: Position | None = None
    within_km: float | None = None
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    profile: str | None = None
    costs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    open_when: OpenWhen | None = None
    # a person confirmed the data on this day or later
    verified_since: date | None = None
    gmina: str | None = None
    powiat: str | None = None
    subregion: str | None = None
    bbox: tuple[float, float, float, float] | None = None
    # only what was published, or changed in public, since then
    modified_since: datetime | None = None
    limit: int = 20
    offset: int = 0

    def __post_init__(self) -> None:
        """Refuse what no query shall be asked."""
        refuse_long_text(self.q)
        if not 1 <= self.limit <= MOST_RESULTS:
            raise ValueError(f"limit is {self.limit}, expected 1 to {MOST_RESULTS}")
        if self.offset < 0:
            raise ValueError(f"offset is {self.offset}, expected 0 or more")
        if self.within_km is not None and (self.near is None or not 0 < self.within_km <= FARTHEST_KM):
            raise ValueError(f"within_km is {self.within_km}, expected up to {FARTHEST_KM} around a position")
        if self.near is not None and not _is_around_poland(self.near):
            raise ValueError(f"the position is {self.near}, expected one in Poland, longitude first")
        if self.bbox is not None and not _is_box(*self.bbox):
            raise ValueError(f"bbox is {self.bbox}, expected west < east and south < north in degrees")


def _is_around_poland(position: Position) -> bool:
    west, south, east, north = AROUND_POLAND
    return west <= position.lon <= east and south <= position.lat <= north


def _is_box(west: float, south: float, east: float, north: float) -> bool:
    return -180 <= west < east <= 180 and -90 <= south < north <= 90


def refuse_long_text(text: str) -> None:
    """Raise ValueError where ``text`` is longer than a question is."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the text has {len(text)} characters, expected at most {LONGEST_TEXT}")
