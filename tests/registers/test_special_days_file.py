"""Special days in our own template: a sheet that is staged, shown, applied and taken back like everything else."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import load_workbook
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from xlsxwriter import Workbook

from mapapp.cluster import Cluster
from mapapp.directory.records import SpecialDaysRecord
from mapapp.directory.setting_special_days import remove_special_days, set_special_days, special_days_of
from mapapp.directory.tables import Listing, Organization
from mapapp.registers.batches import undo
from mapapp.registers.loading import ImportReport, import_register, stage_register
from mapapp.registers.review import wording
from mapapp.registers.review.applying import apply_batch
from mapapp.registers.review.deciding import decide
from mapapp.registers.review.storing import staged_records
from mapapp.registers.template.book import template_workbook
from mapapp.registers.template.columns import HEADINGS
from mapapp.registers.template.special import SHEET, SPECIAL_HEADINGS
from mapapp.registers.template.taking_out import template_export
from tests.directory.checksums import checksums
from tests.directory.conftest import _database, _session
from tests.directory.hand_made import VOCABULARIES

Write = Callable[..., Path]
HOME = {
    "numer placówki": "7",
    "nazwa organizacji": "Dom „Jutrzenka”",
    "rodzaj miejsca": "physical",
    "teryt gminy": "0208011",
    "ulica i numer": "ul. Zwykła 1",
    "miejscowość": "Kłodzko",
    "województwo": "dolnośląskie",
    "godziny (zapis osm)": "Mo-Fr 08:00-16:00",
    "rodzaj usługi": "ops",
}
CHRISTMAS = {
    "numer placówki": "7",
    "pierwszy dzień": "24.12.2050",
    "ostatni dzień": "2 stycznia 2051",
    "godziny w te dni": "zamknięte",
    "powód zmiany": "remont",
    "powód po angielsku": "renovation",
}
EVE = {"numer placówki": "7", "pierwszy dzień": "2050-12-31", "godziny w te dni": "8–12"}
PUBLISHED = 'Mo-Fr 08:00-16:00; 2050 Dec 24-2051 Jan 2 off "remont"; 2050 Dec 31 08:00-12:00'


@pytest.fixture(scope="module")
def _engine(cluster: Cluster) -> Iterator[Engine]:
    engine = _database(cluster, f"special_days_{os.getpid()}")
    yield engine
    engine.dispose()


@pytest.fixture
def directory(_engine: Engine) -> Iterator[Session]:
    """An empty directory with five gminas; every change is rolled back."""
    yield from _session(_engine)


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Writes facilities and their special days as a filled template; without the sheet where ``days`` are None."""

    def write(days: Sequence[dict[str, str]] | None, facilities: Sequence[dict[str, str]] = (HOME,)) -> Path:
        path = tmp_path / "szablon.xlsx"
        with Workbook(path) as book:
            for name, headings, rows in (("Dane", HEADINGS, facilities), (SHEET, SPECIAL_HEADINGS, days)):
                if rows is None:
                    continue
                sheet = book.add_worksheet(name)
                for line, row in enumerate([dict(zip(headings, headings, strict=True)), *rows]):
                    sheet.write_row(line, 0, [row.get(heading, "") for heading in headings])
        return path

    return write


def brought(session: Session, path: Path) -> ImportReport:
    return import_register(session, path, VOCABULARIES)


def hours(session: Session) -> str | None:
    return session.scalars(select(Listing.opening_hours)).one()


def home(session: Session) -> Organization:
    return session.scalars(select(Organization)).one()


def told(session: Session, batch: int | None) -> list[str]:
    return [wording.difference(change) for each in staged_records(session, batch or 0) for change in each.differences]


def test_are_staged_shown_applied_and_taken_back(directory: Session, written: Write) -> None:
    brought(directory, written([]))
    before = checksums(directory)
    path = written([CHRISTMAS, EVE])
    report = stage_register(directory, path, VOCABULARIES)
    assert report.rejected == ()
    assert told(directory, report.batch) == [
        "dni szczególne: – → 2050-12-24–2051-01-02 zamknięte (remont); 2050-12-31 08:00-12:00"
    ]
    assert hours(directory) == "Mo-Fr 08:00-16:00"
    apply_batch(directory, report.batch or 0, "anna")
    assert hours(directory) == PUBLISHED
    again = brought(directory, path)
    assert (again.state, again.saved.updated) == ("nothing_to_do", 0)
    undo(directory, report.batch or 0)
    assert checksums(directory) == before


def test_a_file_says_all_of_them_and_one_without_the_sheet_nothing(directory: Session, written: Write) -> None:
    brought(directory, written([CHRISTMAS, EVE]))
    silent = brought(directory, written(None, [HOME | {"godziny (zapis osm)": "Mo-Fr 09:00-15:00"}]))
    assert silent.saved.updated == 1
    assert hours(directory) == PUBLISHED.replace("08:00-16:00", "09:00-15:00")
    brought(directory, written([EVE | {"godziny w te dni": "9:00-11:00"}]))
    assert hours(directory) == "Mo-Fr 08:00-16:00; 2050 Dec 31 09:00-11:00"
    brought(directory, written([]))
    assert hours(directory) == "Mo-Fr 08:00-16:00"


@pytest.mark.parametrize("code", ["template.xlsx", "template.csv"])
@pytest.mark.parametrize("everything", [True, False])
def test_what_is_exported_brings_the_same_in_again(
    directory: Session, written: Write, tmp_path: Path, code: str, everything: bool
) -> None:
    second = {"numer placówki": "7", "rodzaj usługi": "porad", "klucz usługi": "porady"}
    branch = HOME | {"klucz filii": "b", "nazwa organizacji": "", "rodzaj usługi": ""}
    days = [
        CHRISTMAS | {"czego dotyczy": "miejsce"},
        EVE | {"klucz filii": "b"},
        EVE | {"klucz usługi": "porady"},
        CHRISTMAS | {"klucz usługi": "ops", "klucz filii": "b", "godziny w te dni": "10:00-14:00,16-18"},
        CHRISTMAS,
    ]
    report = brought(directory, written(days, [HOME, second, branch]))
    assert (report.rejected, report.saved.created) == ((), 1)
    content = template_export(directory, VOCABULARIES, everything=everything)
    path = tmp_path / f"wszystko.{code}"
    path.write_bytes(b"".join(content.pieces(code)))
    assert (content.left_out, content.written) == ([], 1)
    before = checksums(directory)
    again = brought(directory, path)
    assert (again.state, again.rejected, again.notes) == ("nothing_to_do", (), ())
    assert checksums(directory) == before


def test_what_a_person_set_is_not_written_over_unseen(directory: Session, written: Write) -> None:
    brought(directory, written([]))
    mine = SpecialDaysRecord(date(2050, 12, 24), date(2050, 12, 26), None, "święta")
    set_special_days(directory, home(directory).id, mine, by="anna")
    same = brought(directory, written([], [HOME | {"piętro": "2"}]))
    assert (same.to_decide, hours(directory)) == (0, 'Mo-Fr 08:00-16:00; 2050 Dec 24-2050 Dec 26 off "święta"')
    report = brought(directory, written([EVE], [HOME | {"piętro": "2"}]))
    assert report.to_decide == 1
    (conflict,) = staged_records(directory, report.batch or 0)
    assert told(directory, report.batch) == [
        "dni szczególne: ręcznie wpisano 2050-12-24–2050-12-26 zamknięte (święta), "
        "rejestr podaje teraz 2050-12-31 08:00-12:00 (przedtem –)"
    ]
    decide(directory, report.batch or 0, conflict.id or 0, "register", "anna")
    apply_batch(directory, report.batch or 0, "anna")
    assert hours(directory) == "Mo-Fr 08:00-16:00; 2050 Dec 31 08:00-12:00"


def test_what_a_person_took_away_stays_away(directory: Session, written: Write) -> None:
    brought(directory, written([CHRISTMAS, EVE]))
    christmas, _ = special_days_of(directory, home(directory).id)
    remove_special_days(directory, christmas.id, by="anna")
    brought(directory, written([CHRISTMAS, EVE], [HOME | {"piętro": "2"}]))
    assert hours(directory) == "Mo-Fr 08:00-16:00; 2050 Dec 31 08:00-12:00"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"pierwszy dzień": "31.02.2050"}, "pole pierwszy dzień „31.02.2050”: nie ma takiego dnia"),
        ({"pierwszy dzień": "wkrótce"}, "pole pierwszy dzień „wkrótce”: oczekiwano daty, na przykład 2026-05-09"),
        ({"pierwszy dzień": ""}, "pole pierwszy dzień: brakuje wartości"),
        ({"ostatni dzień": "1.12.2050"}, "pole ostatni dzień „1.12.2050”: ostatni dzień jest przed pierwszym"),
        ({"ostatni dzień": "2052-12-24"}, "pole ostatni dzień „2052-12-24”: najwyżej rok"),
        ({"godziny w te dni": ""}, "pole godziny w te dni: brakuje wartości; wpisz „zamknięte” albo godziny"),
        ({"godziny w te dni": "rano"}, "pole godziny w te dni „rano”: oczekiwano słowa „zamknięte” albo godzin"),
        ({"godziny w te dni": "10-77"}, "pole godziny w te dni „10-77”: nie ma takich godzin"),
        ({"powód zmiany": "r" * 121}, "oczekiwano najwyżej 120 znaków"),
        ({"numer placówki": "8"}, "pole numer placówki „8”: nie ma placówki o tym numerze"),
        ({"numer placówki": ""}, "pole numer placówki: brakuje wartości"),
        ({"klucz usługi": "porady"}, "pole klucz usługi „porady”: placówka nie ma takiego klucza; oczekiwano: ops"),
        ({"czego dotyczy": "dom"}, "pole czego dotyczy „dom”: oczekiwano: cała placówka, miejsce"),
        ({"czego dotyczy": "miejsce", "klucz usługi": "ops"}, "nie pasuje do wypełnionego klucza"),
    ],
)
def test_says_what_is_wrong_by_sheet_and_line(
    directory: Session, written: Write, cells: dict[str, str], said: str
) -> None:
    report = brought(directory, written([EVE, CHRISTMAS | cells]))
    (problem,) = (str(each) for each in report.rejected)
    assert problem.startswith("arkusz „Dni szczególne”, wiersz 3, ")
    assert said in problem


def test_refuses_the_same_days_twice_and_more_than_can_be_published(directory: Session, written: Write) -> None:
    (twice,) = brought(directory, written([EVE, EVE])).rejected
    assert (twice.line, twice.message) == (3, "te same dni są już w wierszu 2")
    days = [EVE | {"pierwszy dzień": f"2050-{m:02}-01", "powód zmiany": "ż" * 120} for m in range(1, 10)]
    (many,) = brought(directory, written(days)).rejected
    assert "najwyżej 2500" in many.message
    assert brought(directory, written(days[:6])).rejected == ()


def test_the_template_has_a_sheet_with_help(tmp_path: Path) -> None:
    content = template_workbook(VOCABULARIES, [])
    book = load_workbook(BytesIO(content))
    rows = book.get_sheet_by_name(SHEET).to_python()
    assert tuple(rows[0]) == SPECIAL_HEADINGS
    assert rows[1][0] == "PRZYKŁAD"
    explained = [row[0] for row in book.get_sheet_by_name("Objaśnienia").to_python()]
    assert set(SPECIAL_HEADINGS) <= set(explained)
    with ZipFile(BytesIO(content)) as archive:
        days = archive.read("xl/worksheets/sheet2.xml").decode()
    assert days.count("<dataValidation ") == 5
    assert "'Dane'!$A$2:$A$2000" in days
