"""Which pairs are worth comparing: those that share a block. 100,000 units make some millions of pairs, not 10^10."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from mapapp.directory.matching.names import without_place
from mapapp.directory.matching.prepared import Prepared
from mapapp.directory.matching.weights import RELATED_KINDS

# A block that holds more tells nothing ("DPS in Kraków"): its units meet in finer blocks, or not at all.
MOST_IN_BLOCK: Final = 40
SHARED_FROM: Final = 3  # units; a telephone of two may be that of one unit listed twice
_CELL_DEGREES: Final = 0.004  # 440 m by 280 m
_FAMILY: Final[Mapping[str, str]] = {code: min(family) for family in RELATED_KINDS for code in family}


def blocks_of(unit: Prepared) -> Iterator[Hashable]:
    """The blocks that ``unit`` is in. Two records of one unit share one, unless everything in them differs."""
    yield from (("identifier", scheme, number[:9]) for scheme, number in unit.unit.identifiers)
    yield from (("contact", each) for each in unit.contacts)
    areas = tuple(_areas(unit))
    own = tuple(word for each in unit.names for word in without_place(each.own, unit.place))
    for family in {_FAMILY.get(code, code) for code in unit.unit.types}:
        for area in areas:
            yield (family, area)
            yield from ((family, area, word[:5]) for word in own)
            if unit.address:
                yield from ((family, area, "street", word[:5]) for word in unit.address.street)
        yield from ((family, *cell) for cell in _cells(unit))
        yield from ((family, "name", word[:6]) for word in own)


def _areas(unit: Prepared) -> Iterator[str]:
    if unit.unit.gmina_teryt:
        yield unit.unit.gmina_teryt[:6]
    if unit.unit.postal_code:
        yield unit.unit.postal_code
    if unit.town:
        yield " ".join(unit.town)


def _cells(unit: Prepared) -> Iterator[tuple[int, int]]:
    """The four cells of a grid around an exact point, so that near units share one across any edge."""
    if unit.unit.position is None or not unit.unit.is_precise:
        return
    east, north = (round(degrees / _CELL_DEGREES) for degrees in unit.unit.position)
    yield from ((east + right, north + up) for right in (0, -1) for up in (0, -1))


def candidate_pairs(units: Sequence[Prepared]) -> Iterator[tuple[int, int]]:
    """Every pair of positions in ``units``, the lower first, that shares a block of a telling size; each once."""
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, unit in enumerate(units):
        for block in set(blocks_of(unit)):
            blocks[block].append(index)
    seen: set[int] = set()
    for members in blocks.values():
        if len(members) > MOST_IN_BLOCK:
            continue
        for low, high in combinations(members, 2):
            # one number for a pair: a set of tuples would take three times the memory
            pair = low * len(units) + high
            if pair not in seen:
                seen.add(pair)
                yield low, high


def shared_contacts(units: Iterable[Prepared]) -> frozenset[str]:
    """The telephone numbers and e-mail addresses that three or more units give."""
    counted = Counter(each for unit in units for each in unit.contacts)
    return frozenset(each for each, times in counted.items() if times >= SHARED_FROM)
