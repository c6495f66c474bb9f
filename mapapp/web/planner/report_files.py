"""A report as PDF, DOCX and XLSX. The same report gives the same bytes."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, time
from typing import Any, Final

import docx
import typst
import xlsxwriter
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as DocxTable

from mapapp.settings import ROOT
from mapapp.web.planner.report_parts import Part, Report, Table

FOLDER: Final = ROOT / "templates" / "report"
PICTURE_DOTS_PER_INCH: Final = 150
SHEET_NAME: Final = 31
NOT_IN_SHEET_NAMES: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
# the earliest that a ZIP can tell
ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
WIDE: Final = 5


def pdf(report: Report) -> bytes:
    """PDF/UA, tagged; an ordinary tagged PDF where a record has letters that no font here can show."""
    told = asdict(report)
    told["day"] = report.day.isoformat()
    for part in told["parts"]:
        if part["table"] is not None:
            part["table"] = _plain(part["table"])
    wanted: dict[str, Any] = {
        "sys_inputs": {"report": json.dumps(told, ensure_ascii=False)},
        "timestamp": _moment(report),
    }
    try:
        return _compiled("report.typ", pdf_standards=["ua-1"], **wanted)
    except typst.TypstError:
        return _compiled("report.typ", **wanted)


def picture(svg: str) -> bytes:
    """The drawing as PNG."""
    return _compiled("picture.typ", sys_inputs={"svg": svg}, format="png", ppi=PICTURE_DOTS_PER_INCH)


def word(report: Report) -> bytes:
    """DOCX with real headings, lists and tables, to be edited further."""
    document = docx.Document()
    _set_up(document, report)
    document.add_heading(report.title, 0)
    document.add_paragraph(report.about)
    for notice in report.notices:
        document.add_paragraph().add_run(notice).bold = True
    for part in report.parts:
        _add_part(document, part)
    written = io.BytesIO()
    document.save(written)
    return _same_every_time(written.getvalue())


def workbook(report: Report) -> bytes:
    """XLSX: what the report says on the first sheet, then every table on a sheet of its own, numbers as numbers."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": report.title, "author": report.site, "created": _moment(report).replace(tzinfo=None)})
    bold, wrapped = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"text_wrap": True})
    first = book.add_worksheet(_sheet_name(report.title, ()))
    first.set_column(0, 0, 45, wrapped)
    first.set_column(1, 1, 90, wrapped)
    for row, (name, words) in enumerate(_lines(report)):
        first.write_string(row, 0, name, bold)
        first.write_string(row, 1, words, wrapped)
    taken = [first.get_name()]
    for table in report.tables():
        sheet = book.add_worksheet(_sheet_name(table.title, taken))
        taken.append(sheet.get_name())
        sheet.set_column(0, 0, 45, wrapped)
        sheet.set_column(1, len(table.head) - 1, 24, wrapped)
        sheet.freeze_panes(1, 1)
        for column, words in enumerate(table.head):
            sheet.write_string(0, column, words, bold)
        for row, cells in enumerate(table.rows, start=1):
            for column, cell in enumerate(cells):
                if cell.number is None:
                    sheet.write_string(row, column, cell.text, wrapped)
                else:
                    sheet.write_number(row, column, float(f"{cell.number:.12g}"))  # as released
    book.close()
    return written.getvalue()


FILES: Final[Mapping[str, tuple[str, Callable[[Report], bytes]]]] = {
    "pdf": ("application/pdf", pdf),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", word),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
}


def _compiled(template: str, **wanted: Any) -> bytes:
    # fonts of the wheel alone: the same file on every machine
    made = typst.compile(input=str(FOLDER / template), root=str(FOLDER), ignore_system_fonts=True, **wanted)
    assert isinstance(made, bytes)  # noqa: S101 - tells mypy what comes back where no file is named
    return made


def _plain(table: dict[str, Any]) -> dict[str, Any]:
    rows = [[cell["text"] for cell in row] for row in table["rows"]]
    numeric = [any(row[column]["number"] is not None for row in table["rows"]) for column in range(len(table["head"]))]
    return {"title": table["title"], "head": table["head"], "rows": rows, "numeric": numeric}


def _moment(report: Report) -> datetime:
    """Of the day, so that the same day gives the same bytes."""
    return datetime.combine(report.day, time(0), UTC)


def _set_up(document: Document, report: Report) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.footer.paragraphs[0].text = report.footer
    properties = document.core_properties
    properties.title, properties.author, properties.language = report.title, report.site, report.language
    properties.created = properties.modified = _moment(report).replace(tzinfo=None)
    properties.comments = ""
    spoken = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:lang')}")
    if spoken is not None:
        spoken.set(qn("w:val"), report.language)


def _add_part(document: Document, part: Part) -> None:
    document.add_heading(part.title, 1)
    for sentence in part.sentences:
        document.add_paragraph(sentence)
    for point in part.points:
        document.add_paragraph(point, style="List Bullet")
    if part.picture is not None:
        shape = document.add_picture(io.BytesIO(picture(part.picture.svg)), width=Cm(14))
        shape._inline.docPr.set("descr", part.picture.alt)
        document.add_paragraph(part.picture.caption, style="Caption")
    if part.table is not None:
        _add_table(document, part.table)
    for name, words in part.facts:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(words)


def _add_table(document: Document, table: Table) -> None:
    made: DocxTable = document.add_table(rows=1, cols=len(table.head), style="Table Grid")
    size = Pt(8 if len(table.head) > WIDE else 9.5)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    made.rows[0]._tr.get_or_add_trPr().append(repeated)
    for cell, words in zip(made.rows[0].cells, table.head, strict=True):
        run = cell.paragraphs[0].add_run(words)
        run.bold, run.font.size = True, size
    for row in table.rows:
        for cell, value in zip(made.add_row().cells, row, strict=True):  # type: ignore[no-untyped-call]
            cell.paragraphs[0].add_run(value.text).font.size = size


def _same_every_time(file: bytes) -> bytes:
    """The same ZIP without the time of its making."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, ZIP_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _lines(report: Report) -> list[tuple[str, str]]:
    """All that is no table, as pairs."""
    lines = [(report.title, report.about), *(("", notice) for notice in report.notices)]
    for part in report.parts:
        words = [*part.sentences, *part.points]
        lines += [(part.title if not number else "", each) for number, each in enumerate(words)]
        lines += list(part.facts)
    return [*lines, ("", report.footer)]


def _sheet_name(title: str, taken: "list[str] | tuple[str, ...]") -> str:
    """The title as a sheet may be called; no two the same."""
    name = " ".join(title.translate(NOT_IN_SHEET_NAMES).split())[:SHEET_NAME].strip()
    low = {each.lower() for each in taken}
    number = 2
    while name.lower() in low:
        name, number = f"{name[: SHEET_NAME - 3].strip()} {number}", number + 1
    return name
