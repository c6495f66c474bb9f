"""The page adapts: twice the letters on the smallest screen, more contrast, the reader's own colours, less motion."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import visit_in
from tests.browser.test_accessibility import STATES, address_of

pytestmark = pytest.mark.browser

PAGES = ("home", "filtered", "place", "service", "about", "planning", "gmina", "duties", "widget", "bad question")
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(e => !e.closest('.leaflet-container, .unseen, .skip, svg, table'))
    .filter(e => e.getBoundingClientRect().width && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + '.' + e.className + ': ' + e.textContent.trim().slice(0, 40)).slice(0, 5)"""

STEP = """() => {
    const map = document.getElementById('map');
    const pane = map.querySelector('.leaflet-map-pane');
    const before = pane.style.transform;
    map.focus();
    map.dispatchEvent(new KeyboardEvent('keydown', { keyCode: 37, bubbles: true }));
    return { isThere: pane.style.transform !== before, isSliding: pane.classList.contains('leaflet-pan-anim') };
}"""


def test_fits_320_pixels_at_twice_the_letters(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True, reduced_motion="reduce")
    visit = visit_in(context, server)
    for state in PAGES:
        page = visit.go(address_of(visit, state))
        page.add_style_tag(content="html { font-size: 225% !important }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, (state, page.evaluate(TOO_WIDE))
    context.close()


BROKEN_HOURS = """() => {
    for (const row of document.querySelectorAll('.week tr')) row.classList.add('today');
    const heightOf = (e, text) => {
        e.textContent = text;
        return e.getBoundingClientRect().height;
    };
    const hours = [...document.querySelectorAll('.week .whole')];
    return [hours.length > 0, hours.filter(e => heightOf(e, '10:00–20:00') > 1.5 * heightOf(e, '0')).length];
}"""


def test_keeps_hours_whole_on_the_smallest_screen_though_they_are_bold(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, bypass_csp=True, reduced_motion="reduce")
    visit = visit_in(context, server)
    page = visit.go(address_of(visit, "place"))
    assert page.evaluate(BROKEN_HOURS) == [True, 0]
    context.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_has_more_contrast_for_who_asks_for_it(browser: Browser, server: str, colours: str) -> None:
    context = browser.new_context(color_scheme=colours, contrast="more", reduced_motion="reduce")  # type: ignore[arg-type]
    visit = visit_in(context, server)
    for state in ("home", "filtered", "place", "planning"):
        assert state in STATES
        page = visit.go(address_of(visit, state))
        assert visit.violations() == [], state
        ink, paper = ("rgb(0, 0, 0)", "rgb(255, 255, 255)")[:: 1 if colours == "light" else -1]
        style = page.evaluate("(s => [s.color, s.backgroundColor])(getComputedStyle(document.body))")
        assert style == [ink, paper]
    context.close()


def test_says_with_lines_what_colours_said(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, forced_colors="active", locale="pl-PL")
    visit = visit_in(context, server)
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    page.get_by_role("button", name="Pokaż na mapie").first.click()
    for selected, width in ((".card.is-selected", "4px"), (".marker.is-selected", "3px")):
        expect(page.locator(selected)).to_have_css("outline-style", "solid")
        expect(page.locator(selected)).to_have_css("outline-width", width)
    for boxed in (".card", ".button", ".map-frame", ".leaflet-popup-content-wrapper"):
        border = page.evaluate(f"parseFloat(getComputedStyle(document.querySelector('{boxed}')).borderTopWidth)")
        assert border >= 1, boxed
    context.close()


def test_keeps_still_for_who_asks_for_it(browser: Browser, server: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce", locale="pl-PL")
    visit = visit_in(context, server)
    page = visit.go("/?type=dps")
    visit.wait_for_map()
    moving = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(e => {
            const style = getComputedStyle(e);
            return style.animationName !== 'none' || style.transitionDuration.split(',').some(t => parseFloat(t) > 0);
        }).map(e => e.className)"""
    )
    assert moving == []
    assert page.locator("#map.leaflet-fade-anim, #map .leaflet-zoom-animated.leaflet-zoom-anim").count() == 0
    assert page.evaluate(STEP) == {"isThere": True, "isSliding": False}
    context.close()
