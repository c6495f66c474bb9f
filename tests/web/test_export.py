"""Files to take away, asked for over HTTP."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapapp.directory import unchanged
from mapapp.registers.writers import EXCEL, FORMATS
from mapapp.web.api import export as exporting

SERVICES = "/api/export/services"


@pytest.fixture(scope="module", autouse=True)
def _registered(app: Flask) -> None:
    # the factory's own registration wins where it is there
    if "export" not in app.blueprints:
        app._got_first_request = False
        app.register_blueprint(exporting.export)


@pytest.fixture(autouse=True)
def _all_places_are_given_back() -> Iterator[None]:
    yield
    assert exporting._places._value == exporting.MOST_AT_ONCE


def rows(client: FlaskClient, question: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{SERVICES}.csv{question}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


@pytest.mark.parametrize("ending", FORMATS)
def test_gives_every_format_as_a_file(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"{SERVICES}.{ending}?type=dps")
    assert answer.status_code == 200
    assert answer.mimetype == FORMATS[ending].media_type
    name = rf"services_dolnoslaskie_\d{{4}}-\d\d-\d\d_[0-9a-f]{{8}}\.{re.escape(ending)}"
    assert re.fullmatch(f'attachment; filename="{name}"', answer.headers["Content-Disposition"])
    assert answer.data == client.get(f"{SERVICES}.{ending}?type=dps").data


@pytest.mark.parametrize("ending", EXCEL)
def test_gives_csv_for_a_polish_spreadsheet(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"{SERVICES}.{ending}?variant=excel&type=dps")
    assert "services-excel_" in answer.headers["Content-Disposition"]
    content = answer.data
    if ending == "csv.zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("services.csv")
            assert "Granice schematyczne" in archive.read("README.txt").decode()
    assert content.startswith(b"\xef\xbb\xbfid;")


@pytest.mark.parametrize(
    "question",
    ["", "?type=pwd", "?q=dom+pomocy&place=Wrocław", "?place=powiat+kłodzki&type=ops", "?bbox=17,51,17.5,51.5"],
)
def test_has_all_that_the_search_finds(client: FlaskClient, question: str) -> None:
    found = client.get(f"/api/services{question}{'&' if question else '?'}limit=1000").get_json()
    assert {row["id"] for row in rows(client, question)} == {each["id"] for each in found["services"]}
    assert len(rows(client, question)) == found["total"]


def test_is_written_in_the_order_of_the_page_for_people(client: FlaskClient) -> None:
    found = client.get("/api/services?place=Kłodzko&limit=1000").get_json()["services"]
    answer = client.get(f"{SERVICES}.csv?place=Kłodzko&variant=excel").data.decode("utf-8-sig")
    ids = [row["id"] for row in csv.DictReader(io.StringIO(answer, newline=""), delimiter=";")]
    assert ids == [each["id"] for each in found]


def test_has_only_what_changed_since_a_moment(client: FlaskClient) -> None:
    assert rows(client, "?modified_since=2999-01-01") == []
    assert rows(client, "?modified_since=2020-01-01&type=dps") == rows(client, "?type=dps")
    about = client.get(f"{SERVICES}.about.json?modified_since=2020-01-01T12:00:00Z").get_json()
    assert about["query"] == {"modified_since": "2020-01-01T12:00:00Z"}


def test_tells_its_question(client: FlaskClient) -> None:
    about = json.loads(client.get(f"{SERVICES}.geojson?type=dps&type=ops&lang=uk").data)["about"]
    assert about["query"] == {"type": ["dps", "ops"]}
    assert about["address"] == f"{SERVICES}.geojson?type=dps&type=ops"


def test_points_from_bare_rows_to_what_is_said_about_them(client: FlaskClient) -> None:
    link = client.get(f"{SERVICES}.csv?type=dps&variant=excel").headers["Link"]
    address = re.match("<(.+?)>", link)
    assert address is not None
    about = client.get(address[1]).get_json()
    assert about["query"] == {"type": ["dps"]}
    assert "Granice schematyczne" in about["notices"][0]["pl"]


@pytest.mark.parametrize("ending", ["geojson", "csv", "xlsx"])
@pytest.mark.parametrize("coding", ["", ":zstd"])
def test_is_given_once_for_each_release(client: FlaskClient, ending: str, coding: str) -> None:
    first = client.get(f"{SERVICES}.{ending}?type=dps")
    tag = first.headers["ETag"].strip('"') + coding
    again = client.get(f"{SERVICES}.{ending}?type=dps", headers={"If-None-Match": f'"{tag}"'})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(f"{SERVICES}.{ending}?type=ops", headers={"If-None-Match": f'"{tag}"'})
    assert other.status_code == 200


def test_has_a_tag_of_its_own_for_each_variant(client: FlaskClient) -> None:
    tags = {client.head(f"{SERVICES}.csv{variant}").headers["ETag"] for variant in ("", "?variant=excel", "?type=dps")}
    assert len(tags) == 3


def test_answers_head_without_writing(client: FlaskClient) -> None:
    answer = client.head(f"{SERVICES}.xlsx")
    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["ETag"] == client.get(f"{SERVICES}.xlsx").headers["ETag"]


@pytest.mark.parametrize("ending", ["kml", "gpkg", "geojson", "fgb", "shp.zip", "parquet"])
@pytest.mark.parametrize("layer", ["gminas", "powiats", "subregions"])
def test_gives_boundaries(client: FlaskClient, layer: str, ending: str) -> None:
    answer = client.get(f"/api/export/{layer}.{ending}")
    assert answer.status_code == 200
    assert f'filename="{layer}_dolnoslaskie_' in answer.headers["Content-Disposition"]
    assert len(answer.data) > 500


@pytest.mark.parametrize(
    "path",
    ["services.exe", "services", "services.", "services.csv/x", "voivodeships.gpkg", "gminas.csv", "gminas.xlsx"],
)
def test_knows_no_other_file(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/api/export/{path}")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("?variant=cp1250", "variant"),
        ("?type=nothing", "type"),
        ("?limit=5", "limit"),
        ("?place=Nigdziebądź", "place"),
        ("?bbox=1,2,3", "bbox"),
        ("?q=%00", "q"),
        ("?type=dps&variant=excel&variant=machine", "variant"),
        ("?fields=organization_id", "fields"),
    ],
)
def test_refuses_what_it_cannot_answer(client: FlaskClient, question: str, parameter: str) -> None:
    answer = client.get(f"{SERVICES}.csv{question}")
    assert answer.status_code == 400
    assert [error["parameter"] for error in answer.get_json()["errors"]] == [parameter]


def test_has_the_excel_variant_of_csv_only(client: FlaskClient) -> None:
    assert client.get(f"{SERVICES}.xlsx?variant=excel").status_code == 400


@pytest.mark.parametrize(
    "text", ["'", '"', "%", "_", "a:*|!(", "\\", "';DROP TABLE listing;--", "x" * 200, "=1+1", "\u202e"]
)
@pytest.mark.parametrize("ending", ["csv", "kml", "xlsx"])
def test_survives_hostile_words(client: FlaskClient, ending: str, text: str) -> None:
    assert client.get(f"{SERVICES}.{ending}", query_string={"q": text}).status_code == 200


@pytest.mark.parametrize("ending", ["csv", "geojson", "jsonl", "kml"])
def test_shows_no_hidden_place(client: FlaskClient, ending: str) -> None:
    content = client.get(f"{SERVICES}.{ending}").text
    assert "Schronienie dla kobiet" in content
    assert "Tajna" not in content


def test_lets_only_a_few_export_at_once(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "LONGEST_WAIT_SECONDS", 0.01)
    for _ in range(exporting.MOST_AT_ONCE):
        exporting._places.acquire()
    try:
        answer = client.get(f"{SERVICES}.csv")
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert client.get("/api/services").status_code == 200
    finally:
        for _ in range(exporting.MOST_AT_ONCE):
            exporting._places.release()


def test_gives_back_its_place_when_the_client_goes(client: FlaskClient) -> None:
    for _ in range(2 * exporting.MOST_AT_ONCE):
        answer = client.get(f"{SERVICES}.csv", buffered=False)
        next(iter(answer.response))
        answer.close()


def test_answers_in_words_while_the_database_is_away(away: FlaskClient) -> None:
    if "export" not in away.application.blueprints:
        away.application.register_blueprint(exporting.export)
    answer = away.get(f"{SERVICES}.csv")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("coding", ["br", "zstd"])
def test_may_be_compressed_on_the_way(client: FlaskClient, coding: str) -> None:
    answer = client.get(f"{SERVICES}.geojson", headers={"Accept-Encoding": coding})
    assert answer.headers["Content-Encoding"] == coding
    assert len(answer.data) < len(client.get(f"{SERVICES}.geojson").data) / 4


def test_remembers_only_what_is_unchanged(client: FlaskClient) -> None:
    unchanged._remembered.clear()
    client.get(f"{SERVICES}.csv")
    known = len(unchanged._remembered)
    assert known == 2
    client.get(f"{SERVICES}.geojson")
    assert len(unchanged._remembered) == known
    client.get(f"{SERVICES}.csv?type=dps")
    assert len(unchanged._remembered) == known + 1


def test_gives_whole_facilities_as_a_form_to_bring_in_again(client: FlaskClient) -> None:
    answer = client.get(f"{SERVICES}.template.csv?type=dps")
    assert answer.mimetype == "text/csv"
    assert ".template.csv" in answer.headers["Content-Disposition"]
    found = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))
    listed = client.get("/api/services?type=dps&limit=1000").get_json()["services"]
    assert {"dps"} <= {row["rodzaj usługi"] for row in found}
    assert {each["name"] for each in listed if each["location_id"]} <= {row["nazwa usługi"] for row in found}
    book = client.get(f"{SERVICES}.template.xlsx?type=dps")
    assert book.data == client.get(f"{SERVICES}.template.xlsx?type=dps").data
    assert book.data.startswith(b"PK")


def test_refuses_more_facilities_than_a_workbook_may_hold(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_FACILITIES", 0)
    answer = client.get(f"{SERVICES}.template.xlsx?type=dps")
    assert answer.status_code == 400
    (error,) = answer.get_json()["errors"]
    assert (error["parameter"], error["detail"]) == ("q", "Więcej niż 0 placówek: zawęź wyszukiwanie.")


def test_offers_the_form_with_the_other_files(client: FlaskClient) -> None:
    assert "/api/export/services.template.xlsx?type=dps" in client.get("/?type=dps").text
