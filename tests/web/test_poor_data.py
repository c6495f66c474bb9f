"""Planners' pages on data that lack something: each tells what it can, and no page or file breaks."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from tests import example_site
from tests.web.test_planner import words_of
from tests.web_app import app_with

EMPTY = "geom = ST_GeomFromText('MULTIPOLYGON EMPTY', 2180), outline = ST_GeomFromText('MULTIPOLYGON EMPTY', 4326)"
LACKING = {
    "population": ("DELETE FROM population",),
    "ages": ("DELETE FROM population WHERE age_to - age_from <> 120",),
    "people": ("UPDATE population SET persons = 0",),
    "sites": ("DELETE FROM listing",),
    "capacities": ("UPDATE service_capacity SET maximum = NULL, available = NULL",),
    "other gminas": (
        *(f"DELETE FROM {layer} WHERE teryt LIKE '0264%'" for layer in ("gmina", "powiat")),
        "DELETE FROM subregion WHERE nuts3 = 'PL514'",
        *(f"DELETE FROM {table} WHERE gmina_teryt = '0264011'" for table in ("place", "population")),
    ),
    "outlines": tuple(f"UPDATE {layer} SET {EMPTY}" for layer in ("gmina", "powiat", "subregion")),
}
NO_NUMBER = re.compile(r"\b(?:nan|NaN|inf|Infinity|None)\b")
ABOUT = "type=dps&ages=80%2B&minutes=20"
CHANGE = "zmiana=add:dps:16.65000,50.44000:30"
# one of each kind
MEASURES = (
    *("target_people", "sites_per_100km2", "places_per_1k", "occupancy", "reach_share", "nearest_minutes"),
    *("access_e2sfca", "gap_people", "gap_accessible_places", "community_share", "accessible_share"),
    "social_workers_per_2000",
)
PAGES = (
    *(f"/planowanie?measure={code}&{ABOUT}&profile=wheelchair" for code in MEASURES),
    f"/planowanie?measure=beyond_people&{ABOUT}&by=subregion&breaks=natural",
    f"/planowanie/gmina/0208021?{ABOUT}",
    f"/planowanie/powiat/0208?{ABOUT}",
    "/planowanie/zadania",
    "/planowanie/zadania?level=powiat",
    f"/planowanie/rownosc?{ABOUT}",
    "/planowanie/metoda",
    "/planowanie/w-czasie",
    f"/planowanie/warianty?{ABOUT}&{CHANGE}",
    f"/planowanie/warianty?{ABOUT}&{CHANGE}&by=powiat&measure=nearest_km&view=difference",
    *(f"/planowanie/lokalizacje?{ABOUT}&aim={aim}" for aim in ("people", "minutes", "everyone", "worst", "gap")),
    f"/planowanie/gmina/0208021/raport.html?{ABOUT}",
    f"/planowanie/raport.html?{ABOUT}",
)
# these may have nothing to give, and then say so
FILES = (
    *(f"/planowanie/dane.{ending}?measure=reach_share&{ABOUT}" for ending in ("csv", "geojson", "xlsx", "json")),
    f"/planowanie/mapa.html?measure=reach_share&{ABOUT}",
    f"/planowanie/warianty/wynik.json?{ABOUT}&{CHANGE}",
    *(f"/planowanie/warianty/dane.{ending}?{ABOUT}&{CHANGE}" for ending in ("csv", "geojson")),
    f"/planowanie/raport.xlsx?{ABOUT}",
)


@pytest.fixture(scope="module")
def whole(cluster: Cluster) -> str:
    """The name of a database with the example, that others are copied of."""
    name = f"poor_{os.getpid()}"
    cluster.ensure_database(name)
    example_site.fill(cluster.url(name))
    return name


@contextmanager
def without(what: str, cluster: Cluster, whole: str, *statements: str) -> Iterator[FlaskClient]:
    """Who plans on the example site, of which something was taken away."""
    name = f"{whole}_{what.replace(' ', '_')}"
    cluster.ensure_database(name, whole)
    engine = make_staff_engine(cluster.url(name))
    with transaction(engine) as session:
        for statement in statements:
            session.execute(text(statement))
    engine.dispose()
    with app_with(cluster.url(name)) as app:
        yield app.test_client()


@pytest.mark.parametrize("what", LACKING)
def test_every_page_tells_what_it_can(what: str, cluster: Cluster, whole: str, compiled_catalogs: None) -> None:
    with without(what, cluster, whole, *LACKING[what]) as planners:
        wrong = list(_wrong(planners))
    assert wrong == [], "\n".join(wrong)


def _wrong(planners: FlaskClient) -> Iterator[str]:
    """Addresses that break, or tell what is no number."""
    for address in (*PAGES, *FILES):
        answer = planners.get(address)
        words = "" if ".xlsx" in address else words_of(answer.text)
        if answer.status_code not in ({200, 400} if address in FILES else {200}) or NO_NUMBER.search(words):
            yield f"{answer.status_code} {NO_NUMBER.findall(words)} {address}"


def test_gminas_that_lie_nowhere_are_no_territory(cluster: Cluster, whole: str, compiled_catalogs: None) -> None:
    with without("ground", cluster, whole, *LACKING["outlines"], "DELETE FROM place") as planners:
        for address in ("/planowanie", "/planowanie/metoda", "/planowanie/warianty"):
            answer = planners.get(address)
            assert answer.status_code == 200
            assert "Nie wczytano jeszcze terytorium" in answer.text
        assert planners.get("/planowanie/dane.csv?type=dps").status_code == 503
