"""Places saved in the browser: kept only when asked, there without a network, gone when they are hidden."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, text

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.listing import refresh_listings
from tests import example_site
from tests.browser.conftest import Visit, until

pytestmark = pytest.mark.browser

SAVED = "JSON.parse(localStorage.getItem('saved-places') || 'null')"
WORKERS = "navigator.serviceWorker.getRegistrations().then(found => found.length)"
CACHES = "caches.keys().then(found => found.length)"
OLDER = f"localStorage.setItem('saved-places', JSON.stringify({{...{SAVED}, asked: 0}}))"


def place_of(visit: Visit, kind: str) -> str:
    services = visit.page.request.get(f"{visit.server}/api/services?type={kind}").json()["services"]
    return str(services[0]["location_id"])


def save(visit: Visit, kind: str) -> str:
    place = place_of(visit, kind)
    page = visit.go(f"/miejsce/{place}")
    page.get_by_role("button", name="Zapisz to miejsce").click()
    page.get_by_role("button", name="Zapisane – usuń z listy").wait_for()
    return place


def worker_ready(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "caches.keys().then(found => found.length > 0)")


def test_keeps_nothing_of_a_mere_visit(visit: Visit) -> None:
    page = visit.go(f"/miejsce/{place_of(visit, 'ops')}")
    page.get_by_role("button", name="Zapisz to miejsce").wait_for()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate(WORKERS) == page.evaluate(CACHES) == 0


def test_saves_lists_and_takes_off(visit: Visit) -> None:
    first, second = save(visit, "ops"), save(visit, "dps")
    page = visit.go("/ulubione")
    page.wait_for_url(f"**/ulubione?m={first}%2C{second}")
    names = ["Ośrodek Pomocy Społecznej w Kłodzku", "Dom Pomocy Społecznej „Jutrzenka”"]
    expect(page.locator(".saved-cards h2")).to_have_text(names, use_inner_text=True)
    page.get_by_role("link", name=re.compile("Usuń z listy.*Ośrodek")).click()
    page.wait_for_url(f"**/ulubione?m={second}")
    assert [each["id"] for each in page.evaluate(SAVED)["places"]] == [second]
    page.get_by_role("button", name="Usuń wszystko").click()
    page.get_by_text("Nic tu jeszcze nie zapisano.").wait_for()
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate(WORKERS) == page.evaluate(CACHES) == 0
    assert visit.errors == []
    assert visit.stopped() == []


def test_takes_over_a_list_that_was_sent(visit: Visit) -> None:
    ids = [place_of(visit, "ops"), place_of(visit, "dps")]
    page = visit.go(f"/ulubione?m={','.join(ids)}")
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Zapisz te miejsca w tej przeglądarce").click()
    page.get_by_role("button", name="Usuń wszystko").wait_for()
    assert [each["id"] for each in page.evaluate(SAVED)["places"]] == ids


def test_has_numbers_and_saved_places_without_a_network(visit: Visit, context: BrowserContext) -> None:
    save(visit, "ops")
    worker_ready(visit.page)
    context.set_offline(True)
    page = visit.page
    page.goto(f"{visit.server}/?q=dom&lang=uk")
    assert page.locator("html").get_attribute("lang") == "uk"
    page.goto(f"{visit.server}/miejsce/{place_of_saved(page)}")
    assert page.get_by_role("heading", level=1).inner_text() == "Brak połączenia"
    assert page.locator("a[href='tel:112']").count() >= 1
    card = page.locator(".saved-cards .card")
    card.wait_for()
    assert "Ośrodek Pomocy Społecznej w Kłodzku" in card.inner_text()
    assert card.locator("a[href='tel:+48748651234']").count() == 1
    assert "Stan z dnia" in page.locator("[data-date]").inner_text()
    # with its own styles, and as accessible as any page
    assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderTopStyle") == "solid"
    assert visit.violations() == []
    context.set_offline(False)
    assert visit.go("/o-mapie").get_by_role("heading", level=1).inner_text() == "O mapie"


def place_of_saved(page: Page) -> str:
    return str(page.evaluate(SAVED)["places"][0]["id"])


@pytest.fixture
def staff(cluster: Cluster) -> Iterator[Engine]:
    engine = make_staff_engine(example_site.database(cluster))
    yield engine
    engine.dispose()


def hide(staff: Engine, location_id: str, level: str) -> None:
    with transaction(staff) as session:
        session.execute(
            text("UPDATE location SET visibility = :level WHERE id = :id"), {"level": level, "id": location_id}
        )
        refresh_listings(session)


def test_takes_back_what_was_hidden_since(visit: Visit, staff: Engine) -> None:
    hidden, kept = save(visit, "klub_sen"), save(visit, "dps")
    worker_ready(visit.page)
    try:
        hide(staff, hidden, "internal")
        visit.page.evaluate(OLDER)
        page = visit.go("/o-mapie")  # any page
        until(page, "JSON.parse(localStorage.getItem('saved-places')).places.length === 1")
        left = json.dumps(page.evaluate(SAVED), ensure_ascii=False)
        assert kept in left
        assert hidden not in left and "Zacisze" not in left
    finally:
        hide(staff, hidden, "public")


def test_works_without_scripts(browser_without_scripts: Visit) -> None:
    visit = browser_without_scripts
    place = place_of(visit, "ops")
    page = visit.go(f"/miejsce/{place}")
    assert page.locator("button:visible").count() == 0
    page.get_by_role("link", name="Zacznij listę od tego miejsca").click()
    expect(page.locator(".saved-cards h2")).to_have_text(["Ośrodek Pomocy Społecznej w Kłodzku"], use_inner_text=True)
    page.get_by_role("link", name="Usuń z listy").click()
    expect(page.locator("main")).to_contain_text("Skrypty są wyłączone", use_inner_text=True)


@pytest.fixture
def browser_without_scripts(browser: object, server: str) -> Iterator[Visit]:
    context = browser.new_context(java_script_enabled=False, locale="pl-PL")  # type: ignore[attr-defined]
    yield Visit(context.new_page(), server)
    context.close()
