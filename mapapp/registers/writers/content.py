"""What a file is made of, whatever its format: rows, their dictionary, and what has to be said about them."""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mapapp.registers.dictionary import Column

Row = Sequence[Any]
Batch = Sequence[Row]
# the bytes of a file, in order; to be closed by who leaves off
Pieces = Generator[bytes, None, None]

# XML 1.0 §2.2 allows none of these, not even escaped
NOT_IN_XML = {
    code: " " for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if chr(code) not in "\t\n\r"
}


@dataclass(frozen=True, slots=True)
class Words:
    """One text in Polish and in English."""

    pl: str
    en: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A source, whom to name for it, and under which licence it may be used."""

    code: str
    title: str
    publisher: str
    licence: str | None = None
    url: str | None = None
    content_date: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What every file says of itself."""

    title: Words
    # the address that gives this file again, without the host
    address: str
    query: Mapping[str, Any]
    release: str
    # of the newest change in the release; never of the writing, so that the same release gives the same bytes
    time: datetime
    is_sample: bool
    is_schematic: bool | None
    origins: tuple[Origin, ...]
    notices: tuple[Words, ...]

    @property
    def time_text(self) -> str:
        """The time of the release in UTC, ISO 8601."""
        return self.time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be written. ``batches`` can be read once; what a row is depends on the format (``Shape``)."""

    layer: str
    about: About
    columns: tuple[Column, ...]
    batches: Iterator[Batch]
    # of the geometries, where the format has them
    geometry_type: str
    # how many rows there are
    total: int
    # whether every row has a geometry
    is_located: bool

    def described(self) -> dict[str, Any]:
        """All about the file as a JSON object, with the data dictionary."""
        about = self.about
        return {
            "title": _both(about.title),
            "address": about.address,
            "query": dict(about.query),
            "release": about.release,
            "time": about.time_text,
            "sources": [_origin(each) for each in about.origins],
            "notices": [_both(notice) for notice in about.notices],
            "columns": [column.described() for column in self.columns],
        }

    def described_as_text(self) -> str:
        """The same as one line of JSON."""
        return json.dumps(self.described(), ensure_ascii=False)

    def lines(self) -> Iterator[tuple[str, str]]:
        """The same as pairs of a Polish and English heading and a text, without the dictionary."""
        about = self.about
        for notice in about.notices:
            yield "Uwaga / Notice", f"{notice.pl} / {notice.en}"
        yield "Tytuł / Title", f"{about.title.pl} / {about.title.en}"
        yield "Zapytanie / Query", json.dumps(dict(about.query), ensure_ascii=False)
        yield "Adres / Address", about.address
        yield "Wydanie danych / Data release", about.release
        yield "Stan danych / Data as of", about.time_text
        for each in about.origins:
            yield "Źródło / Source", _in_a_line(each)


def clean(text: str) -> str:
    """The text without what no XML may contain."""
    return text.translate(NOT_IN_XML)


def _both(words: Words) -> dict[str, str]:
    return {"pl": words.pl, "en": words.en}


def _origin(origin: Origin) -> dict[str, Any]:
    return {name: getattr(origin, name) for name in Origin.__slots__ if getattr(origin, name) is not None}


def _in_a_line(origin: Origin) -> str:
    licence = origin.licence or "licencji nie podano / no licence stated"
    parts = [f"{origin.code}: {origin.title}", origin.publisher, licence, origin.content_date, origin.url]
    return "; ".join(part for part in parts if part)
