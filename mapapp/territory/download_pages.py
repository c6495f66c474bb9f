"""Two publishers give no file at an address: TERC is behind a form, and BDL answers questions page by page."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request

from mapapp.territory.bdl import ages_of
from mapapp.territory.catalog import OfficialFile

GMINA_LEVEL = 6
PAGE_SIZE = 100
"""The most that the API gives at once."""
Read = Callable[[Request], bytes]
Advance = Callable[[int, int], None]


class _HiddenFields(HTMLParser):
    """Collects the hidden fields of a page's forms."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an input that the visitor does not see."""
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden" and (name := found.get("name")):
            self.fields[name] = found.get("value") or ""


def terc_form(address: str, button: str, page: bytes) -> Request:
    """What a browser sends when the button of the page is pressed: ASP.NET wants its hidden fields back."""
    parser = _HiddenFields()
    parser.feed(page.decode("utf-8", errors="replace"))
    fields = {**parser.fields, "__EVENTTARGET": button, "__EVENTARGUMENT": ""}
    headers = {"User-Agent": "mapapp", "Referer": address}
    return Request(address, data=urlencode(fields).encode(), headers=headers)  # noqa: S310 - the catalogue's address


def bdl_answers(file: OfficialFile, unit: str, read: Read, advance: Advance) -> dict[str, Any]:
    """All figures of the file's subject and year for the gminas of a unit, for both sexes together, by variable."""
    variables = [
        variable
        for variable in _pages(file.address, "variables", {"subject-id": file.subject}, read)
        if ages_of(_names(variable)) is not None
    ]
    question = {"year": file.year, "unit-level": GMINA_LEVEL, "unit-parent-id": unit}
    answers = []
    for done, variable in enumerate(variables):
        advance(done, len(variables))
        results = list(_pages(file.address, f"data/by-variable/{variable['id']}", question, read))
        answers.append({"id": variable["id"], "names": _names(variable), "results": results})
    advance(len(variables), len(variables))
    return {"subject": file.subject, "year": file.year, "unit": unit, "variables": answers}


def _names(variable: dict[str, Any]) -> list[str]:
    return [variable[name] for name in ("n1", "n2", "n3", "n4", "n5") if variable.get(name)]


def _pages(address: str, path: str, question: dict[str, Any], read: Read) -> Iterator[dict[str, Any]]:
    page = 0
    while True:
        query = urlencode({**question, "lang": "pl", "format": "json", "page-size": PAGE_SIZE, "page": page})
        request = Request(f"{address}/{path}?{query}", headers={"User-Agent": "mapapp"})  # noqa: S310 - the catalogue's
        answer = json.loads(read(request))
        yield from answer["results"]
        page += 1
        if page * PAGE_SIZE >= answer["totalRecords"]:
            return
