"""Valhalla and OSRM, against servers of the tests' own that answer as these do."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from geo.crs import to_metric
from mapapp.settings import Settings
from mapapp.travel.choosing import chosen_engine
from mapapp.travel.errors import RoutingFailed, TravelError
from mapapp.travel.osrm import Osrm
from mapapp.travel.profiles import profile
from mapapp.travel.routers import RoutedTimes
from mapapp.travel.valhalla import Valhalla
from tests.travel.extract import at

CELLS = at((0, 0), (6_000, 0), (12_000, 0), (6_000, 90_000))
SITES = at((12_000, 0), (6_000, 90_000))
METRES_PER_SECOND = 10.0
FAR_NORTH_M = 400_000.0
ISLAND_M = 5_000.0


def metric(lon: float, lat: float) -> np.ndarray:
    return to_metric(np.array([[lon, lat]]))[0]


def seconds(start: np.ndarray, end: np.ndarray) -> float | None:
    """Straight on at 10 m/s; nobody gets to the middle, which is an island."""
    if abs(start[0] - at((6_000, 0))[0, 0]) < ISLAND_M / 10:
        return None
    return float(round(np.hypot(*(end - start)) / METRES_PER_SECOND, 1))


class Routers(BaseHTTPRequestHandler):
    """Both engines at one address."""

    asked: ClassVar[list[tuple[str, Any]]] = []
    broken: ClassVar[str] = ""
    wbufsize = 1 << 16  # head and body in one packet

    def log_message(self, *_: Any) -> None: ...

    def do_POST(self) -> None:
        question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append((self.path, question))
        if self.broken == "error":
            return self._answer({"error_code": 154, "error": "Path distance exceeds the max distance limit"}, 400)
        if self.path == "/locate":
            return self._answer([self._located(place) for place in question["locations"]])
        places = {name: [metric(**place) for place in question[name]] for name in ("sources", "targets")}
        rows = [
            [{"time": seconds(start, end), "distance": 1.0, "from_index": i} for end in places["targets"]]
            for i, start in enumerate(places["sources"])
        ]
        return self._answer({"sources_to_targets": rows[1:] if self.broken == "short" else rows, "units": "kilometers"})

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.asked.append((address.path, parse_qs(address.query)))
        if address.path == "/status":
            return self._answer({"version": "3.9.1", "tileset_last_modified": 1790000000})
        _, service, _, _, places = address.path.split("/")
        points = [metric(*map(float, place.split(","))) for place in places.split(";")]
        if service == "nearest":
            away = 12_345.6 if points[0][1] > FAR_NORTH_M else 3.2
            return self._answer({"code": "Ok", "waypoints": [{"distance": away}], "data_version": "2026-10-01"})
        rows = [[seconds(start, points[-1])] for start in points[:-1]]
        return self._answer({"code": "Ok", "durations": rows})

    def _located(self, place: dict[str, float]) -> dict[str, Any]:
        edge = {"correlated_lon": place["lon"], "correlated_lat": place["lat"], "way_id": 1}
        return {"edges": None if metric(**place)[1] > FAR_NORTH_M else [edge], "input_lon": place["lon"]}

    def _answer(self, document: Any, status: int = 200) -> None:
        content = b"<html>" if self.broken == "html" else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Routers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Routers.asked, Routers.broken = [], ""
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def routed(engine: str, address: str, mode: str = "car") -> RoutedTimes:
    found = chosen_engine(Settings(routing_engine=engine, routing_url=f"{address}/"), mode)
    assert isinstance(found, RoutedTimes)
    return found


@pytest.mark.parametrize("engine", ["valhalla", "osrm"])
def test_tells_what_the_engine_tells_with_islands_and_the_wilderness_apart(engine: str, address: str) -> None:
    asked = routed(engine, address)
    assert asked.is_joined(CELLS).tolist() == [True, True, True, False]
    matrix = asked.times(SITES, CELLS, 90)
    # 12 km at 10 m/s, and nothing of the island, the wilderness, or to it
    assert matrix.cell.tolist() == [2, 0]
    assert matrix.minutes.tolist() == pytest.approx([0, 20], abs=0.01)
    assert matrix.starts.tolist() == [0, 2, 2]
    assert asked.times(SITES, CELLS, 19.9).pairs == 1


def test_asks_valhalla_for_the_way_of_travelling(address: str) -> None:
    costings = {"car": "auto", "bike": "bicycle", "walk": "pedestrian", "walk_slow": "pedestrian"}
    for mode, costing in costings.items():
        routed("valhalla", address, mode).times(SITES[:1], CELLS, 90)
        path, question = Routers.asked[-1]
        assert (path, question["costing"]) == ("/sources_to_targets", costing)
    assert question["costing_options"] == {"pedestrian": {"walking_speed": 3.0}}
    assert len(question["targets"]) == 1


def test_asks_osrm_in_parts_and_stretches_the_times_of_slow_walkers(address: str) -> None:
    cells = at(*((east, 0) for east in range(0, 260, 20)))
    walk, slow = (
        RoutedTimes(Osrm(address, profile(mode), cells_at_once=9), profile(mode)).times(SITES[:1], cells, 240)
        for mode in ("walk", "walk_slow")
    )
    tables = [question for path, question in Routers.asked if path.startswith("/table/v1/foot/")]
    assert [question["destinations"] for question in tables] == [["9"], ["4"]] * 2
    assert walk.pairs == slow.pairs == 13
    assert slow.minutes == pytest.approx(walk.minutes * 1.6, rel=1e-5)


def test_an_address_of_osrm_may_name_the_way_of_travelling(address: str) -> None:
    Routers.asked.clear()
    asked = chosen_engine(Settings(routing_engine="osrm", routing_url=f"{address}/{{mode}}"), "bike")
    with pytest.raises(RoutingFailed):
        _ = asked.facts  # the imitation has no such folder
    assert Routers.asked[0][0].startswith("/cycling/nearest/v1/cycling/")


def test_tells_which_data_the_engine_has(address: str) -> None:
    assert routed("valhalla", address).facts.source == f"{address} car 1790000000"
    assert routed("osrm", address).facts.source == f"{address} car 2026-10-01"


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ("error", r"answered 400: .*exceeds the max distance limit"),
        ("html", r"answered otherwise than expected"),
        ("short", r"the engine told 2 times, expected 3"),
    ],
)
def test_says_what_went_wrong(broken: str, message: str, address: str) -> None:
    asked = routed("valhalla", address)
    asked.is_joined(CELLS), asked.is_joined(SITES)
    Routers.broken = broken
    with pytest.raises(RoutingFailed, match=message):
        asked.times(SITES, CELLS, 90)


def test_says_that_nobody_answers() -> None:
    nobody = RoutedTimes(Valhalla("http://127.0.0.1:9", profile("car")), profile("car"))
    with pytest.raises(TravelError, match=r"http://127\.0\.0\.1:9/status does not answer: .*MAPAPP_ROUTING_URL"):
        _ = nobody.facts
