"""Which gminas a served area has in it, and the one area that somebody serves or stands in."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from mapapp.territory.planning import PlannedGmina

Of_co = TypeVar("Of_co", covariant=True)


class ByGmina(Protocol[Of_co]):
    """Something of each gmina, by its number."""

    def __getitem__(self, number: int, /) -> Of_co:
        """What it is."""


class GminasWithin:
    """The gminas of a region by the codes of areas; each code is looked up once.

    ``gminas``, ``powiats``: by number of a gmina, its code and that of its powiat.
    """

    def __init__(self, gminas: Sequence[PlannedGmina]) -> None:
        self._gminas = gminas
        self.gminas = tuple(gmina.teryt for gmina in gminas)
        self.powiats = tuple(gmina.powiat_teryt for gmina in gminas)
        self._index = {gmina.teryt: number for number, gmina in enumerate(gminas)}
        self._known: dict[str, frozenset[int]] = {}

    def numbers(self, code: str) -> frozenset[int]:
        """The gminas in a served area: TERYT of any level, NUTS 3, or PL for the whole country."""
        if code not in self._known:
            self._known[code] = frozenset(n for n, gmina in enumerate(self._gminas) if _lies_in(gmina, code))
        return self._known[code]

    def counted_in(self, served: Iterable[str], stands_in: str | None, of_gmina: ByGmina[Of_co]) -> Of_co | None:
        """Where what serves these codes counts: the one area that it serves, else the area in which it stands.

        ``of_gmina``: the area that each gmina belongs to. The help office of a rural gmina may stand in the town inside
        it; it counts for the gmina that it serves. None where it has no gmina here and serves more than one area.
        """
        areas = {of_gmina[number] for code in served for number in self.numbers(code)}
        if len(areas) == 1:
            return areas.pop()
        gmina = self._index.get(stands_in or "")
        return None if gmina is None else of_gmina[gmina]


def _lies_in(gmina: PlannedGmina, code: str) -> bool:
    return code == "PL" or (code == gmina.nuts3 if code.startswith("PL") else gmina.teryt.startswith(code))
