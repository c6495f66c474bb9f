"""A small pack made for a test: two gminas side by side where Bogatynia's powiat is, and the city of Jelenia Góra."""

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.crs import to_metric
from mapapp.territory.commands import load_territory
from mapapp.territory.content import TerritoryData
from mapapp.territory.coverage_checks import known_powiats
from mapapp.territory.embedded import read_embedded
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region

MakePack = Callable[[gpd.GeoDataFrame], Path]
FIGURES = {"0225033": 21_036, "0225043": 8_627, "0261011": 74_194}


def rectangle_at(powiat: str, east_m: float = 0) -> shapely.Polygon:
    """3 by 2 km around a point that lies in the powiat."""
    row = known_powiats()[powiat]
    x, y = to_metric(shapely.Point(row.lon, row.lat)).coords[0]
    return shapely.box(x + east_m - 1500, y - 1000, x + east_m + 1500, y + 1000)


@pytest.fixture
def gminas() -> gpd.GeoDataFrame:
    """The layer gmina of the small pack."""
    rows = [
        ("0225033", "Bogatynia", "urban-rural", "zgorzelecki", rectangle_at("0225")),
        ("0225043", "Pieńsk", "urban-rural", "zgorzelecki", rectangle_at("0225", east_m=3000)),
        ("0261011", "Jelenia Góra", "urban", "Jelenia Góra", rectangle_at("0261")),
    ]
    table = gpd.GeoDataFrame(
        rows, columns=["teryt", "name", "kind", "powiat", "geometry"], geometry="geometry", crs=2180
    )
    table["powiat_teryt"] = table.teryt.str[:4]
    return table.assign(nuts3="PL515", subregion="jeleniogórski", voivodeship_teryt="02", voivodeship="dolnośląskie")


@pytest.fixture
def make_pack(tmp_path: Path) -> MakePack:
    """Writes a pack around a layer of gminas."""

    def make(gminas: gpd.GeoDataFrame) -> Path:
        file = tmp_path / "territory.gpkg"
        gminas.to_file(file, layer="gmina")
        for layer, code, name in (
            ("powiat", "powiat_teryt", "powiat"),
            ("subregion", "nuts3", "subregion"),
            ("voivodeship", "voivodeship_teryt", "voivodeship"),
        ):
            upper = gminas.dissolve(code, as_index=False).rename(columns={code: "code"})
            upper["name"] = upper[name]
            upper[["code", "name", "geometry"]].to_file(file, layer=layer)
        write_csvs(tmp_path, gminas)
        return tmp_path

    return make


def write_csvs(folder: Path, gminas: gpd.GeoDataFrame) -> None:
    """Population totals of 2024, two age groups of 2020, and a place in the middle of each gmina."""
    population = [(code, 2024, 0, "", persons, "GUS") for code, persons in FIGURES.items()]
    for code in FIGURES:
        # in 2020 Pieńsk, say, was still a town: the last digit was another
        old = code.replace("0225043", "0225041")
        population += [(old, 2020, 0, 64, 300, "GUS BDL"), (old, 2020, 65, "", 100, "GUS BDL")]
    columns = ["teryt", "year", "age_from", "age_to", "persons", "source"]
    pd.DataFrame(population, columns=columns).to_csv(folder / "population.csv", index=False)
    centres = gminas.geometry.centroid.to_crs(4326)
    places = gminas.assign(postal_code="59-920", place=gminas.name, gmina=gminas.name, lon=centres.x, lat=centres.y)
    places[["postal_code", "place", "gmina", "teryt", "lon", "lat"]].to_csv(folder / "places.csv", index=False)


@pytest.fixture(scope="session")
def schematic() -> TerritoryData:
    """The territory that the product carries."""
    return read_embedded(region("dolnoslaskie"))


@pytest.fixture(scope="session")
def lower_silesia(shared: Path) -> TerritoryData:
    """The real territory of Lower Silesia."""
    return read_pack(shared / "data" / "dolnoslaskie", region("dolnoslaskie"))


@pytest.fixture(scope="session")
def lesser_poland(shared: Path) -> TerritoryData:
    """The real territory of Lesser Poland."""
    return read_pack(shared / "data" / "malopolskie", region("malopolskie"))


@pytest.fixture(scope="module")
def on_lower_silesia(engine: Engine, lower_silesia: TerritoryData) -> Iterator[Session]:
    """A session on a loaded Lower Silesia, for a whole module of questions."""
    yield from _loaded(engine, lower_silesia)


@pytest.fixture(scope="module")
def on_lesser_poland(engine: Engine, lesser_poland: TerritoryData) -> Iterator[Session]:
    """A session on a loaded Lesser Poland, for a whole module of questions."""
    yield from _loaded(engine, lesser_poland)


def _loaded(engine: Engine, data: TerritoryData) -> Iterator[Session]:
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            load_territory(session, data)
            yield session
        outer.rollback()
