"""Releases of open data on the site."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from rdflib import DCAT, Graph, Namespace
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.listing import refresh_listings
from mapapp.directory.tables import Service
from mapapp.factory import create_app
from mapapp.registers.manifest import Manifest
from mapapp.registers.open_data import build
from mapapp.registers.publisher import description, release_folder
from mapapp.settings import Settings
from mapapp.web import open_data as web_open_data
from mapapp.web.site import EXTENSION
from tests import example_site


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    name = f"dane_{os.getpid()}"
    if cluster.ensure_database(name):
        example_site.fill(cluster.url(name))
    engine = make_staff_engine(cluster.url(name))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def settings(cluster: Cluster, engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        environment="test",
        database_url=cluster.url(f"dane_{os.getpid()}"),
        database_pool=4,
        var_folder=tmp_path_factory.mktemp("var"),
        publisher="Urząd Marszałkowski",
    )


@pytest.fixture(scope="module")
def site(settings: Settings, compiled_catalogs: None) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    app.extensions[EXTENSION].close()


def made(engine: Engine, settings: Settings) -> Manifest:
    with Session(engine) as session:
        folder = release_folder(settings)
        return build(session, folder, settings.region, description(settings), lambda _name: None).manifest


@pytest.fixture(scope="module")
def manifest(engine: Engine, settings: Settings) -> Manifest:
    return made(engine, settings)


@pytest.fixture
def reader(site: Flask, manifest: Manifest) -> FlaskClient:
    client = site.test_client()
    # a file is open until its answer has been read
    client.open = partial(client.open, buffered=True)  # type: ignore[method-assign]
    return client


def test_says_that_there_is_no_release_yet(site: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_open_data, "release_folder", lambda _settings: tmp_path / "none")
    client = site.test_client()
    page = client.get("/dane")
    assert page.status_code == 200
    assert "Nie ma jeszcze żadnego wydania" in page.text
    assert client.get("/dane/dcat.ttl").status_code == 404
    assert client.get("/dane/2026-01-01-0123456789ab/").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("pl", "Otwarte dane"), ("en", "Open data"), ("uk", "Відкриті дані")])
def test_shows_each_file_with_size_and_checksum(
    reader: FlaskClient, manifest: Manifest, language: str, words: str
) -> None:
    for path in ("/dane", f"/dane/{manifest.name}/"):
        page = reader.get(f"{path}?lang={language}").text
        assert words in page
        for each in manifest.files:
            assert f'href="/dane/{manifest.name}/{each.name}"' in page
            assert each.sha256 in page


def test_gives_the_files_as_they_are(reader: FlaskClient, manifest: Manifest, settings: Settings) -> None:
    for each in manifest.files:
        answer = reader.get(f"/dane/{manifest.name}/{each.name}")
        assert answer.status_code == 200
        assert hashlib.sha256(answer.data).hexdigest() == each.sha256
        assert answer.mimetype == each.media_type
        assert answer.headers["ETag"] == f'"{each.sha256}"'
        assert "immutable" in answer.headers["Cache-Control"]
    for name in ("manifest.json", "SHA256SUMS"):
        content = (release_folder(settings) / manifest.name / name).read_bytes()
        assert reader.get(f"/dane/{manifest.name}/{name}").data == content


def test_gives_a_part_and_nothing_twice(reader: FlaskClient, manifest: Manifest) -> None:
    address = f"/dane/{manifest.name}/services.csv"
    whole = reader.get(address)
    part = reader.get(address, headers={"Range": "bytes=3-9"})
    assert (part.status_code, part.data) == (206, whole.data[3:10])
    again = reader.get(address, headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path", ["services.exe", "..%2f..%2fetc%2fpasswd", "%2e%2e/manifest.json", ".being-built-x", "manifest.json.bak"]
)
def test_knows_no_other_file(reader: FlaskClient, manifest: Manifest, path: str) -> None:
    assert reader.get(f"/dane/{manifest.name}/{path}").status_code == 404
    assert reader.get(f"/dane/..%2f{manifest.name}/services.csv").status_code == 404


# rdflib's own reader of JSON-LD still goes through a class that it calls old
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("ending", "form", "mimetype"), [("jsonld", "json-ld", "application/ld+json"), ("ttl", "turtle", "text/turtle")]
)
def test_is_described_for_harvesters(
    reader: FlaskClient, manifest: Manifest, ending: str, form: str, mimetype: str
) -> None:
    answer = reader.get(f"/dane/dcat.{ending}")
    assert answer.mimetype == mimetype
    graph = Graph().parse(data=answer.text, format=form)
    addresses = [str(each) for each in graph.objects(None, DCAT.downloadURL)]
    assert len(addresses) == len(manifest.data_files)
    for address in addresses:
        assert address.startswith(f"http://localhost/dane/{manifest.name}/")
        assert reader.head(address.removeprefix("http://localhost")).status_code == 200
    for address in graph.objects(None, DCAT.endpointURL):
        assert reader.get(str(address).removeprefix("http://localhost")).status_code == 200
    names = Namespace("http://xmlns.com/foaf/0.1/")
    assert "Urząd Marszałkowski" in {str(each) for each in graph.objects(None, names.name)}
    again = reader.get(f"/dane/dcat.{ending}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_is_taken_back_as_soon_as_something_in_it_is_hidden(
    reader: FlaskClient, engine: Engine, settings: Settings, manifest: Manifest
) -> None:
    with transaction(engine) as session:
        (its_id,) = session.scalars(
            update(Service).where(Service.source_id == "far#dps").values(visibility="internal").returning(Service.id)
        ).all()
        refresh_listings(session, [its_id])
    try:
        for path in ("", "services.csv", "manifest.json"):
            assert reader.get(f"/dane/{manifest.name}/{path}").status_code == 410
        assert manifest.name not in reader.get("/dane").text
        newer = made(engine, settings)
        assert not (release_folder(settings) / manifest.name).exists()
        assert "Jutrzenka" not in reader.get(f"/dane/{newer.name}/services.geojson").text
        assert json.loads(reader.get("/dane/dcat.jsonld").text)["@graph"]
    finally:
        with transaction(engine) as session:
            session.execute(update(Service).where(Service.id == its_id).values(visibility="public"))
            refresh_listings(session, [its_id])


def test_tells_how_large_a_download_will_be(reader: FlaskClient, manifest: Manifest) -> None:
    page = reader.get("/?type=pwd").text
    assert "Każdy plik ma 25 wierszy." in page
    assert 'href="/dane"' in page
    (size,) = re.findall(r"GeoJSON · około ([0-9]+)\s?kB", page)
    whole = manifest.file("services.geojson")
    assert whole.rows is not None
    assert int(size) == round(whole.bytes / whole.rows * 25 / 1000)
