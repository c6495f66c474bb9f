"""Headers of every route, and that record text stays text."""

import re
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from mapapp.factory import create_app
from mapapp.settings import Settings
from mapapp.web.security import NONCE_TO_BE, content_policy
from tests.web_app import app_with

NO_ID = str(UUID(int=7))
SAMPLE = {
    "location_id": NO_ID,
    "code": "caring",
    "service_id": NO_ID,
    "record_id": NO_ID,
    "kind": "services",
    "layer": "powiat",
    "teryt": "0208021",
    "area": "powiats",
    "filename": "css/site.css",
    "ending": "geojson",
    "name": "services",
    "item_id": NO_ID,
    "form": "atom",
    "syntax": "ttl",
    "release": "2026-01-01-0123456789ab",
    "file": "services.csv",
    "written_as": "pdf",
    "tile_layer": "services",
    "z": "7",
    "share_key": "nothing-here",
    "edit_key": "nothing-here",
    "key": "0123456789abcdef",
    "x": "70",
    "y": "43",
}


def addresses(app: Flask) -> list[str]:
    """One address of every route."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, {name: SAMPLE[name] for name in rule.arguments})
            for rule in app.url_map.iter_rules()
        ]


def test_guards_every_route(app: Flask, client: FlaskClient) -> None:
    found = addresses(app)
    assert len(found) >= 9
    for address in [*found, "/nothing-here", "/?bad=1"]:
        with client.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, address
        # the widget alone may be framed; by whom is tested with it
        framed_by = "'self'" if address == "/widget" else "'none'"
        assert f"frame-ancestors {framed_by};" in policy, address
        assert "unsafe" not in policy, address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin", address
        assert "geolocation=(self)" in headers["Permissions-Policy"], address
        assert "Set-Cookie" not in headers, address


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_takes_no_changes(client: FlaskClient, method: str) -> None:
    answer = getattr(client, method)("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "Tutaj nie można tego zrobić" in answer.text


def test_gives_every_answer_its_own_nonce(client: FlaskClient) -> None:
    first, second = client.get("/"), client.get("/")
    policies = [answer.headers["Content-Security-Policy"] for answer in (first, second)]
    nonces = [nonce for policy in policies for nonce in set(re.findall(r"'nonce-([^']+)'", policy))]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text


@pytest.mark.parametrize("address", ["/", "/?q=dom", "/o-mapie", "/nothing-here"])
def test_has_no_inline_script_or_style(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", page.replace("&lt;", ""))


def test_lets_pictures_of_the_basemap_through_and_nothing_else() -> None:
    policy = content_policy("n", "https://{s}.tiles.example.org/{z}/{x}/{y}.png")
    assert "img-src 'self' data: https://*.tiles.example.org;" in policy
    assert policy.count("example.org") == 1
    assert "img-src 'self' data:;" in content_policy("n", "/tiles/{z}/{x}/{y}.png")


def test_answers_only_trusted_hosts(site_url: str) -> None:
    settings = Settings(environment="test", database_url=site_url, trusted_hosts=("mapa.example.org",))
    client = create_app(settings).test_client()
    assert client.get("/healthz", headers={"Host": "mapa.example.org"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example.org"}).status_code == 400


@pytest.mark.parametrize(
    ("behind_proxy", "expected"), [(False, "http://localhost"), (True, "https://mapa.example.org")]
)
def test_believes_forwarded_headers_only_behind_a_proxy(site_url: str, behind_proxy: bool, expected: str) -> None:
    app = create_app(Settings(environment="test", database_url=site_url, behind_proxy=behind_proxy))
    seen: list[str] = []
    app.before_request(lambda: seen.append(request.host_url))
    app.test_client().get("/healthz", headers={"X-Forwarded-Host": "mapa.example.org", "X-Forwarded-Proto": "https"})
    assert seen == [f"{expected}/"]


class Addresses(HTMLParser):
    """Every address that a page leads to or loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in {"href", "src", "action"}]


@pytest.mark.parametrize("address", ["/?q=dom", "/?q=dom&page=2", "/?group=community", "/o-mapie", "/nothing-here"])
def test_never_leads_to_another_host(client: FlaskClient, address: str) -> None:
    page = client.get(address, headers={"X-Forwarded-Host": "evil.invalid"}).text
    found = Addresses(page).found
    assert len(found) > 10
    elsewhere = [link for link in found if not link.startswith(("/", "#", "tel:")) or link.startswith("//")]
    assert set(elsewhere) <= {"https://example.org/"}


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({"public_url": "https://mapa.example.org"}, "https://mapa.example.org"),
        ({"trusted_hosts": ("localhost",)}, "http://localhost"),
        ({}, ""),
    ],
)
def test_gives_search_engines_whole_addresses_of_a_known_host_only(
    site_url: str, settings: dict[str, Any], origin: str
) -> None:
    with app_with(site_url, **settings) as app:
        page = app.test_client().get("/o-mapie?lang=uk", headers={"X-Forwarded-Host": "evil.invalid"}).text
    links = re.findall(r'<link rel="alternate" hreflang="([a-z-]+)" href="([^"]*)">', page)
    canonical = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    own = f"{origin}/o-mapie"
    languages = [("pl", own), ("uk", f"{own}?lang=uk"), ("en", f"{own}?lang=en")]
    assert sorted(links) == sorted([*languages, ("x-default", own)] if origin else languages)
    assert canonical == ([f"{own}?lang=uk"] if origin else [])


def test_refuses_a_large_body(client: FlaskClient) -> None:
    answer = client.post("/o-mapie", data=b"x" * 100_000)
    assert answer.status_code in {405, 413}


def test_gives_a_page_that_was_kept_a_nonce_of_its_own(client: FlaskClient) -> None:
    answers = [client.get("/?q=dom") for _ in range(2)]
    nonces = [set(re.findall(r'nonce="([^"]+)"', answer.text)) for answer in answers]
    for (nonce,), answer in zip(nonces, answers, strict=True):
        assert f"'nonce-{nonce}'" in answer.headers["Content-Security-Policy"]
        assert nonce != NONCE_TO_BE
        assert NONCE_TO_BE not in answer.text
    assert nonces[0] != nonces[1]
