"""Alive, ready, and calm without a database."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient


def test_is_alive_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=dom",
        "/o-mapie",
        "/readyz",
        "/api/services",
        "/api/boundaries/powiat",
        "/miejsce/00000000-0000-0000-0000-000000000001",
    ],
)
def test_waits_calmly_for_a_missing_database(away: FlaskClient, address: str) -> None:
    answer = away.get(address)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Katalog ma chwilę przerwy" in answer.get_data(as_text=True)


def test_is_alive_without_a_database(away: FlaskClient) -> None:
    assert away.get("/healthz").status_code == 200


def test_still_refuses_bad_questions_without_a_database(away: FlaskClient) -> None:
    assert away.get("/?x=1").status_code == 400


def test_says_and_logs_nothing_of_an_exceptions_text(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    secret = str(44051401358 + 1)

    def fail(*_arguments: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("mapapp.web.resident.current_facts", fail)
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/o-mapie")
    assert answer.status_code == 500
    assert "Coś się u nas zepsuło" in answer.text
    assert secret not in answer.text + caplog.text
    assert "RuntimeError" in caplog.text
    incident = caplog.text.split("incident ")[1][:8]
    assert incident in answer.text
