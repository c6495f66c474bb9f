"""A unit taken apart once, so that it can be compared with many."""

from dataclasses import dataclass

from mapapp.directory.matching.addresses import Address, address_of
from mapapp.directory.matching.names import Name, name_of
from mapapp.directory.matching.unit import Unit
from mapapp.directory.matching.words import words_in


@dataclass(frozen=True, slots=True)
class Prepared:
    """A unit with its names and its address taken apart."""

    unit: Unit
    names: tuple[Name, ...]
    address: Address | None
    town: tuple[str, ...]
    place: frozenset[str]  # every word of the town and the address line
    contacts: frozenset[str]  # telephones and the e-mail


def prepare(unit: Unit) -> Prepared:
    """``unit`` taken apart."""
    town = words_in(unit.town)
    return Prepared(
        unit=unit,
        names=tuple(name_of(each) for each in (unit.name, *unit.alternate_names)),
        address=address_of(unit.address, unit.town) if unit.address else None,
        town=town,
        place=frozenset(word for word in (*town, *words_in(unit.address)) if len(word) > 2 and not word.isdigit()),
        contacts=unit.phones | ({unit.email.casefold()} if unit.email else frozenset()),
    )
