from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from mapapp.territory.errors import TerritoryError
from mapapp.territory.pack import is_pack, read_pack
from mapapp.territory.regions import region

MakePack = Callable[[gpd.GeoDataFrame], Path]
Change = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]
LOWER_SILESIA = region("dolnoslaskie")


def problem_of(folder: Path) -> str:
    with pytest.raises(TerritoryError) as caught:
        read_pack(folder, LOWER_SILESIA)
    return str(caught.value)


def test_gives_units_of_every_layer(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    folder = make_pack(gminas)
    data = read_pack(folder, LOWER_SILESIA)
    assert is_pack(folder)
    assert not data.is_schematic
    assert {layer: len(data.of_layer(layer)) for layer in ("voivodeship", "subregion", "powiat", "gmina")} == {
        "voivodeship": 1,
        "subregion": 1,
        "powiat": 2,
        "gmina": 3,
    }
    assert [unit.is_city for unit in data.of_layer("powiat")] == [False, True]
    assert data.of_layer("powiat")[0].name_locative == "zgorzeleckim"


def test_marks_the_seats(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    data = read_pack(make_pack(gminas), LOWER_SILESIA)
    assert all(place.is_seat for place in data.places)
    assert all(unit.seat for unit in data.of_layer("gmina"))


def test_estimates_age_groups_of_the_newest_year_by_six_digits(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    data = read_pack(make_pack(gminas), LOWER_SILESIA)
    estimates = [
        (row.age_from, row.persons) for row in data.population if row.teryt == "0225043" and row.scenario == "estimate"
    ]
    # three quarters and one quarter of 8,627
    assert estimates == [(0, 6470), (65, 2157)]


def replaced(column: str, code: str, value: object) -> Change:
    def change(gminas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table = gminas.copy()
        table.loc[table.teryt == code, column] = value
        return table

    return change


def with_shape(code: str, shape: Callable[[shapely.Polygon], shapely.Polygon]) -> Change:
    def change(gminas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = [
            shape(one) if teryt == code else one for teryt, one in zip(gminas.teryt, gminas.geometry, strict=True)
        ]
        return gminas.set_geometry(gpd.GeoSeries(shapes, crs=2180))

    return change


def bow_tie(square: shapely.Polygon) -> shapely.Polygon:
    west, south, east, north = square.bounds
    return shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])


BAD_TABLES: list[tuple[Change, str]] = [
    (lambda t: t.drop(columns="kind"), r"territory.gpkg, layer gmina: column 'kind' is missing; found teryt, name"),
    (lambda t: t.to_crs(4326), "territory.gpkg, layer gmina: CRS is EPSG:4326, expected EPSG:2180"),
    (lambda t: t.to_crs(3857), "layer gmina: CRS is EPSG:3857, expected EPSG:2180"),
    (replaced("teryt", "0225043", "1225043"), "column teryt: '1225043', expected a code of voivodeship 02"),
    (replaced("teryt", "0225043", "22504"), "column teryt: '22504', expected seven digits"),
    (replaced("teryt", "0225043", "0225033"), "column teryt: '0225033' stands more than once"),
    (replaced("kind", "0225043", "rural"), "gmina 0225043, column kind: 'rural', expected 'urban-rural'"),
    (replaced("powiat_teryt", "0225043", "0226"), "gmina 0225043, column powiat_teryt: '0226', expected '0225'"),
    (replaced("powiat", "0225043", "jaworski"), "column powiat: powiat_teryt '0225' is called zgorzelecki, jaworski"),
    (replaced("name", "0225043", None), "row 2, column name: is empty"),
    (with_shape("0225043", bow_tie), "gmina 0225043: geometry is invalid: Self-intersection"),
    (
        with_shape("0225043", lambda s: shapely.transform(s, lambda c: c - [5, 0])),
        "gmina 0225033: its edge does not match",
    ),
    (with_shape("0261011", lambda s: shapely.transform(s, lambda c: c[:, ::-1])), "are the axes swapped"),
]


@pytest.mark.parametrize(("change", "message"), BAD_TABLES)
def test_refuses_a_bad_layer_by_name_and_value(
    change: Change, message: str, gminas: gpd.GeoDataFrame, make_pack: MakePack
) -> None:
    assert message in problem_of(make_pack_without_dissolving(change, gminas, make_pack))


def make_pack_without_dissolving(change: Change, gminas: gpd.GeoDataFrame, make_pack: MakePack) -> Path:
    """A good pack whose layer of gminas is then replaced by a bad one."""
    folder = make_pack(gminas)
    changed = change(gminas)
    file = folder / "territory.gpkg"
    layers = {name: gpd.read_file(file, layer=name) for name in ("powiat", "subregion", "voivodeship")}
    file.unlink()
    changed.to_file(file, layer="gmina")
    for name, layer in layers.items():
        layer.to_file(file, layer=name)
    return folder


def test_refuses_a_hole_between_gminas(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    bogatynia = gminas.geometry.iloc[0]
    hole = bogatynia.centroid.buffer(100, quad_segs=2)
    folder = make_pack_without_dissolving(with_shape("0225033", lambda one: one.difference(hole)), gminas, make_pack)
    assert "layer gmina: a hole of 0.0283 km² near" in problem_of(folder)


def test_refuses_a_missing_layer(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    folder = make_pack(gminas)
    (folder / "territory.gpkg").unlink()
    gminas.to_file(folder / "territory.gpkg", layer="gmina")
    assert "territory.gpkg: layer 'powiat' is missing; found gmina" in problem_of(folder)


def test_refuses_gminas_that_leave_land_of_the_voivodeship_uncovered(
    gminas: gpd.GeoDataFrame, make_pack: MakePack
) -> None:
    folder = make_pack_without_dissolving(lambda t: t[t.teryt != "0225043"], gminas, make_pack)
    assert "layer powiat, code '0225': its gminas cover 6.0 km² of its 12.0 km²" in problem_of(folder)


def test_refuses_a_folder_without_files(tmp_path: Path) -> None:
    assert "the file population.csv is missing" in problem_of(tmp_path)


BAD_ROWS = [
    (
        "population.csv",
        "0225033,2024,0,,21036",
        "0225033,2024,0,,many",
        "line 2, column persons: 'many': Input should be",
    ),
    ("population.csv", "0225033,2024", "0299033,2024", "column teryt: '0299033' is no gmina of the boundaries"),
    ("population.csv", "0225033,2024", "0225043,2024", "gmina 0225043, year 2024, ages 0-120 stand twice"),
    ("population.csv", "0225033,2024,0,", "0225033,2024,1,", "gmina 0225033 has no total (ages 0 and over) of 2024"),
    ("population.csv", "age_from", "from", "population.csv: column 'age_from' is missing"),
    ("places.csv", "59-920,Bogatynia", "59920,Bogatynia", "line 2, column postal_code: '59920'"),
    ("places.csv", "0225033", "0225091", "column teryt: '0225091' is no gmina of the boundaries"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD_ROWS)
def test_refuses_bad_rows_by_line_and_column(
    file: str, old: str, new: str, message: str, gminas: gpd.GeoDataFrame, make_pack: MakePack
) -> None:
    folder = make_pack(gminas)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert message in problem_of(folder)


def test_refuses_places_whose_columns_are_swapped(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    folder = make_pack(gminas)
    text = (folder / "places.csv").read_text(encoding="utf-8")
    (folder / "places.csv").write_text(text.replace("lon,lat", "lat,lon"), encoding="utf-8")
    assert "column lon: '51." in problem_of(folder)


def test_refuses_places_that_lie_elsewhere(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    folder = make_pack(gminas)
    text = (folder / "places.csv").read_text(encoding="utf-8")
    swapped = text.replace("0225033", "codes").replace("0261011", "0225033").replace("codes", "0261011")
    (folder / "places.csv").write_text(swapped, encoding="utf-8")
    assert "only 33% of the places lie in" in problem_of(folder)


def test_leaves_out_a_negative_figure_and_says_so(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> None:
    folder = make_pack(gminas)
    text = (folder / "population.csv").read_text(encoding="utf-8")
    (folder / "population.csv").write_text(
        text.replace("0225033,2020,65,,100", "0225033,2020,65,,-14"), encoding="utf-8"
    )
    data = read_pack(folder, LOWER_SILESIA)
    assert data.notes == (
        "population.csv: gmina 0225033, year 2020, ages 65-120: -14 persons cannot be and is left out",
    )
    # as in the rest of the powiat: a quarter is 65 and over
    estimates = [row.persons for row in data.population if row.teryt == "0225033" and row.scenario == "estimate"]
    assert estimates == [15777, 5259]


@pytest.mark.parametrize(("code", "counts"), [("dolnoslaskie", (169, 30, 5)), ("malopolskie", (182, 22, 6))])
def test_reads_the_real_packs(code: str, counts: tuple[int, int, int], shared: Path) -> None:
    data = read_pack(shared / "data" / code, region(code))
    assert tuple(len(data.of_layer(layer)) for layer in ("gmina", "powiat", "subregion")) == counts
    totals = {row.teryt: row.persons for row in data.population if (row.year, row.age_to - row.age_from) == (2024, 120)}
    estimated = dict.fromkeys(totals, 0)
    for row in data.population:
        assert row.persons >= 0
        if row.scenario == "estimate":
            estimated[row.teryt] += row.persons
    assert estimated == totals
