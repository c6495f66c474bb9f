"""The planners' query string: one question that the page, its downloads and its links share."""

from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from mapapp.coverage import question as coverage
from mapapp.coverage.ages import INDICATOR_GROUPS, parse_ages
from mapapp.coverage.areas import Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.definitions import definition, definitions
from mapapp.coverage.errors import CoverageError, UnknownCode
from mapapp.coverage.standards import COMPUTED, standards
from mapapp.coverage.travel import travel_modes
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import Question, Whole, arguments_of, between, code_of, codes_of, number, one_of, parse_error
from mapapp.web.problems import ParameterError, ParametersError

SORTS: Final = ("name", "parent", "value", "numerator", "denominator", "sites")
BREAKS: Final = ("quantiles", "natural")
WAYS: Final = ("road", "straight")
VIEWS: Final = ("after", "difference")
BY: Final[tuple[Layer, ...]] = ("gmina", "powiat", "subregion")
DEFAULT_REFERENCE: Final = "best_quartile"
MOST_COMPARED: Final = 4
# how long the codes of released questions and of releases are
KEY: Final = 12
RELEASE: Final = 16


def _ages(value: str) -> str:
    if value in INDICATOR_GROUPS:
        return value
    try:
        return str(parse_ages(value))
    except CoverageError:
        raise PydanticCustomError("pattern", "pattern", {"example": "80+"}) from None


def _teryts(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) > MOST_COMPARED:
        raise PydanticCustomError("many", "many", {"most": MOST_COMPARED})
    if not all(value.isascii() and value.isdigit() and len(value) in {4, 7} for value in values):
        raise PydanticCustomError("pattern", "pattern", {"example": "0264011"})
    return tuple(dict.fromkeys(values))


def _powiat(value: str) -> str:
    if not (value.isascii() and value.isdigit() and len(value) == 4):
        raise PydanticCustomError("pattern", "pattern", {"example": "0208"})
    return value


Number = BeforeValidator(number)


class ServicesAsked(Question):
    """Which services, and for whom: what every planner's page understands.

    ``way``: by road, where times are kept for the ``mode``, or along straight lines in any case.
    """

    type: codes_of("types") = ()  # type: ignore[valid-type] # made for each vocabulary
    group: codes_of("groups") = ()  # type: ignore[valid-type]
    audience: Annotated[str, code_of("audiences")] | None = None
    ages: Annotated[str, AfterValidator(_ages)] | None = None
    mode: Annotated[str, one_of(travel_modes())] = "car"
    minutes: Annotated[float, Number, between(1, coverage.LONGEST_MINUTES)] = 30.0
    way: Annotated[str, one_of(WAYS)] = "road"
    access: Annotated[str, one_of(("entitled", "near"))] = "entitled"
    standard: Annotated[float, Number, between(0, 100_000)] | None = None
    per: Annotated[Whole, between(1, 100_000)] | None = None
    reference: Annotated[str, one_of((*COMPUTED, *standards()))] | None = None


class CoverageAsked(ServicesAsked):
    """A map of one measure. ``ponad``: only areas whose figure is greater; ``bez_miast``: without cities."""

    measure: Annotated[str, one_of(definitions())] = "beyond_people"
    by: Annotated[str, one_of(BY)] = "gmina"
    profile: Annotated[str, code_of("profiles")] | None = None
    breaks: Annotated[str, one_of(BREAKS)] = "quantiles"
    ponad: Annotated[float, Number, between(0, 999_999)] | None = None
    bez_miast: Annotated[str, one_of(("1",))] | None = None
    sort: Annotated[str, one_of(SORTS)] = "value"
    order: Annotated[str, one_of(("asc", "desc"))] | None = None


class AreaAsked(ServicesAsked):
    """The page of an area; ``z``: others to compare it with."""

    z: Annotated[tuple[str, ...], AfterValidator(_teryts)] = ()


class EquityAsked(ServicesAsked):
    """How evenly support is spread, over gminas or powiats."""

    by: Annotated[str, one_of(("gmina", "powiat"))] = "gmina"
    profile: Annotated[str, code_of("profiles")] | None = None


def _code(value: str) -> str:
    if not (value.isascii() and value.isalnum() and len(value) in {KEY, RELEASE}):
        raise PydanticCustomError("pattern", "pattern", {"example": "0123456789abcdef"})
    return value


class TimeAsked(Question):
    """A released question (``pytanie``), a release of it (``stan``) and the one it is compared with (``wobec``).

    ``view``: what the map's colours tell, the later figure or the difference.
    """

    pytanie: Annotated[str, AfterValidator(_code)] | None = None
    stan: Annotated[str, AfterValidator(_code)] | None = None
    wobec: Annotated[str, AfterValidator(_code)] | None = None
    view: Annotated[str, one_of(VIEWS)] = "after"


class DutiesAsked(Question):
    """The matrix of duties: of gminas, in one powiat or all, or of powiats."""

    level: Annotated[str, one_of(("gmina", "powiat"))] = "gmina"
    powiat: Annotated[str, AfterValidator(_powiat)] | None = None


def arguments(asked: Question, **changed: Any) -> dict[str, Any]:
    """The query string that asks this with some parts changed (None: left out); the language is kept by links."""
    other = asked.model_copy(update=changed)
    return {name: value for name, value in arguments_of(other).items() if name != "lang" and value != "None"}


def coverage_question(data: CoverageData, asked: ServicesAsked, measure: str, by: str = "gmina") -> coverage.Question:
    """The question to ``coverage``. Raises ParametersError that names what does not fit."""
    needs = definition(measure).needs
    reference = asked.reference
    if "standard" in needs and asked.standard is None and reference is None:
        reference = DEFAULT_REFERENCE
    try:
        return coverage.ask(
            data.vocabularies,
            measure,
            asked.type,
            groups=asked.group,
            ages=asked.ages,
            by=by,
            mode=asked.mode,
            minutes=asked.minutes,
            straight=asked.way == "straight",
            entitled=asked.access == "entitled",
            audience=asked.audience,
            profile=getattr(asked, "profile", None),
            standard=asked.standard,
            per=asked.per,
            reference=reference,
        )
    except UnknownCode as error:
        raise ParametersError([ParameterError(error.field, str(error), error.value)]) from None


def check_together(data: CoverageData, asked: CoverageAsked) -> None:
    """Parameters that only make sense together. Raises ParametersError."""
    measured = definition(asked.measure)
    needs = measured.needs
    if not (asked.type or asked.group) and not needs & coverage.OF_EVERY_TYPE and measured.is_of_services:
        raise ParametersError([ParameterError("type", _("this measure needs a service type or a group of types"))])
    if "profile" in needs and asked.profile is None:
        raise parse_error("profile", "choice", codes=", ".join(data.vocabularies.profiles))
    if asked.standard is not None and asked.reference is not None:
        raise ParametersError([ParameterError("standard", _("give either a standard or a reference, not both"))])
