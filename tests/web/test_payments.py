"""The calculator, as an ordinary form."""

import pytest
from flask.testing import FlaskClient

SPACE = "\xa0"


def test_answers_in_plain_words_with_the_rule(client: FlaskClient) -> None:
    page = client.get("/ile-zaplace?type=dps&income=2+000,50+zł").text
    assert f"Zapłacisz najwyżej 1{SPACE}400,35{SPACE}zł miesięcznie." in page
    assert "art. 61 ust. 2 pkt 1" in page and "Do sprawdzenia." in page
    assert "Resztę płacą małżonek" in page
    assert 'href="/?type=dps"' in page


def test_says_what_is_not_yours_to_pay(client: FlaskClient) -> None:
    page = client.get("/ile-zaplace?type=dps&income=2000&price=7500&lang=en").text
    assert "You pay about PLN" in page and "6,100.00 is not yours to pay" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("type=sds&income=2000", "Nic nie zapłacisz."),
        ("type=oik", "Nic nie zapłacisz."),
        ("type=ddp&income=2000", "Możliwe, że coś zapłacisz"),
        ("type=uo_dom&income=2000", "Nie wiemy, ile zapłacisz"),
        ("type=dps", "Wpisz swój dochód"),
    ],
)
def test_never_says_more_than_the_rule(client: FlaskClient, asked: str, said: str) -> None:
    assert said in client.get(f"/ile-zaplace?{asked}").text


def test_is_empty_at_first_and_keeps_nothing(client: FlaskClient) -> None:
    answer = client.get("/ile-zaplace")
    assert answer.status_code == 200 and "payment-answer" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/ile-zaplace?type=&income=&per_person=&price=").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        "type=dps&income=dużo",
        "type=dps&income=-5",
        "type=dps&income=9e9",
        "type=zlobek",
        "type=dps&gmina=x",
        "income=1000001",
        "income=1.2.3",
        "type=nic",
    ],
)
def test_refuses_what_cannot_be_counted(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/ile-zaplace?{asked}").status_code == 400


def test_is_offered_where_there_is_a_rule(client: FlaskClient) -> None:
    def page_of(kind: str) -> str:
        found = client.get(f"/api/services?type={kind}").get_json()["services"][0]
        return client.get(f"/miejsce/{found['location_id']}").text

    assert 'href="/ile-zaplace?type=dps"' in page_of("dps")
    assert "/ile-zaplace?type=" not in page_of("klub_sen")
