"""A census's grid: its files, and how its cells lie over the gminas of a territory."""

import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy.orm import Session

from mapapp.territory.census_files import Box, read_grid
from mapapp.territory.census_grid import GridReport, grid_facts, grid_parts, load_grid, region_box, use_grid
from mapapp.territory.commands import load_territory
from mapapp.territory.content import TerritoryData
from mapapp.territory.errors import TerritoryError
from mapapp.territory.pack import read_pack
from mapapp.territory.regions import region
from tests.territory.census import LAEA, code, corners, lines_over, write_csv, write_layer
from tests.territory.conftest import MakePack

EVERYWHERE = Box(0, 0, 9_999_000, 9_999_000)
HERE = Box(2_900_500, 4_800_500, 2_903_500, 4_803_500)
LINES = [(code(2_901_000, 4_801_000), 120, 20, 70, 30), (code(2_902_000, 4_801_000), 8, 1, 6, 1)]


@pytest.fixture
def small(gminas: gpd.GeoDataFrame, make_pack: MakePack) -> TerritoryData:
    """Bogatynia and Pieńsk side by side, each 3 by 2 km, and Jelenia Góra."""
    return read_pack(make_pack(gminas), region("dolnoslaskie"))


def shape_of(territory: TerritoryData, *codes: str) -> shapely.Geometry:
    return shapely.union_all([unit.geom for unit in territory.of_layer("gmina") if unit.code in codes])


class TestFiles:
    @pytest.mark.parametrize("kind", ["csv", "zip", "gpkg", "shp"])
    def test_are_read_in_every_format(self, tmp_path: Path, kind: str) -> None:
        written = {
            "csv": lambda: write_csv(tmp_path / "ESTAT_Census_2021_V3.csv", LINES),
            "zip": lambda: self._zipped(tmp_path),
            "gpkg": lambda: write_layer(tmp_path / "grid.gpkg", LINES, ("GRD_ID", "T", "Y_LT15", "Y_1564", "Y_GE65")),
            "shp": lambda: write_layer(
                tmp_path / "grid.shp", LINES, ("CODE", "TOT", "TOT_0_14", "TOT_15_64", "TOT_65__")
            ),
        }
        cells = read_grid(written[kind](), EVERYWHERE)
        assert [(cell.north, cell.east, cell.persons, cell.ages) for cell in cells] == [
            (2_901_000, 4_801_000, 120, (20, 70, 30)),
            (2_902_000, 4_801_000, 8, (1, 6, 1)),
        ]

    def _zipped(self, folder: Path) -> Path:
        """As Eurostat packs it: in a folder, beside what is no grid."""
        write_csv(folder / "grid.csv", LINES)
        with zipfile.ZipFile(folder / "grid.zip", "w") as archive:
            archive.writestr("Eurostat_Census-GRID_2021_V3/about.csv", "name,value\nversion,3\n")
            archive.write(folder / "grid.csv", "Eurostat_Census-GRID_2021_V3/ESTAT_Census_2021_V3.csv")
            archive.writestr("Eurostat_Census-GRID_2021_V3/read.me", "…")
        return folder / "grid.zip"

    def test_tell_what_is_kept_back_apart_from_nobody(self, tmp_path: Path) -> None:
        kept = [
            (code(2_901_000, 4_801_000), 4, -8888, "", -9999),
            (code(2_901_000, 4_802_000), 0, 0, 0, 0),
            ("IT_unallocated", 77, 1, 2, 3),
        ]
        (cell,) = read_grid(write_csv(tmp_path / "grid.csv", kept), EVERYWHERE)
        assert (cell.persons, cell.ages) == (4, (None, None, None))

    def test_heed_the_signs_of_an_earlier_edition(self, tmp_path: Path) -> None:
        path = tmp_path / "grid.csv"
        cell = code(2_901_000, 4_801_000)
        path.write_text(f"fid;GRD_ID;T;Y_LT15;T_CI;Y_LT15_CI\n1;{cell};3;0;;-9999\n", encoding="utf-8")
        (found,) = read_grid(path, EVERYWHERE)
        assert (found.persons, found.ages) == (3, (None, None, None))

    def test_may_write_codes_in_kilometres_and_totals_only(self, tmp_path: Path) -> None:
        path = write_layer(tmp_path / "grid.gpkg", [("1kmN2901E4801", 5)], ("GRD_ID", "TOT_P"))
        (found,) = read_grid(path, EVERYWHERE)
        assert (found.north, found.east, found.persons, found.ages) == (2_901_000, 4_801_000, 5, (None,) * 3)

    def test_are_of_more_than_the_region(self, tmp_path: Path) -> None:
        """Nothing is asked of cells elsewhere, nor of what is written in them."""
        elsewhere = [(code(1_000_000, 1_000_000), "?", 0, 0, 0), (code(2_903_000, 4_801_000), 7, 1, 5, 1)]
        cells = read_grid(write_csv(tmp_path / "grid.csv", [*LINES, *elsewhere]), HERE)
        assert [cell.persons for cell in cells] == [120, 8, 7]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "no table has the columns of a census grid"),
            ("GRD_ID,people\nx,1\n", "expected a code of the cell (GRD_ID, SPATIAL, CODE, GRID_ID) and its persons"),
            ("GRD_ID,T\nPL51,1\n", "line 2, column GRD_ID: 'PL51', expected a cell such as CRS3035"),
            ("GRD_ID,T\n\nx\n", "line 3, column GRD_ID: 'x'"),
            ("GRD_ID,T\nCRS3035RES500mN2901500E4801000,1\n", "'CRS3035RES500mN2901500E4801000' is no cell of 1 km"),
            ("GRD_ID,T\nCRS3035RES1000mN2901500E4801000,1\n", "line 2, column GRD_ID: 'CRS3035RES1000mN2901500"),
            (f"GRD_ID,T\n{LINES[0][0]},12.5\n", "column T: '12.5', expected a whole number of persons"),
            (f"GRD_ID,T\n{LINES[0][0]},-3\n", "column T: '-3'"),
            ("GRD_ID,T\n" + f"{LINES[0][0]},1\n" * 2, f"line 3: the cell {LINES[0][0]} stands twice"),
            ("GRD_ID,T\nCRS3035RES1000mN1000000E1000000,1\n", "none of its 1 cells lies in the loaded territory"),
            ("GRD_ID,T\n", "none of its 0 cells"),
        ],
    )  # fmt: skip
    def test_that_are_wrong_say_where(self, tmp_path: Path, content: str, message: str) -> None:
        path = tmp_path / "grid.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(TerritoryError) as error:
            read_grid(path, HERE)
        assert message in str(error.value)

    @pytest.mark.parametrize("name", ["grid.zip", "grid.gpkg", "grid.csv"])
    def test_that_are_none_are_refused(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        with pytest.raises(TerritoryError, match="there is no such file"):
            read_grid(path, HERE)
        path.write_bytes(b"\x00\xff\xfe nothing of the kind")
        with pytest.raises(TerritoryError, match=r"cannot be read|no UTF-8"):
            read_grid(path, HERE)


class TestOverGminas:
    def test_every_cell_is_shared_by_ground(self, session: Session, small: TerritoryData, tmp_path: Path) -> None:
        """Against shapely's own intersections; a gmina's point of a cell lies in both."""
        load_territory(session, small)
        pair = shape_of(small, "0225033", "0225043")
        report = self._loaded(session, tmp_path, pair)
        parts = grid_parts(session)
        assert report.cells == len(corners(pair)) == len({(part.persons) for part in parts})
        expected = {}
        for number, (north, east) in enumerate(corners(pair), 1):
            square = shapely.transform(
                shapely.box(east, north, east + 1000, north + 1000),
                lambda x, y: LAEA.transform(x, y, direction="INVERSE"), interleaved=False,
            )  # fmt: skip
            for unit in small.of_layer("gmina"):
                if share := unit.geom.intersection(square).area / square.area:
                    expected[unit.code, 10 * number] = (share, unit.geom.intersection(square))
        assert {(part.gmina_teryt, part.persons) for part in parts} == set(expected)
        for part in parts:
            share, ground = expected[part.gmina_teryt, part.persons or 0]
            assert part.part == pytest.approx(share, rel=1e-6)
            assert ground.distance(shapely.Point(part.x, part.y)) < 1e-3
        assert report.persons == pytest.approx(sum(share * persons for (_, persons), (share, _) in expected.items()))

    def _loaded(self, session: Session, folder: Path, shape: shapely.Geometry) -> GridReport:
        path = write_csv(folder / "grid.csv", lines_over(shape))
        return load_grid(session, read_grid(path, region_box(session)), "spis", path.name)

    def test_names_gminas_without_a_cell_and_those_that_differ(
        self, session: Session, small: TerritoryData, tmp_path: Path
    ) -> None:
        load_territory(session, small)
        report = self._loaded(session, tmp_path, shape_of(small, "0225043"))
        assert "Jelenia Góra" in report.uncovered
        name, found, people = next(each for each in report.far_off if each[0] == "Pieńsk")
        assert (name, people) == ("Pieńsk", 8_627)
        assert found < people / 2

    def test_another_grid_takes_its_place(self, session: Session, small: TerritoryData, tmp_path: Path) -> None:
        load_territory(session, small)
        self._loaded(session, tmp_path, shape_of(small, "0225033"))
        first = grid_facts(session)
        self._loaded(session, tmp_path, shape_of(small, "0225043"))
        second = grid_facts(session)
        assert first is not None
        assert second is not None
        assert first.content_hash != second.content_hash
        assert {part.gmina_teryt for part in grid_parts(session)} >= {"0225043"}

    def test_can_be_switched_off_and_on(self, session: Session, small: TerritoryData, tmp_path: Path) -> None:
        load_territory(session, small)
        with pytest.raises(TerritoryError, match="no census grid is loaded"):
            use_grid(session, is_used=True)
        self._loaded(session, tmp_path, shape_of(small, "0225033"))
        used = grid_parts(session)
        assert not use_grid(session, is_used=False).is_used
        assert grid_parts(session) == ()
        assert use_grid(session, is_used=True).is_used
        assert grid_parts(session) == used

    def test_a_territory_loaded_later_is_laid_under_it(
        self, session: Session, small: TerritoryData, tmp_path: Path
    ) -> None:
        load_territory(session, small)
        before = self._loaded(session, tmp_path, shape_of(small, "0225033", "0225043"))
        units = [unit for unit in small.of_layer("gmina") if unit.code == "0225033"]
        west = replace(units[0], geom=shapely.MultiPolygon([shapely.box(*units[0].geom.buffer(-400).bounds)]))
        moved = tuple(west if unit is units[0] else unit for unit in small.units)
        report = load_territory(session, replace(small, units=moved))
        assert report.grid is not None
        assert 0 < report.grid.persons < before.persons

    def test_needs_a_territory_and_people_in_it(self, session: Session, small: TerritoryData, tmp_path: Path) -> None:
        with pytest.raises(TerritoryError, match="no territory is loaded"):
            region_box(session)
        load_territory(session, small)
        between = shapely.LineString([shape_of(small, "0225033").centroid, shape_of(small, "0261011").centroid])
        path = write_csv(tmp_path / "grid.csv", lines_over(between.interpolate(0.5, normalized=True)))
        with pytest.raises(TerritoryError, match="lies in a gmina"):
            load_grid(session, read_grid(path, region_box(session)), "spis", path.name)
        nobody = [(line[0], 0, 0, 0, 0) for line in lines_over(shape_of(small, "0225033"))]
        with pytest.raises(TerritoryError, match="nobody lives"):
            load_grid(session, read_grid(write_csv(path, nobody), region_box(session)), "spis", path.name)


def test_the_box_is_around_the_region(session: Session, small: TerritoryData) -> None:
    load_territory(session, small)
    box = region_box(session)
    x, y = shapely.get_coordinates(shapely.union_all([unit.geom for unit in small.of_layer("gmina")])).T
    east, north = LAEA.transform(x, y)
    assert (box.south, box.west) == pytest.approx((np.min(north), np.min(east)), abs=0.5)
    assert (box.north, box.east) == pytest.approx((np.max(north), np.max(east)), abs=0.5)
