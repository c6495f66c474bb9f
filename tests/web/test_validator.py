"""A register's file, checked on a public page: told about, and forgotten."""

import csv
import json
import re
import tempfile
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mapapp.registers import uploads
from mapapp.registers.mapping.described import parsed
from mapapp.web import validator
from tests.registers.office_files import xlsx, zipped

COLUMNS = (
    *("typ", "id_jednostki", "wojewodztwo", "powiat", "gmina", "nazwa", "kod_pocztowy", "miejscowosc"),
    *("telefon", "teryt_gminy", "latitude", "longitude", "nip"),
)
GOOD = (
    *("OPS", "7", "dolnośląskie", "kłodzki", "Kłodzko", "Ośrodek Pomocy Społecznej", "57-300", "Kłodzko"),
    *("74 865 12 34", "0208021", "50.44", "16.65", "526-104-08-28"),
)


def unit(**cells: str) -> tuple[str, ...]:
    return tuple(cells.get(column, cell) for column, cell in zip(COLUMNS, GOOD, strict=True))


def table(*rows: tuple[str, ...]) -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=";").writerows([COLUMNS, *rows])
    return text.getvalue().encode()


CLEAN = table(GOOD)
FAULTY = table(
    unit(typ="OSP"),
    unit(id_jednostki="8", nip="526-104-08-29", kod_pocztowy="50-001"),
    unit(id_jednostki="9", nazwa="<script>alert(1)</script>", latitude="51.3"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go meanwhile; nothing may be left in it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def send(
    client: FlaskClient, content: bytes, name: str = "plik.csv", to: str = "/sprawdz-plik", **more: str | list[str]
) -> TestResponse:
    return client.post(to, data={"file": (BytesIO(content), name), **more}, content_type="multipart/form-data")


def document(client: FlaskClient, content: bytes, name: str = "plik.csv") -> dict[str, Any]:
    answer = send(client, content, name, "/api/validate")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def test_shows_the_form_and_is_linked(client: FlaskClient) -> None:
    assert 'enctype="multipart/form-data"' in client.get("/sprawdz-plik").text
    assert 'href="/sprawdz-plik"' in client.get("/o-mapie").text


def test_says_that_a_file_is_clean(client: FlaskClient, folder: Path) -> None:
    answer = send(client, CLEAN)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Nie ma czego poprawiać." in answer.text
    assert "Ośrodek Pomocy Społecznej" in answer.text
    assert '"coordinates": [16.65, 50.44]' in answer.text


def test_names_line_field_value_and_what_was_expected(client: FlaskClient, folder: Path) -> None:
    found = document(client, FAULTY)
    assert (found["rows"], found["accepted"], found["rejected"]) == (3, 2, 1)
    assert found["findings"][0] == {
        "severity": "error",
        "sheet": "",
        "line": 2,
        "field": "typ",
        "value": "OSP",
        "message": "nieznany typ jednostki; oczekiwano: OPS, CUS, PCPR, MOPR",
        "nearest": "OPS",
    }
    warnings = {(each["line"], each["field"]): each["message"] for each in found["findings"][1:]}
    assert warnings[3, "nip"] == "cyfra kontrolna numeru NIP się nie zgadza; być może to literówka"
    assert warnings[3, "kod pocztowy"].startswith("kod pocztowy należy do innego powiatu")
    assert "poza gminą 0208021; nie przesunięto" in warnings[4, "latitude, longitude"]


@pytest.mark.parametrize(
    ("language", "typ", "meaning"),
    [
        ("pl", "typ placówki", "miejscowość"),
        ("en", "type of facility", "town"),
        ("uk", "тип закладу", "населений пункт"),
    ],
)
def test_names_columns_in_the_language_of_the_page(
    client: FlaskClient, folder: Path, language: str, typ: str, meaning: str
) -> None:
    page = send(client, FAULTY, to=f"/sprawdz-plik?lang={language}").text
    assert f'<td lang="{language}">{typ}<br><code lang="pl">typ</code></td>' in page
    page = send(client, CLUBS, to=f"/sprawdz-plik?lang={language}").text
    assert f'<option value="town" selected>{meaning}</option>' in page


def test_names_the_sheet_of_a_workbook(client: FlaskClient, folder: Path) -> None:
    found = document(client, xlsx([COLUMNS, unit(typ="OSP")]), "plik.xlsx")
    assert [each["sheet"] for each in found["findings"]] == ["Arkusz1"]


def test_shows_text_of_the_file_as_text(client: FlaskClient, folder: Path) -> None:
    page = send(client, FAULTY).text
    assert "<script>alert" not in page
    data = re.search(r'<script type="application/json" id="points">(.*?)</script>', page, re.DOTALL)
    assert data and "<script>alert(1)</script>" in [
        each["properties"]["name"] for each in json.loads(data[1])["features"]
    ]


@pytest.mark.parametrize(("order", "lines"), [("severity", [2, 3, 3]), ("line", [2, 3, 3]), ("field", [3, 4, 4])])
def test_orders_the_findings_without_a_script(client: FlaskClient, folder: Path, order: str, lines: list[int]) -> None:
    page = send(client, FAULTY, order=order).text
    rows = re.findall(r'<tr class="finding-\w+">.*?</tr>', page, re.DOTALL)
    assert [int(re.findall(r"<td>(\d+)</td>", row)[0]) for row in rows[:3]] == lines


def test_gives_the_findings_as_a_file(client: FlaskClient, folder: Path) -> None:
    answer = send(client, FAULTY, format="csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="uwagi.csv"'
    rows = list(csv.reader(StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["skutek", "arkusz", "wiersz", "pole"]
    assert rows[1][:5] == ["odrzucony", "", "2", "typ", "OSP"]


def test_says_nothing_of_what_the_directory_holds(client: FlaskClient, folder: Path) -> None:
    # the example directory hides a shelter at this address; a file that names it must get the answer of any file
    def answers(name: str, street: str) -> str:
        rows = table(unit(nazwa=name, id_jednostki="hidden"))
        found = json.dumps(document(client, rows), ensure_ascii=False)
        return found.replace(name, "NAZWA").replace(street, "")

    assert answers("Schronienie dla kobiet", "ul. Tajna 7") == answers("Dom, którego nie ma", "ul. Inna 1")


FAR_CELL = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
# hostile and broken files: each a sentence, never an error of ours
REFUSED = {
    "empty": (b"", "pusty"),
    "unknown columns": (b"a;b\n1;2\n", "nieznany układ"),
    "no Polish text": ("имя;город\r\nПриклад;Київ".encode("cp1251"), "kodowania"),
    "archive that is no workbook": (zipped({"a.txt": "a"}), "archiwum"),
    "bomb": (zipped({"xl/workbook.xml": b"\0" * 100_000_000}), ""),
    "entities": (
        xlsx(parts={"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
        "",
    ),
    "far cell": (xlsx(parts={"xl/worksheets/sheet1.xml": FAR_CELL}), ""),
    "too many columns": (b";".join(b"%d" % each for each in range(501)) + b"\n", "ponad 500 kolumn"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_a_hostile_file_with_a_sentence(client: FlaskClient, folder: Path, case: str) -> None:
    content, message = REFUSED[case]
    answer = send(client, content, "dane.csv", "/api/validate")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert message.casefold() in answer.get_json()["detail"].casefold()
    assert "root:" not in answer.text
    assert send(client, content, "dane.csv").status_code == 400


@pytest.mark.parametrize("content", [CLEAN, xlsx([COLUMNS, GOOD])], ids=["csv", "xlsx"])
def test_survives_a_file_cut_anywhere(client: FlaskClient, folder: Path, content: bytes) -> None:
    for percent in range(10, 100, 10):
        assert send(client, content[: len(content) * percent // 100]).status_code in {200, 400}


def test_asks_for_a_file(client: FlaskClient, folder: Path) -> None:
    assert client.post("/sprawdz-plik").status_code == 400
    answer = client.post("/api/validate", data={"file": "text"})
    assert (answer.status_code, answer.get_json()["detail"]) == (400, "Najpierw wybierz plik.")


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\a\\b.csv", "....", "x" * 500, "a\tb;&<>.csv"])
def test_takes_any_name_of_a_file(client: FlaskClient, folder: Path, name: str) -> None:
    assert send(client, CLEAN, name).status_code == 200


def test_refuses_what_is_too_large_in_words(client: FlaskClient, folder: Path) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    large = head + b"x" * (uploads.LARGEST_UPLOAD_MB * 1_000_000 + 100_000) + b"\r\n--b--\r\n"
    page = client.post("/sprawdz-plik", data=large, content_type="multipart/form-data; boundary=b")
    assert page.status_code == 413
    assert "Plik jest większy niż 5 MB." in page.text
    answer = client.post("/api/validate", data=large, content_type="multipart/form-data; boundary=b")
    assert (answer.status_code, answer.mimetype) == (413, "application/problem+json")
    # nothing else takes as much
    assert client.post("/o-mapie", data=large).status_code == 405


def test_checks_only_a_few_at_once(client: FlaskClient, folder: Path) -> None:
    for _each in range(validator.AT_ONCE):
        assert validator._places.acquire(blocking=False)
    try:
        answer = send(client, CLEAN)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert "Właśnie sprawdzamy inne pliki." in answer.text
    finally:
        for _each in range(validator.AT_ONCE):
            validator._places.release()
    assert send(client, CLEAN).status_code == 200


def test_ends_a_check_that_is_too_long(client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "SECONDS", -1.0)
    assert "zbyt długo" in send(client, CLEAN, to="/api/validate").get_json()["detail"]
    monkeypatch.setattr(uploads, "MOST_ROWS", 0)
    assert "ponad 0 wierszy" in send(client, CLEAN, to="/api/validate").get_json()["detail"]


def test_is_away_while_the_database_is(away: FlaskClient) -> None:
    assert away.get("/sprawdz-plik").status_code == 200
    assert send(away, CLEAN, to="/api/validate").status_code == 503


CLUBS = (
    "Nazwa klubu;Rodzaj;Miejscowość;Tel. do nas;Rubryka;X;Y\n"
    "Klub Seniora „Zorza”;Klub seniora;Kłodzko;74 865 12 34;ważne;16,65;50,44\n"
    "Klub Seniora „Brzask”;Klub seniora;Wrocław;71 322 70 00;nie;17,03;51,11\n"
).encode()
FIELDS = ["name", "type", "town", "phone", "", "x", "y"]
HEADINGS = ["Nazwa klubu", "Rodzaj", "Miejscowość", "Tel. do nas", "Rubryka", "X", "Y"]


def chosen(page: str) -> dict[str, str]:
    """The field that is chosen for each column."""
    found = {}
    for heading, options in re.findall(
        r'name="heading" value="([^"]*)".*?<select name="field"(.*?)</select>', page, re.S
    ):
        selected = re.search(r'value="([^"]*)" selected', options)
        found[heading] = selected[1] if selected else ""
    return found


def test_shows_what_the_columns_of_an_unknown_layout_were_taken_for(client: FlaskClient, folder: Path) -> None:
    answer = send(client, CLUBS)
    assert answer.status_code == 200
    assert "Kolumny Twojego pliku" in answer.text
    assert chosen(answer.text) == dict(zip(HEADINGS, FIELDS, strict=True))
    assert "Klub Seniora „Zorza”" in answer.text
    assert '"coordinates": [16.65, 50.44]' in answer.text
    assert answer.text.count("<circle") == 2


def test_checks_with_the_columns_that_a_person_chose(client: FlaskClient, folder: Path) -> None:
    fields = ["operator", *FIELDS[1:4], "name", *FIELDS[5:]]
    answer = send(client, CLUBS, heading=HEADINGS, field=fields)
    assert answer.status_code == 200
    assert chosen(answer.text) == dict(zip(HEADINGS, fields, strict=True))
    assert '<th scope="row" lang="pl">ważne</th>' in answer.text


def test_takes_the_kind_of_all_rows_from_the_form(client: FlaskClient, folder: Path) -> None:
    content = CLUBS.replace(b"Rodzaj", b"Rubryczka").replace(b"Klub seniora", b"?")
    missing = send(client, content, heading=["Rubryczka"], field=[""], type_of_all="")
    assert "Pliku nie da się tak odczytać." in missing.text
    answer = send(client, content, heading=["Rubryczka"], field=[""], type_of_all="klub_sen")
    assert "Pliku nie da się tak odczytać." not in answer.text
    assert '<option value="klub_sen" selected>' in answer.text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (["name", "name", "", "", "", "", ""], "mają dwie kolumny"),
        (["nmae", "type", "", "", "", "", ""], "najbliższe: name"),
        (["", "type", "", "", "", "", ""], "żadna kolumna nie jest nazwą ani adresem"),
    ],
)
def test_says_why_columns_cannot_be_read_so(client: FlaskClient, folder: Path, fields: list[str], said: str) -> None:
    answer = send(client, CLUBS, heading=HEADINGS, field=fields)
    assert answer.status_code == 200
    assert said in answer.text.replace("Żadna", "żadna")


def test_refuses_columns_that_do_not_fit_together(client: FlaskClient, folder: Path) -> None:
    answer = send(client, CLUBS, heading=HEADINGS, field=FIELDS[:2])
    assert answer.status_code == 400
    assert "oczekiwano tylu pól, ile nagłówków" in answer.text


def test_gives_the_meaning_of_the_columns_for_an_import(client: FlaskClient, folder: Path) -> None:
    answer = send(client, CLUBS, heading=HEADINGS, field=FIELDS, format="toml")
    assert answer.mimetype == "application/toml"
    mapping = parsed(answer.text)
    assert mapping.used == {field: heading for heading, field in zip(HEADINGS, FIELDS, strict=True) if field}


def test_takes_and_tells_a_mapping_from_programs(client: FlaskClient, folder: Path) -> None:
    guessed = send(client, CLUBS, to="/api/validate").get_json()
    assert [each["field"] for each in guessed["mapping"]["columns"] if each["is_used"]] == [
        each for each in FIELDS if each
    ]
    assert (guessed["accepted"], guessed["problem"]) == (2, None)
    said = json.dumps({"columns": {"Nazwa klubu": "", "Rubryka": "name"}, "constants": {"type": "klub_sen"}})
    corrected = send(client, CLUBS, to="/api/validate", mapping=said).get_json()
    assert corrected["mapping"]["constants"]["type"] == "klub_sen"
    assert [each["properties"]["name"] for each in corrected["points"]["features"]] == ["ważne", "nie"]
    assert document(client, CLEAN)["mapping"] is None


@pytest.mark.parametrize("mapping", ["", "[]", '{"columns": 7}', '{"rows": {}}', '{"columns": {"a": ' + "[" * 500])
def test_refuses_a_mapping_that_is_none(client: FlaskClient, folder: Path, mapping: str) -> None:
    answer = send(client, CLUBS, to="/api/validate", mapping=mapping)
    assert answer.status_code == 400
    assert "parametru mapping" in answer.get_json()["detail"]


def test_shows_hostile_headings_as_text(client: FlaskClient, folder: Path) -> None:
    answer = send(client, CLUBS.replace(b"Rubryka", b"<script>alert(1)</script>"))
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
