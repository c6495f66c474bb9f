"""Forms for corrections and remarks, as browsers and as programs send them."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from mapapp.database import make_staff_engine
from mapapp.web import form_tokens

GOOD = {"topic": "phone", "wrong": "Nikt nie odbiera pod tym numerem.", "right": "74 865 00 00", "email": ""}


@pytest.fixture(scope="module")
def staff(site_url: str) -> Iterator[Engine]:
    engine = make_staff_engine(site_url)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def clean(staff: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(form_tokens, "SHORTEST_SECONDS", 0)
    yield
    with staff.begin() as connection:
        connection.execute(text("TRUNCATE suggestion"))


@pytest.fixture
def address(client: FlaskClient) -> str:
    found = client.get("/api/services?type=klub_sen").get_json()["services"][0]
    return f"/miejsce/{found['location_id']}/popraw"


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get(address).text)
    assert found
    return unescape(found[1])


def rows(staff: Engine) -> list[dict[str, object]]:
    with staff.connect() as connection:
        return [dict(row) for row in connection.execute(text("SELECT * FROM suggestion ORDER BY id")).mappings()]


def test_is_offered_on_every_place_and_service(client: FlaskClient, address: str) -> None:
    assert f'href="{address}"' in client.get(address.removesuffix("/popraw")).text
    service = client.get("/api/services?type=teleopieka").get_json()["services"][0]["service_id"]
    assert f'href="/usluga/{service}/popraw"' in client.get(f"/usluga/{service}").text
    assert 'href="/uwagi?lang=uk"' in client.get("/?lang=uk").text


def test_keeps_what_was_sent_and_changes_nothing(client: FlaskClient, staff: Engine, address: str) -> None:
    before = client.get("/api/services?type=klub_sen").get_json()["services"]
    answer = client.post(address, data={**GOOD, "token": token(client, address)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/dziekujemy")
    (row,) = rows(staff)
    assert (row["subject"], row["record_name"], row["topic"]) == ("place", "Klub Seniora „Zacisze”", "phone")
    assert (row["wrong"], row["right"], row["email"], row["state"]) == (GOOD["wrong"], GOOD["right"], None, "new")
    assert client.get("/api/services?type=klub_sen").get_json()["services"] == before
    assert "127.0.0.1" not in str(row)


def test_counts_a_form_sent_twice_once(client: FlaskClient, staff: Engine, address: str) -> None:
    sent = {**GOOD, "token": token(client, address)}
    assert [client.post(address, data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(rows(staff)) == 1


def test_thanks_a_program_that_fills_in_the_trap_and_keeps_nothing(
    client: FlaskClient, staff: Engine, address: str
) -> None:
    answer = client.post(address, data={**GOOD, "token": token(client, address), "website": "https://spam.invalid"})
    assert answer.status_code == 303
    assert rows(staff) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"topic": ""}, "Wybierz, czego to dotyczy."),
        ({"topic": "page"}, "Wybierz, czego to dotyczy."),
        ({"wrong": " "}, "Napisz, co jest nie tak"),
        ({"wrong": "x" * 2001}, "Napisz, co jest nie tak"),
        ({"email": "anna"}, "Podaj cały adres e-mail"),
        ({"token": ""}, "Formularz trzeba było odnowić"),
        ({"token": "abc.def.ghi"}, "Formularz trzeba było odnowić"),
    ],
)
def test_says_what_to_mend_and_loses_nothing(
    client: FlaskClient, staff: Engine, address: str, changed: dict[str, str], said: str
) -> None:
    answer = client.post(address, data={**GOOD, "token": token(client, address), **changed})
    assert answer.status_code == 400
    assert said in answer.text
    assert GOOD["right"] in answer.text
    assert "<title>Błąd: " in answer.text
    for name in changed.keys() - {"token"}:
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', answer.text)
        assert f'href="#{name}"' in answer.text
    assert rows(staff) == []


def test_takes_a_token_for_its_own_form_only(client: FlaskClient, staff: Engine, address: str) -> None:
    other = token(client, "/uwagi")
    assert client.post(address, data={**GOOD, "token": other}).status_code == 400
    assert rows(staff) == []


def test_takes_no_form_that_is_too_quick_or_too_old(
    client: FlaskClient, staff: Engine, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = token(client, address)
    monkeypatch.setattr(form_tokens, "SHORTEST_SECONDS", 60)
    assert client.post(address, data={**GOOD, "token": made}).status_code == 400
    monkeypatch.setattr(form_tokens, "SHORTEST_SECONDS", 0)
    monkeypatch.setattr(form_tokens, "LONGEST_SECONDS", -1)
    assert client.post(address, data={**GOOD, "token": made}).status_code == 400
    assert rows(staff) == []


def test_takes_no_form_of_another_site(client: FlaskClient, staff: Engine, address: str) -> None:
    sent = {**GOOD, "token": token(client, address)}
    assert client.post(address, data=sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(address, data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(rows(staff)) == 1


def test_stops_who_sends_too_much(client: FlaskClient, staff: Engine, address: str) -> None:
    answers = [client.post(address, data={**GOOD, "token": token(client, address)}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429]
    assert "Spróbuj ponownie za godzinę" in answers[-1].text
    assert len(rows(staff)) == 5


def test_names_senders_for_a_day_and_by_their_network(app: Flask) -> None:
    def of(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return form_tokens.sender()

    assert of("2001:db8:1:2::1") == of("2001:db8:1:2:ffff::9") != of("2001:db8:1:3::1")
    assert of("192.0.2.1") != of("192.0.2.2")
    assert "192" not in of("192.0.2.1")


def test_takes_remarks_on_the_site(client: FlaskClient, staff: Engine) -> None:
    sent = {"topic": "missing", "wrong": "Brakuje klubu\r\nw Nowej Rudzie.", "token": token(client, "/uwagi?lang=en")}
    assert client.post("/uwagi?lang=en", data=sent).headers["Location"] == "/dziekujemy?lang=en"
    (row,) = rows(staff)
    assert (row["subject"], row["record_id"], row["language"]) == ("site", None, "en")
    assert row["wrong"] == "Brakuje klubu\nw Nowej Rudzie."


def test_shows_hostile_text_as_text(client: FlaskClient, address: str) -> None:
    sent = {**GOOD, "email": '"><script>window.__x=1</script>', "wrong": "</textarea><script>1</script>"}
    page = client.post(address, data={**sent, "token": token(client, address)}).text
    assert "<script>" not in page.split("</main>")[0].split("<main")[1]


def test_has_no_form_for_what_is_not_there(client: FlaskClient) -> None:
    nothing = UUID(int=7)
    assert client.get(f"/miejsce/{nothing}/popraw").status_code == 404
    assert client.post(f"/usluga/{nothing}/popraw", data=GOOD).status_code == 404
    assert client.get("/uwagi?nic=1").status_code == 400
