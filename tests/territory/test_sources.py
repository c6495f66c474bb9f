import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest

from mapapp.settings import Settings
from mapapp.territory.catalog import read_catalog
from mapapp.territory.errors import TerritoryError
from mapapp.territory.sources import official_folder, read_territory

SAMPLES = Path(__file__).resolve().parent.parent / "samples" / "official"


@pytest.fixture
def pack(gminas: gpd.GeoDataFrame, make_pack: Callable[[gpd.GeoDataFrame], Path]) -> Path:
    return make_pack(gminas)


def test_prefers_the_pack_that_is_named(pack: Path, tmp_path: Path) -> None:
    assert read_territory(Settings(), pack, packs=tmp_path / "none").sources == {"pack": pack.name}
    assert read_territory(Settings(territory_pack=pack), packs=tmp_path / "none").sources == {"pack": pack.name}


def test_finds_the_pack_of_the_region(pack: Path, tmp_path: Path) -> None:
    shutil.copytree(pack, tmp_path / "packs" / "dolnoslaskie")
    data = read_territory(Settings(), packs=tmp_path / "packs")
    assert (data.is_schematic, len(data.of_layer("gmina"))) == (False, 3)


def test_finds_downloaded_files(tmp_path: Path) -> None:
    folder = official_folder("dolnoslaskie", tmp_path)
    folder.mkdir(parents=True)
    names = {role: file.file for role, file in read_catalog().files.items()}
    samples = {"boundaries": "granice.zip", "terc": "terc.csv", "population": "bdl.json"}
    for role, sample in samples.items():
        shutil.copy(SAMPLES / sample, folder / names[role])
    data = read_territory(Settings(), packs=tmp_path)
    assert (data.is_schematic, len(data.of_layer("gmina")), data.places) == (False, 4, ())


def test_else_gives_the_schematic_territory(tmp_path: Path) -> None:
    assert read_territory(Settings(), packs=tmp_path).is_schematic


def test_says_what_to_do_for_a_region_with_none(tmp_path: Path) -> None:
    with pytest.raises(
        TerritoryError, match=r"no territory of the region 'malopolskie': run `mapapp territory download`"
    ):
        read_territory(Settings(region="malopolskie"), packs=tmp_path)


def test_refuses_a_region_that_nobody_knows(tmp_path: Path) -> None:
    with pytest.raises(TerritoryError, match=r"the region is 'atlantis', expected one of dolnoslaskie"):
        read_territory(Settings(region="atlantis"), packs=tmp_path)
