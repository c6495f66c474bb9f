"""The catalogue of official files and attributions: data/catalog.toml."""

import tomllib
from functools import cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mapapp.settings import ROOT

CATALOG_FILE = ROOT / "data" / "catalog.toml"
Role = Literal["boundaries", "terc", "population", "places", "grid"]
# the files that a territory is made of
OF_TERRITORY: tuple[Role, ...] = ("boundaries", "terc", "population", "places")


class OfficialFile(BaseModel):
    """A file that a publisher offers, and how to get it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    publisher: str
    licence: str
    address: Annotated[str, Field(pattern=r"^https?://")]
    date: str
    format: Literal["prg", "terc", "bdl", "geonames", "grid"]
    file: Annotated[str, Field(pattern=r"^[a-z0-9_.-]+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    button: str | None = None
    subject: str | None = None
    year: int | None = None


class Catalog(BaseModel):
    """The whole catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attribution: dict[Literal["pack", "official", "schematic"], str]
    bdl_units: dict[str, str]
    files: dict[Role, OfficialFile]


@cache
def read_catalog() -> Catalog:
    """The catalogue of this version."""
    return Catalog.model_validate(tomllib.loads(CATALOG_FILE.read_text(encoding="utf-8")))


def attribution(kind: Literal["pack", "official", "schematic"]) -> str:
    """Whose data a territory of that kind is, in Polish: shown wherever it is."""
    return read_catalog().attribution[kind]
