"""Comparison of two units field by field. Each gives the level that WEIGHTS knows, and its reason in words; None
where one of the two tells nothing."""

from collections.abc import Callable, Collection, Iterator
from itertools import product
from math import asin, cos, radians, sin, sqrt
from typing import Final

from geo.crs import Position
from mapapp.directory.matching.addresses import is_same_house, is_same_street, may_be_same_house
from mapapp.directory.matching.names import Name, same_own_words, without_place
from mapapp.directory.matching.prepared import Prepared
from mapapp.directory.matching.weights import ONE_IN_A_GMINA, RELATED_KINDS, WEIGHTS, Field
from mapapp.directory.matching.words import share_found

Finding = tuple[str, str]  # the level, and the reason in words
Shared = Collection[str]  # telephone numbers and e-mails that several units have

_SIMILAR: Final = 0.5
_EARTH_M: Final = 6_371_000.0
# metres: same point, near, apart; between two points that stand for villages only the last tells anything
_SAME_POINT_M, _NEAR_M, _APART_M, _COARSE_M = 60.0, 300.0, 3_000.0, 15_000.0
_REGON_BASE: Final = 9


def identifiers(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """REGON tells units apart, NIP and KRS only owners."""
    mine, theirs = _by_scheme(one), _by_scheme(other)
    regon = _regon(mine.get("REGON", set()), theirs.get("REGON", set()))
    if regon:
        return regon
    both = sorted((mine.keys() & theirs.keys()) - {"REGON"})
    for scheme in both:
        common = sorted(mine[scheme] & theirs[scheme])
        if common:
            level = "same owner" if scheme in {"NIP", "KRS"} else "same unit"
            return level, f"the same {scheme} {common[0]}"
    if both:
        return "other", f"different {both[0]}: {min(mine[both[0]])} and {min(theirs[both[0]])}"
    return None


def _by_scheme(unit: Prepared) -> dict[str, set[str]]:
    numbers: dict[str, set[str]] = {}
    for scheme, number in unit.unit.identifiers:
        # a register's own numbers mean nothing in another register
        if scheme != "register":
            numbers.setdefault(scheme, set()).add(number)
    return numbers


def _regon(mine: set[str], theirs: set[str]) -> Finding | None:
    if not mine or not theirs:
        return None
    common = sorted(mine & theirs)
    if common:
        return "same unit", f"the same REGON {common[0]}"
    bases = {each[:_REGON_BASE] for each in mine} & {each[:_REGON_BASE] for each in theirs}
    if bases:
        return "another unit of the owner", f"REGON of two units of one owner: {min(mine)} and {min(theirs)}"
    return "other", f"different REGON: {min(mine)} and {min(theirs)}"


def name(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """The most favourable pair of their names, without the words of their places and of their kind."""
    place = one.place | other.place
    found = (_names(mine, theirs, place) for mine, theirs in product(one.names, other.names))
    return max(found, key=lambda each: WEIGHTS["name", each[0]])


def _names(one: Name, other: Name, place: Collection[str]) -> Finding:
    if one.numbers != other.numbers and one.numbers and other.numbers:
        return "other number", f"numbers in the names differ: {_listed(one.numbers)} and {_listed(other.numbers)}"
    if one.is_branch != other.is_branch or one.numbers != other.numbers:
        return "branch and main", "only one of the names is that of a branch"
    if one.scopes and other.scopes and not one.scopes & other.scopes:
        return "other level", f"one name is of a {_listed(one.scopes)}, the other of a {_listed(other.scopes)}"
    return _own_words(without_place(one.own, place), without_place(other.own, place))


def _own_words(mine: tuple[str, ...], theirs: tuple[str, ...]) -> Finding:
    if not mine and not theirs:
        return "none has a name of its own", "names say the kind and the place only"
    if not mine or not theirs:
        return "only one has a name of its own", f"only one name has „{' '.join(mine or theirs)}”"
    share = share_found(mine, theirs)
    told = f"„{' '.join(mine)}” and „{' '.join(theirs)}”"
    if share >= 1.0 and same_own_words(mine, theirs):
        return "same", f"names agree: „{' '.join(mine)}”"
    if share >= 1.0:
        return "one within the other", f"one name has the words of the other: {told}"
    if share >= _SIMILAR:
        return "similar", f"names are similar: {told}"
    return "other", f"names differ: {told}"


def _listed(values: Collection[str]) -> str:
    return ", ".join(sorted(values))


def kind(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """What is given there, by codes of types."""
    mine, theirs = one.unit.types, other.unit.types
    if not mine or not theirs:
        return None
    if mine & theirs:
        level = "only one in a gmina" if mine & theirs & ONE_IN_A_GMINA and _in_one_gmina(one, other) else "same"
        return level, f"the same kind: {_listed(mine & theirs)}"
    told = f"{_listed(mine)} and {_listed(theirs)}"
    if any(mine & family and theirs & family for family in RELATED_KINDS):
        return "related", f"related kinds: {told}"
    return "other", f"different kinds: {told}"


def _in_one_gmina(one: Prepared, other: Prepared) -> bool:
    mine, theirs = one.unit.gmina_teryt[:6], other.unit.gmina_teryt[:6]
    return bool(mine) and mine == theirs


def address(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """Street and house; a village that has no streets is its own street."""
    mine, theirs = one.address, other.address
    if mine is None or theirs is None:
        return None
    told = f"{one.unit.address} and {other.unit.address}"
    if not is_same_street(mine, theirs):
        return "other street", f"different streets: {told}"
    if not mine.house or not theirs.house:
        return "same street", f"the same street, a house number is missing: {told}"
    if is_same_house(mine, theirs):
        return "same", f"the same address: {one.unit.address}"
    if may_be_same_house(mine, theirs):
        return "nearly", f"house numbers differ in a part only: {told}"
    return "other house", f"another house of the same street: {told}"


def area(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """The gmina by its code; where one is unknown, the town by its name or the postal code."""
    mine, theirs = one.unit, other.unit
    if mine.postal_code and mine.postal_code == theirs.postal_code:
        return "same", f"the same postal code: {mine.postal_code}"
    if mine.gmina_teryt and theirs.gmina_teryt:
        # the seventh digit is the kind of gmina, which registers of different years give differently
        if mine.gmina_teryt[:6] == theirs.gmina_teryt[:6]:
            return "same", f"the same gmina: {mine.gmina_teryt}"
        told = f"{mine.gmina_teryt} and {theirs.gmina_teryt}"
        if one.town and one.town == other.town:
            return "same town", f"the same town {mine.town}, but different gminas: {told}"
        return "other", f"different gminas: {told}"
    return _towns(one, other)


def _towns(one: Prepared, other: Prepared) -> Finding | None:
    if not one.town or not other.town:
        return None
    if share_found(one.town, other.town) >= 1.0:
        return "same", f"the same town: {one.unit.town}"
    return "other", f"different towns: {one.unit.town} and {other.unit.town}"


def distance(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """Metres between the points; points that stand for a village or a gmina tell only that units are far apart."""
    mine, theirs = one.unit, other.unit
    if mine.position is None or theirs.position is None:
        return None
    metres = metres_between(mine.position, theirs.position)
    told = f"{metres:,.0f} m apart"
    if not (mine.is_precise and theirs.is_precise):
        return ("far", f"{told}, though the points are inexact") if metres > _COARSE_M else None
    levels = ((_SAME_POINT_M, "same point"), (_NEAR_M, "near"), (_APART_M, "apart"))
    return next(((level, told) for limit, level in levels if metres <= limit), ("far", told))


def metres_between(one: Position, other: Position) -> float:
    """Along the earth's surface (haversine), metres; exact to 0.5 per cent."""
    lat, other_lat = radians(one.lat), radians(other.lat)
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * _EARTH_M * asin(min(1.0, sqrt(half)))


def contact(one: Prepared, other: Prepared, shared: Shared) -> Finding | None:
    """A telephone or an e-mail in common; one that a gmina's office gives for all its units counts little."""
    mine, theirs = one.contacts, other.contacts
    common = sorted(mine & theirs)
    own = [each for each in common if each not in shared]
    if own:
        return "same", f"the same contact: {own[0]}"
    if common:
        return "shared by several", f"the same contact, which further units have too: {common[0]}"
    if one.unit.phones and other.unit.phones:
        return "other", f"no telephone in common: {_listed(one.unit.phones)} and {_listed(other.unit.phones)}"
    return None


def register(one: Prepared, other: Prepared, _: Shared) -> Finding | None:
    """A register lists a unit once: two numbers in one mean two units, mostly."""
    both = one.unit.registers & other.unit.registers
    return ("lists both", f"one register lists both: {_listed(both)}") if both else None


Comparison = Callable[[Prepared, Prepared, Shared], Finding | None]


def comparisons() -> Iterator[tuple[Field, Comparison]]:
    """Every field with its comparison, in the order in which people look."""
    yield from (("identifiers", identifiers), ("name", name), ("kind", kind), ("address", address))
    yield from (("area", area), ("distance", distance), ("contact", contact), ("register", register))
