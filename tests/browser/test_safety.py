"""Hostile records stay text; nobody else is asked; a first visit weighs little."""

import os
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect
from pydantic import SecretStr
from rich.console import Console

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.preparation import prepare_database
from mapapp.settings import Settings
from tests import example_site
from tests.browser.conftest import Visit, serve, visit_in

pytestmark = pytest.mark.browser

LIGHT_ENOUGH = 250_000


def test_never_runs_the_name_of_a_record(visit: Visit) -> None:
    shown: list[str] = []
    for number in (1, 2):
        page = visit.go(f"/?type=klub_mieszk&page={number}")
        visit.wait_for_map()
        for card in page.locator(".card", has=page.locator("[data-show]")).all():
            button = card.locator("[data-show]")
            button.click()
            # it is marked after the popup has its new title
            expect(card).to_have_class(re.compile("is-selected"))
            shown.append(page.locator(".leaflet-popup .popup-title").inner_text())
            button.hover()
            assert page.evaluate("window.__x") is None
        page.locator(".cluster").first.click()
        expect(page.locator(".popup-list a").nth(20)).to_be_attached()
        assert page.evaluate("window.__x") is None
        assert visit.stopped() == []
    for payload in example_site.HOSTILE:
        assert " ".join(f"Dom {payload}".split()) in [" ".join(text.split()) for text in shown]
    assert visit.errors == []
    assert all(address.startswith(visit.server) for address in visit.requests)


def test_never_runs_the_name_of_a_place_on_its_page(visit: Visit) -> None:
    hits = visit.page.request.get(f"{visit.server}/api/services?type=klub_mieszk&limit=100").json()["services"]
    assert len(hits) == len(example_site.HOSTILE)
    for hit in hits:
        page = visit.go(f"/miejsce/{hit['location_id']}")
        assert " ".join(page.locator("h1").inner_text().split()) == " ".join(hit["name"].split())
        assert page.evaluate("window.__x") is None
        assert visit.stopped() == []
    assert visit.errors == []


def test_never_runs_what_was_searched_for(visit: Visit) -> None:
    for payload in example_site.HOSTILE:
        page = visit.page
        for name in ("q", "place"):
            page.goto(f"{visit.server}/", wait_until="domcontentloaded")
            page.evaluate("([name, text]) => { document.getElementById(name).value = text; }", [name, payload])
            with page.expect_navigation():
                page.locator(".field-go button").click()
            page.wait_for_selector("#results")
            assert page.evaluate("window.__x") is None
    assert all(address.startswith(visit.server) for address in visit.requests)


@pytest.mark.parametrize("address", ["/", "/?q=dom&place=Kłodzko", "/o-mapie"])
def test_asks_nobody_else_and_keeps_nothing(visit: Visit, context: BrowserContext, address: str) -> None:
    page = visit.go(address)
    if page.locator("#map").count():
        visit.wait_for_map()
    assert len(visit.requests) > 2
    assert all(each.startswith(visit.server) for each in visit.requests)
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.fixture(scope="module")
def whole_region(cluster: Cluster) -> Iterator[str]:
    """A server with what a first start loads: the embedded region and its directory."""
    name = f"region_{os.getpid()}"
    cluster.ensure_database(name)
    settings = Settings(environment="test", database_url=SecretStr(cluster.url(name)))
    engine = make_staff_engine(cluster.url(name))
    prepare_database(engine, settings, Console(quiet=True))
    engine.dispose()
    with serve(cluster.url(name)) as address:
        yield address


@pytest.mark.parametrize("address", ["/", "/?q=opieka&place=Wrocław"])
def test_weighs_little_on_a_first_visit(context: BrowserContext, whole_region: str, address: str) -> None:
    visit = visit_in(context, whole_region)
    network = context.new_cdp_session(visit.page)
    network.send("Network.enable")
    sizes: list[float] = []
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    visit.go(address)
    visit.wait_for_map()
    visit.page.wait_for_load_state("networkidle")
    assert len(sizes) > 10
    assert sum(sizes) <= LIGHT_ENOUGH
