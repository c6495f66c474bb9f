"""The site on a small filled database, asked through Flask's test client."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.factory import create_app
from mapapp.settings import ROOT, Settings
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
