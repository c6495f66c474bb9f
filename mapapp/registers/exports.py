"""Everything that a filter shows, and the boundaries, put together as files to take away."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from mapapp.directory.export_rows import Found, column_names, found_services, service_rows
from mapapp.directory.queries import ServiceSearch, directory_facts
from mapapp.directory.summary import directory_summary
from mapapp.directory.unchanged import while_unchanged
from mapapp.registers.dictionary import AREA_COLUMNS, service_columns
from mapapp.registers.writers import FORMATS, Export, Format
from mapapp.registers.writers.content import About, Origin, Words
from mapapp.territory.export_rows import area_rows, count_areas
from mapapp.territory.queries import AreaLayer, TerritoryFacts, territory_facts

LAYERS: Mapping[str, AreaLayer] = {"gminas": "gmina", "powiats": "powiat", "subregions": "subregion"}
TITLES = {
    "services": Words("Usługi i placówki wsparcia społecznego", "Social services and places of support"),
    "gminas": Words("Granice gmin", "Boundaries of gminas (municipalities)"),
    "powiats": Words("Granice powiatów", "Boundaries of powiats (counties)"),
    "subregions": Words("Granice podregionów (NUTS 3)", "Boundaries of subregions (NUTS 3)"),
}
SAMPLES = Words(
    "Dane przykładowe: wpisy z is_sample są zmyślone i pokazują tylko, jak działa mapa.",
    "Sample data: entries with is_sample are invented and only show how the map works.",
)
SCHEMATIC = Words(
    "Granice schematyczne: obliczone z położenia miejscowości, nie są granicami urzędowymi.",
    "Schematic boundaries: computed from where settlements lie; they are not the official ones.",
)
CORRECTED = Words("Zamiast „{typed}” szukano „{used}”.", "“{used}” was looked for instead of “{typed}”.")
IGNORED = Words("Pominięto słowo „{word}”: nie ma go w żadnym wpisie.", "“{word}” was left aside: no entry has it.")
BEFORE_ANYTHING = datetime(1970, 1, 1, tzinfo=UTC)
# they decide what bytes come of the same rows
LIBRARIES = ("pyogrio", "pyarrow", "XlsxWriter")


@dataclass(frozen=True, slots=True)
class Release:
    """The data as it stands: whatever may change a file changes ``code``."""

    code: str
    time: datetime
    origins: tuple[Origin, ...]
    territory: TerritoryFacts | None

    @property
    def short(self) -> str:
        """Enough of the code to tell two files apart."""
        return self.code[:8]

    def tag(self, *asked: object) -> str:
        """A name for the bytes that this release gives to a question."""
        text = repr((self.code, writers_print(), asked))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def current_release(session: Session) -> Release:
    """The release that this session sees."""
    return while_unchanged(session, "release", lambda: _release(session))


def _release(session: Session) -> Release:
    directory, territory = directory_facts(session), territory_facts(session)
    time = directory_summary(session).newest or BEFORE_ANYTHING
    origins = [
        Origin(each.code, each.title, each.publisher, each.licence, each.url, _day(each.last_content_date))
        for each in directory.sources
    ]
    if territory:
        origins.append(Origin("territory", "Granice / Boundaries", territory.attribution))
    parts = (directory.release, territory.release if territory else None, time.isoformat(), origins)
    return Release(hashlib.sha256(repr(parts).encode()).hexdigest()[:16], time, tuple(origins), territory)


def services_export(
    session: Session, release: Release, search: ServiceSearch, asked: Mapping[str, Any], address: str, to: Format
) -> Export:
    """The listings of a search. ``asked`` and ``address`` are the question as the file tells it."""
    found = while_unchanged(session, search, lambda: found_services(session, search))
    about = _about("services", release, asked, address, is_sample=found.has_samples, more=_understood(found))
    return Export(
        layer="services",
        about=about,
        columns=service_columns(column_names(search)),
        batches=service_rows(session, search, to.shape, for_people=to.for_people),
        geometry_type="Point",
        total=found.total,
        is_located=found.located == found.total,
    )


def areas_export(session: Session, release: Release, layer: str, address: str, to: Format) -> Export:
    """The boundaries of a layer of ``LAYERS``. Raises ValueError where the format cannot hold them."""
    if to.shape not in {"feature", "wkb", "kml"}:
        raise ValueError(f"the format is {to.code}, expected one of {', '.join(spatial_formats())}")
    return Export(
        layer=layer,
        about=_about(layer, release, {}, address, is_sample=False),
        columns=AREA_COLUMNS,
        batches=area_rows(session, LAYERS[layer], to.shape),
        geometry_type="MultiPolygon",
        total=count_areas(session, LAYERS[layer]),
        is_located=True,
    )


def spatial_formats() -> tuple[str, ...]:
    """The formats that can hold boundaries."""
    return tuple(code for code, each in FORMATS.items() if each.is_spatial)


def file_name(layer: str, region: str, release: Release, ending: str) -> str:
    """A name that tells what is inside: layer, region, day and release."""
    return f"{layer}_{region}_{release.time.astimezone(UTC):%Y-%m-%d}_{release.short}.{ending}"


@cache
def writers_print() -> str:
    """What changes when the writers do: a new version of the product may write the same rows otherwise."""
    here = Path(__file__).parent
    digest = hashlib.sha256(repr([version(name) for name in LIBRARIES]).encode())
    for path in sorted(
        [*here.glob("writers/*.py"), *here.glob("template/*.py"), here / "dictionary.py", Path(__file__)]
    ):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _about(
    layer: str,
    release: Release,
    asked: Mapping[str, Any],
    address: str,
    *,
    is_sample: bool,
    more: tuple[Words, ...] = (),
) -> About:
    is_schematic = release.territory.is_schematic if release.territory else None
    notices = (SAMPLES,) * is_sample + (SCHEMATIC,) * bool(is_schematic) + more
    return About(
        TITLES[layer], address, asked, release.code, release.time, is_sample, is_schematic, release.origins, notices
    )


def _understood(found: Found) -> tuple[Words, ...]:
    corrected = tuple(_filled(CORRECTED, typed=typed, used=used) for typed, used in found.corrected)
    return corrected + tuple(_filled(IGNORED, word=word) for word in found.ignored)


def _filled(words: Words, **texts: str) -> Words:
    return Words(words.pl.format(**texts), words.en.format(**texts))


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
