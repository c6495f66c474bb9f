"""The map in one file, opened from a disk in a browser without a network."""

import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import AXE

pytestmark = pytest.mark.browser

QUESTIONS = {"figures": "measure=reach_share&type=dps&ages=80%2B", "hostile": "measure=sites&type=klub_mieszk"}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("width", [320, 1280])
def test_opens_without_a_network_and_by_keyboard(
    browser: Browser, server: str, tmp_path: Path, question: str, width: int
) -> None:
    file = tmp_path / "map.html"
    with urllib.request.urlopen(f"{server}/planowanie/mapa.html?{QUESTIONS[question]}", timeout=60) as answer:
        file.write_bytes(answer.read())
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === '2'")
    assert page.locator("path.leaflet-interactive").count() > 2  # two gminas, and sites
    choice = page.get_by_label("Wybierz obszar na mapie")
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#told")).to_contain_text("Kłodzko: ", use_inner_text=True)
    before = page.evaluate("map_coverage.getCenter().lng")
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => map_coverage.getCenter().lng > before", arg=before)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.__x") is None
    assert asked == [file.as_uri()]
    assert errors == []
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_has_nothing_that_shuts_people_out(browser: Browser, server: str, tmp_path: Path, width: int) -> None:
    file = tmp_path / "map.html"
    with urllib.request.urlopen(f"{server}/planowanie/mapa.html?{QUESTIONS['figures']}", timeout=60) as answer:
        # the file lets no other script in, not even the one that judges it
        file.write_bytes(answer.read().replace(b'http-equiv="Content-Security-Policy"', b'name="policy"'))
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.wait_for_function("document.documentElement.dataset.ready === '2'")
    page.locator("details").evaluate("fold => { fold.open = true; }")
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
    told = [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found["violations"]]
    assert told == []
    context.close()
