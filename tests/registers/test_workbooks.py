"""Workbooks and geographic files become sheets of text in a process that may die; the importer does not."""

import json
import resource
import struct
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import geopandas
import pytest
from shapely.geometry import Point, box
from sqlalchemy.orm import Session

from mapapp.directory.vocabulary import load_vocabularies
from mapapp.registers import sheets
from mapapp.registers.layouts import UnknownLayoutError
from mapapp.registers.loading import import_register
from mapapp.registers.problems import UnreadableFileError
from mapapp.registers.sheets import Sheet, read_sheets
from mapapp.settings import ROOT
from tests.registers.office_files import ods, sheet_xml, xls, xlsx, zipped

Saved = Callable[[str, bytes], Path]
ROWS = (("Lp.", "Miejscowość"), ("1", "Żółkiewka"), ("2", "Łękawica"))
FIRST_SHEET = "xl/worksheets/sheet1.xml"
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>CSV:{}</SrcDataSource>'
    "<SrcLayer>secret</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [("lista.xlsx", xlsx(ROWS)), ("lista.ods", ods(ROWS)), ("lista.xls", xls(ROWS)), ("lista.csv", xlsx(ROWS))],
)
def test_reads_a_sheet_whatever_the_name_of_the_file_says(saved: Saved, name: str, content: bytes) -> None:
    assert read_sheets(saved(name, content)) == (Sheet("Arkusz1", ROWS),)


def test_keeps_the_line_numbers_of_the_sheet(saved: Saved) -> None:
    (sheet,) = read_sheets(saved("a.xlsx", xlsx([(), (), ("a", "b"), (), ("c", "")])))
    assert [line for line, row in enumerate(sheet.rows, start=1) if any(row)] == [3, 5]


def test_writes_numbers_as_a_clerk_reads_them(saved: Saved) -> None:
    (sheet,) = read_sheets(saved("a.xlsx", xlsx([(157, 157.0, 3.5, 781784956, 0)])))
    assert sheet.rows == (("157", "157", "3.5", "781784956", "0"),)


def test_takes_the_last_value_of_a_formula_and_calculates_nothing(saved: Saved) -> None:
    formulas = [(("1+1", 2), ('HYPERLINK("http://example.org","klik")', "klik"), "=cmd|' /C calc'!A0")]
    (sheet,) = read_sheets(saved("a.xlsx", xlsx(formulas)))
    assert sheet.rows == (("2", "klik", "=cmd|' /C calc'!A0"),)


def far(row: int, letters: str, quote: str = '"') -> bytes:
    cell = f"<row r='{row}'><c r={quote}{letters}{row}{quote}><v>1</v></c></row>"
    return xlsx([], {FIRST_SHEET: sheet_xml([("a",)]).replace("</sheetData>", f"{cell}</sheetData>")})


def lying(content: bytes, name: bytes, size: int) -> bytes:
    """The archive with another inflated size declared for its part ``name``, in the directory and before the part."""
    changed = bytearray(content)
    at = -1
    while (at := changed.find(name, at + 1)) >= 0:
        for mark, to_size, to_name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
            start = at - to_name
            if start >= 0 and changed[start : start + 4] == mark:
                struct.pack_into("<I", changed, start + to_size, size)
    return bytes(changed)


REPEATED = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell office:value-type="string" '
    'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
)
HOSTILE = {
    "a sheet of 300 MB": (xlsx([], {FIRST_SHEET: b" " * 300_000_000}), "ponad 100 MB"),
    "120 MB in parts": (zipped({f"xl/{i}.bin": bytes(900_000) for i in range(140)}), "ponad 100 MB"),
    "a part packed 1000 times": (xlsx([], {FIRST_SHEET: b" " * 20_000_000}), "ponad 150 razy"),
    "a part that lies about its size": (
        lying(xlsx([], {FIRST_SHEET: b" " * 90_000_000}), FIRST_SHEET.encode(), 900_000),
        "jest większa, niż podaje",
    ),
    "20,000 parts": (xlsx([], {f"x/{i}": b"" for i in range(20_000)}), "ponad 2000 części"),
    "the farthest cell": (far(1_048_576, "XFD"), "arkusz sięga wiersza 1048576 i kolumny 16384"),
    "the farthest cell in single quotes": (far(1_048_576, "XFD", "'"), "arkusz sięga wiersza 1048576"),
    "a far column": (far(3, "ZZZ"), "i kolumny 18278"),
    "repeated cells": (ods([("a",)], REPEATED), "uszkodzony|za dużo pamięci|dozwolone są"),
    "entities": (xlsx([], {"xl/workbook.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "deklaracje XML"),
    "any archive": (zipped({"readme.txt": "x"}), "nie jest ani skoroszytem"),
    "a folder of Shapefile names": (zipped({"x.shp": VRT.format("/etc/passwd")}), "nie jest plikiem Shapefile"),
    "an old workbook of zeros": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(10_000), "skoroszytu nie da się odczytać"),
    "any SQLite database": (b"SQLite format 3\x00" + bytes(10_000), "nie GeoPackage"),
    "half of JSON": (b'{"type": "FeatureCollection", "features": [', "nie jest poprawnym dokumentem JSON"),
    "deep JSON": (b'{"a":' * 200_000, "nie jest poprawnym dokumentem JSON"),
    "JSON of something": (b'{"a": 1}', "oczekiwano GeoJSON"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_says_in_a_sentence_why_a_file_is_refused(saved: Saved, case: str) -> None:
    content, sentence = HOSTILE[case]
    path = saved("a.xlsx", content)
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(UnreadableFileError, match=sentence):
        read_sheets(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB
    assert time.monotonic() - start < 25


@pytest.mark.parametrize("content", [xlsx(ROWS * 40), ods(ROWS * 40), xls(ROWS * 40)])
def test_survives_a_file_cut_anywhere(saved: Saved, content: bytes) -> None:
    for share in range(5, 100, 16):
        path = saved("a.xlsx", content[: len(content) * share // 100])
        try:
            found = read_sheets(path)
        except UnreadableFileError:
            continue
        assert found  # an old workbook may be readable to where it ends


def test_survives_flipped_bytes(saved: Saved) -> None:
    good = xlsx(ROWS * 40)
    for place in range(0, len(good), len(good) // 12):
        damaged = bytearray(good)
        damaged[place] ^= 0xFF
        try:
            read_sheets(saved("a.xlsx", bytes(damaged)))
        except UnreadableFileError as error:
            assert str(error)


def test_stops_what_takes_too_long(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "WALL_SECONDS", 0.001)
    with pytest.raises(UnreadableFileError, match="trwał zbyt długo"):
        read_sheets(saved("a.xlsx", xlsx(ROWS)))


def test_refuses_more_text_than_fits(saved: Saved) -> None:
    random = Random(7)
    rows = [[f"{random.getrandbits(800):0200x}" * 45 for _ in range(6)] for _ in range(850)]
    with pytest.raises(UnreadableFileError, match="za dużo danych"):
        read_sheets(saved("a.xlsx", xlsx(rows)))


def test_gives_the_child_nothing_of_our_environment(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONSTARTUP", "/does/not/exist")
    monkeypatch.setenv("PYTHONPATH", "/does/not/exist")
    assert read_sheets(saved("a.xlsx", xlsx(ROWS)))


@pytest.mark.parametrize("crs", [4326, 2180, 2177])
@pytest.mark.parametrize("ending", ["gpkg", "shp"])
def test_reads_a_layer_in_longitude_and_latitude(saved: Saved, tmp_path: Path, ending: str, crs: int) -> None:
    points = [Point(15.0049, 51.1497), Point(15.7337, 50.9044)]  # Zgorzelec, Jelenia Góra
    frame = geopandas.GeoDataFrame({"nazwa": ["Ośrodek", "Świetlica"], "n": [1, 2]}, geometry=points, crs=4326)
    folder = tmp_path / "layer"
    folder.mkdir()
    frame.to_crs(crs).to_file(folder / f"a.{ending}", encoding="utf-8")
    parts = {f"a/{each.name}": each.read_bytes() for each in folder.iterdir()}
    content = zipped(parts) if ending == "shp" else parts["a/a.gpkg"]
    (sheet,) = read_sheets(saved("warstwa", content))
    assert sheet.rows[0] == ("@id", "@lon", "@lat", "nazwa", "n")
    assert [row[1:] for row in sheet.rows[1:]] == [
        ("15.004900", "51.149700", "Ośrodek", "1"),
        ("15.733700", "50.904400", "Świetlica", "2"),
    ]


def test_puts_an_area_where_a_point_of_it_is(saved: Saved) -> None:
    ring = box(19.0, 50.0, 19.2, 50.2).__geo_interface__
    features = [
        {"type": "Feature", "id": "way/1", "properties": {"name": "A"}, "geometry": ring},
        {"type": "Feature", "id": "way/2", "properties": {"name": "B"}, "geometry": {"type": "Point"}},
        {"type": "Feature", "id": "way/3", "properties": None, "geometry": None},
    ]
    document = {"type": "FeatureCollection", "features": features}
    (sheet,) = read_sheets(saved("a.geojson", json.dumps(document).encode()))
    assert sheet.rows[1:] == (
        ("way/1", "19.100000", "50.100000", "A"),
        ("way/2", "", "", "B"),
        ("way/3", "", "", ""),
    )


def test_refuses_geojson_in_another_system(saved: Saved) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    document = {"type": "FeatureCollection", "crs": crs, "features": []}
    with pytest.raises(UnreadableFileError, match=r"EPSG::3857.*zapisz go w WGS 84"):
        read_sheets(saved("a.geojson", json.dumps(document).encode()))


def test_names_the_columns_of_a_workbook_it_does_not_know(session: Session, saved: Saved) -> None:
    path = saved("inny.xlsx", xlsx([("Wykaz",), ("Lp.", "Nazwa", "Adres"), (1, "Dom", "Ulica")]))
    with pytest.raises(UnknownLayoutError, match=r"Kolumny w pliku: lp., nazwa, adres\. Znane układy: RJPS"):
        import_register(session, path, load_vocabularies(ROOT / "data" / "vocabularies"))


def test_loads_the_national_register_from_a_workbook_too(session: Session, saved: Saved, good: dict[str, str]) -> None:
    content = xlsx([("Eksport",), tuple(name.upper() for name in good), tuple(good.values())])
    report = import_register(session, saved("rjps.xlsx", content), load_vocabularies(ROOT / "data" / "vocabularies"))
    assert (report.rows, report.saved.created, report.rejected, report.encoding) == (1, 1, (), "XLSX")
