"""The query string of siting: which services, how many new sites, what for, and where they may stand."""

from typing import Annotated, Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from mapapp.coverage.changes import MOST_PLACES
from mapapp.coverage.siting import AIMS, USUAL_PLACES, Wish
from mapapp.web.parameters import Text, Whole, between, one_of
from mapapp.web.planner.form import DAY_HOMES
from mapapp.web.planner.questions import ServicesAsked

MOST_SITES: Final = 30
MOST_AREAS: Final = 20


def _areas(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > MOST_AREAS:
        raise PydanticCustomError("many", "many", {"most": MOST_AREAS})
    for value in values:
        is_teryt = value.isascii() and value.isdigit() and len(value) in {4, 7}
        if not is_teryt and not (value.isascii() and value.startswith("PL") and len(value) == 5):
            raise PydanticCustomError("pattern", "pattern", {"example": "PL517"})
    return tuple(dict.fromkeys(values))


class SitingAsked(ServicesAsked):
    """Where new sites help most. ``w``: only in these areas; ``po_jednym``: at most one in each subregion.

    ``miejsca``: places at each. ``praca``: a search for the proof that was begun.
    """

    k: Annotated[Whole, between(1, MOST_SITES)] = 2
    aim: Annotated[str, one_of(AIMS)] = "people"
    w: Annotated[tuple[str, ...], AfterValidator(_areas)] = ()
    po_jednym: Annotated[str, one_of(("1",))] | None = None
    miejsca: Annotated[Whole, between(1, MOST_PLACES)] = USUAL_PLACES
    praca: Text = ""

    def wish(self, *, exactly: bool = False, seconds: float = 60.0) -> Wish:
        """The question to ``coverage.siting``."""
        return Wish(
            k=self.k,
            aim=self.aim,  # type: ignore[arg-type] # one of AIMS
            one_per_subregion=self.po_jednym is not None,
            within=frozenset(self.w),
            places=self.miejsca,
            exactly=exactly,
            seconds=seconds,
        )


def with_day_homes(asked: SitingAsked) -> SitingAsked:
    """Day homes for people of 80 and over where nothing is asked yet."""
    if asked.type or asked.group:
        return asked
    return asked.model_copy(update={"type": DAY_HOMES, "ages": asked.ages or "80+"})
