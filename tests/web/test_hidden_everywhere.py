"""Hidden shelters, looked for in every answer that the application gives.

Every route has its addresses here: a new one without an expectation fails the test.
"""

import gzip
import io
import json
import os
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

import pyarrow.parquet
import pypdf
import pytest
import shapely
from flask.testing import FlaskClient
from pypdf.generic import IndirectObject, StreamObject
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from geo.crs import Position, to_metric
from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine, transaction
from mapapp.directory.commands import save_facilities
from mapapp.directory.listing import refresh_listings
from mapapp.directory.records import (
    AddressRecord,
    FacilityRecord,
    LocationRecord,
    PhoneRecord,
    ServiceRecord,
    SpecialDaysRecord,
)
from mapapp.directory.setting_special_days import set_special_days
from mapapp.directory.tables import Listing, Location, Organization, Phone, Service, ServiceAtLocation
from mapapp.factory import create_app
from mapapp.registers.manifest import Manifest
from mapapp.registers.open_data import build
from mapapp.registers.publisher import description, release_folder
from mapapp.registers.template.taking_out import FORMATS as TEMPLATES
from mapapp.registers.writers import EXCEL, FORMATS
from mapapp.settings import Settings
from mapapp.web.site import EXTENSION
from tests import example_site
from tests.web.test_tiles import tile_of

HIDDEN_AT = (16.123457, 50.654321)
# words that stand in no other record; the third stands in its address alone, as its service may be known
SECRET, FORMER, SAFE_HOUSE = "Zmierzchnia", "Jutrznica", "Kryjówkowa"
PHONES = {SECRET: "74 999 88 77", FORMER: "74 999 66 55", SAFE_HOUSE: "74 999 44 33"}
MISSPELT = {SECRET: "Zmierzchnai", FORMER: "Jutrznicca", SAFE_HOUSE: "Kryjowkowaa"}
LANGUAGES = ("pl", "en", "uk")
COLLECTIONS = ("services", "locations", "organizations", "gminas", "powiats", "subregions", "coverage")
BESIDE_PLACES = ("popraw", "ulotka.pdf", "kontakt.vcf", "godziny.ics", "qr.svg")
AREA_LAYERS = ("gminas", "powiats", "subregions")


def _facility(word: str, *, location_level: str = "public", level: str = "public") -> FacilityRecord:
    is_safe_house = word == SAFE_HOUSE
    return FacilityRecord(
        source=example_site.REGISTER.code,
        source_id=word,
        organization_name="Fundacja Pomocna Dłoń" if is_safe_house else f"Fundacja {word}",
        email=None if is_safe_house else f"{word.lower()}@example.org",
        phones=() if is_safe_house else (PhoneRecord.parse(PHONES[word]),),
        location=LocationRecord(
            name=f"Dom {word}",
            position=Position(*HIDDEN_AT),
            address=AddressRecord(
                address_1=f"ul. {word} 77", postal_code="57-399", city=f"{word}wo", state_province="dolnośląskie"
            ),
            opening_hours="Mo 07:07-08:08",
            visibility=location_level,
        ),
        services=(
            ServiceRecord(
                key="dmdz",
                facility_type="dmdz",
                name="Schronienie z dziećmi" if is_safe_house else f"Schronisko {word}",
                description=f"Dom przy ulicy {word}",
            ),
        ),
        visibility=level,
    )


@dataclass(frozen=True, slots=True)
class Ids:
    """Of one facility."""

    organization: UUID
    service: UUID
    location: UUID
    offer: UUID


@dataclass(frozen=True, slots=True)
class World:
    """The site, what is hidden on it, and what may be seen."""

    client: FlaskClient
    hidden: Mapping[str, Ids]
    shown: Ids
    shown_by_day: Ids
    old: Manifest
    new: Manifest


def _ids(session: Session, number: str, key: str) -> Ids:
    service = session.execute(select(Service).where(Service.source_id == f"{number}#{key}")).scalar_one()
    offer = session.execute(select(ServiceAtLocation).where(ServiceAtLocation.service_id == service.id)).scalar_one()
    assert offer.location_id is not None
    return Ids(service.organization_id, service.id, offer.location_id, offer.id)


@pytest.fixture(scope="module")
def world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory, compiled_catalogs: None) -> Iterator[World]:
    """A site on which one shelter was never shown, one is shown no more, and one has a secret address."""
    name = f"hidden_{os.getpid()}"
    cluster.ensure_database(name)
    example_site.fill(cluster.url(name))
    settings = Settings(
        environment="test", database_url=cluster.url(name), database_pool=4, var_folder=tmp_path_factory.mktemp("var")
    )
    engine = make_staff_engine(cluster.url(name))
    hidden_level = [_facility(SECRET, level="internal"), _facility(SAFE_HOUSE, location_level="area_only")]
    with transaction(engine) as session:
        save_facilities(session, [*hidden_level, _facility(FORMER)], registers=(example_site.REGISTER,))
        hidden = {word: _ids(session, word, "dmdz") for word in (SECRET, FORMER, SAFE_HOUSE)}
        shown, shown_by_day = _ids(session, "far", "dps"), _ids(session, "ops", "ops")
        phone = {"number": "+48749994433", "display": PHONES[SAFE_HOUSE]}
        session.execute(insert(Phone).values(location_id=hidden[SAFE_HOUSE].location, **phone))
        for word, ids in hidden.items():
            closed = SpecialDaysRecord(date(2050, 11, 23), date(2050, 11, 25), None, f"remont {word}", f"works {word}")
            for owner in (ids.organization, ids.service, ids.location, ids.offer):
                set_special_days(session, owner, closed, by="anna")
        refresh_listings(session)
        assert session.scalars(select(Listing.name).where(Listing.name.contains(FORMER))).all()
    old = _release(engine, settings)
    with transaction(engine) as session:
        session.execute(
            update(Organization).where(Organization.id == hidden[FORMER].organization).values(visibility="internal")
        )
        refresh_listings(session, [hidden[FORMER].service])
        assert session.scalar(select(Location.id).where(Location.id == hidden[FORMER].location))
    app = create_app(settings)
    client = app.test_client()
    client.open = partial(client.open, buffered=True)  # type: ignore[method-assign]
    # before the next build has taken the old release from the disk
    assert client.get(f"/dane/{old.name}/services.csv").status_code == 410
    yield World(client, hidden, shown, shown_by_day, old, _release(engine, settings))
    app.extensions[EXTENSION].close()
    engine.dispose()


def _release(engine: object, settings: Settings) -> Manifest:
    with Session(engine) as session:  # type: ignore[arg-type]
        folder = release_folder(settings)
        return build(session, folder, settings.region, description(settings), lambda _name: None).manifest


# --- every address


def _searches(path: str, **more: str) -> list[str]:
    west, south, east, north = (HIDDEN_AT[0] - 0.01, HIDDEN_AT[1] - 0.01, HIDDEN_AT[0] + 0.01, HIDDEN_AT[1] + 0.01)
    questions = [
        "type=dmdz",
        *(f"q={word}" for word in MISSPELT.values()),
        "gmina=0208021",
        f"near={HIDDEN_AT[0]:.2f},{HIDDEN_AT[1]:.2f}&within_km=5",
        f"near={HIDDEN_AT[0]:.2f},{HIDDEN_AT[1]:.2f}&situation=hurt&profile=wheelchair&open=weekend",
    ]
    if path.startswith("/api/"):
        questions.append(f"bbox={west},{south},{east},{north}")
    ending = "&".join(f"{name}={value}" for name, value in more.items())
    return [path + "?" + ending, *(f"{path}?{question}&{ending}" for question in questions)]


def _pages(path: str) -> list[str]:
    return [f"{path}?lang={language}" for language in LANGUAGES]


def _services(world: World) -> list[str]:
    kinds = [_searches("/api/services", limit="1000", format=form) for form in ("json", "geojson")]
    sync = [
        f"/api/services?{start}&limit=1000&format={form}"
        for start in ("cursor=start", "modified_since=2020-01-01")
        for form in ("json", "geojson")
    ]
    return [*kinds[0], *kinds[1], *sync]


def _exports(world: World) -> list[str]:
    machine = [f"/api/export/services.{code}" for code in (*FORMATS, *TEMPLATES)]
    return [
        *machine,
        *(f"{path}?q={word}" for path in machine for word in MISSPELT.values()),
        *(f"/api/export/services.{code}?variant=excel" for code in EXCEL),
    ]


def _ogc_items(world: World) -> list[str]:
    paths = [f"/api/ogc/collections/{name}/items" for name in COLLECTIONS]
    around = f"bbox={HIDDEN_AT[0] - 0.01},{HIDDEN_AT[1] - 0.01},{HIDDEN_AT[0] + 0.01},{HIDDEN_AT[1] + 0.01}"
    return [
        *(f"{path}?limit=1000" for path in paths),
        *(f"{path}?limit=1000&f=html" for path in paths),
        *(f"{path}?limit=1000&crs=http://www.opengis.net/def/crs/EPSG/0/2180" for path in paths),
        *(f"{path}?{around}" for path in paths[:3]),
        "/api/ogc/collections/services/items?limit=1000&filter=facility_type='dmdz'",
    ]


def _tiles(world: World) -> list[str]:
    return [
        f"/tiles/{layer}/{tile_of(HIDDEN_AT, z)}.mvt" for layer in ("services", *AREA_LAYERS) for z in range(0, 15, 2)
    ]


def _hsds(kind: str, *more: str) -> Callable[[World], list[str]]:
    questions = ("", "?format=ndjson", "?full=true", *more)
    return lambda _world: [f"/api/hsds/{kind}{question}" for question in questions]


def _record(world: World) -> list[str]:
    return [
        f"/api/hsds/services/{world.shown.service}",
        f"/api/hsds/service_at_locations/{world.shown.offer}",
        f"/api/hsds/services/{world.hidden[SAFE_HOUSE].service}",
    ]


def _releases(world: World) -> list[str]:
    names = [each.name for each in world.new.files]
    return [f"/dane/{world.new.name}/{name}" for name in (*names, "manifest.json", "SHA256SUMS")]


def _planning(path: str) -> list[str]:
    questions = [
        f"measure={measure}&type=dmdz&by={by}&lang={language}"
        for measure in ("sites", "places", "nearest_km", "beyond_people", "gap_places", "any_service")
        for by in ("gmina", "powiat", "subregion")
        for language in LANGUAGES
    ]
    return [f"{path}?{question}" for question in (*questions, "measure=sites&group=crisis", "measure=verified_share")]


def _list(world: World, path: str) -> str:
    """A list with one place that may be seen, and all those that may not."""
    ids = (world.shown.location, *(each.location for each in world.hidden.values()))
    return f"{path}?m={','.join(str(each) for each in ids)}"


CLOSED = "0123456789"
SCENARIOS = [
    f"type=dmdz&ages=total&measure={measure}&view={view}&zmiana=add:dmdz:17.03,51.11:12&site={CLOSED}&lang={language}"
    for measure, view in (("beyond_people", "after"), ("places", "difference"), ("gap_accessible_places", "after"))
    for language in LANGUAGES
]
SITINGS = [f"type=dmdz&ages=total&minutes=1&aim={aim}&standard=2" for aim in ("people", "minutes", "worst", "gap")]


def _scenarios(path: str) -> list[str]:
    return [f"{path}?{question}" for question in SCENARIOS]


def _saved(world: World) -> list[str]:
    """The secret address of a new scenario."""
    sent = {"type": "dmdz", "ages": "total", "zmiana": "add:dmdz:17.03,51.11:12", "nazwa": "Próba"}
    return [str(world.client.post("/planowanie/warianty/zapisz", data=sent).headers["Location"])]


def _shared(world: World) -> list[str]:
    page = world.client.get(_saved(world)[0]).text
    return [f"/planowanie/wariant/{key}" for key in re.findall(r"/planowanie/wariant/([\w-]{12})[\"<]", page)[:1]]


def _compared(world: World) -> list[str]:
    keys = [_shared(world)[0].rpartition("/")[2] for _ in range(2)]
    return [f"/planowanie/warianty/porownanie?w={keys[0]}&w={keys[1]}&by={by}" for by in ("gmina", "powiat")]


def _compared_files(world: World) -> list[str]:
    (asked, *_rest) = _compared(world)
    return [asked.replace("?", f"/dane.{ending}?") for ending in ("csv", "geojson", "json", "xlsx")]


def _progress(world: World) -> list[str]:
    begun = world.client.post("/planowanie/lokalizacje/dowod", data={"type": "dmdz", "ages": "total", "minutes": "1"})
    key = re.findall(r"praca=(\w+)", begun.headers["Location"])[0]
    while not world.client.get(f"/planowanie/lokalizacje/dowod/{key}.json").json["is_finished"]:  # type: ignore[index]
        time.sleep(0.05)
    return [f"/planowanie/lokalizacje/dowod/{key}.json"]


def _reports(path: str) -> list[str]:
    forms = [f"raport.{form}" for form in ("html", "pdf", "docx", "xlsx")]
    return [f"{path}{form}?type=dmdz&lang={language}" for form in forms for language in LANGUAGES]


def _over_time(world: World) -> list[str]:
    keys = re.findall(r'<option value="([0-9a-f]{12})"', world.client.get("/planowanie/w-czasie").text)
    assert len(keys) == 3  # those of the example site
    return [f"/planowanie/w-czasie?pytanie={key}&lang={language}" for key in keys for language in LANGUAGES]


ADDRESSES: Mapping[str, Callable[[World], list[str]]] = {
    "boundaries.layer": lambda _: [f"/api/boundaries/{layer}" for layer in ("gmina", "powiat", "subregion")],
    "template.workbook": lambda _: ["/api/template.xlsx"],
    "export.boundaries": lambda _: [f"/api/export/{layer}.geojson" for layer in AREA_LAYERS],
    "export.services": _exports,
    "favourites.data": lambda world: [_list(world, "/ulubione/dane.json")],
    "favourites.offline": lambda _: _pages("/bez-sieci"),
    "favourites.page": lambda world: [f"{_list(world, '/ulubione')}&lang={language}" for language in LANGUAGES],
    "feed.changes": lambda _: [f"/api/feed/changes.{form}{q}" for form in ("atom", "rss") for q in ("", "?type=dmdz")],
    "health.healthz": lambda _: ["/healthz"],
    "health.readyz": lambda _: ["/readyz"],
    "hsds.data_package": lambda _: ["/api/hsds/datapackage.zip"],
    "hsds.organization": lambda world: [f"/api/hsds/organizations/{world.shown.organization}?full_service=true"],
    "hsds.organizations": _hsds("organizations", "?full_service=true"),
    "hsds.record": _record,
    "hsds.root": lambda _: ["/api/hsds/"],
    "hsds.service_at_locations": _hsds("service_at_locations", "?postcode=57-399&proximity=5000"),
    "hsds.services": _hsds("services", "?minimal=true", *(f"?search={word}" for word in MISSPELT.values())),
    "hsds.taxonomies": lambda _: ["/api/hsds/taxonomies"],
    "hsds.taxonomy_terms": lambda _: ["/api/hsds/taxonomy_terms?per_page=1000"],
    "needs.numbers": lambda _: _pages("/pomoc/telefony"),
    "needs.situation": lambda _: [each for code in ("no_bed", "hurt") for each in _pages(f"/pomoc/{code}")],
    "needs.situations": lambda _: _pages("/pomoc"),
    "ogc.collection": lambda _: [f"/api/ogc/collections/{name}{f}" for name in COLLECTIONS for f in ("", "?f=html")],
    "ogc.collections": lambda _: ["/api/ogc/collections", "/api/ogc/collections?f=html"],
    "ogc.conformance": lambda _: ["/api/ogc/conformance"],
    "ogc.item": lambda world: [f"/api/ogc/collections/services/items/{world.shown.offer}{f}" for f in ("", "?f=html")],
    "ogc.items": _ogc_items,
    "ogc.landing": lambda _: ["/api/ogc", "/api/ogc?f=html"],
    "ogc.openapi": lambda _: ["/api/ogc/openapi.json"],
    "ogc.queryables": lambda _: [f"/api/ogc/collections/{name}/queryables" for name in COLLECTIONS],
    "map_view.signs": lambda _: [
        each for zoom in (5, 9, 16) for each in _searches("/api/services/map", zoom=str(zoom))
    ],
    "open_data.catalogue": lambda _: ["/dane/dcat.jsonld", "/dane/dcat.ttl"],
    "open_data.download": _releases,
    "open_data.page_newest": lambda _: _pages("/dane"),
    "open_data.page_release": lambda world: _pages(f"/dane/{world.new.name}/"),
    "payments.page": lambda _: [f"/ile-zaplace?type=dps&income=2000&lang={language}" for language in LANGUAGES],
    "planner.coverage": lambda _: ["/planowanie", *_planning("/planowanie")],
    "planner.download": lambda _: [
        each for ending in ("csv", "geojson", "json", "xlsx") for each in _planning(f"/planowanie/dane.{ending}")
    ],
    "planner.duties": lambda _: [*_pages("/planowanie/zadania"), "/planowanie/zadania?level=powiat"],
    "planner.equity": lambda _: [f"/planowanie/rownosc?type=dmdz&lang={lang}" for lang in LANGUAGES],
    "planner.gmina": lambda _: [
        f"/planowanie/gmina/{teryt}?type=dmdz&lang={lang}" for teryt in ("0208021", "0264011") for lang in LANGUAGES
    ],
    "planner.gmina_report": lambda _: _reports("/planowanie/gmina/0208021/"),
    "planner.method": lambda _: _pages("/planowanie/metoda"),
    "planner.offline_map": lambda _: _planning("/planowanie/mapa.html"),
    "planner.over_time": _over_time,
    "planner.powiat": lambda _: [f"/planowanie/powiat/0208?type=dmdz&lang={lang}" for lang in LANGUAGES],
    "planner.saved": _shared,
    "planner.saved_edit": _saved,
    "planner.scenario": lambda _: _scenarios("/planowanie/warianty"),
    "planner.scenario_compare": _compared,
    "planner.scenario_compare_file": _compared_files,
    "planner.scenario_file": lambda _: [
        each
        for ending in ("csv", "geojson", "json", "xlsx")
        for each in _scenarios(f"/planowanie/warianty/dane.{ending}")
    ],
    "planner.scenario_result": lambda _: _scenarios("/planowanie/warianty/wynik.json"),
    "planner.scenario_step": lambda _: ["/planowanie/warianty/krok?type=dmdz&ages=total&miejsce=Nowa+Wieś&miejsca=3"],
    "planner.siting": lambda _: ["/planowanie/lokalizacje", *(f"/planowanie/lokalizacje?{each}" for each in SITINGS)],
    "planner.siting_progress": _progress,
    "planner.powiat_report": lambda _: _reports("/planowanie/powiat/0208/"),
    "planner.region_report": lambda _: _reports("/planowanie/"),
    "reference.openapi": lambda _: ["/api/openapi.json"],
    "reference.page": lambda _: _pages("/api"),
    "resident.about": lambda _: _pages("/o-mapie"),
    "resident.place": lambda world: _pages(f"/miejsce/{world.shown.location}"),
    "resident.search": lambda _: [each for lang in LANGUAGES for each in _searches("/", lang=lang)],
    "resident.service": lambda world: _pages(f"/usluga/{world.hidden[SAFE_HOUSE].service}"),
    "services.search": _services,
    "statements.accessibility": lambda _: _pages("/deklaracja-dostepnosci"),
    "statements.counting": lambda _: _pages("/jak-liczymy"),
    "statements.data_licence": lambda _: _pages("/licencja-danych"),
    "statements.privacy": lambda _: _pages("/prywatnosc"),
    "suggesting.place": lambda world: _pages(f"/miejsce/{world.shown.location}/popraw"),
    "suggesting.service": lambda world: _pages(f"/usluga/{world.hidden[SAFE_HOUSE].service}/popraw"),
    "suggesting.site": lambda _: _pages("/uwagi"),
    "suggesting.thanks": lambda _: _pages("/dziekujemy"),
    "take_along.contact": lambda world: _pages(f"/miejsce/{world.shown.location}/kontakt.vcf"),
    "take_along.hours": lambda world: _pages(f"/miejsce/{world.shown_by_day.location}/godziny.ics"),
    "take_along.qr": lambda world: _pages(f"/miejsce/{world.shown.location}/qr.svg"),
    "take_along.sheet": lambda world: _pages(f"/miejsce/{world.shown.location}/ulotka.pdf"),
    "tiles.description": lambda _: [f"/tiles/{layer}.json" for layer in ("services", *AREA_LAYERS)],
    "tiles.tile": _tiles,
    "validator.ask": lambda _: _pages("/sprawdz-plik"),
    "widget.maker": lambda _: _searches("/widget/kreator", lang="pl"),
    "widget.shown": lambda _: _searches("/widget", lang="pl"),
}
# files of the checkout, the same on every site; answers about a file that was sent, and the directory is not asked
WITHOUT_DATA = {"static", "widget.script", "favourites.worker", "validator.check", "validator.check_for_programs"}
# they only lead on to pages that are looked at above
WITHOUT_DATA |= {"planner.scenario_save", "planner.saved_delete", "planner.siting_prove", "planner.siting_stop"}


# --- what must not be in them


def needles(world: World) -> list[bytes]:
    found = [text for word in (SECRET, FORMER, SAFE_HOUSE) for text in (word, word.lower(), word[:-1].lower())]
    found += ["kryjowkow", "57-399", "Mo 07:07"]
    for phone in PHONES.values():
        found += [phone, phone.replace(" ", ""), phone.replace(" ", "-")]
    found += [number.replace(".", mark) for number in ("16.12345", "50.65432") for mark in ".,"]
    found += [str(ids.location) for ids in world.hidden.values()]
    found += [str(each) for ids in (world.hidden[SECRET],) for each in (ids.organization, ids.service, ids.offer)]
    found += [str(world.hidden[FORMER].organization), str(world.hidden[FORMER].service)]
    metric = to_metric(shapely.Point(*HIDDEN_AT))
    found += [f"{number:.2f}"[:-1] for number in (metric.x, metric.y)]
    binary = [struct.pack(form, number) for number in HIDDEN_AT for form in ("<d", ">d")]
    return [text.encode() for text in found] + binary + [ids.location.bytes for ids in world.hidden.values()]


def opened_sheet(sheet: pypdf.PdfReader) -> bytes:
    """Every object of a PDF, what its streams hold, and the text as a reader puts it together."""
    numbers = range(1, int(sheet.trailer["/Size"]))
    objects = [sheet.get_object(IndirectObject(number, 0, sheet)) for number in numbers]
    streams = [each.get_data() for each in objects if isinstance(each, StreamObject)]
    texts = [*(repr(each) for each in objects), *(page.extract_text() for page in sheet.pages)]
    return b"\n".join([*streams, *(text.encode(errors="replace") for text in texts)])


def opened(content: bytes) -> bytes:
    """All that is in an answer, whatever it is packed in."""
    if content[:4] == b"PAR1":
        rows = pyarrow.parquet.ParquetFile(io.BytesIO(content)).read().to_pylist()
        binary = [value for row in rows for value in row.values() if isinstance(value, bytes)]
        return content + b"".join(binary) + json.dumps(rows, default=repr, ensure_ascii=False).encode()
    if content[:5] == b"%PDF-":
        return content + opened_sheet(pypdf.PdfReader(io.BytesIO(content)))
    if content[:2] == b"\x1f\x8b":
        return opened(gzip.decompress(content))
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(opened(archive.read(name)) for name in archive.namelist())
    try:
        return content + json.dumps(json.loads(content), ensure_ascii=False).encode()
    except ValueError:
        return content


def test_every_route_has_its_addresses(world: World) -> None:
    routes = {rule.endpoint for rule in world.client.application.url_map.iter_rules()} - WITHOUT_DATA
    assert routes == set(ADDRESSES), "add addresses of every new route to ADDRESSES"


@pytest.mark.parametrize("endpoint", ADDRESSES)
def test_nothing_hidden_is_in_any_answer(world: World, endpoint: str) -> None:
    secrets = needles(world)
    adapter = world.client.application.url_map.bind("localhost")
    for address in ADDRESSES[endpoint](world):
        path, _mark, question = address.partition("?")
        assert adapter.match(path)[0] == endpoint, address
        answer = world.client.get(address, follow_redirects=True)
        assert answer.status_code in {200, 204}, (address, answer.status_code, answer.text[:300])
        # a page repeats its own question
        content = opened(answer.data)
        for secret in secrets:
            if secret.decode(errors="replace").lower() not in question.lower():
                assert secret not in content, (address, secret)


@pytest.mark.parametrize("endpoint", ["resident.search", "services.search", "export.services", "hsds.services"])
def test_what_may_be_known_is_there(world: World, endpoint: str) -> None:
    """The net would hold nothing if the addresses were empty."""
    found = b"".join(opened(world.client.get(each).data) for each in ADDRESSES[endpoint](world))
    assert "Schronienie z dziećmi".encode() in found


def test_the_net_holds_what_it_is_for() -> None:
    point = struct.pack("<d", HIDDEN_AT[0])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("services.shp", b"x" + point)
        archive.writestr("services.json", json.dumps({"name": SAFE_HOUSE}))
    assert SAFE_HOUSE.encode() in opened(packed.getvalue())
    assert point in opened(gzip.compress(packed.getvalue()))
    assert zlib.crc32(opened(b"plain")) == zlib.crc32(b"plain")


def test_hidden_records_have_no_page(world: World) -> None:
    for word, ids in world.hidden.items():
        paths = [
            f"/miejsce/{ids.location}",
            *(f"/miejsce/{ids.location}/{each}" for each in BESIDE_PLACES),
            f"/api/ogc/collections/locations/items/{ids.location}",
        ]
        if word != SAFE_HOUSE:
            paths += [
                f"/usluga/{ids.service}",
                f"/usluga/{ids.service}/popraw",
                f"/api/hsds/services/{ids.service}",
                f"/api/hsds/service_at_locations/{ids.offer}",
                f"/api/hsds/organizations/{ids.organization}",
                f"/api/ogc/collections/services/items/{ids.offer}",
                f"/api/ogc/collections/organizations/items/{ids.organization}",
            ]
        for path in paths:
            answer = world.client.get(path)
            assert answer.status_code == 404, path
            assert word not in answer.text


def test_what_was_public_once_is_an_id_and_no_more(world: World) -> None:
    former = str(world.hidden[FORMER].offer)
    removed = world.client.get("/api/services?modified_since=2020-01-01&limit=1000").get_json()["removed"]
    assert removed == [former]
    assert former in world.client.get("/api/feed/changes.atom").text
    assert str(world.hidden[SECRET].offer) not in world.client.get("/api/feed/changes.atom").text


def test_a_release_from_before_is_not_given_out(world: World) -> None:
    for each in world.old.files:
        assert world.client.get(f"/dane/{world.old.name}/{each.name}").status_code in {404, 410}
    assert world.old.name not in world.client.get("/dane").text


@pytest.mark.parametrize("z", [14, 16])
def test_tiles_are_empty_where_only_shelters_are(world: World, z: int) -> None:
    answer = world.client.get(f"/tiles/services/{tile_of(HIDDEN_AT, z)}.mvt")
    assert (answer.status_code, answer.data) in {(204, b""), (200, b"")}
