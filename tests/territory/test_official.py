import shutil
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from mapapp.territory.boundaries import read_boundaries
from mapapp.territory.errors import TerritoryError
from mapapp.territory.official import OfficialFiles, read_official
from mapapp.territory.regions import region

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "official"
LOWER_SILESIA = region("dolnoslaskie")
CODES = ["0225033", "0225043", "0261011", "0264011"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the samples, with the boundaries as GeoPackage too."""
    shutil.copytree(SAMPLES, tmp_path, dirs_exist_ok=True)
    gpd.read_file(tmp_path / "gminy.gml", WRITE_GFS="NO").to_file(tmp_path / "gminy.gpkg", layer="A03_Granice_gmin")
    return tmp_path


def read(
    folder: Path, boundaries: str = "gminy.gml", population: str = "ludnosc.csv", terc: str = "terc.csv"
) -> object:
    files = OfficialFiles(folder / boundaries, folder / terc, folder / population, folder / "geonames.zip")
    return read_official(files, LOWER_SILESIA)


@pytest.mark.parametrize("name", ["gminy.gml", "gminy.gpkg", "granice.zip"])
def test_reads_the_boundaries_of_the_region_only(name: str, folder: Path) -> None:
    table = read_boundaries(folder / name, LOWER_SILESIA)
    assert list(table.teryt) == CODES
    assert table.crs.to_epsg() == 2180
    # one edge of the GML is 4 mm off
    assert shapely.coverage_is_valid(table.geometry.to_numpy(), gap_width=0.01)
    # easting before northing, though GML has it the other way round: Bogatynia's powiat is the westernmost
    assert table.geometry.iloc[0].centroid.coords[0] == pytest.approx((231_000, 392_000), abs=2_000)


def test_reads_a_shapefile_that_is_not_zipped(folder: Path) -> None:
    shutil.unpack_archive(folder / "granice.zip", folder / "plain")
    assert list(read_boundaries(folder / "plain" / "A03_Granice_gmin.shp", LOWER_SILESIA).teryt) == CODES


def test_leaves_nothing_beside_the_file(folder: Path) -> None:
    read_boundaries(folder / "gminy.gml", LOWER_SILESIA)
    assert not list(folder.glob("*.gfs"))


@pytest.mark.parametrize("population", ["ludnosc.csv", "ludnosc.xlsx", "bdl.json"])
def test_joins_boundaries_names_and_population(population: str, folder: Path) -> None:
    files = OfficialFiles(folder / "granice.zip", folder / "terc.csv", folder / population, folder / "geonames.zip")
    data = read_official(files, LOWER_SILESIA)
    # Wrocław stands in the register only as districts, Bogatynia only as its town and its rural part
    assert [unit.name for unit in data.of_layer("gmina")] == ["Bogatynia", "Pieńsk", "Jelenia Góra", "Wrocław"]
    assert [unit.name for unit in data.of_layer("powiat")] == ["zgorzelecki", "Jelenia Góra", "Wrocław"]
    assert [unit.code for unit in data.of_layer("subregion")] == ["PL514", "PL515"]
    assert [unit.name for unit in data.of_layer("voivodeship")] == ["dolnośląskie"]
    totals = {
        row.teryt: row.persons for row in data.population if (row.year, row.age_from, row.age_to) == (2024, 0, 120)
    }
    assert totals == {"0225033": 21_036, "0225043": 8_627, "0261011": 74_194, "0264011": 672_882}
    assert data.valid_from.isoformat() == "2026-01-01"
    assert [(place.name, place.gmina_teryt, place.is_seat) for place in data.places] == [
        ("Bogatynia", "0225033", True),
        ("Jelenia Góra", "0261011", True),
    ]


def test_age_groups_of_an_export_become_estimates(folder: Path) -> None:
    files = OfficialFiles(folder / "granice.zip", folder / "terc.csv", folder / "ludnosc.xlsx")
    data = read_official(files, LOWER_SILESIA)
    estimates = [row for row in data.population if row.scenario == "estimate" and row.teryt == "0261011"]
    assert [(row.age_from, row.age_to) for row in estimates] == [(0, 4), (5, 9), (85, 120)]
    assert sum(row.persons for row in estimates) == 74_194


BAD_FILES = [
    ("terc.csv", "NAZWA_DOD", "DODATEK", "terc.csv: column 'NAZWA_DOD' is missing"),
    ("terc.csv", "02;61;01;1;Jelenia Góra;gmina miejska;2026-01-01", "", ""),
    (
        "terc.csv",
        "02;25;04;3;Pieńsk;gmina miejsko-wiejska;2026-01-01",
        "02;25;09;3;Inna;gmina;2025-01-01",
        "expected one date",
    ),
    (
        "terc.csv",
        "02;25;;;zgorzelecki;powiat;2026-01-01\n",
        "",
        "terc.csv: unit 0225 of the boundaries is not in the register",
    ),
    ("ludnosc.csv", "Kod;", "Code;", "ludnosc.csv: the first column is not headed 'Kod'"),
    ("ludnosc.csv", "2024", "rok", "gmina 0225033 has no total"),
    ("ludnosc.csv", "21036", "21,5", "ludnosc.csv line 6, column 3: '21,5', expected a whole number of persons"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BAD_FILES)
def test_refuses_what_it_cannot_understand(file: str, old: str, new: str, message: str, folder: Path) -> None:
    text = (folder / file).read_text(encoding="utf-8-sig")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    if not message:  # a city whose gmina has no row is called as its powiat is
        read(folder)
        return
    with pytest.raises(TerritoryError) as caught:
        read(folder)
    assert message in str(caught.value)


def test_refuses_boundaries_with_swapped_axes(folder: Path) -> None:
    table = gpd.read_file(folder / "gminy.gpkg")
    swapped = table.set_geometry(shapely.transform(table.geometry.to_numpy(), lambda xy: xy[:, ::-1]), crs=2180)
    (folder / "gminy.gpkg").unlink()
    swapped.to_file(folder / "gminy.gpkg")
    with pytest.raises(TerritoryError, match=r"does not cover its own point .* are the axes swapped"):
        read(folder, boundaries="gminy.gpkg")


def test_refuses_files_without_gminas_of_the_region(folder: Path) -> None:
    with pytest.raises(TerritoryError, match="no layer has gminas of voivodeship 02"):
        read(folder, boundaries="geonames.zip")
    with pytest.raises(TerritoryError, match=r"nothing\.shp: there is no such file"):
        read(folder, boundaries="nothing.shp")
