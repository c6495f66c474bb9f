"""What coverage reads of the directory: hidden shelters are told for the region only, capacity by service and date."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.coverage.agreements import opened_by
from mapapp.coverage.commands import load_agreements, load_indicator
from mapapp.coverage.data import CoverageData, coverage_data
from mapapp.coverage.definitions import definitions
from mapapp.coverage.duties import duty_matrix
from mapapp.coverage.errors import NotAnswerable, WrongFile
from mapapp.coverage.exports import figures_document
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.coverage.supply import trend
from mapapp.directory.commands import save_facilities
from mapapp.directory.records import AddressRecord, CapacityRecord, FacilityRecord, LocationRecord, ServiceRecord
from mapapp.directory.sources import SourceRegister
from tests.coverage.conftest import TODAY, VOCABULARIES

REGISTER = SourceRegister("shelters", "Rejestr na próbę", "Nikt")
BOCHNIA, WIELICZKA = Position(20.43, 49.97), Position(20.06, 49.99)


@pytest.fixture
def session(planned: Engine) -> Iterator[Session]:
    with planned.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


def facility(number: str, kind: str, position: Position, **service: object) -> FacilityRecord:
    address = AddressRecord(address_1="ul. Cicha 1", postal_code="32-700", city="Bochnia", state_province="małopolskie")
    values = {"key": kind, "facility_type": kind, "name": f"Usługa {number}", "audiences": ("all",)} | service
    return FacilityRecord(
        source=REGISTER.code,
        source_id=number,
        organization_name=f"Podmiot {number}",
        location=LocationRecord(position=position, address=address),
        services=(ServiceRecord(**values),),
    )


def save(session: Session, *facilities: FacilityRecord) -> CoverageData:
    save_facilities(session, facilities, registers=[REGISTER])
    return coverage_data(session, TODAY)


def places(number: int, day: date = date(2026, 5, 1)) -> tuple[CapacityRecord, ...]:
    return (CapacityRecord(kind="approved", maximum=number, as_of=day),)


def shelters(count: int, at: Position) -> list[FacilityRecord]:
    return [
        facility(f"{count}-{n}", "sow", at, visibility="on_request", capacities=places(20 + n)) for n in range(count)
    ]


class TestHiddenShelters:
    def test_change_no_figure_of_any_smaller_area(self, session: Session) -> None:
        """The answer is the same to the last digit, wherever the shelters stand."""
        answers = []
        for at in (BOCHNIA, WIELICZKA):
            with session.begin_nested() as savepoint:
                data = save(session, *shelters(3, at))
                told = []
                for code in definitions():
                    for layer in ("gmina", "powiat", "subregion"):
                        more = {"profile": "wheelchair", "standard": 5, "by": layer}
                        document = figures_document(measure(data, ask(VOCABULARIES, code, ["sow"], **more)))
                        del document["release"]
                        told.append(document)
                answers.append((told, duty_matrix(data, "powiat", ("violence_support",))))
                savepoint.rollback()
        assert answers[0] == answers[1]

    def test_are_counted_for_the_region(self, session: Session) -> None:
        data = save(session, *shelters(3, BOCHNIA))
        assert measure(data, ask(VOCABULARIES, "sites", ["sow"])).region.value == 3
        assert measure(data, ask(VOCABULARIES, "places", ["sow"])).region.value == 20 + 21 + 22

    def test_do_not_tell_their_places_where_few_are_summed(self, session: Session) -> None:
        data = save(session, *shelters(2, BOCHNIA))
        figure = measure(data, ask(VOCABULARIES, "places", ["sow"])).region
        assert (figure.value, figure.n, figure.has("no_capacity")) == (None, 2, True)

    def test_leave_the_duty_of_a_powiat_unknown(self, session: Session) -> None:
        states = duty_matrix(save(session, *shelters(3, BOCHNIA)), "powiat", ("violence_support",))
        assert {(state.status, state.is_hidden, state.evidence) for state in states} == {("unknown", True, ())}


class TestCapacityOverTime:
    def test_is_kept_by_date(self, session: Session) -> None:
        save(session, facility("1", "ddp", BOCHNIA, capacities=places(20, date(2025, 5, 1))))
        data = save(session, facility("1", "ddp", BOCHNIA, capacities=places(30)))
        found = trend(data.supply.of(["ddp"]))
        assert [(point.day, point.places) for point in found] == [(date(2025, 5, 1), 20), (date(2026, 5, 1), 30)]
        assert measure(data, ask(VOCABULARIES, "places", ["ddp"])).region.value == 30


AGREEMENTS = "served_teryt,task,kind,provider,provider_record,source,valid_from,valid_to\n"
INDICATOR = "code,teryt,year,persons,is_estimate,source\n"


class TestAgreements:
    def test_meet_a_duty_and_make_its_absence_a_fact(self, session: Session, tmp_path: Path) -> None:
        path = _file(
            tmp_path, AGREEMENTS + "1201052,day_homes,agreement,Gmina Miasta Bochnia,,Umowa 1/2026,2026-01-01,\n"
        )
        assert load_agreements(session, path).rows == 1
        assert load_agreements(session, path).rows == 1  # again: nothing is doubled
        data = save(session, facility("1", "ddp", BOCHNIA, capacities=places(20)))
        states = {state.area.code: state for state in duty_matrix(data, "gmina", ("day_homes",))}
        assert states["1201011"].status == "here"
        served = states["1201052"]
        assert (served.status, served.is_obligatory) == ("agreement", False)
        assert served.evidence[0].name == "Gmina Miasta Bochnia"
        assert "missing" in {state.status for state in states.values()}
        assert session.scalar(text("SELECT count(*) FROM service_agreement")) == 1

    def test_open_the_places_of_the_record_that_they_name(self, session: Session, tmp_path: Path) -> None:
        columns = AGREEMENTS.replace("provider_record", "provider_record,provider_teryt")
        load_agreements(
            session,
            _file(tmp_path, columns + "1201052,day_homes,agreement,Gmina,1,1201011,Umowa 1/2026,2026-01-01,\n"),
        )
        data = save(session, facility("1", "ddp", BOCHNIA), facility("2", "ddp", BOCHNIA))
        (found,) = opened_by(data)
        assert [offer.name for offer in found.offers] == ["Usługa 1"]

    def test_are_refused_with_line_and_column(self, session: Session, tmp_path: Path) -> None:
        wrong = (
            AGREEMENTS
            + "1201022,day_homes,friendship,Gmina,,Umowa,2026-01-01,\n"
            + "9901022,day_homes,contract,Gmina,,Umowa,2026-01-01,\n"
            + "1201022,nothing,contract,Gmina,,Umowa,2026-01-01,\n"
            + "1201022,day_homes,contract,Gmina,,Umowa,2026-01-01,2025-01-01\n"
            + "1201022,social_workers,agreement,Gmina,,Umowa,2026-01-01,\n"
        )
        with pytest.raises(WrongFile) as refused:
            load_agreements(session, _file(tmp_path, wrong))
        assert len(refused.value.problems) == 5
        assert "line 2, column kind: 'friendship'" in refused.value.problems[0]
        assert "'9901022' is no area of the loaded territory" in refused.value.problems[1]
        assert "is met by posts, not by an agreement" in refused.value.problems[4]
        with pytest.raises(WrongFile, match="has no rows"):
            load_agreements(session, _file(tmp_path, AGREEMENTS))


class TestIndicators:
    def test_give_the_people_of_a_group(self, session: Session, tmp_path: Path) -> None:
        path = _file(
            tmp_path, INDICATOR + "disability,1201011,2024,1500,no,PZON\ndisability,1201022,2024,800,no,PZON\n"
        )
        load_indicator(session, path)
        data = save(session, facility("1", "wtz", BOCHNIA, capacities=places(30)))
        figures = measure(data, ask(VOCABULARIES, "places_per_1k", ["wtz"]))
        assert figures.of("1201011").value == pytest.approx(30 / 1500 * 1000)
        assert figures.of("1201052").has("no_people")  # of whom nothing is known

    def test_may_have_the_day_of_the_source(self, session: Session, tmp_path: Path) -> None:
        columns = INDICATOR.strip() + ",as_of\n"
        load_indicator(session, _file(tmp_path, columns + "social_workers,1201011,2025,12.5,no,OZPS,2025-12-31\n"))
        counted = coverage_data(session, TODAY).need.counted("social_workers")
        assert counted is not None
        assert (counted.by_gmina.sum(), counted.day) == (12.5, date(2025, 12, 31))
        with pytest.raises(WrongFile, match="as_of 2024-12-31 is not in the year 2025"):
            load_indicator(session, _file(tmp_path, columns + "social_workers,1201011,2025,1,no,OZPS,2024-12-31\n"))

    def test_are_refused_where_they_cannot_be(self, session: Session, tmp_path: Path) -> None:
        with pytest.raises(WrongFile, match="column persons: '-3'"):
            load_indicator(session, _file(tmp_path, INDICATOR + "disability,1201011,2024,-3,no,PZON\n"))


def test_asks_for_a_territory_where_there_is_none(engine: Engine) -> None:
    with Session(engine) as empty, pytest.raises(NotAnswerable, match="no territory is loaded"):
        coverage_data(empty, TODAY)


def _file(folder: Path, content: str) -> Path:
    path = folder / "file.csv"
    path.write_text(content, encoding="utf-8")
    return path
