"""The regions that this code can serve: data/regions.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache

from mapapp.settings import ROOT
from mapapp.territory.errors import TerritoryError

REGIONS_FILE = ROOT / "data" / "regions.toml"


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the settings and the voivodeship that it is."""

    code: str
    voivodeship_teryt: str


@cache
def region(code: str) -> Region:
    """The region of that code. Raises TerritoryError where it is not in the file."""
    known = tomllib.loads(REGIONS_FILE.read_text(encoding="utf-8"))
    if code not in known:
        raise TerritoryError([f"the region is {code!r}, expected one of {', '.join(known)} (data/regions.toml)"])
    return Region(code, known[code]["voivodeship_teryt"])
