"""``/api/hsds`` as clients of the specification meet it."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mapapp.database import make_staff_engine, transaction
from mapapp.directory.hsds_schedules import refresh_schedules
from mapapp.factory import create_app
from mapapp.settings import Settings
from mapapp.web.api.hsds import hsds
from mapapp.web.site import EXTENSION
from tests.hsds_schemas import faults

ROOT = "/api/hsds"
LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
SCHEMAS = {
    "services": "service_list",
    "organizations": "organization_list",
    "service_at_locations": "service_at_location_list",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
HOSTILE = (
    "\x00",
    "\ud800",
    "'; DROP TABLE listing; --",
    "%00",
    "1e400",
    "NaN",
    "٣",
    "-1",
    "0",
    "9" * 40,
    "../..",
    "${7*7}",
)


@pytest.fixture(scope="session")
def app(site_url: str, compiled_catalogs: None) -> Iterator[Flask]:
    """The site on the example directory, its schedules derived."""
    engine = make_staff_engine(site_url)
    with transaction(engine) as session:
        refresh_schedules(session)
    engine.dispose()
    app = create_app(Settings(environment="test", database_url=site_url, database_pool=1))
    if hsds.name not in app.blueprints:
        app.register_blueprint(hsds)
    yield app
    with app.extensions[EXTENSION].open_session() as session:
        session.get_bind().dispose()


def parameters(client: FlaskClient, query: str) -> set[str]:
    answer = client.get(f"{ROOT}/{query}")
    assert answer.status_code == 400, query
    assert answer.mimetype == "application/problem+json"
    return {error["parameter"] for error in answer.get_json()["errors"] if error["detail"]}


def test_says_at_the_root_what_it_is(client: FlaskClient) -> None:
    about = client.get(f"{ROOT}/").get_json()
    assert about["version"] == "3.1"
    assert about["profile"].startswith("https://")
    assert about["openapi_url"].startswith("https://")
    assert (about["x_samples"], about["x_boundaries"]) == (True, "schematic")
    assert client.get(about["x_datapackage_url"]).mimetype == "application/zip"


@pytest.mark.parametrize("name", LISTS)
def test_lists_what_it_then_shows_alone(client: FlaskClient, shared: Path, name: str) -> None:
    page = client.get(f"{ROOT}/{name}?per_page=20").get_json()
    assert page["x_boundaries"] == "schematic"
    for item in page["contents"]:
        assert faults(shared, SCHEMAS[name], item) == []
        alone = client.get(f"{ROOT}/{name}/{item['id']}")
        assert alone.mimetype == "application/json"
        record = alone.get_json()
        assert faults(shared, SCHEMAS[name].removesuffix("_list"), record) == []
        assert {key: record[key] for key in item if key not in {"organization", "service", "location"}} == {
            key: value for key, value in item.items() if key not in {"organization", "service", "location"}
        }


@pytest.mark.parametrize("name", LISTS[:3])
def test_says_on_which_page_there_are_samples(client: FlaskClient, name: str) -> None:
    said = set()
    for number in range(1, 8):
        page = client.get(f"{ROOT}/{name}?per_page=10&page={number}").get_json()
        assert page["x_samples"] is any(item["x_is_sample"] for item in page["contents"])
        said.add(page["x_samples"])
    assert said == {True, False}


@pytest.mark.parametrize("path", [*LISTS, "", "datapackage.zip"])
def test_is_open_to_any_page_and_keeps_no_cookie(client: FlaskClient, path: str) -> None:
    answer = client.get(f"{ROOT}/{path}", headers={"Origin": "https://example.org"})
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", LISTS)
def test_answers_post_as_get(client: FlaskClient, name: str) -> None:
    path = f"{ROOT}/{name}?per_page=3&page=2"
    assert client.post(path).data == client.get(path).data


def test_lists_services_in_full(client: FlaskClient) -> None:
    (brief,) = client.get(f"{ROOT}/services?search=Jutrzenka").get_json()["contents"]
    (full,) = client.get(f"{ROOT}/services?search=Jutrzenka&full=true").get_json()["contents"]
    assert "service_at_locations" not in brief
    (place,) = full["service_at_locations"]
    assert place["location"]["x_opening_hours"] == "24/7"
    (hours,) = place["location"]["schedules"]
    assert (hours["opens_at"], hours["closes_at"], hours["byday"]) == ("00:00", "24:00", "MO,TU,WE,TH,FR,SA,SU")


def test_lists_organizations_with_their_services(client: FlaskClient) -> None:
    def found(query: str) -> dict[str, object]:
        (organization,) = client.get(f"{ROOT}/organizations?search=Jutrzenka{query}").get_json()["contents"]
        assert isinstance(organization, dict)
        return organization

    assert "services" not in found("")
    (in_brief,) = found("&full=true")["services"]  # type: ignore[misc] # a list of one
    assert "service_at_locations" not in in_brief
    (in_full,) = found("&full_service=true")["services"]  # type: ignore[misc]
    assert in_full["service_at_locations"]
    alone = f"{ROOT}/organizations/{found('')['id']}"
    assert client.get(f"{alone}?full_service=true").get_json()["services"] == [in_full]
    assert client.get(alone).get_json()["services"] == [in_brief]


def test_says_only_what_is_new_where_asked_to_be_minimal(client: FlaskClient) -> None:
    page = client.get(f"{ROOT}/services?minimal=true").get_json()
    assert page["size"] == page["total_items"] > 50
    assert {tuple(item) for item in page["contents"]} == {("id", "modified_date")}
    moments = sorted(item["modified_date"] for item in page["contents"])
    newest = client.get(f"{ROOT}/services?minimal=true&modified_after={moments[-1]}").get_json()
    assert newest["total_items"] == moments.count(moments[-1])
    assert client.get(f"{ROOT}/services?modified_after=2999-01-01").get_json()["empty"] is True


@pytest.mark.parametrize(
    ("name", "full"), [*((name, "") for name in LISTS), *((name, "&full=true") for name in LISTS[:3])]
)
def test_streams_everything_by_line(client: FlaskClient, name: str, full: str) -> None:
    answer = client.get(f"{ROOT}/{name}?format=ndjson{full}")
    assert answer.mimetype == "application/x-ndjson"
    assert answer.text.endswith("}\n")
    streamed = [json.loads(line) for line in answer.text.split("\n")[:-1]]
    page = client.get(f"{ROOT}/{name}?per_page=200{full}").get_json()
    assert len(streamed) == page["total_items"]
    assert streamed[:200] == page["contents"]


def test_streams_nothing_as_nothing(client: FlaskClient) -> None:
    assert client.get(f"{ROOT}/services?format=ndjson&modified_after=2999-01-01").data == b""


@pytest.mark.parametrize("path", ["services?per_page=5", "taxonomies", "organizations?search=klub", "datapackage.zip"])
def test_sends_nothing_twice(client: FlaskClient, path: str) -> None:
    first = client.get(f"{ROOT}/{path}")
    again = client.get(f"{ROOT}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_packs_everything_into_one_file(client: FlaskClient) -> None:
    answer = client.get(f"{ROOT}/datapackage.zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    with ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[:2] == ["datapackage.json", "organizations.csv"]
        assert archive.read("services.csv").count(b"\n") > 50
    assert client.get(f"{ROOT}/datapackage.zip").data == answer.data


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("record", [str(UUID(int=1)), "1", "../services", "00000000-0000-0000-0000-00000000000g"])
def test_knows_no_other_record(client: FlaskClient, name: str, record: str) -> None:
    answer = client.get(f"{ROOT}/{name}/{record}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("query", "at_fault"),
    [
        ("services?page=0", {"page"}),
        ("services?per_page=1001", {"per_page"}),
        ("services?per_page=201&full=true", {"per_page"}),
        ("organizations?per_page=201&full_service=true", {"per_page"}),
        ("services?format=xml", {"format"}),
        ("services?full=yes", {"full"}),
        ("services?minimal=1", {"minimal"}),
        ("services?organization_id=1", {"organization_id"}),
        ("services?taxonomy_term_id=urn:uuid:3f7b145d-84af-42d7-8fae-eaca714b02b2", {"taxonomy_term_id"}),
        ("services?modified_after=yesterday", {"modified_after"}),
        ("services?modified_after=2026-13-01", {"modified_after"}),
        ("services?postcode=50-001", {"postcode"}),
        ("services?page=1&page=2", {"page"}),
        ("service_at_locations?proximity=1000", {"postcode"}),
        ("service_at_locations?postcode=5000&proximity=-1", {"postcode", "proximity"}),
        ("organizations?organization_id=x&modified_after=2026-01-01", {"organization_id", "modified_after"}),
        ("taxonomies?taxonomy_id=1", {"taxonomy_id"}),
        ("taxonomy_terms?top_only=maybe&parent_id=1", {"top_only", "parent_id"}),
        ("services?search=" + "a" * 201, {"search"}),
        ("?page=1", {"page"}),
        ("datapackage.zip?format=csv", {"format"}),
    ],
)
def test_names_the_parameters_at_fault(client: FlaskClient, query: str, at_fault: set[str]) -> None:
    assert parameters(client, query) == at_fault


@pytest.mark.parametrize(
    "moment",
    ["2026-05-31", "2026-05-31T12:00:00Z", "2026-05-31T12:00:00+02:00", "2026-05-31T12:00", "2026-05-31 12:00:00.5Z"],
)
def test_understands_moments_as_they_are_written(client: FlaskClient, moment: str) -> None:
    assert client.get(f"{ROOT}/services?modified_after={moment}").status_code == 200


@pytest.mark.parametrize(
    ("moment", "is_empty"),
    [("0001-01-01", False), ("0001-01-01T00:00:00%2B14:00", False), ("9999-12-31T23:00:00-14:00", True)],
)
def test_takes_moments_at_the_ends_of_the_calendar(client: FlaskClient, moment: str, is_empty: bool) -> None:
    assert client.get(f"{ROOT}/services?modified_after={moment}").get_json()["empty"] is is_empty


NAMES = ("search", "page", "per_page", "format", "minimal", "full", "modified_after", "taxonomy_term_id", "taxonomy_id")
NAMES += ("organization_id", "full_service", "postcode", "proximity", "top_only", "parent_id", "lang", "other")
VALUES = st.sampled_from((*HOSTILE, "", "true", "json", "ndjson", "50-001", "57-300", "2", "2026-01-01")) | st.text()


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(LISTS), asked=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
def test_answers_or_explains_whatever_is_asked(client: FlaskClient, name: str, asked: dict[str, str]) -> None:
    query = {key: value.encode("utf-8", "surrogatepass") for key, value in asked.items()}
    answer = client.get(f"{ROOT}/{name}", query_string=query)
    assert answer.status_code in {200, 400}
    if answer.status_code == 400:
        assert answer.get_json()["errors"]


@pytest.mark.parametrize("path", [*LISTS, "", "services?format=ndjson", "datapackage.zip", f"services/{UUID(int=1)}"])
def test_says_when_it_will_be_back(away: FlaskClient, path: str) -> None:
    if hsds.name not in away.application.blueprints:
        away.application.register_blueprint(hsds)
    answer = away.get(f"{ROOT}/{path}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
