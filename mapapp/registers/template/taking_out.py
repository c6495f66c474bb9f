"""The stored directory in the form of the template: what is imported from it is what was exported."""

from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from mapapp.directory.facilities import TakenOut, facility_ids, registers_described, taken_out
from mapapp.directory.records import FacilityRecord
from mapapp.directory.vocabulary import Vocabularies
from mapapp.registers.template.book import csv_pieces, facilities_workbook, gminas_loaded
from mapapp.registers.template.reading import REGISTERS

FORMATS: Final = ("template.xlsx", "template.csv")
Progress = Callable[[int, int], None]  # done, of how many


@dataclass(slots=True)
class TemplateExport:
    """The facilities of an export; ``left_out`` grows while they are read."""

    session: Session
    vocabularies: Vocabularies
    organizations: tuple[UUID, ...]
    everything: bool
    left_out: list[TakenOut] = field(default_factory=list)
    written: int = 0

    def pieces(self, code: str, progress: Progress = lambda *_: None) -> Generator[bytes, None, None]:
        """The file in one of ``FORMATS``; CSV some rows at a time, a workbook as a whole."""
        known = registers_described(self.session)
        registers = {name: each for name, each in known.items() if name not in REGISTERS}
        facilities = self._facilities(progress)
        if code == "template.csv":
            yield from csv_pieces(facilities, registers)
        else:
            yield facilities_workbook(facilities, self.vocabularies, gminas_loaded(self.session), registers)

    def _facilities(self, progress: Progress) -> Iterator[FacilityRecord]:
        found = taken_out(self.session, self.organizations, everything=self.everything)
        for done, each in enumerate(found, start=1):
            progress(done, len(self.organizations))
            if each.facility is None:
                self.left_out.append(each)
            else:
                self.written += 1
                yield each.facility


def template_export(
    session: Session, vocabularies: Vocabularies, *, everything: bool, only: Collection[UUID] | None = None
) -> TemplateExport:
    """The facilities that are public, or with ``everything`` all; ``only`` those of these organizations."""
    ids = facility_ids(session, everything=everything)
    wanted = ids if only is None else tuple(each for each in ids if each in only)
    return TemplateExport(session, vocabularies, wanted, everything)
