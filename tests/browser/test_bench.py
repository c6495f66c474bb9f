"""The scenario bench and siting on Lower Silesia in a real browser: five clicks, one drop, and the keyboard alone.

Its people and settlements are real, its day homes invented samples; the figures are compared with the Python API's.
"""

import os
import re
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine

from mapapp import migrate
from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.measures import measure
from mapapp.coverage.question import Question, ask
from mapapp.coverage.siting import Wish, best_places
from mapapp.database import make_staff_engine, transaction
from mapapp.first_load import load_region, load_samples
from mapapp.settings import Settings
from mapapp.text_search import configure_text_search
from tests.browser.conftest import LONGEST_WAIT_MS, Visit, serve, visit_in
from tests.coverage.conftest import VOCABULARIES

pytestmark = pytest.mark.browser

DAY_HOMES = ("ddp", "ddsp")
LONGEST_MS = 100.0
MOST_DROPS = 20
BENCH = "/planowanie/warianty?type=ddp&type=ddsp&ages=80%2B&minutes=15"
MILICZ = "add:ddp:17.27140,51.52770:30"


@pytest.fixture(scope="module")
def region(cluster: Cluster) -> Iterator[tuple[str, Engine]]:
    """The embedded territory of Lower Silesia with the sample directory."""
    name = f"silesia_{os.getpid()}"
    url = cluster.url(name)
    cluster.ensure_database(name)
    engine = make_staff_engine(url)
    migrate.upgrade(engine)
    with transaction(engine) as session:
        configure_text_search(session.connection())
        load_region(session, Settings(database_url=url))
        load_samples(session)
    yield url, engine
    engine.dispose()


@pytest.fixture(scope="module")
def data(region: tuple[str, Engine]) -> CoverageData:
    with transaction(region[1]) as session:
        return coverage_data(session)


@pytest.fixture(scope="module")
def silesia(region: tuple[str, Engine], server: str) -> Iterator[str]:
    """Its server; ``server`` has compiled the translations."""
    with serve(region[0]) as address:
        yield address


@pytest.fixture
def planner(context: BrowserContext, silesia: str) -> Visit:
    return visit_in(context, silesia)


def question(minutes: float = 30) -> Question:
    return ask(VOCABULARIES, "beyond_people", DAY_HOMES, ages="80+", minutes=minutes)


def plain(text: str) -> str:
    return " ".join(text.split())


class Clicks:
    """A planner who counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def on(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.count += 1


def test_answers_the_planners_question_in_five_clicks(planner: Visit, data: CoverageData) -> None:
    """In which gminas do more than 500 people over 80 live farther than 30 minutes from a day home, and where …"""
    page = planner.go("/planowanie")
    clicks = Clicks(page)
    clicks.on("W których gminach ponad 500 osób w wieku od 80 lat mieszka dalej niż 30 minut od domu dziennego?")
    figures = measure(data, question())
    over = sorted((row for row in figures if (row.figure.value or 0) > 500), key=lambda row: -(row.figure.value or 0))
    names = [row.area.name for row in over]
    expect(page.locator(".areas tbody tr[data-code] th a")).to_have_text(names, use_inner_text=True)
    expect(page.locator("main")).to_contain_text(f"W {len(over)} z 169 gmin")

    clicks.on("Gdzie najbardziej pomogłyby dwie nowe placówki?")
    best = best_places(data, question(), Wish(2))
    rows = page.locator(".found-places tbody tr")
    expect(rows).to_have_count(2)
    for number, place in enumerate(best.places):
        expect(rows.nth(number)).to_contain_text(place.place, use_inner_text=True)
        expect(rows.nth(number)).to_contain_text(f"{place.people:,.0f}".replace(",", " "), use_inner_text=True)

    clicks.on("Przenieś do wariantu")
    reached = f"znajdzie się w zasięgu 30 min: {best.reached:,.0f}".replace(",", " ")
    expect(page.locator("[data-sentences]")).to_contain_text(reached, use_inner_text=True)
    assert clicks.count <= 5
    assert planner.errors == []


def open_bench(planner: Visit, *changes: str) -> Page:
    page = planner.go(BENCH + "".join(f"&zmiana={change}" for change in changes))
    page.wait_for_selector("#map[data-ready]", timeout=LONGEST_WAIT_MS)
    page.locator("#map").scroll_into_view_if_needed()
    return page


def changes_of(page: Page) -> list[str]:
    """Those in the address, as the page has it: the browser tells Playwright of it later."""
    return parse_qs(urlsplit(page.evaluate("location.href")).query).get("zmiana", [])


def drop(page: Page, right: int, down: int) -> float:
    """Drag the new site so far; the milliseconds from the drop to the repainted page."""
    page.evaluate("delete document.getElementById('map').dataset.took")
    box = page.locator(".bench-site.is-new").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()
    page.wait_for_selector("#map[data-took]", timeout=LONGEST_WAIT_MS)
    return float(page.evaluate("document.getElementById('map').dataset.took"))


def test_repaints_within_100_ms_of_a_drop(planner: Visit, capsys: pytest.CaptureFixture[str]) -> None:
    page = open_bench(planner, MILICZ)
    took: list[float] = []
    # other work of the machine only ever adds to it, so the quickest drop tells what the page itself takes
    while len(took) < MOST_DROPS and min(took, default=LONGEST_MS + 1) > LONGEST_MS:
        took.append(drop(page, *((-50, 25) if len(took) % 2 else (45, -20))))
    with capsys.disabled():
        sys.stdout.write(f"\nfrom drop to repaint: {', '.join(f'{each:.0f}' for each in took)} ms\n")
    assert min(took) <= LONGEST_MS
    assert planner.errors == []


def test_a_new_site_lies_above_the_present_ones(planner: Visit) -> None:
    page = open_bench(planner, MILICZ)
    there = page.evaluate("""() => {
        const at = each => (box => [box.x + box.width / 2, box.y + box.height / 2])(each.getBoundingClientRect());
        const [x, y] = at(document.querySelector('.bench-site.is-new'));
        const ways = [...document.querySelectorAll('.bench-site:not(.is-new)')].map(at).map(([a, b]) => [a - x, b - y]);
        return ways.sort((a, b) => Math.hypot(...a) - Math.hypot(...b))[0];
    }""")
    drop(page, round(there[0]), round(there[1]) - 6)
    drop(page, 60, -30)
    (moved,) = changes_of(page)
    assert moved.startswith("add:")


def test_a_drop_changes_figures_colours_address_and_forms_as_a_reload_would(planner: Visit) -> None:
    page = open_bench(planner, MILICZ)
    before = page.locator("[data-sentences]").inner_text()
    colours = "[...document.querySelectorAll('#map path.k')].map(p => p.getAttribute('class').split(' ')[1]).join()"
    painted = page.evaluate(colours)
    drop(page, -70, 40)
    (moved,) = changes_of(page)
    assert re.fullmatch(r"add:ddp:\d+\.\d{5},\d+\.\d{5}:30", moved)
    assert moved != MILICZ
    fields = page.locator("form input[name=zmiana]").evaluate_all("all => all.map(each => each.value)")
    assert set(fields) == {moved}
    links = page.locator("[data-downloads] a").evaluate_all("all => all.map(each => each.href)")
    assert all(parse_qs(urlsplit(link).query)["zmiana"] == [moved] for link in links)
    parts = ("[data-sentences]", "[data-rows]", "[data-steps]", "[data-changes]")
    live = [plain(page.locator(part).inner_text()) for part in parts]
    shades = page.evaluate(colours)
    assert page.locator("[data-sentences]").inner_text() != before
    assert shades != painted
    page.reload()
    page.wait_for_selector("#map[data-ready]", timeout=LONGEST_WAIT_MS)
    assert [plain(page.locator(part).inner_text()) for part in parts] == live
    assert page.evaluate(colours) == shades
    assert planner.errors == []
    assert planner.stopped() == []


def test_a_present_site_is_moved_by_the_keyboard_alone(planner: Visit) -> None:
    page = open_bench(planner)
    page.locator(".site-list summary").focus()
    if page.locator(".site-list").get_attribute("open") is None:
        page.keyboard.press("Enter")
    pick = page.locator("[data-pick]").first
    key = pick.get_attribute("data-pick")
    expect(pick).to_be_visible()
    pick.focus()
    page.keyboard.press("Enter")
    picked = page.locator(".bench-site.is-picked")
    expect(picked).to_have_attribute("aria-label", re.compile("Przesuwaj klawiszami strzałek"))
    expect(picked).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.wait_for_selector("#map[data-took]", timeout=LONGEST_WAIT_MS)
    # the site keeps the focus while the page is repainted around it
    expect(picked).to_be_focused()
    assert planner.violations() == []
    page.keyboard.press("Enter")
    expect(pick).to_be_focused()
    (moved,) = changes_of(page)
    assert moved.startswith(f"move:{key}:")
    expect(page.locator("[data-changes] li")).to_have_count(1)
    assert planner.errors == []


def test_a_new_site_is_put_on_the_map_and_taken_back(planner: Visit) -> None:
    page = open_bench(planner)
    page.locator("[data-add]").click()
    page.wait_for_selector("#map[data-took]", timeout=LONGEST_WAIT_MS)
    expect(page.locator("[data-changes] li")).to_have_count(1)
    expect(page.locator(".bench-site.is-picked")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("[data-changes] a").click()
    expect(page.locator("[data-changes] li")).to_have_count(0)
    page.wait_for_selector("#map[data-ready]", timeout=LONGEST_WAIT_MS)
    expect(page).not_to_have_url(re.compile("zmiana"))


def test_what_cannot_be_computed_is_put_back_and_said(planner: Visit) -> None:
    page = open_bench(planner, MILICZ)
    page.route("**/wynik.json*", lambda route: route.abort())
    address = page.url
    box = page.locator(".bench-site.is-new").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] + 40, steps=4)
    page.mouse.up()
    page.locator("[data-problem]", has_text="Nie udało się").wait_for()
    again = page.locator(".bench-site.is-new").bounding_box()
    assert again is not None
    assert abs(again["x"] - box["x"]) < 2
    assert page.url == address


def test_works_without_scripts(context: BrowserContext, silesia: str) -> None:
    plain_context = context.browser.new_context(java_script_enabled=False, locale="pl-PL")  # type: ignore[union-attr]
    page = plain_context.new_page()
    page.goto(silesia + BENCH)
    page.get_by_label("Miasto, wieś lub gmina").first.fill("Milicz")
    page.get_by_label("Miejsca", exact=True).fill("30")
    page.get_by_role("button", name="Dodaj", exact=True).click()
    expect(page.locator("[data-changes] li")).to_have_count(1)
    expect(page.locator("[data-rows]")).to_contain_text("Milicz", use_inner_text=True)
    expect(page.locator("svg.choropleth .site-new")).to_have_count(1)
    page.get_by_label("Nazwa wariantu").fill("Dom w Miliczu")
    page.get_by_role("button", name="Zapisz").click()
    expect(page.get_by_role("heading", name="Dom w Miliczu")).to_have_count(1)
    page.goto(silesia + "/planowanie/lokalizacje?type=ddp&ages=80%2B&minutes=20&k=2")
    with page.expect_navigation():
        page.get_by_role("button", name="Szukaj dowodu").click()
    for _ in range(60):
        if "Szukanie trwało" in page.content():
            break
        page.wait_for_timeout(500)
        with page.expect_navigation():
            page.get_by_role("link", name="Sprawdź postęp").click()
    assert "Udowodniono: żaden inny wybór nie jest lepszy." in page.content()
    plain_context.close()


def test_an_area_of_the_map_and_its_row_are_marked_together(planner: Visit) -> None:
    page = planner.go("/planowanie?measure=places_per_1k&type=ddp&ages=60%2B")
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_selector("#map[data-ready]", timeout=LONGEST_WAIT_MS)
    expect(page.locator("svg.choropleth")).to_be_hidden()
    row = page.locator("tr[data-code='0208021']")
    row.locator("th a").focus()
    expect(page.locator("#map path.is-marked")).to_have_count(1)
    row.locator("th a").blur()
    expect(page.locator("#map path.is-marked")).to_have_count(0)
    # the row was scrolled to
    page.locator("#map").scroll_into_view_if_needed()
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("tr.is-marked")).to_have_count(1)
    name = page.locator("tr.is-marked th a").inner_text()
    expect(page.locator("[data-told]")).to_contain_text(name, use_inner_text=True)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url("**/planowanie/gmina/*")
    expect(page.locator("h1")).to_contain_text(name, use_inner_text=True)
    assert planner.errors == []
    assert planner.stopped() == []


def test_the_drawn_map_stays_where_outlines_cannot_be_had(planner: Visit) -> None:
    planner.page.route("**/api/boundaries/**", lambda route: route.fulfill(status=503))
    page = planner.go("/planowanie?measure=places_per_1k&type=ddp&ages=60%2B")
    page.locator("svg.choropleth").wait_for(state="visible")
    page.locator("svg.choropleth path[data-code='0208021']").scroll_into_view_if_needed()
    page.locator("tr[data-code='0208021'] th a").focus()
    page.locator("svg.choropleth path.is-marked").wait_for(state="attached")
    expect(page.locator("#map")).to_be_hidden()
