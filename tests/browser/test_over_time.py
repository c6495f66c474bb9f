"""The slider over releases, moved with the keyboard alone."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [320, 1280])
def test_the_slider_shows_another_release_in_place(browser: Browser, server: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(f"{server}/planowanie/w-czasie")
    slider = page.get_by_role("slider", name="Przesuwaj po wydaniach")
    newest = slider.get_attribute("aria-valuetext")
    assert newest is not None
    expect(page.locator("#answer")).to_contain_text(newest)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#answer")).to_contain_text("1 kwietnia 2026")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("1 kwietnia 2026"))
    assert page.evaluate("document.activeElement.type") == "range"
    expect(page).to_have_url(re.compile("stan="))
    page.reload()
    expect(page.locator("#answer")).to_contain_text("1 kwietnia 2026")
    context.close()


def test_whoever_moves_on_sees_the_last_release_only(browser: Browser, server: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{server}/planowanie/w-czasie")
    slider = page.get_by_role("slider", name="Przesuwaj po wydaniach")
    newest = slider.get_attribute("aria-valuetext") or ""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/planowanie/w-czasie?*", hold)
    with page.expect_event("requestfailed"):
        slider.press("ArrowLeft")
        until(page, lambda: len(held) == 1)
        slider.press("ArrowRight")
    until(page, lambda: len(held) == 2)
    held[1].continue_()
    expect(page).to_have_url(held[1].request.url)
    expect(page.locator("#answer")).to_contain_text(newest)
    context.close()


def test_without_scripts_the_list_does_the_same(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/planowanie/w-czasie")
    page.get_by_label("Stan na dzień").select_option(index=1)
    page.get_by_role("button", name="Pokaż").click()
    expect(page.locator("#answer")).to_contain_text("1 kwietnia 2026")
    context.close()
