"""The query string of a scenario: the base question and the changes, all of it in the address."""

from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from mapapp.coverage.areas import Layer
from mapapp.coverage.bench import MEASURES
from mapapp.coverage.changes import EXAMPLE, KEY_LETTERS, MOST_CHANGES, MOST_PLACES, WrongChange, read_changes
from mapapp.web.parameters import Near, Text, Whole, between, code_of, one_of
from mapapp.web.planner.form import DAY_HOMES
from mapapp.web.planner.questions import BY, VIEWS, ServicesAsked


def _changes(values: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(str(change) for change in read_changes(values))
    except WrongChange:
        if len(values) > MOST_CHANGES:
            raise PydanticCustomError("many", "many", {"most": MOST_CHANGES}) from None
        raise PydanticCustomError("pattern", "pattern", {"example": EXAMPLE}) from None


def _key(value: str) -> str:
    if len(value) != KEY_LETTERS or not set(value) <= set("0123456789abcdef"):
        raise PydanticCustomError("pattern", "pattern", {"example": "1a2b3c4d5e"})
    return value


Key = Annotated[str, AfterValidator(_key)]


class BenchAsked(ServicesAsked):
    """A scenario. ``zmiana``: its changes; ``by``, ``measure`` and ``view``: what the map shows; ``site``: looked at.

    ``wariant``: the key to edit a saved scenario, which saving then replaces.
    """

    zmiana: Annotated[tuple[str, ...], AfterValidator(_changes)] = ()
    by: Annotated[Layer, one_of(BY)] = "gmina"
    measure: Annotated[str, one_of(MEASURES)] = "beyond_people"
    view: Annotated[str, one_of(VIEWS)] = "after"
    site: Key | None = None
    wariant: Text = ""


class StepAsked(BenchAsked):
    """One change to be made: of ``site``, or a new site of ``nowy_typ``; then the scenario with it has an address."""

    co: Annotated[str, one_of(("add", "change", "close"))] = "add"
    nowy_typ: Annotated[str, code_of("types")] | None = None
    miejsce: Text = ""
    punkt: Near | None = None
    miejsca: Annotated[Whole, between(0, MOST_PLACES)] | None = None


class SaveAsked(BenchAsked):
    """A scenario to be saved under a name."""

    nazwa: Text = ""


def with_services(asked: BenchAsked) -> BenchAsked:
    """Day homes for people of 80 and over where nothing is asked yet."""
    if asked.type or asked.group:
        return asked
    return asked.model_copy(update={"type": DAY_HOMES, "ages": asked.ages or "80+"})
