"""The slider over releases, moved with the keyboard alone."""

import pytest
from playwright.sync_api import Browser, expect

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
    assert "1 kwietnia 2026" in (slider.get_attribute("aria-valuetext") or "")
    assert page.evaluate("document.activeElement.type") == "range"
    assert "stan=" in page.url
    page.reload()
    expect(page.locator("#answer")).to_contain_text("1 kwietnia 2026")
    context.close()


def test_without_scripts_the_list_does_the_same(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server}/planowanie/w-czasie")
    page.get_by_label("Stan na dzień").select_option(index=1)
    page.get_by_role("button", name="Pokaż").click()
    expect(page.locator("#answer")).to_contain_text("1 kwietnia 2026")
    context.close()
