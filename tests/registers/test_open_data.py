"""Releases of open data: whole, the same to the byte, described, and taken back when they must be."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyogrio
import pytest
from pyshacl import validate
from rdflib import DCAT, DCTERMS, RDF, Graph, URIRef
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.listing import refresh_listings
from mapapp.directory.published_changes import published_state
from mapapp.directory.tables import Service
from mapapp.registers import open_data
from mapapp.registers.dcat import SPDX, Description, Places, described
from mapapp.registers.manifest import Manifest, read_manifest, write_manifest
from mapapp.registers.open_data import Built, build, is_public, kept_releases, prune
from mapapp.registers.writers.content import Words
from tests import example_site

DESCRIPTION = Description(Words("Mapa", "Map"), "Urząd", "dane@example.org", "https://example.org")
PLACES = Places(
    "https://mapa.example.org/dane", "https://mapa.example.org/dane/x", (("OGC", "https://mapa.example.org/api/ogc"),)
)
SHAPES = Graph().parse(Path(__file__).parent / "dcat_shapes.ttl")
FORMATS = {"turtle": "turtle", "json-ld": "json-ld"}


def made(engine: Engine, folder: Path) -> Built:
    with Session(engine) as session:
        return build(session, folder, "dolnoslaskie", DESCRIPTION, lambda _name: None)


@pytest.fixture(scope="module")
def engine(cluster: Cluster) -> Iterator[Engine]:
    """The example site, to be changed."""
    name = f"open_data_{os.getpid()}"
    if cluster.ensure_database(name):
        example_site.fill(cluster.url(name))
    engine = make_staff_engine(cluster.url(name))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def built(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return made(engine, tmp_path_factory.mktemp("releases"))


def test_has_every_file_with_its_size_and_checksum(built: Built) -> None:
    names = {each.name for each in built.manifest.files}
    endings = {"xlsx", "ods", "csv", "geojson", "gpkg", "fgb", "shp.zip", "kml", "parquet", "jsonl"}
    assert {f"services.{ending}" for ending in endings} | {"services-excel.csv", "hsds.zip"} <= names
    assert {f"{layer}.{form}" for layer in ("gminas", "powiats", "subregions") for form in ("geojson", "gpkg")} <= names
    assert {"dictionary.csv", "dictionary.json", "SOURCES.txt", "dcat.jsonld", "dcat.ttl"} <= names
    assert {path.name for path in built.folder.iterdir()} == names | {"manifest.json", "SHA256SUMS"}
    for each in built.manifest.files:
        content = (built.folder / each.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (each.bytes, each.sha256)
    assert read_manifest(built.folder) == built.manifest


def test_holds_what_is_published(engine: Engine, built: Built) -> None:
    with Session(engine) as session:
        listings = session.execute(text("SELECT count(*) FROM listing")).scalar_one()
    for ending in ("gpkg", "fgb", "geojson"):
        assert pyogrio.read_info(built.folder / f"services.{ending}", layer="services")["features"] == listings
    assert built.manifest.file("services.csv").rows == listings
    with zipfile.ZipFile(built.folder / "hsds.zip") as package:
        assert "datapackage.json" in package.namelist()
    sources = (built.folder / "SOURCES.txt").read_text(encoding="utf-8")
    assert "Rejestr próbny" in sources
    assert "CC0-1.0" in sources


def test_is_made_once_for_the_same_data(engine: Engine, built: Built) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in built.folder.iterdir()}
    again = made(engine, built.folder.parent)
    assert (again.is_new, again.manifest) == (False, built.manifest)
    assert {path.name: path.stat().st_mtime_ns for path in built.folder.iterdir()} == before
    assert [path.name for path in built.folder.parent.iterdir()] == [built.manifest.name]


def test_has_the_same_bytes_wherever_it_is_made(engine: Engine, built: Built, tmp_path: Path) -> None:
    again = made(engine, tmp_path)
    assert again.is_new
    for path in built.folder.iterdir():
        assert (again.folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_leaves_nothing_of_a_build_that_failed(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_all: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(open_data, "write_manifest", breaks)
    with pytest.raises(OSError, match="the disk is full"):
        made(engine, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert list(kept_releases(tmp_path)) == []


# rdflib's own reader of JSON-LD still goes through a class that it calls old
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
class TestDescription:
    @pytest.mark.parametrize("form", FORMATS)
    @pytest.mark.parametrize("places", [PLACES, Places()], ids=["on the site", "in the folder"])
    def test_has_all_that_dcat_ap_makes_mandatory(self, built: Built, form: str, places: Places) -> None:
        found = described(built.manifest, DESCRIPTION, places, form)
        graph = Graph().parse(data=found, format=form, publicID="https://copy.example.org/folder/")
        conforms, _graph, words = validate(graph, shacl_graph=SHAPES)
        assert conforms, words
        assert len(set(graph.subjects(RDF.type, DCAT.Distribution))) == len(built.manifest.data_files)

    def test_shapes_find_what_is_missing(self, built: Built) -> None:
        graph = Graph().parse(data=described(built.manifest, DESCRIPTION, PLACES, "turtle"), format="turtle")
        for lost in (DCTERMS.publisher, DCTERMS.license, SPDX.checksum, DCAT.contactPoint, DCTERMS.temporal):
            less = Graph() + graph
            less.remove((None, lost, None))
            assert not validate(less, shacl_graph=SHAPES)[0], lost

    def test_says_the_same_in_both_forms(self, built: Built) -> None:
        turtle, linked = (
            Graph().parse(data=described(built.manifest, DESCRIPTION, PLACES, form), format=form) for form in FORMATS
        )
        assert set(turtle) == set(linked)

    def test_names_the_files_and_their_checksums(self, built: Built) -> None:
        graph = Graph().parse(data=described(built.manifest, DESCRIPTION, PLACES, "turtle"), format="turtle")
        for each in built.manifest.data_files:
            address = URIRef(f"{PLACES.files}/{each.name}")
            (distribution,) = graph.subjects(DCAT.downloadURL, address)
            assert str(graph.value(graph.value(distribution, SPDX.checksum), SPDX.checksumValue)).lower() == each.sha256
            assert int(graph.value(distribution, DCAT.byteSize)) == each.bytes  # type: ignore[arg-type]

    def test_stands_in_the_folder_with_addresses_beside_it(self, built: Built) -> None:
        graph = Graph().parse(built.folder / "dcat.ttl")
        addresses = {str(each) for each in graph.objects(None, DCAT.downloadURL)}
        assert addresses == {(built.folder / each.name).as_uri() for each in built.manifest.data_files}
        assert json.loads((built.folder / "dcat.jsonld").read_text(encoding="utf-8"))["@graph"]


def test_gives_way_to_a_build_that_was_quicker(
    engine: Engine, built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_overtaken(manifest: Manifest, folder: Path) -> None:
        write_manifest(manifest, folder)
        shutil.copytree(folder, tmp_path / manifest.name)

    monkeypatch.setattr(open_data, "write_manifest", is_overtaken)
    assert not made(engine, tmp_path).is_new
    assert [path.name for path in tmp_path.iterdir()] == [built.manifest.name]


def test_sweeps_up_what_a_killed_build_left(tmp_path: Path) -> None:
    old, running = tmp_path / ".being-built-old", tmp_path / ".being-built-running"
    old.mkdir()
    running.mkdir()
    os.utime(old, (0, 0))
    assert prune(tmp_path, 0) == ()
    assert list(tmp_path.iterdir()) == [running]


class TestKeeping:
    """On a directory that changes; the order of these tests does not matter."""

    @pytest.fixture
    def folder(self, engine: Engine, tmp_path: Path) -> Iterator[Path]:
        made(engine, tmp_path)
        yield tmp_path
        _change(engine, status="active", visibility="public", alert=None)

    def test_lists_the_newest_first_and_prunes_the_oldest(self, engine: Engine, folder: Path) -> None:
        (first,) = kept_releases(folder)
        _change(engine, alert="Remont do piątku")
        second = made(engine, folder).manifest
        assert [each.name for each in kept_releases(folder)] == [second.name, first.name]
        assert prune(folder, 1) == (first.name,)
        assert [path.name for path in folder.iterdir()] == [second.name]
        assert prune(folder, 1) == ()

    def test_keeps_a_release_whose_service_has_ended(self, engine: Engine, folder: Path) -> None:
        _change(engine, status="defunct")
        built = made(engine, folder)
        assert built.taken_back == ()
        assert len(list(kept_releases(folder))) == 2

    @pytest.mark.parametrize("level", ["area_only", "internal"])
    def test_takes_back_a_release_that_shows_what_is_hidden_now(self, engine: Engine, folder: Path, level: str) -> None:
        (old,) = kept_releases(folder)
        _change(engine, visibility=level)
        with Session(engine) as session:
            assert not is_public(old, published_state(session))
        built = made(engine, folder)
        assert built.taken_back == (old.name,)
        assert [path.name for path in folder.iterdir()] == [built.manifest.name]


def _change(engine: Engine, **values: str | None) -> None:
    with transaction(engine) as session:
        (its_id,) = session.scalars(
            update(Service).where(Service.source_id == "far#dps").values(**values).returning(Service.id)
        ).all()
        refresh_listings(session, [its_id])
