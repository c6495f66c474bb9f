"""The site on a small filled database, asked through Flask's test client."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.factory import create_app
from mapapp.settings import ROOT, Settings
from mapapp.web.site import EXTENSION
from tests import example_site
from tests.web_app import app_with


@pytest.fixture(scope="session")
def compiled_catalogs() -> None:
    """The translations as set-up compiles them."""
    for catalog in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po"):
        with catalog.open("rb") as source, catalog.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


@pytest.fixture(scope="session")
def site_url(cluster: Cluster) -> str:
    """A database with the example region and directory."""
    return example_site.database(cluster)


@pytest.fixture(scope="session")
def app(site_url: str, compiled_catalogs: None) -> Iterator[Flask]:
    with app_with(site_url) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def away(compiled_catalogs: None, tmp_path: Path) -> FlaskClient:
    """The site whose database is not there."""
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    return create_app(Settings(environment="test", database_url=url)).test_client()


@pytest.fixture(scope="module")
def planned_app(cluster: Cluster, compiled_catalogs: None) -> Iterator[Flask]:
    """The example site: one nursing home of 24 places, in Wrocław, for the people of powiat 0208."""
    with app_with(example_site.database(cluster)) as app:
        yield app


@pytest.fixture
def planners(planned_app: Flask) -> FlaskClient:
    """Who plans on it."""
    return planned_app.test_client()


@pytest.fixture
def data(planned_app: Flask) -> CoverageData:
    """What the Python API is asked with."""
    with planned_app.extensions[EXTENSION].open_session() as session:
        read_one_snapshot(session)
        return coverage_data(session)
