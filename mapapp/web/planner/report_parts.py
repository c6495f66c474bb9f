"""What a report is made of, whatever it is written as: parts of sentences, facts, tables and a picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Value:
    """A cell: its words, and the number behind them where it is one."""

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; the first column tells what a row is about."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing that needs nothing from elsewhere, and the words for those who do not see it.

    ``svg`` has its legend below it; for small screens ``drawing`` is without, and ``legend`` each sign and its words.
    """

    svg: str
    alt: str
    caption: str
    drawing: str
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter. ``facts``: pairs of a name and what it is."""

    title: str
    sentences: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report of one area from one release of the data."""

    language: str
    site: str
    title: str
    about: str
    notices: tuple[str, ...]
    parts: tuple[Part, ...]
    day: date
    release: str
    footer: str

    def tables(self) -> Iterator[Table]:
        """Every table, in the order of the report."""
        for part in self.parts:
            if part.table is not None:
                yield part.table
