"""The widget: framed only by whom the settings name, complete without scripts, and it keeps nothing."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from mapapp.settings import Settings
from tests.example_site import HOSTILE
from tests.web_app import app_with


def policy(headers: object) -> dict[str, str]:
    text = headers["Content-Security-Policy"]  # type: ignore[index] # werkzeug's headers
    return dict(part.split(" ", 1) for part in text.split("; "))


def test_lists_the_nearest_with_their_telephones(client: FlaskClient) -> None:
    page = client.get("/widget?place=Kłodzko&type=ops&limit=1").text
    assert page.count("<li>") == 1
    assert 'href="tel:+48748651234"' in page
    assert "Ośrodek Pomocy Społecznej" in page
    assert "Znaleziono 2 usługi." in page
    assert 'href="/?place=K%C5%82odzko&amp;type=ops"' in page


def test_never_shows_the_address_of_a_shelter(client: FlaskClient) -> None:
    assert "Tajna" not in client.get("/widget?type=dmdz").text


def test_has_no_form_and_keeps_nothing(client: FlaskClient) -> None:
    answer = client.get("/widget")
    assert "Set-Cookie" not in answer.headers
    assert "<form" not in answer.text
    assert "<input" not in answer.text


def test_opens_every_link_outside_of_the_frame(client: FlaskClient) -> None:
    page = client.get("/widget?place=Kłodzko").text
    links = re.findall(r"<a [^>]*>", page)
    assert len(links) > 3
    for link in links:
        assert 'target="_blank" rel="noopener"' in link or 'href="tel:' in link


def test_may_be_framed_by_nobody_else_without_a_setting(client: FlaskClient) -> None:
    headers = client.get("/widget").headers
    assert policy(headers)["frame-ancestors"] == "'self'"
    assert "X-Frame-Options" not in headers


def test_may_be_framed_by_the_sites_of_the_setting(site_url: str, client: FlaskClient) -> None:
    parents = ("https://www.gmina.example.org", "https://*.example.com:8443")
    with app_with(site_url, widget_parents=parents) as app:
        other = app.test_client()
        assert policy(other.get("/widget").headers)["frame-ancestors"] == f"'self' {' '.join(parents)}"
        assert policy(other.get("/widget?x=1").headers)["frame-ancestors"] == f"'self' {' '.join(parents)}"
        assert "https://www.gmina.example.org" in other.get("/widget/kreator").text
        for address in ("/", "/widget/kreator", "/widget/skrypt.js", "/widget/nothing", "/api", "/o-mapie"):
            with other.get(address) as answer:
                assert policy(answer.headers)["frame-ancestors"] == "'none'", address
                assert answer.headers["X-Frame-Options"] == "DENY", address


@pytest.mark.parametrize(
    "parent",
    ["*", "example.org", "https://example.org/path", "https://a.org; script-src *", "https://a.org\n", "'self'"],
)
def test_takes_no_parent_that_would_open_more(parent: str) -> None:
    with pytest.raises(ValidationError):
        Settings(environment="test", widget_parents=(parent,))


def test_lets_the_maker_alone_frame_the_widget(client: FlaskClient) -> None:
    assert policy(client.get("/widget/kreator").headers)["frame-src"] == "'self'"
    assert policy(client.get("/widget").headers)["frame-src"] == "'none'"
    assert policy(client.get("/").headers)["frame-src"] == "'none'"


def code_of(page: str) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_makes_code_that_asks_the_same(client: FlaskClient) -> None:
    page = client.get("/widget/kreator?title=Pomoc+w+Kłodzku&place=Kłodzko&type=ops&limit=3&height=500&q=&gmina=").text
    code = code_of(page)
    frame = re.search(r'<iframe src="([^"]+)" title="([^"]+)"', code)
    assert frame
    address = urlsplit(html.unescape(frame[1]))
    assert (address.path, frame[2]) == ("/widget", "Pomoc w Kłodzku")
    asked = {"place": ["Kłodzko"], "type": ["ops"], "limit": ["3"], "title": ["Pomoc w Kłodzku"]}
    assert parse_qs(address.query) == asked
    assert 'height="500"' in code
    assert client.get(f"{address.path}?{address.query}").status_code == 200


@pytest.mark.parametrize("payload", HOSTILE)
def test_makes_code_that_nothing_breaks_out_of(client: FlaskClient, payload: str) -> None:
    page = client.get("/widget/kreator", query_string={"title": payload, "q": payload}).text
    code = code_of(page)
    assert len(re.findall(r"<(\w+)", code)) == 2
    assert re.findall(r"<(/?\w+)", code) == ["iframe", "/iframe", "script", "/script"]
    widget = client.get("/widget", query_string={"title": payload}).text
    assert html.escape(" ".join(payload.split()), quote=False) in widget.replace("&#39;", "'").replace("&#34;", '"')


def test_gives_the_other_page_a_script_at_an_address_that_stays(client: FlaskClient) -> None:
    with client.get("/widget/skrypt.js") as answer:
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "event.origin !== own.origin" in answer.text


@pytest.mark.parametrize(
    "address", ["/widget?limit=21", "/widget?limit=0", "/widget?page=2", "/widget/kreator?height=1"]
)
def test_refuses_what_it_does_not_know(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code == 400
