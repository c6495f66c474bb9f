"""The tables of data/territory, and the schematic territory that is computed from them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.areal import schematic_territory
from geo.crs import to_metric

TABLES = Path(__file__).resolve().parent.parent.parent / "data" / "territory" / "dolnoslaskie"
CODES = {"teryt": str, "powiat_teryt": str, "voivodeship_teryt": str, "age_to": str}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(TABLES / f"{name}.csv", dtype=CODES, keep_default_na=False)


@pytest.fixture(scope="session")
def gminas() -> pd.DataFrame:
    return table("gminas")


@pytest.fixture(scope="session")
def places() -> pd.DataFrame:
    return table("places")


@pytest.fixture(scope="session")
def population() -> pd.DataFrame:
    return table("population")


@pytest.fixture(scope="session")
def anchors(gminas: pd.DataFrame) -> np.ndarray:
    return to_metric(gminas[["anchor_lon", "anchor_lat"]].to_numpy())


@pytest.fixture(scope="session")
def schematic(gminas: pd.DataFrame, places: pd.DataFrame, anchors: np.ndarray) -> np.ndarray:
    """169 polygons in the order of the table."""
    owner = pd.Index(gminas.teryt).get_indexer(places.teryt).astype(np.int64)
    return schematic_territory(anchors, gminas.area_km2.to_numpy(), to_metric(places[["lon", "lat"]].to_numpy()), owner)
