"""Every format is opened by another program, and holds what the database holds."""

import csv
import io
import itertools
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas
import pandas
import pyarrow.parquet
import pyogrio
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.directory.commands import save_facilities
from mapapp.directory.export_rows import column_names
from mapapp.directory.kept_texts import keep_texts
from mapapp.directory.records import LocationRecord
from mapapp.directory.service_search import ServiceSearch
from mapapp.registers.dictionary import AREA_COLUMNS, SERVICE_COLUMNS
from mapapp.registers.exported import csv_rows, items, json_rows, pairs
from mapapp.registers.exports import LAYERS, areas_export, current_release, services_export, spatial_formats
from mapapp.registers.writers import EXCEL, FORMATS, Format
from mapapp.registers.writers.delimited import guarded, unguarded
from tests import example_site

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "'=",
    "of:=",
    "%=",
    ";=",
    '"=',
    "''",
    "=-",
    "+48",
)
ENDS = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.invalid";"x")', "SUM(A1:A9)", "48 71 123 45 67")
PAYLOADS = [start + end for start, end in itertools.product(STARTS, ENDS)]
# every control character that PostgreSQL keeps, what no XML has, and letters of three alphabets
ODD = (
    "Zażółć gęślą jaźń „ŁÓDŹ” Ґанок їжак 🙂 a  b "
    + "".join(map(chr, range(1, 32)))
    + "\x7f\u2028\ufffe\uffff <b>&amp;]]>"
)
SECRETS = ("Tajna", "Schowana", "Nigdzie")
ALL = [*FORMATS.values(), *EXCEL.values()]
EVERYTHING = ServiceSearch()

Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def directory(cluster: Cluster) -> Iterator[Session]:
    """The example directory with hostile texts and hidden places more; all rolled back at the end."""
    engine = make_staff_engine(example_site.database(cluster))
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            save_facilities(session, _more(), registers=(example_site.REGISTER,), retire_samples=False)
            for number, payload in enumerate([*PAYLOADS, ODD]):
                change = text("UPDATE listing SET alert = :payload WHERE name = :name")
                session.execute(change, {"payload": payload, "name": f"Dom nr {number}"})
            session.execute(text("UPDATE listing SET organization_name = NULL WHERE name = 'Dom nr 1'"))
            keep_texts(session)
            yield session
        outer.rollback()
    engine.dispose()


def _more() -> list[Any]:
    hidden = [
        example_site.facility(
            level,
            "Schronienie",
            "dmdz",
            location=LocationRecord(
                position=Position(16.123457, 50.654321),
                address=example_site._address(f"ul. {secret} 1"),
                visibility=level,
            ),
        )
        for level, secret in zip(("area_only", "on_request", "internal"), SECRETS, strict=True)
    ]
    return hidden + [example_site.facility(f"x{n}", f"Dom nr {n}", "klub_mieszk") for n in range(len(PAYLOADS) + 1)]


@pytest.fixture(scope="module")
def made(directory: Session) -> Callable[..., bytes]:
    """The bytes of a format; each search is written once."""
    known: dict[tuple[str, ServiceSearch], bytes] = {}

    def make(to: Format, search: ServiceSearch = EVERYTHING) -> bytes:
        key = (to.writer, search)
        if key not in known:
            known[key] = _made(directory, to, search)
        return known[key]

    return make


def _made(session: Session, to: Format, search: ServiceSearch) -> bytes:
    asked = {"type": list(search.types)}
    export = services_export(session, current_release(session), search, asked, f"/api/export/services.{to.code}", to)
    return b"".join(to.write(export))


@pytest.fixture(scope="module")
def expected(directory: Session) -> dict[str, dict[str, Any]]:
    """The listings as they are, asked of the table without any of the code under test."""
    names = [column.name for column in SERVICE_COLUMNS]
    special = {"id", "service_id", "location_id", "visibility", "facility_type_name", "longitude", "latitude"}
    own = ", ".join(f"listing.{name}" for name in names if name not in special)
    query = f"""
        SELECT {own}, listing.id::text AS id, listing.service_id::text AS service_id,
               listing.location_id::text AS location_id, listing.visibility::text AS visibility,
               term.labels ->> 'pl' AS facility_type_name,
               ST_X(point)::float AS longitude, ST_Y(point)::float AS latitude
        FROM listing
        LEFT JOIN taxonomy ON taxonomy.code = 'types'
        LEFT JOIN taxonomy_term AS term ON term.taxonomy_id = taxonomy.id AND term.code = facility_type
    """
    found = {}
    for row in directory.execute(text(query)).mappings():
        value = {column.name: row[column.name] for column in SERVICE_COLUMNS}
        value["last_modified"] = row["last_modified"].astimezone(UTC).replace(tzinfo=None, microsecond=0)
        for name in ("longitude", "latitude"):
            value[name] = None if value[name] is None else round(value[name], 6)
        found[str(value["id"])] = value
    assert len(found) > 150
    return found


def flat(row: Row) -> dict[str, Any]:
    """A listing as it stands in plain cells."""
    value = dict(row)
    for column in SERVICE_COLUMNS:
        if column.kind == "list":
            value[column.name] = "|".join(row[column.name])
        elif column.kind == "object":
            value[column.name] = "|".join(f"{key}={each}" for key, each in row[column.name].items())
    return value


def by_id(rows: Iterator[Row] | list[Row]) -> dict[str, Row]:
    listed = list(rows)
    found = {row["id"]: row for row in listed}
    assert len(found) == len(listed)
    return found


def named(rows: Iterator[tuple[Any, ...]]) -> dict[str, Row]:
    names = [column.name for column in SERVICE_COLUMNS]
    return by_id([dict(zip(names, row, strict=True)) for row in rows])


def without_controls(value: Any) -> Any:
    """A text as any XML can hold it."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]", " ", value) if isinstance(value, str) else value


# --- rows


def test_describes_every_column_that_is_written() -> None:
    assert column_names(ServiceSearch()) == tuple(column.name for column in SERVICE_COLUMNS)
    around = column_names(ServiceSearch(near=example_site.TOWN))
    assert around[-3:] == ("distance_km", "serves_position", "entitlement")


@pytest.mark.parametrize("columns", [SERVICE_COLUMNS, AREA_COLUMNS], ids=["services", "areas"])
def test_has_short_names_for_dbase(columns: Any) -> None:
    short = [column.short for column in columns]
    assert len(set(short)) == len(short)
    assert all(re.fullmatch("[a-z][a-z0-9_]{0,9}", name) for name in short)
    assert all(column.pl and column.en for column in columns)


# --- text formats


@pytest.mark.parametrize("excel", [False, True])
def test_csv_holds_the_database(made: Callable[..., bytes], expected: Mapping[str, Row], excel: bool) -> None:
    content = made(EXCEL["csv"] if excel else FORMATS["csv"]).decode()
    rows = named(csv_rows(content, SERVICE_COLUMNS, excel=excel))
    assert rows == {key: flat(row) for key, row in expected.items()}
    for key, row in rows.items():
        for column in SERVICE_COLUMNS:
            if column.kind == "list":
                assert items(row[column.name]) == expected[key][column.name]
            elif column.kind == "object":
                assert pairs(row[column.name]) == expected[key][column.name]


def test_csv_for_excel_has_its_marks(made: Callable[..., bytes]) -> None:
    content = made(EXCEL["csv"])
    assert content.startswith(b"\xef\xbb\xbfid;service_id;")
    assert ";16,65;50,44;" in content.decode()


def test_csv_for_excel_begins_no_cell_like_a_formula(made: Callable[..., bytes]) -> None:
    rows = csv.reader(io.StringIO(made(EXCEL["csv"]).decode("utf-8-sig"), newline=""), delimiter=";")
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.lstrip(" ")[:1] in set("=+-@\t\r\n＝＋－＠") - {""}]


def test_csv_for_programs_is_left_as_it_is(made: Callable[..., bytes]) -> None:
    content = made(FORMATS["csv"]).decode()
    assert "+48748651234" in content
    assert "'+48" not in content.replace("'+48" + ENDS[0], "")


@pytest.mark.parametrize("text_", [*PAYLOADS, ODD, "", "'", "''", "'a", "zwykły tekst", "-5", "+48 71"])
def test_guard_can_be_taken_off(text_: str) -> None:
    assert unguarded(guarded(text_)) == text_


def test_json_lines_hold_the_database(made: Callable[..., bytes], expected: Mapping[str, Row]) -> None:
    rows = by_id(json_rows(made(FORMATS["jsonl"]).decode()))
    assert rows == {key: _as_json(row) for key, row in expected.items()}


def _as_json(row: Row) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return f"{value.isoformat()}Z"
        return value.isoformat() if isinstance(value, date) else value

    return {name: plain(value) for name, value in row.items()}


def test_geojson_holds_the_database(made: Callable[..., bytes], expected: Mapping[str, Row]) -> None:
    collection = json.loads(made(FORMATS["geojson"]))
    assert collection["type"] == "FeatureCollection"
    assert by_id([each["properties"] for each in collection["features"]]) == {
        key: _as_json(row) for key, row in expected.items()
    }
    for feature in collection["features"]:
        row = expected[feature["id"]]
        place = None if row["longitude"] is None else [row["longitude"], row["latitude"]]
        assert (feature["geometry"] and feature["geometry"]["coordinates"]) == place
    assert collection["samples"] is True
    assert collection["boundaries"] == "schematic"


# --- spreadsheets


@pytest.mark.parametrize("code", ["xlsx", "ods"])
def test_spreadsheet_holds_the_database(made: Callable[..., bytes], expected: Mapping[str, Row], code: str) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(made(FORMATS[code])))
    assert book.sheet_names == ["Dane", "Słownik", "O danych"]
    head, *lines = book.get_sheet_by_name("Dane").to_python()
    names = [str(name) for name in head]
    rows = by_id(
        [{name: None if cell == "" else cell for name, cell in zip(names, line, strict=True)} for line in lines]
    )
    assert rows.keys() == expected.keys()
    for key, row in expected.items():
        for name, value in flat(row).items():
            got, wanted = rows[key][name], without_controls(value)
            if code == "ods" and isinstance(wanted, str):
                # calamine leaves out ODF's elements for tabs and several spaces; the next test reads them
                got, wanted = re.sub(r"\s", "", got or ""), re.sub(r"\s", "", wanted)
            assert _cell(got) == _cell(None if wanted == "" else wanted) or (got or wanted) == "", name
    meanings = {line[0]: line[1:3] for line in book.get_sheet_by_name("Słownik").to_python()[1:]}
    assert meanings == {column.name: [column.pl, column.en] for column in SERVICE_COLUMNS}


def test_ods_keeps_tabs_and_spaces(made: Callable[..., bytes], expected: Mapping[str, Row]) -> None:
    with zipfile.ZipFile(io.BytesIO(made(FORMATS["ods"]))) as book:
        content = ElementTree.fromstring(book.read("content.xml"))
    space = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
    rows = content.iter(space % "table" + "table-row")
    next(rows)
    position = [column.name for column in SERVICE_COLUMNS].index("alert")
    for row, _listing in zip(rows, expected, strict=False):
        cells = list(row)
        wanted = without_controls(expected["".join(cells[0].itertext())]["alert"])
        paragraphs = [_paragraph(each) for each in cells[position].iter(space % "text" + "p")]
        assert "\n".join(paragraphs) == re.sub("\r\n|\r", "\n", wanted or "")


def _paragraph(element: ElementTree.Element) -> str:
    text_ = element.text or ""
    for child in element:
        text_ += {"s": " ", "tab": "\t"}[child.tag.rpartition("}")[2]] + (child.tail or "")
    return text_


def _cell(value: Any) -> Any:
    # a spreadsheet has one way to break a line, and no integers
    if isinstance(value, str):
        return re.sub("\r\n|\r", "\n", value).replace("_x000D_", "\n")
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_spreadsheets_have_no_formula(made: Callable[..., bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(made(FORMATS["xlsx"]))) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
        assert not list(sheet.iter(f"{main}f"))
        assert not list(sheet.iter(f"{main}hyperlink"))
        assert {cell.get("t") for cell in sheet.iter(f"{main}c")} == {"inlineStr", "b", None}
    with zipfile.ZipFile(io.BytesIO(made(FORMATS["ods"]))) as book:
        assert book.infolist()[0].filename == "mimetype"
        assert book.infolist()[0].compress_type == zipfile.ZIP_STORED
        cells = ElementTree.fromstring(book.read("content.xml")).iter()
        assert not [cell for cell in cells for name in cell.attrib if name.endswith("formula")]


# --- formats of GIS


def _read(content: bytes, folder: Path, code: str, layer: str = "services") -> geopandas.GeoDataFrame:
    path = folder / f"services.{code}"
    path.write_bytes(content)
    only = {"layer": layer} if code == "gpkg" else {}
    table = pyogrio.read_dataframe(f"/vsizip/{path}" if code == "shp.zip" else path, use_arrow=False, **only)
    return table.rename(columns={"Name": "name"})  # as LIBKML calls it


def _plain(value: Any) -> Any:
    """A value of pandas as a value of the database."""
    if value is None or pandas.isna(value):
        return None
    if hasattr(value, "to_pydatetime"):
        moment = value.to_pydatetime()
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    return value


def _same(got: Any, value: Any) -> bool:
    if isinstance(value, date) and not isinstance(value, datetime) and isinstance(got, datetime):
        got = got.date()
    return bool(_plain(got) == value) or (value == "" and _plain(got) is None)


@pytest.mark.parametrize("code", ["gpkg", "fgb", "kml"])
def test_gis_file_holds_the_database(
    made: Callable[..., bytes], expected: Mapping[str, Row], tmp_path: Path, code: str
) -> None:
    table = _read(made(FORMATS[code]), tmp_path, code)
    if code == "kml":
        table = table.drop(columns=["id", "visibility"])
        table = table.rename(columns={"entry_id": "id", "visibility_level": "visibility"})
    assert table.crs.to_epsg() == 4326
    assert set(table["id"]) == expected.keys()
    for row in table.to_dict("records"):
        wanted = expected[row["id"]]
        for name, value in flat(wanted).items():
            same = _same_in_kml if code == "kml" else _same
            assert same(row[name], value), (name, row[name], value)
        _check_point(row["geometry"], wanted)


def _same_in_kml(got: Any, value: Any) -> bool:
    # KML has neither dates nor times in its schemas, and GDAL's reader folds white space
    wanted = _as_json({"": without_controls(value)})[""]
    if isinstance(wanted, str):
        read = _plain(got)
        text_ = read.isoformat() if isinstance(read, datetime) else str(read or "")
        return text_.split() == wanted.split() or (isinstance(read, datetime) and text_[: len(wanted)] in wanted)
    return bool(_plain(got) == wanted)


def _check_point(point: Any, wanted: Row) -> None:
    if wanted["longitude"] is None:
        assert point is None or point.is_empty
    else:
        assert (point.x, point.y) == (wanted["longitude"], wanted["latitude"])


def test_shapefile_holds_the_database_up_to_its_limits(
    made: Callable[..., bytes], expected: Mapping[str, Row], tmp_path: Path
) -> None:
    content = made(FORMATS["shp.zip"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert archive.read("services.cpg") == b"UTF-8"
        explained = archive.read("COLUMNS.txt").decode()
    assert {name.split(".")[-1] for name in names} == {"shp", "shx", "dbf", "prj", "cpg", "txt", "json"}
    table = _read(content, tmp_path, "shp.zip")
    for row in table.to_dict("records"):
        wanted = expected[row["id"]]
        for column in SERVICE_COLUMNS:
            value = flat(wanted)[column.name]
            if column.kind == "datetime":
                value = f"{value.isoformat()}Z"
            if isinstance(value, str):
                value = value.encode()[:254].decode(errors="ignore").strip(" ")  # dBASE fills with spaces
            got = _plain(row[column.short])
            got = bool(got) if column.kind == "boolean" else got.strip(" ") if isinstance(got, str) else got
            assert _same(got, value), (column.name, got, value)
            assert f"{column.short} = {column.name}: " in explained
        _check_point(row["geometry"], wanted)


def test_geoparquet_holds_the_database(made: Callable[..., bytes], expected: Mapping[str, Row], tmp_path: Path) -> None:
    path = tmp_path / "services.parquet"
    path.write_bytes(made(FORMATS["parquet"]))
    rows = by_id(pyarrow.parquet.read_table(path).drop_columns("geometry").to_pylist())
    for row in rows.values():
        row["last_modified"] = row["last_modified"].replace(tzinfo=None)  # type: ignore[index] # of pyarrow: a dict
    assert rows == {key: flat(row) for key, row in expected.items()}
    table = geopandas.read_parquet(path)
    assert table.crs.to_epsg() in {4326, None}
    for row in table.to_dict("records"):
        _check_point(row["geometry"], expected[row["id"]])


# --- what every format has in common


@pytest.mark.parametrize("to", ALL, ids=lambda to: to.writer)
def test_gives_the_same_bytes_again(directory: Session, made: Callable[..., bytes], to: Format) -> None:
    assert _made(directory, to, ServiceSearch()) == made(to)


@pytest.mark.parametrize("to", ALL, ids=lambda to: to.writer)
def test_shows_no_hidden_place(made: Callable[..., bytes], to: Format) -> None:
    everything = _everything(made(to))
    assert b"Schronienie" in everything or to.code == "about.json"
    for secret in (*SECRETS, "16.123457", "50.654321", "16,123457"):
        assert secret.encode() not in everything


@pytest.mark.parametrize("to", [to for to in ALL if not to.is_bare], ids=lambda to: to.writer)
def test_says_where_it_comes_from(directory: Session, made: Callable[..., bytes], to: Format) -> None:
    release = current_release(directory)
    everything = _everything(made(to)).replace(b"\\/", b"/")
    for wanted in (
        release.code,
        "CC0-1.0",
        "Rejestr próbny",
        "GUS",
        "Granice schematyczne",
        "Dane przykładowe",
        "Miejscowość",
    ):
        assert wanted.encode() in everything, wanted
    assert release.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode() in everything


def _everything(content: bytes) -> bytes:
    """All text of a file, whatever it is packed in."""
    if content[:4] == b"PAR1":
        file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
        return repr(file.read().to_pylist()).encode() + b"".join((file.schema_arrow.metadata or {}).values())
    if content[:2] != b"PK":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {1980}
        return b"".join(map(archive.read, archive.namelist()))


@pytest.mark.parametrize("to", ALL, ids=lambda to: to.writer)
def test_can_be_empty(made: Callable[..., bytes], tmp_path: Path, to: Format) -> None:
    content = made(to, ServiceSearch(types=("ogrzewalnia",)))
    if to.code == "geojson":
        assert json.loads(content)["features"] == []
    elif to.code == "parquet":
        assert pyarrow.parquet.read_table(io.BytesIO(content)).num_rows == 0
    elif to.code in {"xlsx", "ods"}:
        assert len(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()) == 1
    elif to.is_spatial:
        assert len(_read(content, tmp_path, to.code)) == 0
    elif to.code == "csv":
        assert content.count(b"\r\n") == 1
    elif to.code == "jsonl":
        assert content == b""
    else:
        assert b"2" in _everything(content)


def test_gives_distances_from_a_point(made: Callable[..., bytes]) -> None:
    search = ServiceSearch(near=example_site.TOWN, types=("dps",))
    (row,) = json_rows(made(FORMATS["jsonl"], search).decode())
    assert 70 < row["distance_km"] < 90
    assert row["serves_position"] is True


def test_geopackage_explains_itself(made: Callable[..., bytes], tmp_path: Path) -> None:
    path = tmp_path / "services.gpkg"
    path.write_bytes(made(FORMATS["gpkg"]))
    assert sorted(name for name, _kind in pyogrio.list_layers(path)) == ["about", "dictionary", "services"]
    meanings = pyogrio.read_dataframe(path, layer="dictionary", use_arrow=False)
    assert list(meanings["name"]) == [column.name for column in SERVICE_COLUMNS]
    with sqlite3.connect(path) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        changes = {change for (change,) in file.execute("SELECT last_change FROM gpkg_contents")}
    file.close()
    assert len(changes) == 1


# --- boundaries


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("code", list(spatial_formats()))
def test_boundaries_are_the_databases(directory: Session, tmp_path: Path, layer: str, code: str) -> None:
    release = current_release(directory)
    to = FORMATS[code]
    contents = [b"".join(to.write(areas_export(directory, release, layer, "/x", to))) for _ in range(2)]
    assert contents[0] == contents[1]
    path = tmp_path / f"{layer}.{code}"
    path.write_bytes(contents[0])
    table = geopandas.read_parquet(path) if code == "parquet" else _read(contents[0], tmp_path, code, layer)
    kind = LAYERS[layer]
    key = "nuts3" if kind == "subregion" else "teryt"
    query = f"SELECT {key}, ST_AsBinary(ST_Transform(geom, 4326)), name FROM {kind} WHERE valid_to IS NULL ORDER BY 1"
    stored = directory.execute(text(query)).all()
    table = table.sort_values("code")
    assert list(table["code"]) == [row[0] for row in stored]
    assert list(table["name"]) == [row[2] for row in stored]
    shapes = geopandas.GeoSeries.from_wkb([bytes(row[1]) for row in stored])
    for got, wanted in zip(table.geometry, shapes, strict=True):
        assert got.hausdorff_distance(wanted) < 2e-6


def test_boundaries_fit_no_table(directory: Session) -> None:
    with pytest.raises(ValueError, match=r"the format is csv, expected one of geojson"):
        areas_export(directory, current_release(directory), "gminas", "/x", FORMATS["csv"])
