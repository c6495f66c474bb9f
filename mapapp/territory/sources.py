"""Where the region's territory comes from: the settings' pack, the region's folder of packs, or our own figures."""

from pathlib import Path

from mapapp.settings import ROOT, Settings
from mapapp.territory.catalog import read_catalog
from mapapp.territory.content import TerritoryData
from mapapp.territory.embedded import has_figures, read_embedded
from mapapp.territory.errors import TerritoryError
from mapapp.territory.official import OfficialFiles, read_official
from mapapp.territory.pack import is_pack, read_pack
from mapapp.territory.regions import region

PACKS = ROOT / "data" / "packs"


def official_folder(region_code: str, packs: Path = PACKS) -> Path:
    """Where downloaded official files of a region are kept."""
    return packs / region_code / "official"


def read_territory(settings: Settings, pack: Path | None = None, packs: Path = PACKS) -> TerritoryData:
    """The territory of the settings' region: of ``pack``, else MAPAPP_TERRITORY_PACK, else data/packs, else schematic.

    Raises TerritoryError; where there is nothing at all it says what to do.
    """
    wanted = region(settings.region)
    folder = pack or settings.territory_pack
    if folder is not None:
        return read_pack(folder, wanted)
    if is_pack(packs / wanted.code):
        return read_pack(packs / wanted.code, wanted)
    if files := downloaded_files(wanted.code, packs):
        return read_official(files, wanted)
    if has_figures(wanted):
        return read_embedded(wanted)
    raise TerritoryError(
        [
            f"there is no territory of the region {wanted.code!r}: run `mapapp territory download`, or put a pack "
            f"(territory.gpkg, population.csv, places.csv) into data/packs/{wanted.code}, or name its folder in "
            "MAPAPP_TERRITORY_PACK"
        ]
    )


def downloaded_files(region_code: str, packs: Path = PACKS) -> OfficialFiles | None:
    """The official files, where all that are needed were downloaded."""
    folder = official_folder(region_code, packs)
    paths = {role: folder / file.file for role, file in read_catalog().files.items()}
    if not all(paths[role].is_file() for role in ("boundaries", "terc", "population")):
        return None
    places = paths["places"] if paths["places"].is_file() else None
    return OfficialFiles(paths["boundaries"], paths["terc"], paths["population"], places)
