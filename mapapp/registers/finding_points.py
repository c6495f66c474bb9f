"""Points for stored locations that have none or a weak one: asked of geocoders, judged, and given as one batch.

Nothing that is better or was set by hand is replaced, nothing ambiguous is taken, and a point outside of the gmina that
the register names is told to staff instead of being taken. Who is behind a network hears public addresses only.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Final, Self

from sqlalchemy.orm import Session

from mapapp.directory.points import Placement, Unplaced, place
from mapapp.directory.precision import is_better
from mapapp.geocoding.deciding import AmbiguousError, decided
from mapapp.geocoding.places import Places
from mapapp.geocoding.protocol import Address, Candidate, Geocoder, GeocoderFailedError
from mapapp.registers.addresses import split_address
from mapapp.registers.batches import at_once, be_the_only_import
from mapapp.registers.gminas import Gminas, distances_outside
from mapapp.registers.problems import RowProblem
from mapapp.territory.queries import territory_facts

WEAK: Final = ("gmina", "locality")
# the outline is simplified to 20 m; a schematic one is some kilometres from the real one
_ON_THE_BORDER_KM: Final = 0.05
_SCHEMATIC_BORDER_KM: Final = 10.0

Progress = Callable[[int, int], None]  # done, of how many
Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Around:
    """What answers are judged by."""

    gminas: Gminas
    places: Places
    border_km: float

    @classmethod
    def of(cls, session: Session) -> Self:
        """The loaded territory."""
        facts = territory_facts(session)
        is_schematic = facts is not None and facts.is_schematic
        border_km = _SCHEMATIC_BORDER_KM if is_schematic else _ON_THE_BORDER_KM
        return cls(Gminas.of(session), Places.of(session), border_km)


@dataclass(slots=True)
class Search:
    """What was found: points to give, what staff should look at, and geocoders that failed and were asked no more."""

    looked_at: int = 0
    placements: list[Placement] = field(default_factory=list)
    findings: list[RowProblem] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)
    not_told: int = 0  # locations whose address is not public, so that no network heard of it
    by_geocoder: dict[str, int] = field(default_factory=dict)


def find_points(
    locations: Sequence[Unplaced],
    geocoders: Sequence[Geocoder],
    around: Around,
    transactions: Transactions,
    progress: Progress = lambda *_: None,
) -> Search:
    """Ask ``geocoders`` in their order where each of ``locations`` is. Changes nothing."""
    finder = _Finder(geocoders, around, transactions)
    for number, location in enumerate(locations, start=1):
        finder.find(number, location)
        progress(number, len(locations))
    return finder.search


def give_points(session: Session, search: Search, changed_by: str = "geocoding") -> int | None:
    """Give the found points inside the caller's transaction; the number of the batch that can be undone.

    Locations that were changed since they were read are left as they are, and told. Raises ImportRunningError.
    """
    if not search.placements:
        return None
    be_the_only_import(session)
    with at_once(session, "geocoding", "geocoding", changed_by) as batch:
        missed = place(session, search.placements, changed_by)
    for each in missed:
        message = "zmieniono w trakcie wyszukiwania; punktu nie nadano"
        search.findings.append(RowProblem(0, "punkt", each.location.name, message))
    return batch if len(missed) < len(search.placements) else None


@dataclass(frozen=True, slots=True)
class _Finder:
    geocoders: Sequence[Geocoder]
    around: Around
    transactions: Transactions
    search: Search = field(default_factory=Search)

    def find(self, number: int, location: Unplaced) -> None:
        """Ask the geocoders until one knows the building."""
        self.search.looked_at += 1
        best: Candidate | None = None
        by = ""
        self.search.not_told += any(each.is_remote for each in self.geocoders) and not location.is_public
        for geocoder in self._may_hear_of(location):
            found = self._ask(geocoder, number, location)
            if found and is_better(found.quality, best.quality if best else location.quality):
                best, by = found, geocoder.code
            if best and best.quality == "rooftop":
                break
        if best:
            self.search.placements.append(Placement(location, best.position, best.quality))
            self.search.by_geocoder[by] = self.search.by_geocoder.get(by, 0) + 1

    def _may_hear_of(self, location: Unplaced) -> Iterator[Geocoder]:
        for each in self.geocoders:
            if each.code not in self.search.failures and (location.is_public or not each.is_remote):
                yield each

    def _ask(self, geocoder: Geocoder, number: int, location: Unplaced) -> Candidate | None:
        """The one point that ``geocoder`` has for ``location``; what cannot be taken is noted."""

        def note(message: str) -> None:
            where = f"{location.address_1}, {location.postal_code or ''} {location.city}".replace("  ", " ")
            self.search.findings.append(RowProblem(number, "punkt", where, f"{geocoder.code}: {message}"))

        gminas = {location.gmina} if location.gmina else self.around.gminas.by_code.keys()
        try:
            candidates = geocoder.candidates(_address(location, self.around.places), gminas)
            inside, nearest_km = self._inside(candidates, location, geocoder)
            if candidates and not inside:
                distance = f"{nearest_km:.1f}".replace(".", ",")
                note(f"punkt leży {distance} km poza gminą {location.gmina}; nie przyjęto")
            return decided(inside)
        except AmbiguousError:
            note("pod ten adres pasuje kilka odległych miejsc; nie przyjęto żadnego")
        except GeocoderFailedError as error:
            self.search.failures[geocoder.code] = str(error)
        return None

    def _inside(
        self, candidates: Sequence[Candidate], location: Unplaced, geocoder: Geocoder
    ) -> tuple[Sequence[Candidate], float]:
        """The candidates in the gmina that the register names, and how far from it the nearest one is."""
        if not candidates or not location.gmina or not geocoder.is_remote:
            return candidates, 0.0
        with self.transactions() as session:
            distances = distances_outside(session, [(each.position, location.gmina) for each in candidates])
        near = [each for each, km in zip(candidates, distances, strict=True) if km <= self.around.border_km]
        return near, min(distances)


def _address(location: Unplaced, places: Places) -> Address:
    """The address taken apart; "Długa 5" is a street unless a village is called so."""
    address = split_address(f"{location.address_1}, {location.postal_code or ''} {location.city}")
    if not location.postal_code:
        address = replace(split_address(location.address_1), town=location.city)
    if address.village and not address.street and not places.knows(address.village):
        return replace(address, street=address.village, village="")
    return address
