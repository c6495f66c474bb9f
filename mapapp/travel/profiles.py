"""How each way of travelling uses roads: ``data/travel``, checked once."""

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mapapp.settings import ROOT
from mapapp.travel.errors import TravelError

FOLDER = ROOT / "data" / "travel"
FILES = ("profiles.toml", "highways.csv", "surfaces.csv", "barriers.csv")

Column = Literal["car", "bike", "walk"]
Above = Annotated[float, Field(gt=0, allow_inf_nan=False)]
AtLeastZero = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Profile(BaseModel):
    """A way of travelling; ``data/travel/profiles.toml`` says what each part means.

    ``speeds``: km/h by highway. ``most``: km/h at most by (key, value) of a surface. ``barriers``: those that close.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    column: Column
    access: tuple[str, ...] = Field(min_length=1)
    oneway: tuple[str, ...]
    obeys_maxspeed: bool
    maxspeed_factor: Above
    explicit_kmh: Above
    dismount_kmh: AtLeastZero
    ferry_kmh: Above
    speed_factor: Above
    leg_kmh: Above
    join_within_m: Above
    smallest_part: Annotated[int, Field(ge=1)]
    limit_minutes: Annotated[float, Field(gt=0, le=240)]
    speeds: Mapping[str, float]
    most: Mapping[tuple[str, str], float]
    barriers: frozenset[str]
    no_entry: frozenset[str]


@cache
def profiles(folder: Path = FOLDER) -> Mapping[str, Profile]:
    """The ways of travelling by code."""
    told = tomllib.loads((folder / "profiles.toml").read_text(encoding="utf-8"))
    return MappingProxyType({code: _profile(code, parts, folder) for code, parts in told.items()})


def profile(code: str) -> Profile:
    """The way of travelling of that code. Raises TravelError."""
    known = profiles()
    if code not in known:
        raise TravelError(f"mode: {code!r} has no road profile. Expected one of {', '.join(known)}")
    return known[code]


@cache
def profiles_version(folder: Path = FOLDER) -> str:
    """A hash of all that decides speeds and access."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:16]


def _profile(code: str, parts: Mapping[str, object], folder: Path) -> Profile:
    column = parts["column"]
    highways, surfaces = list(_rows(folder / "highways.csv")), list(_rows(folder / "surfaces.csv"))
    closing = [row["barrier"] for row in _rows(folder / "barriers.csv") if row[str(column)] == "closed"]
    speed, most = f"{column}_kmh", {}
    if speed in surfaces[0]:
        most = {(row["key"], row["value"]): float(row[speed]) for row in surfaces if row[speed]}
    return Profile.model_validate(
        {
            **parts,
            "code": code,
            "speeds": {row["highway"]: float(row[speed]) for row in highways if row[speed]},
            "most": most,
            "barriers": frozenset(closing),
            "no_entry": frozenset(row["highway"] for row in highways if row["is_entry"] == "no"),
        }
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
