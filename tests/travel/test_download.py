"""Downloads of extracts from a server of the tests' own, and from none."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from mapapp.territory.regions import REGIONS_FILE
from mapapp.travel.download import ExtractFile, download_extract, extract_of
from mapapp.travel.errors import RoutingFailed, TravelError

CONTENT = bytes(range(256)) * 2_000


class Geofabrik(BaseHTTPRequestHandler):
    """An extract with ranges, and its MD5 beside it."""

    break_after: ClassVar[int | None] = None
    checksum: ClassVar[str] = ""
    tells_length: ClassVar[bool] = True
    seen: ClassVar[list[str]] = []

    def log_message(self, *_: Any) -> None: ...

    def do_GET(self) -> None:
        self.seen.append(f"{self.path} {self.headers.get('Range', '')}".strip())
        if self.path.endswith(".md5"):
            return self._answer(f"{self.checksum}  region-latest.osm.pbf\n".encode(), 0)
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        return self._answer(CONTENT, start)

    def _answer(self, content: bytes, start: int) -> None:
        self.send_response(206 if start else 200)
        self.send_header("ETag", '"one"')
        if self.tells_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self.wfile.write(content[start : self.break_after if content is CONTENT else None])


@pytest.fixture
def extract() -> Iterator[ExtractFile]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Geofabrik)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Geofabrik.break_after, Geofabrik.seen, Geofabrik.tells_length = None, [], True
    Geofabrik.checksum = hashlib.md5(CONTENT).hexdigest()
    address = f"http://127.0.0.1:{server.server_address[1]}/region-latest.osm.pbf"
    yield ExtractFile(address=address, most_bytes=len(CONTENT))
    server.shutdown()
    server.server_close()


def quietly(done: int, total: int | None) -> None: ...


def test_fetches_the_extract_once(extract: ExtractFile, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = download_extract(extract, tmp_path / "travel", lambda *each: told.append(each))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [file.name for file in path.parent.iterdir()] == ["region-latest.osm.pbf"]
    download_extract(extract, tmp_path / "travel", quietly)
    assert Geofabrik.seen == ["/region-latest.osm.pbf.md5", "/region-latest.osm.pbf", "/region-latest.osm.pbf.md5"]


def test_goes_on_where_the_connection_ended(extract: ExtractFile, tmp_path: Path) -> None:
    Geofabrik.break_after = 200_000
    with pytest.raises(RoutingFailed, match="the connection ended after 200000 of 512000 bytes"):
        download_extract(extract, tmp_path, quietly)
    assert not (tmp_path / extract.name).exists()
    Geofabrik.break_after = None
    assert download_extract(extract, tmp_path, quietly).read_bytes() == CONTENT
    assert Geofabrik.seen[-1] == "/region-latest.osm.pbf bytes=200000-"


def test_takes_nothing_whose_checksum_is_another(extract: ExtractFile, tmp_path: Path) -> None:
    Geofabrik.checksum = "0" * 32
    with pytest.raises(RoutingFailed, match="the publisher says 00000000"):
        download_extract(extract, tmp_path, quietly)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("tells_length", [True, False])
def test_takes_nothing_that_is_too_large(tells_length: bool, extract: ExtractFile, tmp_path: Path) -> None:
    Geofabrik.tells_length = tells_length
    small = ExtractFile(address=extract.address, most_bytes=100_000)
    with pytest.raises(RoutingFailed, match=r"at most 100,000 are taken"):
        download_extract(small, tmp_path, quietly)
    assert list(tmp_path.iterdir()) == []


def test_keeps_the_older_extract_where_there_is_no_network(tmp_path: Path) -> None:
    nowhere = ExtractFile(address="http://127.0.0.1:9/old.osm.pbf", most_bytes=1)
    (tmp_path / "old.osm.pbf").write_bytes(b"old")
    with pytest.raises(RoutingFailed, match="Is there a network"):
        download_extract(nowhere, tmp_path, quietly)
    assert (tmp_path / "old.osm.pbf").read_bytes() == b"old"


def test_says_that_a_checksum_is_none(extract: ExtractFile, tmp_path: Path) -> None:
    Geofabrik.checksum = "not found"
    with pytest.raises(RoutingFailed, match="has no MD5"):
        download_extract(extract, tmp_path, quietly)


def test_every_region_has_an_extract() -> None:
    assert extract_of("dolnoslaskie").address.startswith("https://download.geofabrik.de/europe/poland/")
    assert all(extract_of(line[1:-1]) for line in REGIONS_FILE.read_text().splitlines() if line.startswith("["))
    with pytest.raises(TravelError, match="the region 'atlantis' has no extract"):
        extract_of("atlantis")
