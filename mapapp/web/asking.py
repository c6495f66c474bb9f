"""From the words of a question to a search: what is needed, and around which place or in which area."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from geo.crs import Position
from mapapp.directory.open_when import Occasion, OpenWhen
from mapapp.directory.queries import ServiceSearch, understand_query
from mapapp.polish_time import WARSAW
from mapapp.territory.queries import Place, find_places
from mapapp.web.i18n import gettext as _
from mapapp.web.kept import kept
from mapapp.web.parameters import in_words
from mapapp.web.questions import SearchQuestion
from mapapp.web.site import current_site
from mapapp.web.words import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PLACES_COMPARED = 20
PLACES_OFFERED = 6
VERIFIED_WITHIN = timedelta(days=365)
# of these a point says nothing: they are searched by their boundary
WIDE_AREAS = {"powiat", "subregion"}


@dataclass(frozen=True, slots=True)
class Where:
    """Around which point or in which area to search, and what else the words could have meant."""

    position: Position | None = None
    place: Place | None = None
    area: Place | None = None
    alternatives: tuple[Place, ...] = ()
    unknown: str = ""  # a place that was asked for and not found

    @property
    def label(self) -> str:
        """The point in words, for "nearest first, from …"."""
        if self.place is not None:
            return self.place.name
        return _("your position") if self.position else ""

    def code(self, kind: str) -> str | None:
        """The code of the area, where it is of this kind."""
        return self.area.code if self.area is not None and self.area.kind == kind else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question understood: the search, the need in words, and the place."""

    search: ServiceSearch
    what: str
    where: Where


def ask(
    session: "Session",
    question: SearchQuestion,
    limit: int,
    offset: int,
    bbox: tuple[float, float, float, float] | None = None,
) -> Asked:
    """What to search for. A place typed among the words of the need is used where no other is given."""
    what, where = question.q, _where(session, question)
    if question.q and not question.place and question.near is None:
        understood = kept("understood", question.q, lambda: understand_query(session, question.q))
        if understood.place is not None:
            what, where = understood.what, _at_place(session, understood.place)
    search = ServiceSearch(
        q=what,
        near=where.position,
        within_km=question.within_km if where.position else None,
        types=question.type or situation_types(question),
        groups=question.group,
        audiences=question.audience,
        profile=question.profile,
        costs=question.cost,
        languages=question.language,
        modes=question.mode,
        sectors=question.sector,
        settings=question.care,
        open_when=open_when(question),
        verified_since=verified_since() if question.verified else None,
        gmina=question.gmina,
        powiat=question.powiat or where.code("powiat"),
        subregion=question.subregion or where.code("subregion"),
        bbox=bbox,
        limit=limit,
        offset=offset,
    )
    return Asked(search, what, where)


def situation_types(question: SearchQuestion) -> tuple[str, ...]:
    """The kinds of help that answer the situation; empty without one."""
    return current_site().vocabularies.situations[question.situation].types if question.situation else ()


def open_when(question: SearchQuestion) -> OpenWhen | None:
    """When someone can come. Without a moment it is now, to the minute, so that who asks again soon is known again."""
    if question.open is None and question.open_at is None:
        return None
    at = (question.open_at or now()).astimezone(WARSAW).replace(second=0, microsecond=0)
    occasion = Occasion(question.open or Occasion.AT)
    if occasion in {Occasion.EVENING, Occasion.WEEKEND}:
        at = at.replace(hour=0, minute=0)
    return OpenWhen(Occasion.AT if question.open_at and occasion is Occasion.NOW else occasion, at)


def verified_since() -> date:
    """From which day on a verification is fresh: a year ago."""
    return now().date() - VERIFIED_WITHIN


def _where(session: "Session", question: SearchQuestion) -> Where:
    if not question.place:
        return Where(position=question.near)
    places = _places(session, question.place)
    if not places:
        return Where(unknown=question.place)
    return _chosen(_at(places, question.near) or places[0], places)


def _at_place(session: "Session", place: Place) -> Where:
    return _chosen(place, _places(session, place.name))


def _places(session: "Session", name: str) -> tuple[Place, ...]:
    return kept("places", name, lambda: find_places(session, name, limit=PLACES_COMPARED))


def _chosen(place: Place, places: tuple[Place, ...]) -> Where:
    if place.kind in WIDE_AREAS:
        return Where(area=place)
    return Where(place.position, place, alternatives=_namesakes(place, places))


def _at(places: tuple[Place, ...], near: Position | None) -> Place | None:
    """The one of several namesakes that a link named by its position; a stale position names none."""
    return next((place for place in places if near is not None and in_words(place.position) == in_words(near)), None)


def _namesakes(chosen: Place, places: tuple[Place, ...]) -> tuple[Place, ...]:
    name = chosen.name.casefold()
    others = {
        place.gmina_teryt: place
        for place in reversed(places)
        if place.kind == "place" and place.name.casefold() == name and place.gmina_teryt != chosen.gmina_teryt
    }
    return tuple(reversed(others.values()))[:PLACES_OFFERED]
