"""Scenarios kept under a name: who may look, who may change, and for how long."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mapapp.coverage import scenarios
from mapapp.coverage.scenarios import (
    ScenarioRefused,
    delete_scenario,
    replace_scenario,
    save_scenario,
    scenario_shared,
    scenario_to_edit,
)
from mapapp.coverage.tables import Scenario

QUERY = "type=ddp&zmiana=add%3Addp%3A17.0,51.1%3A30"


@pytest.fixture(autouse=True)
def may_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here every transaction may: and one that has asked already may not say so again."""
    monkeypatch.setattr(scenarios, "_may_write", lambda _session: None)


def test_is_found_by_both_of_its_keys_and_by_no_other(session: Session) -> None:
    keys = save_scenario(session, "Dwa domy", QUERY, "r1")
    shared, own = scenario_shared(session, keys.share), scenario_to_edit(session, keys.edit)
    assert shared == own
    assert shared is not None
    assert (shared.name, shared.query, shared.data_release) == ("Dwa domy", QUERY, "r1")
    assert scenario_shared(session, keys.edit) is None
    assert scenario_to_edit(session, keys.share) is None


def test_keeps_no_key_that_opens_it_for_changing(session: Session) -> None:
    keys = save_scenario(session, "Dwa domy", QUERY, "r1")
    row = session.execute(select(Scenario.__table__)).one()
    assert keys.edit not in str(row)
    assert len(keys.edit) >= 32


def test_is_replaced_and_deleted_by_its_key_alone(session: Session) -> None:
    keys = save_scenario(session, "Dwa domy", QUERY, "r1")
    assert replace_scenario(session, keys.share, "Trzy", QUERY, "r2") is None
    assert replace_scenario(session, keys.edit, "Trzy", "type=ddp", "r2") == keys.share
    found = scenario_shared(session, keys.share)
    assert found is not None
    assert (found.name, found.query, found.data_release) == ("Trzy", "type=ddp", "r2")
    assert not delete_scenario(session, keys.share)
    assert delete_scenario(session, keys.edit)
    assert scenario_shared(session, keys.share) is None


def test_goes_when_its_time_is_over(session: Session) -> None:
    keys = save_scenario(session, "Dwa domy", QUERY, "r1")
    session.execute(update(Scenario).values(expires_at=func.now() - timedelta(seconds=1)))
    assert scenario_shared(session, keys.share) is None
    assert replace_scenario(session, keys.edit, "Trzy", QUERY, "r1") is None
    save_scenario(session, "Inny", QUERY, "r1")
    assert session.scalars(select(Scenario.name)).all() == ["Inny"]


@pytest.mark.parametrize(
    ("name", "query", "reason"),
    [("", QUERY, "name"), ("   ", QUERY, "name"), ("x" * 101, QUERY, "name"), ("x", "q" * 4_001, "size")],
)
def test_refuses_what_has_no_name_or_is_too_long(session: Session, name: str, query: str, reason: str) -> None:
    with pytest.raises(ScenarioRefused) as refused:
        save_scenario(session, name, query, "r1")
    assert refused.value.reason == reason


def test_refuses_more_than_there_is_room_for(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "MOST_SCENARIOS", 2)
    for name in "ab":
        save_scenario(session, name, QUERY, "r1")
    with pytest.raises(ScenarioRefused) as refused:
        save_scenario(session, "c", QUERY, "r1")
    assert refused.value.reason == "full"
