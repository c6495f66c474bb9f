"""The template to give data in, as a download."""

from io import BytesIO

from flask.testing import FlaskClient
from python_calamine import load_workbook

from mapapp.registers.template.columns import HEADINGS


def test_gives_the_template_with_the_gminas_of_the_region(client: FlaskClient) -> None:
    answer = client.get("/api/template.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=szablon.xlsx"
    book = load_workbook(BytesIO(answer.data))
    assert book.sheet_names == ["Dane", "Dni szczególne", "Objaśnienia", "Słowniki", "Gminy"]
    assert tuple(book.get_sheet_by_name("Dane").to_python()[0]) == HEADINGS
    head, *gminas = book.get_sheet_by_name("Gminy").to_python()
    assert head == ["TERYT", "Gmina", "Powiat"]
    assert gminas
    again = client.get("/api/template.xlsx", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_is_offered_where_files_are_checked(client: FlaskClient) -> None:
    assert 'href="/api/template.xlsx"' in client.get("/sprawdz-plik").text
