"""A known layout declares degrees; where a file holds metres all the same, they are read as such, and that is said."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pyproj import Transformer
from shapely import box

from geo.crs import Position
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers import osm, rjps
from mapapp.registers.coordinates import reread_points
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import Layout, Surroundings
from mapapp.registers.opening import open_register
from mapapp.registers.readers import RawTable
from mapapp.registers.template import reading as template
from mapapp.settings import ROOT

Save = Callable[[str, bytes], Path]
TOWNS = {
    "Zgorzelec": ("0225021", Position(15.008, 51.150)),
    "Jelenia Góra": ("0261011", Position(15.734, 50.904)),
    "Wrocław": ("0264011", Position(17.032, 51.110)),
}
AROUND = Surroundings(
    load_vocabularies(ROOT / "data" / "vocabularies"),
    Gminas({code: KnownGmina(code, name, "urban", code[:4], name) for name, (code, _) in TOWNS.items()}, {}, {}),
    Places(
        {name.casefold().translate(str.maketrans("ół", "ol")): [KnownPlace(name, None, code, True, at)]
         for name, (code, at) in TOWNS.items()},
        region=box(14.8, 50.0, 17.8, 51.9),
    ),
)  # fmt: skip


def in_system(epsg: int, *, swapped: bool = False) -> list[tuple[float, float]]:
    pairs = [Transformer.from_crs(4326, epsg, always_xy=True).transform(*at) for _, at in TOWNS.values()]
    return [(north, east) if swapped else (east, north) for east, north in pairs]


def opened(path: Path, layout: Layout) -> RawTable:
    table, used = open_register(path, [layout])
    assert used is layout
    reread_points(table, used, AROUND)
    return table


def geojson(pairs: list[tuple[float, float]], crs: str | None) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": f"node/{number}",
            "geometry": {"type": "Point", "coordinates": pair},
            "properties": {
                "amenity": "social_facility",
                "social_facility": "shelter",
                "social_facility:for": "homeless",
                "name": f"Schronisko w mieście {town}",
                "addr:city": town,
            },
        }
        for number, (town, pair) in enumerate(zip(TOWNS, pairs, strict=True), start=1)
    ]
    named: dict[str, Any] = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", "features": features} | named).encode()


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::2180", None])
def test_reads_geojson_in_metres_of_openstreetmap_and_says_so(crs: str | None, swapped: bool, saved: Save) -> None:
    table = opened(saved("osm.geojson", geojson(in_system(2180, swapped=swapped), crs)), osm.LAYOUT)
    axes = " z zamienionymi osiami" if swapped else ""
    (note,) = table.notes
    assert str(note) == (
        f"wiersz 1, pole współrzędne: współrzędne odczytano jako EPSG:2180{axes}, "
        "choć ten układ pliku podaje stopnie (EPSG:4326)"
    )
    for row, (_, at) in zip(table.rows, TOWNS.values(), strict=True):
        place = osm.LAYOUT.read(row, AROUND).facility.location
        assert place
        assert place.position == pytest.approx(at, abs=2e-5)


def register(pairs: list[tuple[float, float]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(
        [
            *("typ", "id_jednostki", "nazwa", "wojewodztwo", "powiat", "gmina", "miejscowosc", "teryt_gminy"),
            "longitude",
            "latitude",
        ]
    )
    for number, ((town, (code, _)), (east, north)) in enumerate(zip(TOWNS.items(), pairs, strict=True)):
        writer.writerow(["OPS", number, f"Ośrodek {town}", "dolnośląskie", town, town, town, code, east, north])
    return text.getvalue().encode()


@pytest.mark.parametrize("epsg", [2180, 2176])
def test_reads_metres_of_the_national_register(epsg: int, saved: Save) -> None:
    table = opened(saved("rjps.csv", register(in_system(epsg))), rjps.LAYOUT)
    assert f"EPSG:{epsg}, choć" in table.notes[0].message
    for row, (_, at) in zip(table.rows, TOWNS.values(), strict=True):
        assert (float(row.cells["longitude"]), float(row.cells["latitude"])) == pytest.approx(at, abs=2e-5)


def test_leaves_degrees_as_they_stand(saved: Save) -> None:
    table = opened(saved("rjps.csv", register([at for _, at in TOWNS.values()])), rjps.LAYOUT)
    assert table.notes == []
    assert [row.cells["longitude"] for row in table.rows] == ["15.008", "15.734", "17.032"]


def test_leaves_swapped_degrees_to_the_layout_which_names_each_row(saved: Save) -> None:
    table = opened(saved("rjps.csv", register([(at.lat, at.lon) for _, at in TOWNS.values()])), rjps.LAYOUT)
    assert table.notes == []
    assert [row.cells["longitude"] for row in table.rows] == ["51.15", "50.904", "51.11"]


def test_says_where_no_system_fits(saved: Save) -> None:
    table = opened(saved("rjps.csv", register([(1.0, 2.0)] * 3)), rjps.LAYOUT)
    assert [note.message for note in table.notes] == [
        "nie są w żadnym znanym układzie (EPSG:4326, 2180, 2176–2179)",
    ]


def test_reads_metres_in_every_row_of_a_facility_of_the_template(saved: Save) -> None:
    names = ("numer placówki", "nazwa organizacji", "klucz usługi", "rodzaj usługi", "klucz filii", "miejscowość")
    head = ";".join([*names, "teryt gminy", "długość", "szerokość"])
    (far, (near_code, _), _), (first, second, _) = list(TOWNS.values()), in_system(2180)
    rows = [
        f"1;Dom;dps;dps;;Zgorzelec;{far[0]};{first[0]:.2f};{first[1]:.2f}",
        f"1;;;;filia;Jelenia Góra;{near_code};{second[0]:.2f};{second[1]:.2f}",
    ]
    table = opened(saved("szablon.csv", "\n".join([head, *rows]).encode()), template.LAYOUT)
    (row,) = table.rows
    assert (float(row.cells["długość"]), float(row.further[0].cells["długość"])) == pytest.approx((15.008, 15.734))
