"""Reports of areas: one content on the page, in PDF, DOCX and XLSX, with the figures of the Python API."""

import io
import json
import re
import zipfile
from html import unescape
from importlib import import_module
from pathlib import Path

import docx
import pypdf
import pytest
import python_calamine
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from mapapp.cluster import Cluster
from mapapp.coverage.data import CoverageData
from mapapp.coverage.measures import measure
from mapapp.coverage.question import ask
from mapapp.settings import Settings
from tests import example_site
from tests.web_app import app_with

FORMS = ("html", "pdf", "docx", "xlsx")
AREAS = ("/planowanie/gmina/0208021/raport", "/planowanie/powiat/0208/raport", "/planowanie/raport")


def words_in(form: str, content: bytes) -> str:
    """All words of a report, whatever it is written as, one blank between them."""
    if form == "html":
        text = unescape(re.sub(r"<[^>]+>", " ", content.decode()))
    elif form == "pdf":
        text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        text = re.sub(r"-\n", "", text)
    elif form == "docx":
        document = docx.Document(io.BytesIO(content))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    else:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        cells = [str(cell) for rows in sheets for row in rows for cell in row]
        text = "\n".join([*book.sheet_names, *cells])
    return " ".join(text.split())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("address", AREAS)
def test_every_form_says_the_same(planners: FlaskClient, data: CoverageData, address: str, form: str) -> None:
    answer = planners.get(f"{address}.{form}?type=dps&ages=80%2B")
    assert answer.status_code == 200, answer.text
    words = words_in(form, answer.data)
    for title in (
        "Raport:",
        "Potrzeby",
        "Usługi i miejsca",
        "Podaż według rodzaju usługi",
        "Trzeba pamiętać",
        "Metoda",
    ):
        assert title in words, (form, title)
    assert "Dom pomocy społecznej" in words
    assert data.release in words
    assert "Granice schematyczne" in words


def test_the_numbers_are_those_of_the_python_api(planners: FlaskClient, data: CoverageData) -> None:
    content = planners.get("/planowanie/powiat/0264/raport.xlsx?type=dps&ages=80%2B&minutes=20").data
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = {row[0]: row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()}
    for label, code in (("Miejsca na 1000 osób", "places_per_1k"), ("Osoby w zasięgu", "reach_share")):
        found = measure(data, ask(data.vocabularies, code, ["dps"], ages="80+", minutes=20, by="powiat"))
        assert rows[label][1:3] == pytest.approx([found.of("0264").value, found.region.value])


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx"])
def test_the_same_release_gives_the_same_bytes(planned_app: Flask, cluster: Cluster, form: str) -> None:
    address = f"/planowanie/gmina/0208021/raport.{form}?type=ddp"
    first = planned_app.test_client().get(address)
    with app_with(example_site.database(cluster)) as other:
        again = other.test_client().get(address)
    assert again.data == first.data
    assert planned_app.test_client().get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_the_pdf_is_tagged_and_knows_its_language(planners: FlaskClient) -> None:
    for language, tongue in (("pl", "pl-PL"), ("uk", "uk-PL")):
        reader = pypdf.PdfReader(io.BytesIO(planners.get(f"{AREAS[0]}.pdf?lang={language}").data))
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert root["/Lang"] == tongue
        assert reader.metadata is not None
        assert "Kłodzko" in str(reader.metadata.title)
        metadata = root["/Metadata"].get_object().get_data()
        assert b"pdfuaid:part" in metadata


def test_the_document_is_one_to_edit(planners: FlaskClient) -> None:
    document = docx.Document(io.BytesIO(planners.get(f"{AREAS[1]}.docx").data))
    headings = [each.text for each in document.paragraphs if each.style is not None and each.style.name == "Heading 1"]
    assert {"Mapa", "Potrzeby", "Zadania ustawowe", "Metoda"} <= set(headings)
    assert len(document.tables) >= 6
    with zipfile.ZipFile(io.BytesIO(planners.get(f"{AREAS[1]}.docx").data)) as archive:
        xml = archive.read("word/document.xml").decode()
    assert xml.count("w:tblHeader") == len(document.tables)
    assert 'descr="Mapa: ' in xml


def test_markup_and_formulas_in_names_stay_words(planners: FlaskClient) -> None:
    for form in FORMS:
        answer = planners.get(f"/planowanie/gmina/0208021/raport.{form}?type=klub_mieszk")
        assert answer.status_code == 200
        if form == "html":
            assert "<script>window" not in answer.text
            assert not re.search(r"<[a-z][^>]*\s(style|on[a-z]+)=", answer.text)


@pytest.mark.parametrize("address", ["/planowanie/gmina/9999999/raport.pdf", "/planowanie/powiat/02/raport.docx"])
def test_there_is_none_of_an_unknown_area(planners: FlaskClient, address: str) -> None:
    assert planners.get(address).status_code == 404


def test_a_wrong_question_is_named(planners: FlaskClient) -> None:
    answer = planners.get("/planowanie/raport.pdf?minutes=0")
    assert answer.status_code == 400
    assert "minutes" in answer.text


def test_the_page_of_an_area_leads_to_its_report(planners: FlaskClient) -> None:
    page = planners.get("/planowanie/gmina/0208021?type=dps&ages=80%2B").text
    link = re.search(r'href="([^"]+raport\.html[^"]*type=dps[^"]*)"', page)
    assert link is not None
    report = planners.get(unescape(link[1]))
    assert report.status_code == 200
    download = re.search(r'href="([^"]+raport\.pdf[^"]*)"', report.text)
    assert download is not None
    assert planners.get(unescape(download[1])).mimetype == "application/pdf"


MAP = "/planowanie/mapa.html"


def test_a_map_in_one_file_fetches_nothing(planners: FlaskClient) -> None:
    answer = planners.get(f"{MAP}?measure=reach_share&type=dps&ages=80%2B")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith('.html"')
    assert "default-src 'none'" in answer.text
    assert '<html lang="pl">' in answer.text
    assert not re.search(r"<link\b|<(script|img|iframe)[^>]*\bsrc=|@import|url\((?!#)", answer.text)
    assert "L.map(" in answer.text


def test_it_tells_the_figures_and_the_sites_as_text(planners: FlaskClient, data: CoverageData) -> None:
    page = planners.get(f"{MAP}?measure=places_per_1k&type=klub_mieszk&ages=80%2B").text
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert held is not None
    content = json.loads(held[1])
    assert any("<script>window.__x=1</script>" in name for name in content["sites"])
    found = measure(data, ask(data.vocabularies, "places_per_1k", ["klub_mieszk"], ages="80+"))
    assert set(content["areas"]) == {row.area.code for row in found}
    rest = page.replace(held[0], "")
    assert "window.__x" not in rest


def test_a_map_without_an_answer_says_why(planners: FlaskClient) -> None:
    answer = planners.get(f"{MAP}?measure=places_per_1k&type=wtz")
    assert answer.status_code == 400
    assert "ages" in answer.text


def test_the_page_of_a_map_leads_to_its_file(planners: FlaskClient) -> None:
    page = planners.get("/planowanie?measure=sites&type=dps").text
    link = re.search(r'href="(/planowanie/mapa\.html[^"]*)"', page)
    assert link is not None
    assert planners.get(unescape(link[1])).status_code == 200


COMMAND = import_module("mapapp.cli.coverage_files")


@pytest.fixture
def settings(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Settings:
    found = Settings(environment="test", database_url=example_site.database(cluster), database_pool=2)
    monkeypatch.setattr(COMMAND, "current_settings", lambda: found)
    return found


def test_the_command_line_writes_the_same_file(settings: Settings, planners: FlaskClient, tmp_path: Path) -> None:
    out = tmp_path / "kłodzko.pdf"
    arguments = f"--gmina 0208021 --type ddp --age 80+ --minutes 20 --output {out}"
    result = CliRunner().invoke(COMMAND.report, arguments.split())
    assert result.exit_code == 0, result.output
    address = "/planowanie/gmina/0208021/raport.pdf?type=ddp&ages=80%2B&minutes=20"
    assert out.read_bytes() == planners.get(address).data


def test_the_command_line_writes_a_map(settings: Settings, planners: FlaskClient, tmp_path: Path) -> None:
    out = tmp_path / "map.html"
    result = CliRunner().invoke(COMMAND.map_, f"--measure sites --type dps --by powiat -o {out}".split())
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == planners.get(f"{MAP}?measure=sites&type=dps&by=powiat").data


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--gmina 9999999 --output report.pdf", "no gmina has the code 9999999"),
        ("--gmina 0208021 --powiat 0208 --output report.pdf", "not both"),
        ("--type nothing --output report.docx", "type: "),
        ("--output report.odt", "ends in none of pdf, docx, xlsx"),
    ],
)
def test_the_command_line_says_what_is_wrong(settings: Settings, arguments: str, message: str) -> None:
    result = CliRunner().invoke(COMMAND.report, arguments.split())
    assert result.exit_code != 0
    assert message in result.output
    assert not Path("report.pdf").exists()
