"""The running site in a real Chromium."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy.orm import Session

from mapapp.cli.server import ALLOCATOR, APPLICATION, server_command
from mapapp.cluster import Cluster
from mapapp.provision import staff_engine
from mapapp.registers.open_data import build
from mapapp.registers.publisher import description, release_folder
from mapapp.settings import ROOT, Settings
from tests import example_site

LONGEST_WAIT_MS = 20_000
# a machine with other work to do is slow, not wrong
expect.set_options(timeout=LONGEST_WAIT_MS)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# IBM's engine, with rules of its own: a second opinion
ACE = ROOT / "node_modules" / "accessibility-checker-engine" / "ace.js"
# It cannot tell the name of what is folded away. A hundred alike would take it a minute.
UNFOLD = """[...document.querySelectorAll('details')].slice(0, 20).forEach(fold => {
    fold.name = '';
    fold.open = true;
});"""
DISPUTED = {
    # It wants no tab stop on what only scrolls; WCAG 2.1.1 (and axe) want one, or the keyboard cannot scroll.
    "element_tabbable_role_valid",
    # It wants boxes of one name in one group; ours are in groups within a group, each with its legend.
    "input_checkboxes_grouped",
}
LIGHTS: Final[dict[str, dict[str, Any]]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
SEEN_BY: Final = {
    "light": ["prefers-color-scheme: light", "forced-colors: none"],
    "dark": ["prefers-color-scheme: dark", "forced-colors: none"],
    "forced": ["forced-colors: active"],
}
# before anything of the page runs: note what the content policy had to stop
WATCH = """
window.__stopped = [];
document.addEventListener('securitypolicyviolation', event => window.__stopped.push(event.violatedDirective));
"""


@pytest.fixture(scope="session")
def server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the example region and directory, and a release of its data."""
    for catalog in (ROOT / "translations").glob("*/LC_MESSAGES/messages.po"):
        with catalog.open("rb") as source, catalog.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))
    settings = Settings(database_url=example_site.database(cluster), var_folder=tmp_path_factory.mktemp("var"))
    with staff_engine(settings) as engine, Session(engine) as session:
        build(session, release_folder(settings), settings.region, description(settings), lambda _name: None)
    with serve(example_site.database(cluster), MAPAPP_VAR_FOLDER=str(settings.var_folder)) as address:
        yield address


class serve:  # noqa: N801 - used as a function is
    """A server on a free port for as long as the block lasts."""

    def __init__(self, database_url: str, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.settings = {"MAPAPP_DATABASE_URL": database_url, "MAPAPP_ENVIRONMENT": "test", **settings}

    def __enter__(self) -> str:
        command = server_command(APPLICATION, "127.0.0.1", self.port, workers=1, threads=8)
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ | ALLOCATOR | self.settings)
        address = f"http://127.0.0.1:{self.port}"
        for _attempt in range(300):
            try:
                urllib.request.urlopen(f"{address}/readyz", timeout=5).close()
                return address
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise TimeoutError(f"no answer from {address} within 30 s")

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield running
        running.close()


def until(page: Page, holds: Callable[[], object] | str) -> None:
    """Wait until the script, or what is asked here, is true.

    Playwright's own waiting evaluates text in the page, which its policy forbids.
    """
    ask = (lambda: page.evaluate(holds)) if isinstance(holds, str) else holds
    latest = time.monotonic() + LONGEST_WAIT_MS / 1000
    while not ask():
        assert time.monotonic() < latest, f"not true within {LONGEST_WAIT_MS} ms: {holds}"
        page.wait_for_timeout(50)


@dataclass
class Visit:
    """A page being visited, with all that it asked for and all that went wrong on it."""

    page: Page
    server: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        self.page.goto(self.server + address, wait_until="load")
        return self.page

    def wait_for_map(self) -> None:
        """Come near the map, and wait until it is drawn."""
        self.page.locator("#map").scroll_into_view_if_needed()
        self.page.wait_for_selector("#map[data-ready]", timeout=LONGEST_WAIT_MS)

    def stopped(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.__stopped")
        return found

    def violations_in_every_light(self) -> list[str]:
        """What axe finds on the light, the dark and the page in forced colours."""
        found = []
        for name, light in LIGHTS.items():
            self.page.emulate_media(**light)
            matches = [self.page.evaluate(f"matchMedia('({each})').matches") for each in SEEN_BY[name]]
            assert all(matches), f"the page is not shown in {name} colours"
            found += [f"{name}: {each}" for each in self.violations()]
        self.page.emulate_media(**LIGHTS["light"])
        return found

    def violations(self) -> list[str]:
        """What axe finds, by every rule it has."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = self.page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        return [
            f"{each['id']}: {node['target']} {node['failureSummary']}"
            for each in result["violations"]
            for node in each["nodes"]
        ]

    def second_opinion(self) -> list[str]:
        """What IBM's checker is sure of; what it only wants a person to look at is left out."""
        self.page.evaluate(UNFOLD)
        self.page.evaluate(ACE.read_text(encoding="utf-8") + "; window.ace = ace;")
        report = self.page.evaluate("new ace.Checker().check(document, ['IBM_Accessibility', 'WCAG_2_2'])")
        return [
            f"{each['ruleId']}: {each['path']['dom']} {each['message']}"
            for each in report["results"]
            if each["value"] == ["VIOLATION", "FAIL"] and each["ruleId"] not in DISPUTED
        ]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="pl-PL", reduced_motion="reduce")
    yield context
    context.close()


def visit_in(context: BrowserContext, server: str) -> Visit:
    """A new page in the context, watched."""
    context.add_init_script(WATCH)
    page = context.new_page()
    visit = Visit(page, server)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("console", lambda message: visit.errors.append(message.text) if message.type == "error" else None)
    return visit


@pytest.fixture
def visit(context: BrowserContext, server: str) -> Visit:
    return visit_in(context, server)
