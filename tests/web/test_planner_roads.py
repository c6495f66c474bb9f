"""The planners' pages where times by road are kept: the choice of the way, the map that it comes from, its limits."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.coverage.bench import MEASURES
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.road_places import places_of_sites
from mapapp.directory.export_rows import read_one_snapshot
from mapapp.settings import Settings
from mapapp.travel.building import build_networks, own_roads
from mapapp.travel.computing import compute_times
from mapapp.travel.profiles import profile
from mapapp.travel.store import travel_root
from mapapp.web.site import EXTENSION
from tests import example_site
from tests.travel.extract import CORNER, Extract
from tests.web.test_planner import words_of
from tests.web_app import app_with

ASKED = "/planowanie?measure=reach_share&type=dps&ages=80%2B&minutes=20"


def data_of(app: Flask, roads: Path | None = None) -> CoverageData:
    with app.extensions[EXTENSION].open_session() as session:
        read_one_snapshot(session)
        return coverage_data(session, roads=roads)


@pytest.fixture(scope="module")
def road_app(cluster: Cluster, compiled_catalogs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The example site, with a road past all sites and the settlements east of the first of them."""
    folder = tmp_path_factory.mktemp("var")
    with app_with(example_site.database(cluster), var_folder=folder) as app:
        data = data_of(app)
        sites = places_of_sites(data, candidates=False)
        passed = np.concatenate([sites, data.cells.xy[data.cells.xy[:, 0] >= sites[0, 0]]])
        extract = Extract()
        for number, place in enumerate(passed):
            extract.node(str(number), *(place - CORNER))
        extract.way([str(number) for number in range(len(passed))], highway="primary")
        path = extract.write(folder / "region-latest.osm.pbf")
        root = travel_root(Settings(var_folder=folder))
        build_networks(root, path, [profile("car")], lambda *_: None, lambda _: None)
        engine = own_roads(root / "car", "car")
        compute_times(engine, "car", sites, data.cells.xy, 60, root / "car", lambda *_: None)
        yield app


@pytest.fixture
def planners(road_app: Flask) -> FlaskClient:
    return road_app.test_client()


def test_it_says_which_map_the_times_are_from(planners: FlaskClient) -> None:
    told = words_of(planners.get(ASKED).text)
    assert "po drogach, OpenStreetMap, region-latest.osm.pbf, stan na 1.10.2026; © autorzy OpenStreetMap" in told
    assert "część osób mieszka daleko od dróg" in told
    straight = words_of(planners.get(f"{ASKED}&way=straight").text)
    assert "linia prosta × 1,3, 45 km/h" in straight
    assert "region-latest" not in straight


def test_the_choice_is_in_the_form_and_in_every_link(planners: FlaskClient) -> None:
    page = planners.get(f"{ASKED}&way=straight").text
    assert '<option value="straight" selected>w linii prostej</option>' in page
    assert ">Samochodem (po drogach)</option>" in page
    assert ">Pieszo</option>" in page
    for part in ("/planowanie/dane.csv?", "/planowanie/gmina/", "sort=name"):
        links = [line for line in page.split('href="') if line.split('"')[0].find(part) >= 0]
        assert links
        assert all("way=straight" in link.split('"')[0] for link in links)


def test_other_modes_go_straight_and_say_so(planners: FlaskClient) -> None:
    assert "linia prosta × 1,3, 4,8 km/h" in words_of(planners.get(f"{ASKED}&mode=walk").text)


def test_figures_differ_and_downloads_agree_with_the_page(planners: FlaskClient) -> None:
    address = ASKED.replace("/planowanie", "/planowanie/dane.json").replace("reach_share", "near_share")
    by_road, straight = planners.get(address).json, planners.get(f"{address}&way=straight").json
    assert by_road and straight
    assert by_road["region"]["value"] != straight["region"]["value"]
    assert "region-latest.osm.pbf" in str(by_road)


def test_a_scenario_goes_by_road_on_the_page_for_the_map_and_in_files(planners: FlaskClient) -> None:
    asked = "type=dps&ages=80%2B&minutes=20&measure=nearest_minutes&access=near&by=powiat"
    page = words_of(planners.get(f"/planowanie/warianty?{asked}").text)
    by_road, straight = (
        planners.get(f"/planowanie/warianty/wynik.json?{asked}{way}").json for way in ("", "&way=straight")
    )
    assert by_road and straight
    assert "po drogach, OpenStreetMap" in page
    for sentence in by_road["sentences"]:
        assert " ".join(sentence.split()) in page
    cell = MEASURES.index("nearest_minutes")
    assert " ".join(by_road["region"]["cells"][cell][0].split()) in page
    assert by_road["region"]["cells"][cell] != straight["region"]["cells"][cell]
    far = planners.get(f"/planowanie/warianty/dane.csv?{asked.replace('=20', '=90')}")
    assert (far.status_code, "Czasy dojazdu po drogach są znane do 60 min." in words_of(far.text)) == (400, True)


def test_it_says_how_far_times_are_known(planners: FlaskClient) -> None:
    asked = ASKED.replace("reach_share", "access_e2sfca").replace("minutes=20", "minutes=90")
    assert "Czasy dojazdu po drogach są znane do 60 min." in words_of(planners.get(asked).text)
    answer = planners.get(asked.replace("/planowanie", "/planowanie/dane.csv"))
    assert answer.status_code == 400
    area = planners.get(f"/planowanie/gmina/{example_gmina(planners)}?type=dps&ages=80%2B&minutes=90")
    assert "Czasy dojazdu po drogach są znane do 60 min." in words_of(area.text)


def test_without_times_there_is_no_choice(cluster: Cluster, compiled_catalogs: None, tmp_path: Path) -> None:
    with app_with(example_site.database(cluster), var_folder=tmp_path) as app:
        page = app.test_client().get(f"{ASKED}&way=road").text
    assert 'name="way"' not in page
    assert "linia prosta × 1,3, 45 km/h" in words_of(page)


def test_the_method_page_tells_both(planners: FlaskClient) -> None:
    told = words_of(planners.get("/planowanie/metoda").text)
    assert "po drogach, OpenStreetMap, region-latest.osm.pbf" in told
    assert "linia prosta × 1,3, 15 km/h" in told


def test_another_way_is_a_wrong_parameter(planners: FlaskClient) -> None:
    assert planners.get(f"{ASKED}&way=air").status_code == 400


def example_gmina(client: FlaskClient) -> str:
    return data_of(client.application).areas.layers["gmina"].refs[0].code


def test_times_of_other_places_are_not_mixed_in_and_every_page_says_so(
    cluster: Cluster, compiled_catalogs: None, tmp_path: Path
) -> None:
    """Times kept before people were counted elsewhere: pages go in a straight line, and say it until it is not so."""
    said = "dotyczą innych miejsc niż te, w których liczymy teraz mieszkańców"
    with app_with(example_site.database(cluster), var_folder=tmp_path) as app:
        data, client = data_of(app), app.test_client()
        line = words_of(client.get(ASKED).text)
        assert said not in line
        sites, root = places_of_sites(data, candidates=False), travel_root(Settings(var_folder=tmp_path))
        extract = Extract()
        for number, place in enumerate(sites):
            extract.node(str(number), *(place - CORNER))
        extract.way([str(number) for number in range(len(sites))], highway="primary")
        path = extract.write(tmp_path / "region-latest.osm.pbf")
        build_networks(root, path, [profile("car")], lambda *_: None, lambda _: None)
        engine = own_roads(root / "car", "car")
        compute_times(engine, "car", sites, data.cells.xy + 1.0, 60, root / "car", lambda *_: None)
        kept = data_of(app, root)
        assert (kept.roads_elsewhere, kept.roads) == (("car",), {})
        for path_of_page in (ASKED, "/planowanie/warianty", "/planowanie/lokalizacje", "/planowanie/gmina/0208021"):
            assert said in words_of(client.get(path_of_page).text), path_of_page
        told = words_of(client.get(ASKED).text)
        assert "w linii prostej" in told
        compute_times(engine, "car", sites, data.cells.xy, 60, root / "car", lambda *_: None)
        assert data_of(app, root).roads_elsewhere == ()
        assert said not in words_of(client.get(ASKED).text)
