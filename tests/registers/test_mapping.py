"""Lists of layouts that nobody described: columns matched, rows read, mappings kept."""

import csv
import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyogrio import raw
from pyproj import Transformer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.vocabulary import load_vocabularies
from mapapp.geocoding.places import KnownPlace, Places
from mapapp.registers.checking import check_register
from mapapp.registers.gminas import Gminas, KnownGmina
from mapapp.registers.layouts import Surroundings, UnknownLayoutError
from mapapp.registers.mapping import keeping
from mapapp.registers.mapping.contents import Contents
from mapapp.registers.mapping.described import ColumnMapping, parsed, written
from mapapp.registers.mapping.guessing import guess_mapping
from mapapp.registers.mapping.matching import ColumnMatch
from mapapp.registers.mapping.opening import open_mapped
from mapapp.registers.mapping.preview import points, preview
from mapapp.registers.problems import UnreadableFileError
from mapapp.settings import ROOT
from tests.registers.office_files import ods, xls, xlsx, zipped

Row = Sequence[str]
Save = Callable[[str, bytes], Path]
VOCABULARIES = load_vocabularies(ROOT / "data" / "vocabularies")
GMINAS = {
    code: KnownGmina(code, name, kind, code[:4], powiat)
    for code, name, kind, powiat in (
        ("0225011", "Zgorzelec", "urban", "zgorzelecki"),
        ("0225062", "Sulików", "rural", "zgorzelecki"),
        ("0261011", "Jelenia Góra", "urban", "Jelenia Góra"),
        ("0264011", "Wrocław", "urban", "Wrocław"),
    )
}
PLACES = {
    "zgorzelec": ("59-900", "0225011", (15.008, 51.150)),
    "sulikow": ("59-975", "0225062", (15.067, 51.083)),
    "jelenia gora": ("58-500", "0261011", (15.734, 50.904)),
    "wroclaw": ("50-001", "0264011", (17.032, 51.110)),
}
NAMES = {"zgorzelec": "Zgorzelec", "sulikow": "Sulików", "jelenia gora": "Jelenia Góra", "wroclaw": "Wrocław"}


def around() -> Surroundings:
    known = {
        key: [KnownPlace(NAMES[key], code, gmina, True, Position(*at))] for key, (code, gmina, at) in PLACES.items()
    }
    middles = {gmina: Position(*at) for _, gmina, at in PLACES.values()}
    return Surroundings(VOCABULARIES, Gminas(GMINAS, {}, {}), Places(known, {}, middles))


AROUND = around()
CONTENTS = Contents.of(VOCABULARIES, AROUND.gminas)


@dataclass(frozen=True)
class Column:
    """A column of the made lists: its right field and a value for each of three units."""

    field: str
    values: tuple[str, str, str]


LP = Column("", ("1", "2", "3"))
DPS = Column("name", ("Dom Pomocy Społecznej „Jutrzenka”", "Dom Pomocy Społecznej w Sulikowie", "DPS „Kombatant”"))
CLUB = Column("name", ("Klub „Promyk”", "Klub „Złota Jesień”", "Klub „Aktywni”"))
OPS = Column("name", ("MOPS w Zgorzelcu", "GOPS w Sulikowie", "MOPS we Wrocławiu"))
SHELTER = Column("name", ("Schronisko św. Brata Alberta", "Schronisko „Przystań”", "Noclegownia Miejska"))
TOWN = Column("town", ("Zgorzelec", "Sulików", "Wrocław"))
GMINA = Column("gmina", ("Zgorzelec", "Sulików", "Wrocław"))
POWIAT = Column("powiat", ("zgorzelecki", "zgorzelecki", "Wrocław"))
CODE = Column("postal_code", ("59-900", "59-975", "50-001"))
STREET = Column("street", ("ul. Długa", "Dworcowa", "ul. Świdnicka"))
HOUSE = Column("house", ("5", "12a", "104"))
ADDRESS = Column(
    "address", ("ul. Długa 5, 59-900 Zgorzelec", "Dworcowa 12a, 59-975 Sulików", "ul. Świdnicka 4, 50-001 Wrocław")
)
BOTH = Column("name_address", tuple(f"{n}, {a}" for n, a in zip(DPS.values, ADDRESS.values, strict=True)))  # type: ignore[arg-type]
PHONE = Column("phone", ("75 771 61 05", "75 778 72 88", "71 782 35 80"))
EMAIL = Column("email", ("dps@zgorzelec.pl", "gops@sulikow.pl", "mops@wroclaw.pl"))
WWW = Column("website", ("www.zgorzelec.pl", "https://sulikow.pl/gops", "www.mops.wroclaw.pl"))
NIP = Column("nip", ("5261040828", "1132853869", "7740001454"))
REGON = Column("regon", ("000331501", "012100784", "610188201"))
TERYT = Column("teryt", ("0225011", "0225062", "0264011"))
PLACES_OF = Column("places", ("60", "15", "120"))
FREE = Column("places_free", ("3", "0", "1"))
HOURS = Column("hours", ("pn-pt 7:30-15:30", "pon. - pt. 8:00-16:00", "całodobowo"))
OWNER = Column("operator", ("Powiat Zgorzelecki", "Gmina Sulików", "Fundacja „Dom”"))
DOORS = Column("street", ("Długa 5", "Polna 2", "Rynek 1"))
SHELTERS = Column("type", (*("Schronisko dla osób bezdomnych",) * 2, "Noclegownia"))
KIND = Column("type", ("Dom pomocy społecznej", "Klub seniora", "Noclegownia"))
SENIOR = Column("type", ("Dzienny Dom Senior+", "Klub Senior+", "Klub Senior+"))
WHO = Column("eligibility", ("osoby w podeszłym wieku", "osoby przewlekle psychicznie chore", "dorośli"))
BOSS = Column("", ("Anna Kowalska", "Jan Nowak", "Ewa Lis"))
LAT = Column("y", ("51,1502", "51,0831", "51,1100"))
LON = Column("x", ("15,0081", "15,0672", "17,0321"))
NOTE = Column("", ("", "w remoncie", ""))
ID = Column("number", ("A-17", "A-18", "B-3"))


@dataclass(frozen=True)
class Variant:
    """A list as another office may lay it out; ``head`` are heading lines above the columns, ``title`` lines above."""

    name: str
    columns: tuple[tuple[str, Column], ...]
    form: str = "xlsx"
    title: tuple[str, ...] = ()
    head: tuple[Row, ...] = ()
    constant: str | None = None


DPS_TITLE = "Wykaz domów pomocy społecznej (stan na 31 maja 2026 r.)"
VARIANTS = (
    Variant("dps_slaskie.xlsx", (("L.p.", LP), ("Nazwa i adres domu pomocy społecznej", BOTH), ("Nr telefonu", PHONE),
        ("Typ domu (dla kogo przeznaczony)", WHO), ("Liczba miejsc", PLACES_OF)), title=(DPS_TITLE,), constant="dps"),
    Variant("dps.csv", (("Nazwa DPS", DPS), ("Kod pocztowy", CODE), ("Miejscowość", TOWN), ("Ulica", STREET),
        ("Nr budynku", HOUSE), ("Tel.", PHONE), ("E-mail", EMAIL), ("Strona WWW", WWW)), "cp1250", constant="dps"),
    Variant("dps_wolne.xlsx", (("Powiat", POWIAT), ("Nazwa jednostki", DPS), ("Podmiot prowadzący", OWNER),
        ("Liczba miejsc ogółem", PLACES_OF), ("Liczba wolnych miejsc", FREE), ("Kontakt telefoniczny", PHONE)),
        title=("Dolnośląski Urząd Wojewódzki", DPS_TITLE), constant="dps"),
    Variant("sds_2026-05-31.csv", (("Lp", LP), ("Nazwa Środowiskowego Domu Samopomocy", Column("name", (
        "ŚDS w Zgorzelcu", "ŚDS „Ostoja”", "ŚDS Wrocław"))), ("Adres placówki", ADDRESS), ("Organ prowadzący", OWNER),
        ("Adres e-mail", EMAIL), ("Ilość miejsc", PLACES_OF)), "tab",
        constant="sds"),
    Variant("senior.ods", (("Rodzaj ośrodka", SENIOR), ("Nazwa gminy", GMINA), ("Adres ośrodka", ADDRESS),
        ("Liczba miejsc w placówce", PLACES_OF), ("Poczta elektroniczna", EMAIL)), "ods"),
    Variant("senior_plus_opole.xlsx", (("Województwo", Column("voivodeship", ("dolnośląskie",) * 3)), ("Gmina", GMINA),
        ("Typ placówki", SENIOR), ("Miejscowość", TOWN), ("Ulica i nr", DOORS),
        ("Telefon kontaktowy", PHONE))),
    Variant("ops.csv", (("IDENTYFIKATOR", ID), ("NAZWA_JEDNOSTKI", OPS), ("TERYT_GMINY", TERYT), ("KOD_POCZT", CODE),
        ("MIEJSCOWOSC", TOWN), ("ULICA", STREET), ("NR_DOMU", HOUSE), ("TELEFON", PHONE), ("MAIL", EMAIL),
        ("WWW", WWW), ("GODZINY_URZEDOWANIA", HOURS)), "utf-16", constant="ops"),
    Variant("ops_kontakty.xls", (("Ośrodek", OPS), ("Siedziba", ADDRESS), ("Kierownik", BOSS), ("Tel/fax", PHONE),
        ("Godziny pracy ośrodka", HOURS), ("NIP", NIP), ("REGON", REGON)), "xls", constant="ops"),
    Variant("schroniska.csv", (("Nazwa schroniska", SHELTER), ("Rodzaj placówki", SHELTERS),
        ("Dokładny adres", ADDRESS),
        ("Prowadzący", OWNER), ("Liczba miejsc noclegowych", PLACES_OF), ("Uwagi", NOTE)), "iso8859-2"),
    Variant("lista.csv", (("placówka", CLUB), ("typ", KIND), ("miasto", TOWN), ("szerokość", LAT), ("długość", LON),
        ("telefon", PHONE)), "semicolon-bom"),
    Variant("english.csv", (("Name", CLUB), ("Type", KIND), ("Address", ADDRESS), ("Phone", PHONE), ("Website", WWW),
        ("Latitude", LAT), ("Longitude", LON)), "semicolon"),
    Variant("scalone.xlsx", (("Nazwa", DPS), ("Adres › Kod", CODE), ("Adres › Miejscowość", TOWN),
        ("Adres › Ulica", STREET), ("Kontakt › Telefon", PHONE), ("Kontakt › E-mail", EMAIL)),
        title=(DPS_TITLE,),
        head=(("Nazwa", "Adres", "", "", "Kontakt", ""), ("", "Kod", "Miejscowość", "Ulica", "Telefon", "E-mail")),
        constant="dps"),
    Variant("bez_naglowkow.csv", (("Kol1", LP), ("Dane", CLUB), ("Kategoria", KIND), ("Info", PHONE), ("Inne", EMAIL),
        ("Kod", CODE), ("Gdzie", TOWN)), "semicolon"),
    Variant("literowki.xlsx", (("Nazwa placowki", CLUB), ("Rodzaj", KIND), ("Miejscowosć", TOWN), ("Kod poczt.", CODE),
        ("Nr telefnu", PHONE), ("Adres emial", EMAIL), ("Godziny otwarca", HOURS)), title=("Kluby i domy",)),
)  # fmt: skip


def made(variant: Variant, save: Save, *, extra: Sequence[Row] = ()) -> Path:
    """The file of a variant: title, header, three units, and rows that are no units."""
    names = [heading for heading, _ in variant.columns]
    width = len(names)
    title = [[line, *[""] * (width - 1)] for line in variant.title]
    head = [list(each) for each in variant.head] or [names]
    units = [[column.values[unit] for _, column in variant.columns] for unit in range(3)]
    rows = [*title, *head, *units, *map(list, extra)]
    writers: dict[str, Callable[[list[list[str]]], bytes]] = {"xlsx": xlsx, "ods": ods, "xls": xls}
    if variant.form in writers:
        return save(variant.name, writers[variant.form](rows))
    encoding, separator, ends = {
        "cp1250": ("cp1250", ";", "\r\n"),
        "tab": ("utf-8", "\t", "\n"),
        "utf-16": ("utf-16", ";", "\r\n"),
        "iso8859-2": ("iso8859-2", ";", "\r"),
        "semicolon": ("utf-8", ";", "\n"),
        "semicolon-bom": ("utf-8-sig", ";", "\r\n"),
    }[variant.form]
    text = StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=ends).writerows(rows)
    plain = text.getvalue().replace("„", '"').replace("”", '"') if encoding == "iso8859-2" else text.getvalue()
    return save(variant.name, plain.encode(encoding))


def test_gets_the_columns_right_where_it_is_sure(saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    right = wrong = unsure = left = 0
    faults: list[str] = []
    for variant in VARIANTS:
        mapping = guess_mapping(made(variant, saved), CONTENTS)
        found = {each.heading: each for each in mapping.columns}
        for heading, column in variant.columns:
            match = found[heading]
            if match.field and not match.is_used:
                unsure += bool(column.field)
                left += not column.field
            elif (match.field if match.is_used else "") == column.field:
                right += 1
            else:
                wrong += 1
                faults.append(f"{variant.name}: {heading}: {match.field or '-'} {match.confidence}, not {column.field}")
    share = right / (right + wrong)
    with capsys.disabled():
        print(  # noqa: T201 - the measured figure
            f"\n{len(VARIANTS)} layouts, {right + wrong + unsure + left} columns: {right} right of {right + wrong} "
            f"sure ({share:.1%}), {unsure} left to a person; {'; '.join(faults)}"
        )
    assert share >= 0.95
    assert unsure <= 0.1 * (right + wrong + unsure)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.name)
def test_knows_what_all_rows_are(variant: Variant, saved: Save) -> None:
    assert guess_mapping(made(variant, saved), CONTENTS).constants.get("type") == variant.constant


def test_reads_the_day_of_the_list(saved: Save) -> None:
    assert guess_mapping(made(VARIANTS[0], saved), CONTENTS).day == date(2026, 5, 31)


@pytest.mark.parametrize(
    "variant", [each for each in VARIANTS if each.name != "bez_naglowkow.csv"], ids=lambda each: each.name
)
def test_makes_facilities_of_every_form(variant: Variant, saved: Save) -> None:
    path = made(variant, saved)
    mapping = guess_mapping(path, CONTENTS)
    if not {"town", "address", "name_address"} & mapping.used.keys():
        pytest.fail(f"no place in {mapping.used}") if variant.name != "dps_wolne.xlsx" else None
        return
    seen = preview(path, mapping, AROUND)
    assert [str(each) for each in seen.rejected] == []
    assert len(seen.rows) == 3
    assert all(row.position for row in seen.rows)
    assert points(seen.rows).count('"Feature"') == 3


def test_leaves_out_what_is_no_unit(saved: Save) -> None:
    variant = VARIANTS[1]
    names = [heading for heading, _ in variant.columns]
    numbers = [str(place) for place in range(1, 9)]
    sums = ["Razem", *[""] * 7]
    path = made(variant, saved, extra=[names, numbers, sums, ["Ogółem", "12", *[""] * 6]])
    mapping = guess_mapping(path, CONTENTS)
    table, _ = open_mapped(path, mapping, AROUND)
    assert [row.cells["town"] for row in table.rows] == ["Zgorzelec", "Sulików", "Wrocław"]


def test_takes_the_powiat_and_type_from_sections(saved: Save) -> None:
    rows = [
        ["Nazwa", "Miejscowość", "Telefon"],
        ["Powiat zgorzelecki", "", ""],
        ["Klub „Promyk”", "Sulików", "75 771 61 05"],
        ["Kluby seniora", "", ""],
        ["Klub „Lato”", "Wrocław", "71 782 35 80"],
    ]
    path = saved("lista.xlsx", xlsx(rows))
    mapping = replace(guess_mapping(path, CONTENTS), constants={"type": "ksp"})
    table, _ = open_mapped(path, mapping, AROUND)
    assert [row.cells.get("powiat") for row in table.rows] == ["zgorzelecki", None]
    assert [row.type for row in preview(path, mapping, AROUND).rows] == ["ksp", "klub_sen"]
    seen = preview(path, replace(mapping, constants={}), AROUND)
    assert [row.type for row in seen.rows] == ["klub_sen"]
    assert "nie wiadomo, jakiego rodzaju" in str(seen.rejected[0])


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize("epsg", [2180, 2176])
def test_reads_metres_and_says_so(epsg: int, swapped: bool, saved: Save) -> None:
    places = [(15.008, 51.150), (15.067, 51.083), (15.734, 50.904), (17.032, 51.110)]
    towns = ["Zgorzelec", "Sulików", "Jelenia Góra", "Wrocław"]
    to_metres = Transformer.from_crs(4326, epsg, always_xy=True)
    rows = [["Nazwa", "Rodzaj", "Miejscowość", "X", "Y"]]
    for town, place in zip(towns, places, strict=True):
        pair = to_metres.transform(*place)
        first, second = reversed(pair) if swapped else pair
        rows.append([f"Klub {town}", "Klub seniora", town, f"{first:.1f}".replace(".", ","), f"{second:.1f}"])
    path = saved("punkty.xlsx", xlsx(rows))
    seen = preview(path, guess_mapping(path, CONTENTS), AROUND)
    said = f"współrzędne odczytano jako EPSG:{epsg}" + (" z zamienionymi osiami" if swapped else "")
    assert said in [note.message for note in seen.notes]
    for row, place in zip(seen.rows, places, strict=True):
        assert row.position == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize("form", ["gpkg", "shp", "geojson"])
@pytest.mark.parametrize(
    ("written_in", "label", "swapped", "said"),
    [
        (2180, 2180, False, "EPSG:4326"),
        (2180, 2180, True, "EPSG:2180 z zamienionymi osiami"),
        (2180, 4326, False, "EPSG:2180"),
        (2180, 4326, True, "EPSG:2180 z zamienionymi osiami"),
        (4326, 2180, False, "EPSG:4326"),
        (4326, 2180, True, "EPSG:4326 z zamienionymi osiami"),
        (2176, None, False, "EPSG:2176"),
    ],
)
def test_reads_geographic_files_with_a_wrong_label_or_none(
    form: str, written_in: int, label: int | None, swapped: bool, said: str, tmp_path: Path, saved: Save
) -> None:
    towns = {"Zgorzelec": (15.008, 51.150), "Sulików": (15.067, 51.083), "Jelenia Góra": (15.734, 50.904)}
    to_file = Transformer.from_crs(4326, written_in, always_xy=True)
    pairs = [to_file.transform(*place) for place in towns.values()]
    shapes = [shapely.Point(*reversed(pair)) if swapped else shapely.Point(*pair) for pair in pairs]
    if form == "geojson" and label == 2180:
        said = f"EPSG:{written_in}" + (" z zamienionymi osiami" if swapped else "")
    path = geographic(form, towns, shapes, label, tmp_path, saved)
    seen = preview(path, guess_mapping(path, CONTENTS), AROUND)
    assert f"współrzędne odczytano jako {said}" in [note.message for note in seen.notes]
    for row, place in zip(seen.rows, towns.values(), strict=True):
        assert row.position == pytest.approx(place, abs=2e-5)


def geographic(
    form: str, towns: Iterable[str], shapes: list[shapely.Point], label: int | None, folder: Path, save: Save
) -> Path:
    """A file of clubs at these places."""
    if form == "geojson":
        features = [
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shape)),
                "properties": {"nazwa": f"Klub {town}", "rodzaj": "Klub seniora", "miejscowosc": town},
            }
            for town, shape in zip(towns, shapes, strict=True)
        ]
        named = {"crs": {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{label}"}}} if label else {}
        document = {"type": "FeatureCollection", "features": features} | named
        return save("kluby.geojson", json.dumps(document).encode())
    names = list(towns)
    columns = [np.array([f"Klub {town}" for town in names], object), np.array(["Klub seniora"] * len(names), object)]
    target = folder / f"kluby.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that no system is named is what is tried here
        raw.write(
            target,
            geometry=shapely.to_wkb(np.array(shapes)),
            field_data=[*columns, np.array(names, object)],
            fields=["nazwa", "rodzaj", "miejsc"] if form == "shp" else ["nazwa", "rodzaj", "miejscowosc"],
            geometry_type="Point",
            crs=f"EPSG:{label}" if label else None,
            encoding="UTF-8",
        )
    if form == "gpkg":
        return target
    return save("kluby.zip", zipped({each.name: each.read_bytes() for each in folder.glob("kluby.*")}))


@pytest.mark.parametrize("code", ["sow", "dmdz"])
def test_hides_what_the_type_hides(code: str, saved: Save) -> None:
    rows = [["Nazwa", "Rodzaj", "Adres"], ["Ośrodek wsparcia", code, "ul. Długa 5, 59-900 Zgorzelec"]]
    path = saved("domy.xlsx", xlsx(rows))
    table, layout = open_mapped(path, guess_mapping(path, CONTENTS), AROUND)
    facility = layout.read(table.rows[0], AROUND).facility
    level = VOCABULARIES.types[code].default_visibility
    assert level != "public"
    assert facility.location
    assert {facility.visibility, facility.location.visibility, facility.services[0].visibility} == {level}


def test_hides_what_the_list_hides(saved: Save) -> None:
    path = made(VARIANTS[0], saved)
    mapping = guess_mapping(path, CONTENTS)
    hidden = replace(mapping, constants={**mapping.constants, "visibility": "internal"})
    table, layout = open_mapped(path, hidden, AROUND)
    assert layout.read(table.rows[0], AROUND).facility.services[0].visibility == "internal"


def test_writes_a_mapping_that_it_reads_back(saved: Save) -> None:
    mapping = guess_mapping(made(VARIANTS[0], saved), CONTENTS)
    odd = replace(mapping, title='tytuł "w cudzysłowie"\n\\ i znak \x7f'.replace("\x7f", " "), publisher="Urząd")
    again = parsed(written(odd))
    assert (again.title, again.publisher, again.constants, again.day) == (odd.title, "Urząd", odd.constants, odd.day)
    assert again.fingerprint == odd.fingerprint
    assert again.used == odd.used


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('field = "phone"', 'field = "phnoe"'), "najbliższe: phone"),
        (lambda text: text.replace('field = "phone"', 'field = "places"'), "mają dwie kolumny"),
        (lambda text: text.replace('type = "dps"', ""), "jakiego rodzaju są placówki"),
        (lambda text: text.replace('name = "dps_slaskie"', 'name = "Ż"'), "oczekiwano małych liter"),
        (lambda text: text.replace('source = "lista_', 'source = "'), "oczekiwano „lista_”"),
        (lambda text: text.replace("[constants]", '[constants]\nvisibility = "secret"'), "oczekiwano: public"),
        (lambda text: text + "[", "nie jest poprawny"),
        (lambda _: 'name = "x"', "brakuje pola"),
        (lambda text: text.replace("[constants]", '[constants]\nphone = "1"'), "constants „phone”"),
    ],
)
def test_says_what_is_wrong_with_a_mapping(change: Callable[[str], str], said: str, saved: Save) -> None:
    text = written(guess_mapping(made(VARIANTS[0], saved), CONTENTS))
    with pytest.raises(UnreadableFileError, match=said):
        parsed(change(text))


def test_refuses_a_file_that_lacks_a_mapped_column(saved: Save) -> None:
    mapping = guess_mapping(made(VARIANTS[0], saved), CONTENTS)
    other = made(VARIANTS[1], saved)
    with pytest.raises(UnreadableFileError, match=r"nie ma w nim kolumn: .*Liczba miejsc"):
        open_mapped(other, mapping, AROUND)


@pytest.fixture
def session(malopolska: Engine) -> Iterator[Session]:
    with Session(malopolska) as session:
        yield session
        session.rollback()


MALOPOLSKA = xlsx(
    [
        ["Wykaz klubów seniora, stan na 31.05.2026", "", "", ""],
        ["Nazwa klubu", "Adres", "Telefon", "Liczba miejsc"],
        ["Klub „Promyk”", "ul. Długa 5, 38-300 Gorlice", "18 353 75 74", "15"],
        ["Klub „Lato”", "Rynek 1, 33-322 Korzenna", "18 440 66 26", "20"],
    ]
)


def mapping_of(session: Session, path: Path) -> ColumnMapping:
    return guess_mapping(path, Contents.of(VOCABULARIES, Gminas.of(session)))


def test_reads_the_next_file_by_the_kept_mapping(session: Session, saved: Save) -> None:
    path = saved("kluby.xlsx", MALOPOLSKA)
    with pytest.raises(UnknownLayoutError, match=r"mapapp layouts guess kluby\.xlsx"):
        check_register(session, path, VOCABULARIES)
    mapping = replace(mapping_of(session, path), publisher="Urząd Miasta")
    keeping.keep(session, mapping)
    again = saved("kluby_2026-10-31.xlsx", MALOPOLSKA)
    checked = check_register(session, again, VOCABULARIES)
    assert [str(each) for each in checked.rejected] == []
    assert [row.facility.services[0].facility_type for row in checked.rows] == ["klub_sen", "klub_sen"]
    assert checked.layout.registers[0].publisher == "Urząd Miasta"
    assert {row.facility.source for row in checked.rows} == {"lista_kluby"}


def test_takes_a_mapping_by_name_or_file_or_a_code(session: Session, saved: Save, tmp_path: Path) -> None:
    path = saved("kluby.xlsx", MALOPOLSKA)
    file = tmp_path / "kluby.toml"
    mapping = replace(mapping_of(session, path), name="moje")
    file.write_text(written(mapping), encoding="utf-8")
    assert len(check_register(session, path, VOCABULARIES, layout=str(file)).rows) == 2
    with pytest.raises(UnreadableFileError, match="nie ma układu „moje”"):
        check_register(session, path, VOCABULARIES, layout="moje")
    keeping.keep(session, mapping)
    assert len(check_register(session, path, VOCABULARIES, layout="moje").rows) == 2
    with pytest.raises(UnknownLayoutError):
        check_register(session, path, VOCABULARIES, layout="rjps_geo")
    assert [each.mapping.name for each in keeping.all_kept(session)] == ["moje"]
    assert keeping.forget(session, "moje")
    assert not keeping.forget(session, "moje")


def test_matches_a_column_once() -> None:
    match = ColumnMatch("Telefon", "phone", 0.59)
    assert not match.is_used
    assert replace(match, confidence=0.6).is_used
