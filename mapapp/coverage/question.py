"""A planner's question, checked: what is measured, of which services, for whom, where and within what reach."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from mapapp.coverage.ages import UNITS_COUNTED, parse_ages
from mapapp.coverage.areas import LAYERS, Layer
from mapapp.coverage.definitions import definition
from mapapp.coverage.errors import CoverageError, UnknownCode
from mapapp.coverage.travel import travel_mode
from mapapp.directory.vocabulary import Vocabularies

Decay = Literal["step", "gaussian", "exponential"]
DECAYS: tuple[Decay, ...] = get_args(Decay)
LONGEST_MINUTES = 240.0
MOST_TYPES_IN_ONE_BASE = 1
COMMON_BASE = "total"
# what may be asked of all services at once
OF_EVERY_TYPE = frozenset({"setting", "profile", "verified", "hours"})


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Two equal questions to the same release have the same answer.

    ``types``: sorted codes of service types, narrower ones included. ``group``: whom it is for (ages such as ``80+``).
    ``minutes``: reach of travel. ``entitled``: only sites that the people may use, else all that are near.
    ``standard``: places per ``standard_per`` of the group, for gaps; ``reference``: a standard's code instead, or
    ``median`` or ``best_quartile`` of the areas. ``year``: of a projection of the population. ``straight``: travel in
    straight lines, also where times by road are kept.
    """

    measure: str
    types: tuple[str, ...]
    group: str
    layer: Layer = "gmina"
    mode: str = "car"
    minutes: float = 30.0
    entitled: bool = True
    decay: Decay = "gaussian"
    audience: tuple[str, ...] = ()
    profile: str | None = None
    standard: float | None = None
    standard_per: int = 1000
    reference: str | None = None
    year: int | None = None
    straight: bool | None = None

    def asked(self) -> dict[str, Any]:
        """The question as plain values, for files and releases."""
        return {name: value for name, value in asdict(self).items() if value not in (None, ())}


def ask(  # noqa: PLR0913 - the one place where a question is put together, by keywords only
    vocabularies: Vocabularies,
    measure: str,
    types: Iterable[str] = (),
    *,
    groups: Iterable[str] = (),
    ages: str | None = None,
    by: str = "gmina",
    mode: str = "car",
    minutes: float = 30.0,
    km: float | None = None,
    entitled: bool = True,
    decay: str = "gaussian",
    audience: str | None = None,
    profile: str | None = None,
    standard: float | None = None,
    per: int | None = None,
    reference: str | None = None,
    year: int | None = None,
    straight: bool = False,
) -> Question:
    """The question, every part of it checked. ``km``: reach by straight line and detour instead of minutes.

    Raises UnknownCode, or CoverageError for numbers that cannot be.
    """
    measured = definition(measure)
    needs = measured.needs
    # staff is counted against all residents
    is_of_staff = "staff" in needs
    chosen = () if is_of_staff else _types(vocabularies, types, groups)
    if not chosen and needs & OF_EVERY_TYPE:
        chosen = tuple(sorted(vocabularies.types))
    base, base_per = _base(vocabularies, chosen)
    reach = _reach(mode, minutes, km)
    if not chosen and measured.is_of_services:
        raise CoverageError(f"measure {measure!r} needs a service type; name one with types or groups")
    if "profile" in needs and profile is None:
        raise CoverageError(f"measure {measure!r} needs a profile, one of {', '.join(vocabularies.profiles)}")
    return Question(
        measure=measure,
        types=chosen,
        group=COMMON_BASE if is_of_staff else _group(ages, base),
        layer=_one_of("by", by, LAYERS),
        mode=mode,
        minutes=reach,
        entitled=entitled,
        decay=_one_of("decay", decay, DECAYS),
        audience=_audience(vocabularies, audience),
        profile=profile if profile is None else _one_of("profile", profile, tuple(vocabularies.profiles)),
        standard=_not_negative("standard", standard),
        standard_per=per or base_per,
        reference=reference,
        year=year,
        # kilometres along the way are known of straight lines only
        straight=straight or km is not None or None,
    )


def _types(vocabularies: Vocabularies, types: Iterable[str], groups: Iterable[str]) -> tuple[str, ...]:
    chosen: set[str] = set()
    for code in types:
        chosen |= vocabularies.type_with_narrower(_one_of("type", code, tuple(vocabularies.types)))
    for code in groups:
        members = vocabularies.types_in(_one_of("group", code, tuple(vocabularies.groups)))
        chosen |= {each.code for each in members}
    return tuple(sorted(chosen))


def _base(vocabularies: Vocabularies, types: tuple[str, ...]) -> tuple[str, int]:
    """Whom the types are measured against, and per how many: what the vocabulary says, if all of them agree."""
    bases = {vocabularies.types[code].indicator_base for code in types}
    pers = {vocabularies.types[code].indicator_per or 1000 for code in types}
    base = bases.pop() if len(bases) == MOST_TYPES_IN_ONE_BASE else COMMON_BASE
    if base in UNITS_COUNTED:
        base = COMMON_BASE
    return base, pers.pop() if len(pers) == MOST_TYPES_IN_ONE_BASE else 1000


def _group(ages: str | None, base: str) -> str:
    if ages is None or ages == base or ages.startswith("disability"):
        return ages or base
    return str(parse_ages(ages))


def _reach(mode: str, minutes: float, km: float | None) -> float:
    way = travel_mode(mode)
    reach = minutes if km is None else km / way.speed_kmh * 60
    if not 0 < reach <= LONGEST_MINUTES:
        raise CoverageError(f"reach is {reach:g} minutes, expected more than 0 and at most {LONGEST_MINUTES:g}")
    return reach


def _audience(vocabularies: Vocabularies, code: str | None) -> tuple[str, ...]:
    if code is None:
        return ()
    known = _one_of("audience", code, tuple(vocabularies.audiences))
    return tuple(sorted(vocabularies.audience_with_narrower(known)))


def _not_negative(name: str, value: float | None) -> float | None:
    if value is not None and not 0 <= value < float("inf"):
        raise CoverageError(f"{name} is {value}, expected a number of at least 0")
    return value


def _one_of(name: str, value: str, known: tuple[Any, ...]) -> Any:
    if value not in known:
        raise UnknownCode(name, value, known)
    return value
