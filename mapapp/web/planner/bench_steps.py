"""One change after the other without a script: a form's fields become a change, and the scenario's next address."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from geo.crs import Position
from mapapp.coverage.changes import MOST_CHANGES, Change, read_change
from mapapp.territory.queries import Place, find_places
from mapapp.web.filters import Link
from mapapp.web.i18n import gettext as _
from mapapp.web.parameters import parse_error
from mapapp.web.planner.answers import one_moment
from mapapp.web.planner.bench_questions import BenchAsked, StepAsked
from mapapp.web.planner.questions import ServicesAsked, arguments
from mapapp.web.problems import ParameterError, ParametersError

MOST_NAMESAKES = 12
OF_A_STEP = ("co", "nowy_typ", "miejsce", "punkt", "miejsca")
SURE = ("exact", "code")


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Several places may be meant; each link takes one."""

    asked: StepAsked
    name: str
    links: tuple[Link, ...]


def after_step(asked: StepAsked) -> str | Namesakes:
    """The address of the scenario with the change, or the places to choose from. Raises ParametersError."""
    places = _places(asked)
    if len(places) > 1:
        return _choice(asked, places)
    at = asked.punkt or (places[0].position if places else None)
    change = _change(asked, at)
    others = tuple(text for text in asked.zmiana if not change.key or read_change(text).key != change.key)
    if len(others) >= MOST_CHANGES:
        raise parse_error("zmiana", "many", most=MOST_CHANGES)
    return scenario_url(asked, zmiana=(*others, str(change)))


def scenario_url(asked: BenchAsked, **changed: Any) -> str:
    """The address of a scenario, without what belongs to one step only."""
    kept = {name: value for name, value in arguments(asked, site=None, **changed).items() if name not in OF_A_STEP}
    return url_for("planner.scenario", **kept) + "#wynik"


def _change(asked: StepAsked, at: Position | None) -> Change:
    if asked.co == "add":
        if at is None:
            raise ParametersError([ParameterError("miejsce", _("say where the new site is to stand"))])
        kind = asked.nowy_typ or (asked.type[0] if asked.type else None)
        if kind is None:
            raise ParametersError([ParameterError("nowy_typ", _("say which service the new site gives"))])
        return Change("add", type=kind, at=at, places=asked.miejsca)
    if asked.site is None:
        raise ParametersError([ParameterError("site", _("say which site is changed"))])
    if asked.co == "close":
        return Change("close", asked.site)
    if at is not None:
        return Change("move", asked.site, at=at, places=asked.miejsca)
    if asked.miejsca is None:
        raise ParametersError([ParameterError("miejsca", _("give another number of places, or another place"))])
    return Change("size", asked.site, places=asked.miejsca)


def _places(asked: StepAsked) -> tuple[Place, ...]:
    """The place of that name; several where it is not sure which is meant."""
    if asked.punkt is not None or not asked.miejsce or asked.co == "close":
        return ()
    with one_moment() as session:
        found = find_places(session, asked.miejsce, limit=MOST_NAMESAKES)
    if not found:
        raise parse_error("miejsce", "place", value=asked.miejsce)
    exact = [place for place in found if place.match in SURE]
    seats = [place for place in exact if place.is_seat or place.kind != "place"]
    return tuple(seats[:1] if len(seats) >= 1 and seats[0] == exact[0] else exact or found)


def _choice(asked: StepAsked, places: tuple[Place, ...]) -> Namesakes:
    links = []
    for place in places:
        where = ", ".join(filter(None, (place.gmina_name, place.powiat_name)))
        step = arguments(asked, punkt=place.position, miejsce="")
        links.append(Link(f"{place.name} ({where})" if where else place.name, url_for("planner.scenario_step", **step)))
    return Namesakes(asked, asked.miejsce, tuple(links))


def form_fields(asked: ServicesAsked, **changed: Any) -> list[tuple[str, str]]:
    """The scenario as hidden fields of a form."""
    fields: list[tuple[str, str]] = []
    for name, value in arguments(asked, **changed).items():
        values = value if isinstance(value, list) else [value]
        fields += [(name, str(each)) for each in values]
    return fields


def kept(asked: ServicesAsked, **changed: Any) -> dict[str, Any]:
    """The scenario as the arguments of an address."""
    return arguments(asked, **changed)
