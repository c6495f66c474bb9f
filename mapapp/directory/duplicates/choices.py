"""What a person can take from the record that goes: fields by the names that people use, and where they are stored."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

# Of each table, by the name on the command line: columns, and tables of details. Each is taken whole or not at all.
CHOICES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "organization": {
        "name": ("name",),
        "other-name": ("alternate_name",),
        "about": ("description",),
        "email": ("email",),
        "website": ("website",),
        "phone": ("phone",),
        "sector": ("sector",),
        "epuap": ("epuap",),
        "edoreczenia": ("edoreczenia",),
    },
    "location": {
        "place-name": ("name",),
        "address": ("address", "declared_gmina_teryt"),
        "position": ("point", "geometry_quality", "computed_gmina_teryt"),
        "hours": ("opening_hours", "opening_hours_text", "opening_hours_status", "opening_hours_notes"),
        "accessibility": ("accessibility",),
        "transport": ("transportation",),
        "floor": ("floor",),
    },
    "service": {
        "service-name": ("name",),
        "description": ("description",),
        "ages": ("minimum_age", "maximum_age"),
        "audiences": ("audiences",),
        "modes": ("modes",),
        "capacity": ("service_capacity",),
        "cost": ("cost_option",),
        "languages": ("language",),
        "area": ("service_area",),
        "how-to-apply": ("application_process",),
        "eligibility": ("eligibility_description",),
        "alert": ("alert",),
    },
}
_DETAILS: Final = frozenset(
    {"phone", "address", "accessibility", "service_capacity", "cost_option", "language", "service_area"}
)
NAMES: Final = tuple(name for choices in CHOICES.values() for name in choices)


class UnknownChoiceError(ValueError):
    """A field was named that cannot be chosen."""


def check_choices(taken: Collection[str]) -> None:
    """Nothing, where every name can be chosen. Raises UnknownChoiceError."""
    unknown = sorted(set(taken) - set(NAMES))
    if unknown:
        raise UnknownChoiceError(f"{unknown[0]!r} cannot be taken; expected one of {', '.join(NAMES)}")


def chosen_details(table: str) -> frozenset[str]:
    """The details of ``table`` that a choice takes or leaves; all others move to the survivor."""
    return frozenset(name for names in CHOICES.get(table, {}).values() for name in names) & _DETAILS


def stored_names(table: str, taken: Collection[str], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> set[str]:
    """The columns and details of ``table`` that come from the record that goes: the chosen ones, and what fills a gap.

    ``mine`` and ``theirs`` are the values of the survivor and of the other; of details, how many there are or None.
    """
    return set(_names(table, taken, mine, theirs))


def _names(table: str, taken: Collection[str], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    for choice, names in CHOICES[table].items():
        is_there, is_gap = (
            any(_is_told(theirs[name]) for name in names),
            not any(_is_told(mine[name]) for name in names),
        )
        if is_there and (choice in taken or is_gap):
            yield from names


def _is_told(value: object) -> bool:
    return not (value is None or (isinstance(value, str | list) and not value))
