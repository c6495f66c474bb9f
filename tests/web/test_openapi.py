"""The document of the APIs says what they do: every route, every parameter, every answer."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from mapapp.web.api.openapi_document import PART, addresses, example
from mapapp.web.api.openapi_operations import OPERATIONS, OTHERS
from mapapp.web.parameters import Question
from tests.web.test_validator import CLEAN, CLUBS, FAULTY

Document = dict[str, Any]
PROBLEM = "application/problem+json"
VALUES = {"record_id": "00000000-0000-0000-0000-000000000007", "ending": "geojson", "z": "7", "x": "70", "y": "43"}
VALUES["featureId"] = VALUES["record_id"]


@pytest.fixture(scope="module")
def document(app: Flask) -> Document:
    found: Document = app.test_client().get("/api/openapi.json").get_json()
    return found


def operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda part: VALUES[part[1]], path)


def faults(document: Document, schema: Document, value: object) -> list[str]:
    whole = {**schema, "components": document["components"]}
    return [
        error.message[:200] for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    ]


def check(document: Document, operation: Document, answer: TestResponse) -> None:
    """The answer is one that the operation declares, and as it declares it."""
    declared = operation["responses"][str(answer.status_code)]
    if "$ref" in declared:
        declared = document["components"]["responses"][declared["$ref"].rpartition("/")[2]]
    for name, header in declared.get("headers", {}).items():
        assert name in answer.headers or not header["required"], name
    if not declared.get("content"):
        assert answer.data == b""
        return
    schema = declared["content"][answer.mimetype if answer.mimetype in declared["content"] else answer.content_type][
        "schema"
    ]
    if schema and "json" in answer.mimetype:
        assert faults(document, schema, json.loads(answer.data)) == []


def test_is_valid(document: Document) -> None:
    validate(document)


def test_has_every_route_of_the_apis(app: Flask, document: Document) -> None:
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith(("/api", "/tiles", "/healthz", "/readyz")):
            continue
        if rule.endpoint in OPERATIONS or {rule.endpoint, rule.endpoint.partition(".")[0]} & OTHERS.keys():
            continue
        pytest.fail(f"{rule.rule} ({rule.endpoint}) is not in the document")


def test_has_every_route_of_the_standard(app: Flask, document: Document) -> None:
    routes = {PART.sub("…", rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint.startswith("ogc.")}
    collections = "services|locations|organizations|gminas|powiats|subregions|coverage"
    described = {
        re.sub(r"\{\w+\}", "…", re.sub(rf"/collections/({collections})", "/collections/…", path))
        for path in document["paths"]
        if path.startswith("/api/ogc")
    }
    assert described == routes


def test_has_only_addresses_that_are_answered(client: FlaskClient, document: Document) -> None:
    for path, method, operation in operations(document):
        with client.open(filled(path), method=method) as answer:
            assert answer.status_code != 405, path
            check(document, operation, answer)


def every_name() -> set[str]:
    """The name of every parameter that any address knows."""

    def below(model: type[Question]) -> Iterator[type[Question]]:
        yield model
        for each in model.__subclasses__():
            yield from below(each)

    names = {name for model in below(Question) for name in model.model_fields}
    return {name.replace("_", "-") if name in {"bbox_crs", "filter_crs", "filter_lang"} else name for name in names}


def test_has_the_parameters_that_are_known_and_no_others(client: FlaskClient, document: Document) -> None:
    names = every_name()
    assert len(names) > 30
    for path, method, operation in operations(document):
        if path in {"/healthz", "/readyz"}:
            continue
        referred = [
            document["components"]["parameters"][each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in operation["parameters"]
        ]
        declared = {each["name"] for each in referred if each["in"] == "query"}
        for name in sorted(names):
            # no parameter can have this value: what is known is refused for it, what is not for its name
            answer = client.open(
                filled(path),
                method=method,
                query_string={name: "\x00", "lang": "en"} | ({"lang": "\x00"} if name == "lang" else {}),
            )
            assert answer.status_code == 400, (path, name)
            said = {each["parameter"]: each["detail"] for each in answer.get_json()["errors"]}
            unknown = said[name] in {"this parameter is not known here", "nie znamy takiego parametru"}
            assert unknown != (name in declared), (path, name, said)


def test_has_examples_that_work(app: Flask, client: FlaskClient, document: Document) -> None:
    with app.app_context():
        for address in addresses():
            told = OPERATIONS[address.endpoint](address.choice)
            if told.parts:
                continue  # what is sent is a file
            path = example(address.path, told)
            operation = document["paths"][address.path]["get"]
            if told.after:
                records = client.get(told.after).get_json()["contents"]
                path = path.replace("{record_id}", records[0]["id"])
            with client.get(path) as answer:
                assert answer.status_code in {200, 204}, path
                check(document, operation, answer)
                assert answer.mimetype in told.answers


def test_has_curl_examples_that_work(client: FlaskClient, document: Document) -> None:
    found = [sample["source"] for _p, _m, each in operations(document) for sample in each.get("x-codeSamples", ())]
    assert len(found) > 20
    for source in found:
        asked = re.fullmatch(r"curl( -F 'file=@units.csv')? 'http://localhost(/.+)'", source)
        assert asked, source
        sent = {"data": {"file": (BytesIO(CLEAN), "units.csv")}} if asked[1] else {}
        with client.open(asked[2], method="POST" if sent else "GET", **sent) as answer:
            assert answer.status_code in {200, 204}, source


@pytest.mark.parametrize("content", [CLEAN, FAULTY, CLUBS, CLUBS.replace(b"Rodzaj", b"Rubryczka")])
def test_tells_what_the_check_of_a_file_answers(client: FlaskClient, document: Document, content: bytes) -> None:
    answer = client.post("/api/validate", data={"file": (BytesIO(content), "units.csv")})
    assert answer.status_code == 200
    check(document, document["paths"]["/api/validate"]["post"], answer)


def test_has_a_schema_with_every_member_of_a_service(client: FlaskClient, document: Document) -> None:
    (service, *_rest) = client.get("/api/services?place=Kłodzko&limit=1").get_json()["services"]
    schema = document["components"]["schemas"]["service"]
    assert set(service) == set(schema["required"])
    asked = "/api/services?place=Kłodzko&limit=1&profile=wheelchair"
    (service, *_rest) = client.get(asked).get_json()["services"]
    assert set(service) | {"open"} == set(schema["properties"])


def test_has_features_of_ogc_that_are_valid(client: FlaskClient, document: Document) -> None:
    for path, _method, operation in operations(document):
        if not path.endswith("/items"):
            continue
        answer = client.get(f"{path}?limit=3")
        check(document, operation, answer)
        first = answer.get_json()["features"][0]
        check(document, document["paths"][f"{path}/{{featureId}}"]["get"], client.get(f"{path}/{first['id']}"))


def test_agrees_with_the_document_of_hsds(shared: Any, document: Document) -> None:
    standard = json.loads((shared / "conformance" / "hsds-3.1" / "openapi.json").read_text(encoding="utf-8"))
    for path, item in standard["paths"].items():
        ours = document["paths"][f"/api/hsds{path.replace('{id}', '{record_id}')}"]
        for method in {"get", "post"} & item.keys():
            asked = {
                each["$ref"].rpartition("/")[2] if "$ref" in each else each["name"]
                for each in item[method].get("parameters", ())
            }
            assert asked <= {each["name"] for each in ours[method]["parameters"]}, path


@pytest.mark.parametrize("language", ["pl", "en", "uk"])
def test_is_shown_to_people(client: FlaskClient, document: Document, language: str) -> None:
    page = client.get(f"/api?lang={language}")
    assert page.mimetype == "text/html"
    for path, method, operation in operations(document):
        assert f'id="{operation["operationId"]}"' in page.text, (path, method)


def test_refuses_a_parameter_for_the_reference_in_words(client: FlaskClient) -> None:
    answer = client.get("/api?x=1")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")


# any page of any site


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/services?limit=1", 200),
        ("/api/services?limit=x", 400),
        ("/api/nothing", 404),
        ("/tiles/nothing", 404),
        ("/tiles/services/7/69/43.mvt", 200),
        ("/tiles/services/7/70/x.mvt", 400),
        ("/api/ogc?f=json", 200),
        ("/api/export/services.csv", 200),
        ("/api/services?q=" + "a" * 8_000, 414),
        ("/healthz", 200),
    ],
)
def test_lets_any_page_read_every_answer(client: FlaskClient, address: str, status: int) -> None:
    with client.get(address, headers={"Origin": "https://www.example.org"}) as answer:
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert (status == 200) == (answer.mimetype != PROBLEM)


def test_answers_before_any_page_asks(client: FlaskClient, document: Document) -> None:
    for path, method, _operation in operations(document):
        headers = {"Origin": "https://www.example.org", "Access-Control-Request-Method": method.upper()}
        answer = client.options(filled(path), headers=headers)
        assert answer.status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert method.upper() in answer.headers["Access-Control-Allow-Methods"].split(", ")
        assert answer.headers["Access-Control-Allow-Headers"] == "*"


def test_answers_head_as_it_would_get(client: FlaskClient, document: Document) -> None:
    for path, method, _operation in operations(document):
        if method != "get":
            continue
        with client.get(filled(path)) as got, client.head(filled(path)) as head:
            assert head.status_code == got.status_code, path
            assert head.data == b""
            assert head.content_type == got.content_type, path


def test_does_not_open_the_pages_to_others(client: FlaskClient) -> None:
    for address in ("/", "/o-mapie", "/api", "/nothing"):
        assert "Access-Control-Allow-Origin" not in client.get(address).headers


def test_describes_changes_as_features(client: FlaskClient, document: Document) -> None:
    answer = client.get("/api/services?format=geojson&modified_since=2020-01-01T00:00:00Z")
    assert answer.get_json()["features"]
    check(document, document["paths"]["/api/services"]["get"], answer)
