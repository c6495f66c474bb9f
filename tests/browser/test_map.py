"""The map by keyboard: moved, read, opened and left, with the focus never lost."""

import json
import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit, until

pytestmark = pytest.mark.browser


def test_gives_the_focus_back_to_the_button_that_opened(visit: Visit) -> None:
    page = visit.go("/?type=dps&type=ops")
    visit.wait_for_map()
    button = page.locator(".card", has_text="Jutrzenka").get_by_role("button", name="Pokaż na mapie")
    button.focus()
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog", name="Dom Pomocy Społecznej „Jutrzenka”")
    expect(popup).to_be_visible()
    expect(popup.locator(".popup-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(popup).to_have_count(0)
    expect(button).to_be_focused()
    # and by the popup's own button
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Zamknij").focus()
    page.keyboard.press("Enter")
    expect(button).to_be_focused()


def test_opens_the_sign_in_the_middle_and_leads_to_the_list(visit: Visit) -> None:
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    page.locator("#map").focus()
    page.keyboard.press("Enter")
    popup = page.get_by_role("dialog")
    expect(popup).to_contain_text("Jutrzenka")
    page.keyboard.press("Escape")
    expect(page.locator("#map")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pokaż na liście").focus()
    page.keyboard.press("Enter")
    expect(popup).to_have_count(0)
    expect(page.locator(".card h3 a").first).to_be_focused()
    assert visit.errors == []


def test_moves_by_buttons_and_says_where_nothing_is(visit: Visit) -> None:
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    pane = page.locator(".leaflet-map-pane")
    for name in ("w lewo", "w górę", "w dół", "w prawo"):
        before = pane.get_attribute("style") or ""
        page.get_by_role("button", name=f"Przesuń mapę {name}").press("Enter")
        expect(pane).not_to_have_attribute("style", before)
    for _step in range(12):
        page.get_by_role("button", name="Przesuń mapę w lewo").press("Enter")
    page.get_by_role("button", name="Co jest na środku?").press("Enter")
    expect(page.locator("[data-map-status]")).to_have_text("Nie widać żadnego znaku. Przesuń mapę albo ją oddal.")
    page.get_by_role("button", name="Cały region").press("Enter")
    page.get_by_role("button", name="Co jest na środku?").press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Jutrzenka")


def test_names_signs_in_the_right_plural_and_lists_one_spot(visit: Visit) -> None:
    page = visit.go("/?type=pwd")
    visit.wait_for_map()
    expect(page.locator("[data-map-status]")).to_have_text("Na mapie jest 25 usług.")
    cluster = page.get_by_role("img", name="25 usług blisko siebie, przybliż")
    expect(cluster).to_have_attribute("title", "25 usług blisko siebie, przybliż")
    assert cluster.evaluate("sign => sign.tabIndex") == -1
    cluster.click()
    popup = page.get_by_role("dialog", name="25 usług w tym miejscu")
    expect(popup.get_by_role("listitem")).to_have_count(25)
    page.get_by_role("button", name="Zamknij").click()
    expect(page.locator("#map")).to_be_focused()


def test_asks_again_where_the_server_groups_and_only_then(visit: Visit) -> None:
    asked: list[str] = []

    def group(route: Route) -> None:
        asked.append(route.request.url)
        here = {"type": "Point", "coordinates": [17.03, 51.11]}
        found = {
            "type": "Feature",
            "geometry": here,
            "bbox": [17.0, 51.0, 17.1, 51.2],
            "properties": {"services": 1234},
        }
        answer = {"type": "FeatureCollection", "total": 1234, "whole": False, "grouped": True, "features": [found]}
        route.fulfill(content_type="application/geo+json", body=json.dumps(answer))

    visit.page.route("**/api/services/map**", group)
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    expect(page.locator("[data-map-status]")).to_have_text(re.compile(r"Na mapie są 1\s?234 usługi\."))
    assert len(asked) == 1
    page.get_by_role("button", name="Oddal").click()
    expect(page.get_by_role("img", name=re.compile(r"1\s?234 usługi blisko siebie"))).to_be_visible()
    until(page, lambda: len(asked) > 1)
    page.wait_for_timeout(300)
    assert len(asked) == 2
    zooms = [re.findall(r"zoom=(\d+)", each)[0] for each in asked]
    assert int(zooms[1]) == int(zooms[0]) - 1


TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
OVERLAPS = """() => {
    const covering = '.map-frame :is(.leaflet-marker-icon, .leaflet-control, .map-notice)';
    const covers = [...document.querySelectorAll(covering)];
    const box = e => e.getBoundingClientRect();
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const view = box(document.querySelector('#map, [data-map]'));
    const names = [...document.querySelectorAll('.area-name')]
        .filter(e => getComputedStyle(e).visibility === 'visible' && meet(box(e), view));
    const others = (name) => [...covers, ...names.filter(each => each !== name)];
    return [names.length, names.filter(n => others(n).some(o => meet(box(n), box(o)))).map(n => n.textContent)];
}"""


@pytest.mark.parametrize(
    ("address", "key"),
    [("/", "+"), ("/?place=Kłodzko", "-"), ("/?place=Wrocław&type=pwd", "-"), ("/widget?q=qqqqzzzz", "+")],
)
def test_names_of_areas_stand_free_of_signs_and_each_other(visit: Visit, address: str, key: str) -> None:
    page = visit.go(address)
    visit.wait_for_map()
    seen = 0
    for _step in range(5):
        # what is in view comes from the server, and is drawn once more
        page.wait_for_load_state("networkidle")
        page.evaluate(TWO_FRAMES)
        number, covered = page.evaluate(OVERLAPS)
        seen += number
        assert covered == []
        page.locator("[data-map]").press(key)
    assert seen > 0
    assert visit.errors == []


def test_tells_a_town_from_the_gmina_around_it_and_names_a_city_once(visit: Visit) -> None:
    def with_a_gmina_around(route: Route) -> None:
        document = route.fetch().json()
        town = next(each for each in document["features"] if each["properties"]["name"] == "Kłodzko")
        around = {**town, "properties": {**town["properties"], "kind": "rural", "code": "0208072"}}
        document["features"].append(around)
        route.fulfill(json=document)

    visit.page.route("**/api/boundaries/gmina", with_a_gmina_around)
    page = visit.go("/?place=Kłodzko")
    visit.wait_for_map()
    names = page.locator(".area-name").all_text_contents()
    assert {"Kłodzko", "gmina Kłodzko", "powiat kłodzki"} <= set(names)
    assert names.count("Kłodzko") == 1
    page = visit.go("/?place=Wrocław&type=dps")
    visit.wait_for_map()
    # the example's areas are squares beside their towns
    for key in ("-", "-", "-", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        page.locator("#map").press(key)
    page.evaluate(TWO_FRAMES)
    shown = page.locator(".area-name:visible", has_text=re.compile("^Wrocław$"))
    expect(shown).to_have_count(1)


WHOLE = """() => {
    const box = (what) => document.querySelector(what).getBoundingClientRect();
    const [popup, map] = [box('.leaflet-popup-content-wrapper'), box('#map')];
    const over = [...document.querySelectorAll('.leaflet-control, .map-notice')]
        .filter(each => getComputedStyle(each).visibility === 'visible')
        .map(each => each.getBoundingClientRect())
        .filter(each => each.left < popup.right && popup.left < each.right)
        .filter(each => each.top < popup.bottom && popup.top < each.bottom);
    return popup.left >= map.left && popup.right <= map.right && popup.top >= map.top && !over.length;
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_what_opens_is_whole_and_nothing_lies_over_it(visit: Visit, width: int) -> None:
    visit.page.set_viewport_size({"width": width, "height": 800})
    page = visit.go("/?type=dps&type=ops")
    visit.wait_for_map()
    for number in range(2):
        page.get_by_role("button", name="Pokaż na mapie").nth(number).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.evaluate(TWO_FRAMES)  # the map has made room, at once for who wants no motion
        assert page.evaluate(WHOLE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Przybliż")).to_be_visible()
