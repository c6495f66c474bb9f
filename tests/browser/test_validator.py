"""The page of a checked file in its states: accessible, whole, and sorted by the heading that is pressed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit, visit_in
from tests.web.test_validator import CLEAN, CLUBS, FAULTY

pytestmark = pytest.mark.browser

STATES = {"clean": CLEAN, "with errors": FAULTY, "refused": b"a;b\n1;2\n", "unknown layout": CLUBS}


@pytest.fixture(scope="module", params=[320, 1280])
def sized(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Visit]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, locale="pl-PL", reduced_motion="reduce"
    )
    yield visit_in(context, server)
    context.close()


def send(page: Page, content: bytes) -> None:
    page.locator("#file").set_input_files({"name": "plik.csv", "mimeType": "text/csv", "buffer": content})
    with page.expect_navigation():
        page.get_by_role("button", name="Sprawdź plik").click()


@pytest.mark.parametrize("state", ["empty", *STATES])
def test_is_accessible_and_whole(sized: Visit, state: str) -> None:
    sized.errors.clear()
    page = sized.go("/sprawdz-plik")
    if state in STATES:
        send(page, STATES[state])
    if page.locator("#map").count():
        sized.wait_for_map()
    assert sized.violations() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert sized.stopped() == []
    assert [error for error in sized.errors if "status of 40" not in error] == []


def test_filters_and_sorts_the_findings(sized: Visit) -> None:
    page = sized.go("/sprawdz-plik")
    send(page, FAULTY)
    warnings = page.locator(".finding-warning")
    expect(warnings.first).to_be_visible()
    page.get_by_label("tylko błędy").check()
    expect(warnings.first).to_be_hidden()
    expect(page.locator(".finding-error")).to_have_count(1)
    page.get_by_label("wszystko").check()
    page.get_by_role("button", name="Pole", exact=True).click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Pole")
    fields = page.locator("[data-sortable] tbody tr td:nth-child(4)").all_inner_texts()
    assert fields == sorted(fields, key=str.casefold)
