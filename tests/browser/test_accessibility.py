"""Every page in every state: no violation, nothing cut off, nothing stopped by the content policy."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit, visit_in

pytestmark = pytest.mark.browser

WIDE = 1280
WIDTH = "document.documentElement.scrollWidth"
STATES = {
    "home": "/",
    "results": "/?q=dom&place=Kłodzko",
    "filtered": "/?place=Kłodzko&type=pwd&audience=children&profile=wheelchair&within_km=50",
    "every filter": "/?place=Kłodzko&situation=daily_care&cost=free&mode=onsite&open=weekend&verified=yes&profile=pram",
    "for others": "/?place=Wrocław&type=dps&type=ops&type=teleopieka",
    "needs": "/pomoc",
    "situation": "/pomoc/caring",
    "urgent situation": "/pomoc/in_crisis?lang=uk",
    "results of an urgent situation": "/?situation=no_bed&place=Kłodzko",
    "crisis numbers": "/pomoc/telefony",
    "namesakes": "/?place=Nowa+Wieś",
    "nothing found": "/?q=qqqqzzzz&type=dps&place=Qwertyuiop",
    "hostile": "/?type=klub_mieszk",
    "hidden": "/?type=dmdz&type=ddp&type=klub_sen&type=teleopieka",
    "place": "place:type=ops",
    "sample place": "place:type=suo_psy",
    "samples": "/?type=ddp&type=suo_psy",
    "service": "service:type=teleopieka",
    "about": "/o-mapie",
    "correction": "place:type=ops/popraw",
    "correction of a service": "service:type=teleopieka/popraw",
    "remarks": "/uwagi",
    "remarks in Ukrainian": "/uwagi?lang=uk",
    "thanks": "/dziekujemy",
    "payment": "/ile-zaplace",
    "payment known": "/ile-zaplace?type=sds&income=5000&per_person=4000",
    "payment not known": "/ile-zaplace?type=uo_dom&income=5000&lang=uk",
    "saved places": "saved:type=ops&type=dps",
    "no saved places": "/ulubione",
    "saved places that are gone": "/ulubione?m=00000000-0000-0000-0000-000000000007",
    "no network": "/bez-sieci",
    "no network, in Ukrainian": "/bez-sieci?lang=uk",
    "accessibility statement": "/deklaracja-dostepnosci",
    "accessibility statement in Ukrainian": "/deklaracja-dostepnosci?lang=uk",
    "privacy": "/prywatnosc?lang=en",
    "licence of the data": "/licencja-danych",
    "counting": "/jak-liczymy?lang=uk",
    "open data": "/dane",
    "data for programs": "/api/ogc?f=html",
    "collection": "/api/ogc/collections/services?f=html",
    "features": "/api/ogc/collections/services/items?f=html&limit=5",
    "planning": "/planowanie",
    "planning, sorted": "/planowanie?measure=places_per_10k&type=dps&ages=80%2B&by=powiat&breaks=natural&sort=name",
    "planning, no figures": "/planowanie?measure=places_per_1k&type=wtz&reference=median",
    "gmina": "/planowanie/gmina/0208021?z=0264011",
    "powiat": "/planowanie/powiat/0208?lang=en",
    "over time": "/planowanie/w-czasie",
    "over time, the difference": "/planowanie/w-czasie?view=difference",
    "equity": "/planowanie/rownosc?type=dps&ages=80%2B",
    "report": "/planowanie/gmina/0208021/raport.html",
    "report of the region": "/planowanie/raport.html?lang=uk",
    "duties": "/planowanie/zadania",
    "method": "/planowanie/metoda?lang=uk",
    "what if": "/planowanie/warianty?type=dps&ages=80%2B&minutes=20&zmiana=add%3Adps%3A17.03,51.11%3A30",
    "what if, better and worse": "/planowanie/warianty?type=dps&view=difference&zmiana=add%3Adps%3A17,51%3A9&lang=uk",
    "what if, nothing changed": "/planowanie/warianty?lang=en&by=subregion&measure=nearest_km",
    "which place": "/planowanie/warianty/krok?type=dps&co=add&miejsce=Nowa+Wieś",
    "new sites": "/planowanie/lokalizacje",
    "new sites, no answer": "/planowanie/lokalizacje?type=wtz",
    "scenarios side by side": "/planowanie/warianty/porownanie",
    "saved scenario": "scenario:type=dps&ages=80%2B&zmiana=add:dps:17.03,51.11:30&nazwa=Dom",
    "bad planners' question": "/planowanie?minutes=0&type=nothing",
    "reference": "/api",
    "widget": "/widget?place=Kłodzko&type=ops&type=dps",
    "widget without results": "/widget?q=qqqqzzzz",
    "widget maker": "/widget/kreator?place=Kłodzko&type=ops&title=Pomoc",
    "not found": "/nic",
    "bad question": "/?near=0,0&unknown=1",
    "Ukrainian": "/?lang=uk",
    "English results": "/?q=dom&lang=en",
}


@pytest.fixture(scope="module", params=[320, WIDE])
def sized(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Visit]:
    size = {"width": request.param, "height": 800}
    context = browser.new_context(viewport=size, locale="pl-PL", reduced_motion="reduce")
    yield visit_in(context, server)
    context.close()


def address_of(visit: Visit, state: str) -> str:
    kind, colon, question = STATES[state].partition(":")
    if not colon:
        return STATES[state]
    if kind == "scenario":
        saved = visit.page.request.post(f"{visit.server}/planowanie/warianty/zapisz", form=dict(parse_qsl(question)))
        return saved.url.removeprefix(visit.server)
    question, slash, below = question.partition("/")
    services = visit.page.request.get(f"{visit.server}/api/services?{question}").json()["services"]
    if kind == "saved":
        return f"/ulubione?m={','.join(each['location_id'] for each in services)}"
    found = services[0]
    page = f"/miejsce/{found['location_id']}" if kind == "place" else f"/usluga/{found['service_id']}"
    return page + slash + below


@pytest.mark.parametrize("state", STATES)
def test_is_accessible_and_whole(sized: Visit, state: str) -> None:
    sized.errors.clear()
    page = sized.go(address_of(sized, state))
    if page.locator("#map").count():
        sized.wait_for_map()
    assert sized.violations_in_every_light() == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]
    assert sized.stopped() == []
    assert [error for error in sized.errors if "status of 40" not in error] == []
    if page.viewport_size["width"] == WIDE:  # type: ignore[index]
        assert sized.second_opinion() == []


def test_is_accessible_where_a_form_was_not_taken(sized: Visit) -> None:
    page = sized.go("/uwagi")
    page.locator("#email").fill("anna")
    with page.expect_navigation():
        page.get_by_role("button", name="Wyślij").click()
    expect(page.locator("[role=alert]")).not_to_have_count(0)
    assert sized.violations_in_every_light() == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]


@pytest.mark.parametrize(
    "opened",
    ["Rodzaj wsparcia", "Dla kogo", "Dostępność", "Kiedy otwarte", "Koszt i inne", "Obszar", "Co oznaczają znaki"],
)
def test_is_accessible_with_a_panel_open(sized: Visit, opened: str) -> None:
    page = sized.go("/?place=Kłodzko&group=children&type=pwd")
    sized.wait_for_map()
    page.locator("summary", has_text=opened).click()
    expect(page.locator("details[open] > summary", has_text=opened)).to_be_visible()
    assert sized.violations_in_every_light() == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]


@pytest.mark.parametrize("address", ["/", "/pomoc/caring", "/?type=ops", "/nic"])
def test_is_accessible_with_the_urgent_numbers_open(sized: Visit, address: str) -> None:
    page = sized.go(address)
    page.locator(".crisis-menu summary").click()
    expect(page.locator(".crisis-panel")).to_be_visible()
    assert sized.violations_in_every_light() == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]


def test_fits_at_twice_the_letters(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 640, "height": 800})
    page = visit.go("/?q=dom&place=Kłodzko&profile=wheelchair")
    page.evaluate("document.documentElement.classList.add('doubled')")
    page.evaluate("document.styleSheets[1].insertRule('html.doubled { font-size: 225% }')")
    cut = page.evaluate(
        """() => [...document.querySelectorAll('main :is(p, h2, h3, a, button, label, span)')]
            .filter(e => !e.closest('.leaflet-container, .unseen, .skip, .found-namesakes'))
            .filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1)
            .filter(e => getComputedStyle(e).clipPath === 'none' && getComputedStyle(e).overflowX !== 'visible')
            .map(e => e.className + ': ' + e.textContent.trim().slice(0, 40))"""
    )
    assert cut == []
    assert page.evaluate(WIDTH) <= 640


def test_shows_an_operation_of_the_reference(sized: Visit) -> None:
    page = sized.go("/api")
    for name in ("services.search.get", "ogc.services.items", "hsds.services.get"):
        page.locator(f"[id='{name}'] summary").click()
        expect(page.locator(f"details[open][id='{name}']")).to_be_visible()
    assert sized.violations_in_every_light() == []
    assert page.evaluate(WIDTH) <= page.viewport_size["width"]  # type: ignore[index]
