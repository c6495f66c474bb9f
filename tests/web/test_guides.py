"""The addresses that README and guides show with curl are answered, and as they say."""

import re
import shlex
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import unquote, urlsplit

import pytest
from flask.testing import FlaskClient

from mapapp.settings import ROOT
from tests.cli.guides import guides
from tests.cli.test_registers import COLUMNS, GOOD

HERE = "http://127.0.0.1:8000"
# "{" or "…" stand for something else; -F sends a file
SHOWN = re.compile(rf"curl [^\n`]*?{re.escape(HERE)}[^\n`]*")
REGISTER = "\n".join(",".join(cells) for cells in (COLUMNS, GOOD))
ASSIGNED = re.compile(rf"^url='({re.escape(HERE)}[^']*)'", re.MULTILINE)


def addresses() -> Iterator[tuple[str, str, bool]]:
    """The guide, the path with its question, and whether a file is sent to it."""
    for guide in guides():
        text = guide.read_text(encoding="utf-8")
        for found in ASSIGNED.finditer(text):
            yield guide.name, path_of(found[1]), False
        for found in SHOWN.finditer(text):
            words = shlex.split(found[0], comments=True)
            address = next(word for word in words if word.startswith(HERE))
            yield guide.name, path_of(address), "-F" in words


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.mark.parametrize(("guide", "path", "sends"), list(addresses()))
def test_answers_every_address_that_a_guide_shows(client: FlaskClient, guide: str, path: str, sends: bool) -> None:
    files = {"file": (BytesIO(REGISTER.encode()), "rjps.csv")}
    answer = client.post(path, data=files) if sends else client.get(path)
    assert answer.status_code == 200, f"{guide}: {unquote(path)}: {answer.text[:300]}"


def test_finds_the_addresses() -> None:
    found = {path.partition("?")[0] for _, path, _ in addresses()}
    assert {"/api/services", "/api/validate", "/api/hsds/services", "/planowanie/dane.csv"} <= found


def test_gives_the_members_that_the_guide_of_copies_names(client: FlaskClient) -> None:
    guide = (ROOT / "docs" / "sync.md").read_text(encoding="utf-8")
    (start,) = [path for name, path, _ in addresses() if name == "sync.md"]
    members = set(re.findall(r"jq -c?r? ?'?\.(\w+)", guide))
    assert members == {"services", "removed", "later", "next"}
    seen: set[str] = set()
    path = start.replace("limit=1000", "limit=5")
    for _ in range(100):
        page = client.get(path).json
        assert page is not None
        assert members <= page.keys()
        seen |= {each["id"] for each in page["services"]} - set(page["removed"])
        if page["next"] is None:
            break
        path = path_of(page["next"])
    assert len(seen) == client.get("/api/services?limit=1").json["total"]  # type: ignore[index]
    assert client.get(path_of(page["later"])).status_code == 200
