"""A register's file in the directory: good rows together, bad rows reported, the same file again a no-op."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mapapp.database import transaction
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers import checking
from mapapp.registers.batches import ImportRunningError
from mapapp.registers.layouts import UnknownLayoutError
from mapapp.registers.loading import ImportReport, import_register
from mapapp.settings import ROOT

Cells = dict[str, str]
Units = Callable[[int], list[Cells]]
Written = Callable[..., Path]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")


def load(session: Session, path: Path) -> ImportReport:
    return import_register(session, path, VOCABULARIES)


def value(session: Session, query: str) -> Any:
    return session.scalar(text(query))


# what is wrong, the field, the value as reported, the message, the nearest valid value
DAMAGE: list[tuple[dict[str, str], str, str, str, str]] = [
    ({"typ": ""}, "typ", "", "brakuje wartości", ""),
    ({"typ": "OSP"}, "typ", "OSP", "nieznany typ jednostki; oczekiwano: OPS, CUS, PCPR, MOPR", "OPS"),
    ({"typ": "pcrp"}, "typ", "pcrp", "nieznany typ jednostki; oczekiwano: OPS, CUS, PCPR, MOPR", "PCPR"),
    ({"id_jednostki": ""}, "id_jednostki", "", "brakuje wartości", ""),
    ({"id_jednostki": "nr 7!"}, "id_jednostki", "nr 7!", "oczekiwano numeru jednostki w rejestrze", ""),
    ({"id_jednostki": "100"}, "id_jednostki", "OPS 100", "ten sam numer jednostki jest już w wierszu 2", ""),
    ({"nazwa": "   "}, "nazwa", "", "brakuje wartości", ""),
    ({"nazwa": "GO"}, "nazwa", "GO", "liczba znaków nazwy: 2; oczekiwano od 3 do 300", ""),
    ({"nazwa": "O" * 301}, "nazwa", "O" * 120 + "…", "liczba znaków nazwy: 301; oczekiwano od 3 do 300", ""),
    ({"nazwa": "O\x00PS"}, "nazwa", "O?PS", "komórka zawiera znak o kodzie zero", ""),
    ({"miejscowosc": ""}, "miejscowosc", "", "brakuje wartości", ""),
    ({"teryt_gminy": ""}, "teryt_gminy", "", "brakuje wartości", ""),
    (
        {"teryt_gminy": "12100"},
        "teryt_gminy",
        "12100",
        "oczekiwano kodu TERYT gminy: siedmiu cyfr, na przykład 1206072",
        "",
    ),
    (
        {"teryt_gminy": "1210065"},
        "teryt_gminy",
        "1210065",
        "ostatnia cyfra kodu TERYT gminy oznacza rodzaj: 1, 2 albo 3",
        "",
    ),
    (
        {"latitude": "20.8350", "longitude": "49.6699"},
        "latitude",
        "20.8350",
        "szerokość i długość geograficzna są zamienione miejscami",
        "",
    ),
    (
        {"latitude": "0", "longitude": "0"},
        "latitude",
        "0",
        "punkt leży poza Polską (szerokość 49–54,9, długość 14,07–24,15 stopnia)",
        "",
    ),
    ({"latitude": "NaN"}, "latitude", "NaN", "oczekiwano stopni dziesiętnych, na przykład 50,0121", ""),
    ({"latitude": "1e400"}, "latitude", "1e400", "oczekiwano stopni dziesiętnych, na przykład 50,0121", ""),
    ({"longitude": ""}, "latitude", "49.6699", "oczekiwano stopni dziesiętnych, na przykład 50,0121", ""),
    ({"latitude": "", "longitude": "20.8"}, "latitude", "", "brakuje wartości", ""),
    (
        {"godziny_pracy": "x" * 10_001},
        "godziny_pracy",
        "x" * 120 + "…",
        "liczba znaków w komórce: 10001; najwyżej 10000. Być może brakuje cudzysłowu",
        "",
    ),
    (
        {"wojewodztwo": ""},
        "wojewodztwo",
        "",
        "brakuje wartości",
        "",
    ),
]


def test_loads_the_good_rows_and_reports_each_bad_one(
    session: Session, written: Written, good: Cells, units: Units
) -> None:
    bad = [good | {"id_jednostki": str(500 + number)} | damage for number, (damage, *_) in enumerate(DAMAGE)]
    first = units(1)[0]
    report = load(session, written([first, *bad, good | {"id_jednostki": "900"}]))
    found = [(each.field, each.value, each.message, each.nearest) for each in report.rejected]
    assert found == [tuple(expected) for _, *expected in DAMAGE]
    assert [each.line for each in report.rejected] == list(range(3, 3 + len(DAMAGE)))
    assert (report.rows, report.rejected_rows, report.saved.created) == (len(DAMAGE) + 2, len(DAMAGE), 2)
    assert set(session.scalars(text("SELECT source_id FROM organization"))) == {"OPS 100", "OPS 900"}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1250", "iso8859-2"])
def test_is_the_same_import_in_any_encoding(
    session: Session, written: Written, units: Units, encoding: str, separator: str
) -> None:
    load(session, written(units(2)))
    comma = [row | {"latitude": "49,6699", "longitude": "20,8350"} for row in reversed(units(2))]
    report = load(session, written(comma, "inny.csv", encoding, separator))
    assert (report.saved.created, report.saved.updated, report.saved.unchanged) == (0, 0, 2)
    assert value(session, "SELECT name FROM organization LIMIT 1") == "Gminny Ośrodek Pomocy Społecznej w Korzennej"


def test_remembers_when_and_of_what_day_the_register_was_loaded(
    session: Session, written: Written, units: Units
) -> None:
    load(session, written(units(1)))
    row = session.execute(text("SELECT * FROM source_register WHERE code = 'rjps'")).one()
    assert row.last_content_date == date(2026, 3, 6)
    assert row.last_loaded_at is not None
    load(session, written([units(1)[0] | {"uwagi": "RJPS eksport 01.01.2025"}]))
    assert value(session, "SELECT last_content_date FROM source_register WHERE code = 'rjps'") == date(2026, 3, 6)


def test_writes_down_which_file_changed_a_record(session: Session, written: Written, units: Units) -> None:
    load(session, written(units(1)))
    report = load(session, written([units(1)[0] | {"email": "nowy@korzenna.pl"}], "marzec.csv"))
    assert report.saved.updated == 1
    change = session.execute(
        text("SELECT field_name, previous_value, replacement_value, updated_by FROM metadata")
    ).one()
    assert change == ("email", "gops@korzenna.pl", "nowy@korzenna.pl", "import marzec.csv")


def test_names_a_unit_that_seems_to_be_there_twice(session: Session, written: Written, units: Units) -> None:
    for row in (
        "INSERT INTO powiat (name, valid_from, area_km2, geom, outline, teryt, is_city, nuts3, voivodeship_teryt) "
        "SELECT 'nowosądecki', '2026-01-01', 1, g, ST_Transform(g, 4326), '1210', false, 'PL218', '12' FROM ",
        "INSERT INTO gmina (name, valid_from, area_km2, geom, outline, teryt, kind, powiat_teryt, nuts3, "
        "voivodeship_teryt) SELECT 'Korzenna', '2026-01-01', 1, g, ST_Transform(g, 4326), '1210062', 'rural', "
        "'1210', 'PL218', '12' FROM ",
    ):
        area = "ST_Multi(ST_Expand(ST_Transform(ST_SetSRID(ST_MakePoint(20.835, 49.6699), 4326), 2180), 1000)) AS g"
        session.execute(text(row + area))
    outside = units(2)[1] | {"longitude": "20.9350"}
    notes = load(session, written([units(2)[0], outside])).notes
    assert [(note.line, note.field, note.message) for note in notes] == [
        (3, "latitude, longitude", "punkt leży 6,2 km poza gminą 1210062; nie przesunięto"),
        (3, "nazwa", "prawdopodobnie ta sama jednostka co w wierszu 2: ten sam rodzaj i obszar 1210062"),
    ]


def test_names_the_columns_of_a_file_it_does_not_know(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "inny.csv"
    path.write_text("Lp.;Nazwa;Adres\n1;Dom;Ulica\n", encoding="utf-8")
    with pytest.raises(UnknownLayoutError) as caught:
        load(session, path)
    message = str(caught.value)
    assert "Kolumny w pliku: lp., nazwa, adres" in message
    assert "RJPS – eksport CSV ze współrzędnymi (brakuje: gmina, id_jednostki, miejscowosc, powiat" in message


def test_refuses_to_run_beside_another_import(engine: Engine, written: Written, units: Units) -> None:
    path = written(units(1))
    with transaction(engine) as first, transaction(engine) as second:
        load(first, path)
        with pytest.raises(ImportRunningError, match="właśnie trwa"):
            load(second, path)
        first.rollback()
        assert load(second, path).saved.created == 1
        second.rollback()


def test_leaves_nothing_behind_when_it_is_cut_short(
    engine: Engine, written: Written, units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(checking, "_outside_their_gmina", cut_short)
    with pytest.raises(KeyboardInterrupt), transaction(engine) as session:
        load(session, written(units(3)))
    with transaction(engine) as session:
        for table in ("organization", "location", "service", "listing", "source_register", "metadata"):
            assert value(session, f"SELECT count(*) FROM {table}") == 0


def test_shows_its_progress(session: Session, written: Written, units: Units) -> None:
    steps: list[tuple[str, int, int]] = []
    import_register(session, written(units(3)), VOCABULARIES, lambda *step: steps.append(step))
    assert [step for step in steps if step[0] == "check"] == [("check", done, 3) for done in (1, 2, 3)]
    assert steps[0][0] == "read"
    assert steps[-1] == ("save", 1, 1)
