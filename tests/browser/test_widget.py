"""The widget in another site's page: shown where it may be, as high as it is, and used with a keyboard."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mapapp.cluster import Cluster
from tests import example_site
from tests.browser.conftest import LONGEST_WAIT_MS, Visit, serve, until, visit_in

pytestmark = pytest.mark.browser

FRAME = "iframe[title='Pomoc w Kłodzku']"
# true when the page's own listener, which was there before, has heard it too
TELL_HEIGHT = """new Promise(heard => {
    window.addEventListener('message', ({data}) => data.height === 4000 && heard(true));
    window.postMessage({ type: 'map-of-support:height', height: 4000 }, '*');
})"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def other_site(folder: Path) -> Iterator[str]:
    """A site of somebody else."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def sites(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, str]]:
    """The map, a site that may embed it, and one that may not; both have the same page."""
    folder = tmp_path_factory.mktemp("parent")
    with (
        other_site(folder) as allowed,
        other_site(folder) as refused,
        serve(example_site.database(cluster), MAPAPP_WIDGET_PARENTS=f'["{allowed}"]') as address,
    ):
        yield address, allowed, refused


def embedding_page(context: BrowserContext, address: str, folder_site: str, folder: Path) -> str:
    maker = visit_in(context, address)
    maker.go("/widget/kreator?title=Pomoc+w+Kłodzku&place=Kłodzko&type=ops&height=200")
    code = maker.page.locator("textarea").input_value()
    head = "<meta charset='utf-8'><link rel='icon' href='data:,'><title>Gmina</title>"
    (folder / "index.html").write_text(f"<!doctype html><html lang='pl'>{head}<h1>Gmina</h1>{code}")
    return folder_site


@pytest.fixture
def folder(sites: tuple[str, str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(tmp_path_factory.getbasetemp().glob("parent*"))


def height(page: Page) -> int:
    return int(page.locator(FRAME).get_attribute("height") or 0)


def is_as_high_as_its_content(page: Page) -> bool:
    inside = page.frame_locator(FRAME).locator("main").evaluate("main => main.getBoundingClientRect().height")
    return abs(height(page) - float(inside)) <= 2


def test_is_shown_by_a_site_that_may(sites: tuple[str, str, str], folder: Path, context: BrowserContext) -> None:
    address, allowed, _refused = sites
    visit = visit_in(context, "")
    page = visit.go(embedding_page(context, address, allowed, folder))
    frame = page.frame_locator(FRAME)
    frame.locator("h1", has_text="Pomoc w Kłodzku").wait_for()
    frame.locator("#map[data-ready]").wait_for(timeout=LONGEST_WAIT_MS)
    # the frame is as high as its content, which it was not before
    until(page, lambda: height(page) > 300 and is_as_high_as_its_content(page))
    assert context.cookies() == []
    assert visit.errors == []


def test_is_not_shown_by_a_site_that_may_not(
    sites: tuple[str, str, str], folder: Path, context: BrowserContext
) -> None:
    address, _allowed, refused = sites
    visit = visit_in(context, "")
    page = visit.go(embedding_page(context, address, refused, folder))
    page.wait_for_load_state("networkidle")
    until(page, lambda: any("frame-ancestors" in error for error in visit.errors))
    assert page.locator(FRAME).get_attribute("height") == "200"


def test_takes_no_height_from_others(sites: tuple[str, str, str], folder: Path, context: BrowserContext) -> None:
    address, allowed, _refused = sites
    page = visit_in(context, "").go(embedding_page(context, address, allowed, folder))
    page.frame_locator(FRAME).locator("#map[data-ready]").wait_for(timeout=LONGEST_WAIT_MS)
    until(page, lambda: is_as_high_as_its_content(page))
    before = height(page)
    page.evaluate(TELL_HEIGHT)
    assert height(page) == before


def test_is_used_with_a_keyboard(visit: Visit) -> None:
    page = visit.go("/widget?place=Kłodzko&type=ops&limit=1")
    visit.wait_for_map()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Ośrodek Pomocy Społecznej")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.protocol") == "tel:"
    with page.context.expect_page() as opened:
        page.locator(".widget-all a").press("Enter")
    expect(opened.value).to_have_url(re.compile("place=K"))


def test_needs_no_script(browser: Browser, server: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="pl-PL")
    page = context.new_page()
    page.goto(f"{server}/widget?place=Kłodzko&type=ops")
    assert page.locator("a[href^='tel:']").count() == 2
    assert not page.locator("[data-map-box]").is_visible()
    context.close()


def test_makes_its_code_in_a_form(visit: Visit) -> None:
    page = visit.go("/widget/kreator")
    page.locator("#title").fill("Pomoc w Kłodzku")
    page.locator("#place").fill("Kłodzko")
    page.locator("#type").select_option("ops")
    page.locator("form button").click()
    page.wait_for_url("**place=K*")
    assert "type=ops" in page.locator("textarea").input_value()
    page.frame_locator(".maker-preview").locator("h1", has_text="Pomoc w Kłodzku").wait_for()
    assert visit.stopped() == []
    assert visit.errors == []
