"""Checks of the gminas' codes: each is one, of the right voivodeship, once, and of the kind it says."""

from collections.abc import Iterator

import geopandas as gpd

from mapapp.territory.errors import refuse
from mapapp.territory.records import Kind
from mapapp.territory.regions import Region

KINDS: dict[str, Kind] = {"1": "urban", "2": "rural", "3": "urban-rural"}
"""The kind by the last digit of TERYT."""


def check_gminas(table: gpd.GeoDataFrame, region: Region, where: str) -> None:
    """Raise TerritoryError with all that is wrong in the columns of a table of gminas."""
    refuse(_empty(table, where))
    refuse(_wrong_codes(table, region, where))
    refuse(_wrong_parents(table, where))


def _empty(table: gpd.GeoDataFrame, where: str) -> Iterator[str]:
    if table.empty:
        yield f"{where}: there are no gminas"
    for column in table.columns:
        for position in table.index[table[column].isna()]:
            yield f"{where}, row {position + 1}, column {column}: is empty"


def _wrong_codes(table: gpd.GeoDataFrame, region: Region, where: str) -> Iterator[str]:
    for code in table.teryt[~table.teryt.str.fullmatch(r"[0-9]{6}[123]")]:
        yield f"{where}, column teryt: {code!r}, expected seven digits that end in 1, 2 or 3"
    wanted = region.voivodeship_teryt
    for code in table.teryt[~table.teryt.str.startswith(wanted)]:
        yield f"{where}, column teryt: {code!r}, expected a code of voivodeship {wanted} (region {region.code})"
    for code in table.teryt[table.teryt.duplicated()].unique():
        yield f"{where}, column teryt: {code!r} stands more than once"


def _wrong_parents(table: gpd.GeoDataFrame, where: str) -> Iterator[str]:
    for row in table.itertuples():
        expected = {
            "kind": KINDS[row.teryt[-1]],
            "powiat_teryt": row.teryt[:4],
            "voivodeship_teryt": row.teryt[:2],
        }
        for column, value in expected.items():
            if getattr(row, column) != value:
                yield f"{where}, gmina {row.teryt}, column {column}: {getattr(row, column)!r}, expected {value!r}"
    for code, name in (("powiat_teryt", "powiat"), ("nuts3", "subregion"), ("powiat_teryt", "nuts3")):
        names = table.groupby(code)[name].unique()
        for unit, found in names[names.str.len() > 1].items():
            yield f"{where}, column {name}: {code} {unit!r} is called {', '.join(found)}, expected one"
