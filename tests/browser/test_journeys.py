"""What people do: with a keyboard, without scripts, from list to map and back."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import example_site
from tests.browser.conftest import Visit, visit_in

pytestmark = pytest.mark.browser


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"80 × Tab do not reach {selector}")


def test_finds_and_calls_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Przejdź do treści"
    tab_to(page, "#q")
    page.keyboard.type("pomoc społeczna")
    page.keyboard.press("Tab")
    page.keyboard.type("Kłodzko")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?q=pomoc\+spo.*&place="))
    assert "within_km" not in page.url
    tab_to(page, ".card h3 a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/miejsce/"))
    tab_to(page, "a.tel")
    assert page.evaluate("document.activeElement.href").startswith("tel:+48")


def test_leads_from_a_situation_to_a_telephone_in_four_taps_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/")
    taps = 0
    for link in (
        page.get_by_role("link", name="Nie wiem, od czego zacząć"),
        page.get_by_label("2. Gdzie mieszkasz?"),
        page.get_by_role("button", name="Pokaż, kto może pomóc"),
    ):
        link.click()
        taps += 1
        if taps == 2:
            page.keyboard.type("Kłodzko")
    page.wait_for_url(re.compile(r"/\?situation=advice&audience=&place="))
    expect(page.locator(".block-title").first).to_have_text("Dla mieszkańców gminy Kłodzko")
    phone = page.locator(".card a.tel").first
    assert (phone.get_attribute("href") or "").startswith("tel:+48")
    assert taps + 1 <= 5  # with the tap on the number
    context.close()


def test_leads_from_a_situation_to_a_telephone_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit.go("/")
    tab_to(page, "a[href='/pomoc/no_bed']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/pomoc/no_bed$"))
    tab_to(page, "main a[href='tel:112']")  # the numbers stand before the questions
    tab_to(page, "input[name='audience']")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#place")
    page.keyboard.type("Kłodzko")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\?situation=no_bed&audience=homeless&place=K"))
    tab_to(page, ".card h3 a")
    tab_to(page, ".card a.tel")
    assert page.evaluate("document.activeElement.href").startswith("tel:+48")


def test_has_the_urgent_numbers_one_tap_away_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    for address in ("/", "/?type=dps", "/o-mapie", "/planowanie", "/nic"):
        page.goto(server + address)
        page.get_by_text("Pilna pomoc").click()
        expect(page.locator(".crisis-panel a[href='tel:116123']")).to_be_visible()
    context.close()


def test_shows_where_the_focus_is(visit: Visit) -> None:
    page = visit.go("/?q=dom")
    for _press in range(25):
        page.keyboard.press("Tab")
        style = page.evaluate("(s => s.outlineStyle + s.outlineWidth)(getComputedStyle(document.activeElement))")
        assert style != "none0px"


def test_passes_the_map_by_in_few_steps(visit: Visit) -> None:
    page = visit.go("/?q=dom")
    visit.wait_for_map()
    stops = page.evaluate(
        "[...document.querySelectorAll('#map, #map *')].filter(e => e.tabIndex >= 0).map(e => e.className)"
    )
    assert len(stops) <= 3  # the map itself and its two buttons: no sign is a stop
    skip = page.get_by_text("Pomiń mapę")
    skip.focus()
    expect(skip).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#po-mapie")).to_be_focused()


def test_moves_the_map_with_the_keyboard(visit: Visit) -> None:
    page = visit.go("/?type=ops&place=Kłodzko")
    visit.wait_for_map()
    page.locator("#map").focus()
    pane = page.locator(".leaflet-map-pane")
    before = pane.get_attribute("style") or ""
    page.keyboard.press("ArrowLeft")
    expect(pane).not_to_have_attribute("style", before)


def test_works_whole_without_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/")
    page.get_by_label("Czego potrzebujesz?").fill("dom pomocy")
    page.get_by_label("Gdzie?").fill("Wrocław")
    page.get_by_role("button", name="Szukaj").click()
    page.wait_for_url(re.compile(r"\?q=dom\+pomocy&"))
    page.locator("summary", has_text="Dostępność").click()
    page.get_by_label("Poruszam się na wózku").check()
    page.get_by_role("group", name="Czego potrzebujesz na miejscu?").locator("..").get_by_role("button").click()
    page.wait_for_url(re.compile("profile=wheelchair"))
    page.locator(".chip").click()
    expect(page).not_to_have_url(re.compile("profile="))
    page.locator(".card h3 a").first.click()
    page.wait_for_url(re.compile("/miejsce/"))
    expect(page.locator("a.tel").first).to_be_visible()
    expect(page.get_by_role("table")).to_be_visible()
    context.close()


def test_shows_a_result_on_the_map_and_the_map_in_the_list(visit: Visit) -> None:
    page = visit.go("/?type=dps&type=ops")
    visit.wait_for_map()
    page.locator(".card", has_text="Jutrzenka").get_by_role("button", name="Pokaż na mapie").click()
    popup = page.locator(".leaflet-popup")
    expect(popup).to_contain_text("Dom Pomocy Społecznej „Jutrzenka”")
    expect(page.locator(".card.is-selected")).to_contain_text("Jutrzenka")
    expect(page.locator("[data-map-status]")).to_contain_text("Pokazano na mapie: Dom Pomocy Społecznej „Jutrzenka”")
    # the map slides until the whole popup is in view: nobody presses a link that moves away
    expect(page.locator(".leaflet-pan-anim")).to_have_count(0)
    popup.get_by_role("link", name="Otwórz stronę tego miejsca").click()
    page.wait_for_url(re.compile("/miejsce/.*#u-"))


def test_opens_a_sign_of_the_map(visit: Visit) -> None:
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    page.locator(".marker").click()
    expect(page.locator(".leaflet-popup")).to_contain_text("Jutrzenka")
    expect(page.locator(".card.is-selected")).to_have_count(1)
    page.get_by_role("button", name="Zamknij").click()
    expect(page.locator(".card.is-selected")).to_have_count(0)


def test_says_in_the_popup_that_a_place_is_invented(visit: Visit) -> None:
    page = visit.go("/?type=ddp")
    visit.wait_for_map()
    page.get_by_role("button", name="Pokaż na mapie").click()
    expect(page.locator(".leaflet-popup")).to_contain_text("dane przykładowe")
    assert visit.errors == []


def test_lists_what_stands_at_one_spot(visit: Visit) -> None:
    page = visit.go("/?type=pwd")
    visit.wait_for_map()
    page.locator(".cluster").click()
    expect(page.locator(".leaflet-popup li")).to_have_count(25)


def test_switches_boundaries(visit: Visit) -> None:
    page = visit.go("/")
    visit.wait_for_map()
    assert not any("/api/boundaries/gmina" in address for address in visit.requests)
    with page.expect_response(re.compile("/api/boundaries/gmina")):
        page.get_by_label("gminy").check()
    expect(page.locator(".leaflet-boundary-gmina-pane path").first).to_be_attached()
    page.get_by_label("gminy").uncheck()
    expect(page.locator(".leaflet-boundary-gmina-pane path")).to_have_count(0)


def test_shows_the_gminas_to_whoever_comes_near(visit: Visit) -> None:
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    expect(page.get_by_label("gminy")).to_be_checked()
    page.get_by_label("gminy").uncheck()
    page.get_by_role("button", name="Przybliż").click()
    expect(page.get_by_label("gminy")).not_to_be_checked()


def test_says_on_the_map_that_it_is_schematic_and_shows_samples(visit: Visit) -> None:
    page = visit.go("/")
    expect(page.locator(".map-frame")).to_contain_text("granice schematyczne")
    expect(page.locator(".map-frame")).to_contain_text("dane przykładowe")


def test_searches_near_the_position_of_the_browser(browser: Browser, server: str) -> None:
    place = {"longitude": example_site.OTHER_TOWN.lon, "latitude": example_site.OTHER_TOWN.lat}
    context = browser.new_context(geolocation=place, permissions=["geolocation"])
    page = visit_in(context, server).go("/")
    page.get_by_role("button", name="Szukaj blisko mnie").click()
    page.wait_for_url(re.compile(r"near=17\.030%2C51\.110"))
    expect(page.locator(".card").first).to_contain_text("Jutrzenka")
    expect(page.locator(".chips")).to_contain_text("Twoje położenie")
    context.close()


def test_says_so_where_the_position_is_refused(visit: Visit) -> None:
    page = visit.go("/")
    page.get_by_role("button", name="Szukaj blisko mnie").click()
    expect(page.locator("[data-locate-status]")).to_contain_text("Nie udało się ustalić Twojego położenia.")


def test_keeps_the_list_where_the_map_cannot_load(visit: Visit) -> None:
    visit.page.route("**/api/**", lambda route: route.abort())
    page = visit.go("/?type=pwd")
    visit.wait_for_map()
    expect(page.locator("[data-map-status]")).to_have_text("Nie udało się wczytać miejsc na mapę. Lista jest pełna.")
    expect(page.locator(".card")).to_have_count(20)


def test_answers_the_planners_question_with_five_keys_and_sorts_the_table(visit: Visit) -> None:
    page = visit.go("/")
    tab_to(page, ".menu a[href='/planowanie']")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/planowanie$"))
    tab_to(page, ".presets li a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("ponad=500"))
    expect(page.locator(".says").nth(1)).to_contain_text("jest większa niż 500: Wrocław.")
    page.locator(".areas thead a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sort=name"))
    expect(page.locator("th[aria-sort]")).to_have_text(re.compile("Obszar"))
    page.locator(".areas tbody th a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/planowanie/gmina/0264011"))
    expect(page.locator("h1")).to_have_text("gmina miejska Wrocław")


def test_the_planners_map_needs_no_scripts(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(f"{server}/planowanie?measure=target_people&ages=80%2B")
    assert page.locator("svg.choropleth path.k").count() == 2
    page.get_by_label("Tylko obszary z wartością ponad").fill("2000")
    page.get_by_role("button", name="Pokaż na mapie").click()
    expect(page.locator(".areas tbody tr")).to_have_count(1)
    context.close()


@pytest.mark.parametrize(
    ("fails", "areas"),
    [("**/leaflet.js", "path[data-code='0208021']"), (None, "[data-areas] path.leaflet-interactive.leads")],
    ids=["drawing", "map"],
)
def test_the_planners_map_tells_the_area_under_the_pointer_and_leads_to_it(
    visit: Visit, fails: str | None, areas: str
) -> None:
    if fails:
        visit.page.route(fails, lambda route: route.abort())
    page = visit.go("/planowanie?measure=target_people&ages=80%2B")
    if not fails:
        page.wait_for_selector("[data-areas][data-ready]")
    area = page.locator(areas).first
    area.hover()
    expect(page.locator("[data-told]")).to_have_text(re.compile("gmina (miejska|wiejska) .+: \\d[\\d\\s]* osób"))
    area.click()
    page.wait_for_url(re.compile("/planowanie/gmina/02"))
    assert visit.stopped() == []
    refused = ["Failed to load resource: net::ERR_FAILED"] if fails else []
    assert visit.errors == refused
