"""Downloads from a server of the test's own, and from none."""

import hashlib
import io
import json
import socket
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from mapapp.territory.catalog import Catalog, OfficialFile, read_catalog
from mapapp.territory.download import DownloadError, download_official


def zipped(content: bytes, name: str = "file.csv") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


PRG = zipped(bytes(range(256)) * 4000, "granice.shp")
NEW_PRG = zipped(bytes(reversed(range(256))) * 4000, "granice.shp")
PAGE = (
    b'<form><input type="hidden" name="__VIEWSTATE" value="a&amp;b"/><input type="text" name="seen" value="x"/></form>'
)


class Publishers(BaseHTTPRequestHandler):
    """PRG with ranges, TERC behind a form, BDL page by page, GeoNames."""

    break_after: ClassVar[int | None] = None
    seen: ClassVar[list[str]] = []
    posted: ClassVar[dict[str, list[str]]] = {}
    etag: ClassVar[str] = '"one"'

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        self.seen.append(f"{path} {self.headers.get('Range', '')}".strip())
        if path == "/prg.zip":
            self._ranged(PRG if self.etag == '"one"' else NEW_PRG)
        elif path == "/terc":
            self._answer(PAGE)
        elif path == "/bdl/variables":
            names = [("1", "ogółem", "ogółem"), ("2", "ogółem", "kobiety"), ("3", "0-4", "ogółem")]
            self._json([{"id": int(i), "n1": n1, "n2": n2} for i, n1, n2 in names], query, page_size=2)
        elif path.startswith("/bdl/data"):
            unit = {"id": "030210161011", "name": "Jelenia Góra", "values": [{"year": "2024", "val": 5}]}
            self._json([unit], query, page_size=2)
        else:
            self._answer(zipped(b"PL", "PL.txt"))

    def do_POST(self) -> None:
        Publishers.posted = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer(zipped(b"WOJ;POW"))

    def _ranged(self, content: bytes) -> None:
        start = 0
        if (wanted := self.headers.get("Range")) and self.headers.get("If-Range", self.etag) == self.etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        self.send_header("ETag", self.etag)
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.break_after])

    def _json(self, results: list[dict[str, Any]], query: dict[str, list[str]], page_size: int) -> None:
        page = int(query["page"][0])
        # the catalogue's page size is a hundred: the count says how many there are
        chosen = results if page == 0 else []
        self._answer(json.dumps({"totalRecords": len(results), "results": chosen}).encode())

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def catalog() -> Iterator[Catalog]:
    """The catalogue with the addresses of a server on this machine."""
    Publishers.break_after, Publishers.seen, Publishers.etag = None, [], '"one"'
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publishers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield with_addresses(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def with_addresses(base: str) -> Catalog:
    real = read_catalog()
    paths = {"boundaries": "/prg.zip", "terc": "/terc", "population": "/bdl", "places": "/PL.zip", "grid": "/grid.zip"}
    files = {role: file.model_copy(update={"address": base + paths[role]}) for role, file in real.files.items()}
    return real.model_copy(update={"files": files})


def ignore(_file: OfficialFile, _done: int, _total: int | None) -> None:
    """Show no progress."""


def test_the_catalogue_names_every_official_file() -> None:
    files = read_catalog().files
    assert set(files) == {"boundaries", "terc", "population", "places", "grid"}
    for file in files.values():
        assert file.publisher
        assert file.licence
        assert file.date
        assert file.address.startswith("https://")


def test_fetches_every_file_and_records_it(catalog: Catalog, tmp_path: Path) -> None:
    shown: list[tuple[int, int | None]] = []
    paths = download_official(catalog, "dolnoslaskie", tmp_path, lambda _f, done, total: shown.append((done, total)))
    record = json.loads((tmp_path / "downloaded.json").read_text())
    assert paths["boundaries"].read_bytes() == PRG
    assert (len(PRG), len(PRG)) in shown
    for role, path in paths.items():
        assert record[role]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert record[role]["address"] == catalog.files[role].address
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(p.name for p in paths.values()), "downloaded.json"]
    )


def test_fetches_the_census_grid_only_when_it_is_asked_for(catalog: Catalog, tmp_path: Path) -> None:
    download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert "/grid.zip" not in Publishers.seen
    Publishers.seen.clear()
    paths = download_official(catalog, "dolnoslaskie", tmp_path, ignore, ("grid",))
    assert (Publishers.seen, paths) == (["/grid.zip"], {"grid": tmp_path / "census_grid.zip"})
    record = json.loads((tmp_path / "downloaded.json").read_text())
    assert set(record) == set(catalog.files)


def test_sends_the_form_of_terc_back(catalog: Catalog, tmp_path: Path) -> None:
    download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert Publishers.posted == {"__VIEWSTATE": ["a&b"], "__EVENTTARGET": ["ctl00$body$BTERCUrzedowyPobierz"]}


def test_asks_bdl_for_both_sexes_together_only(catalog: Catalog, tmp_path: Path) -> None:
    paths = download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    answers = json.loads(paths["population"].read_text(encoding="utf-8"))
    assert [variable["names"] for variable in answers["variables"]] == [["ogółem", "ogółem"], ["0-4", "ogółem"]]


def test_keeps_what_is_there(catalog: Catalog, tmp_path: Path) -> None:
    download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    Publishers.seen.clear()
    download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert Publishers.seen == []


def test_goes_on_where_the_connection_ended(catalog: Catalog, tmp_path: Path) -> None:
    Publishers.break_after = 100_000
    with pytest.raises(DownloadError, match=rf"the connection ended after 100000 of {len(PRG)} bytes"):
        download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert not (tmp_path / "prg.zip").exists()
    Publishers.break_after = None
    paths = download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert "/prg.zip bytes=100000-" in Publishers.seen
    assert paths["boundaries"].read_bytes() == PRG


def test_begins_anew_where_the_file_has_changed_meanwhile(catalog: Catalog, tmp_path: Path) -> None:
    Publishers.break_after = 100_000
    with pytest.raises(DownloadError):
        download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    Publishers.break_after, Publishers.etag = None, '"two"'
    assert download_official(catalog, "dolnoslaskie", tmp_path, ignore)["boundaries"].read_bytes() == NEW_PRG


def test_refuses_a_page_in_the_place_of_a_file(catalog: Catalog, tmp_path: Path) -> None:
    page = catalog.files["terc"].address
    wrong = {**catalog.files, "places": catalog.files["places"].model_copy(update={"address": page})}
    with pytest.raises(DownloadError, match="expected a ZIP"):
        download_official(catalog.model_copy(update={"files": wrong}), "dolnoslaskie", tmp_path, ignore)
    assert not list(tmp_path.glob("geonames*"))


def test_refuses_a_file_with_another_checksum(catalog: Catalog, tmp_path: Path) -> None:
    wrong = {"boundaries": catalog.files["boundaries"].model_copy(update={"sha256": "0" * 64})}
    with pytest.raises(DownloadError, match="has SHA-256"):
        download_official(catalog.model_copy(update={"files": wrong}), "dolnoslaskie", tmp_path, ignore)
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".validator"] == []


def test_says_that_there_is_no_network(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        catalog = with_addresses(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(
            DownloadError, match=r"Państwowy Rejestr Granic.*could not be fetched.*Is there a network\?"
        ):
            download_official(catalog, "dolnoslaskie", tmp_path, ignore)
    assert list(tmp_path.iterdir()) == []
