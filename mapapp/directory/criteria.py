"""What a search means on the published read model: which listings it finds, and in which order.

With a position: in the four blocks of ``entitlement``, each by distance. Those without one last: first what covers the
position or is in its gmina, then in its powiat, then the rest; what has no place and serves others is left out. Without
a position: by how well the words fit; without words by town and name. What suits the profile, and is surely open on the
occasion asked for, goes before the rest of its block. Ties are broken by id, so that the order is total.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Numeric,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import REAL, TSQUERY
from sqlalchemy.orm import Session

from geo.crs import PUWG_1992, WGS84, Position
from mapapp.directory.access import access, access_order, required_features
from mapapp.directory.entitlement import block, comes_to_people, covers, has_area, overlap
from mapapp.directory.families import Families, families
from mapapp.directory.listing_facts import Around, Known
from mapapp.directory.open_hours import is_open, published_hours
from mapapp.directory.open_when import OpenWhen, split
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables import Listing, ListingChange
from mapapp.directory.wording import Wording, understand_words
from mapapp.territory.queries import gmina_at
from mapapp.territory.tables import Powiat

# what a word counts in the lanes D, C, B, A of the search vector (publication)
LANE_WEIGHTS = [0.05, 0.2, 0.4, 1.0]
POLISH = "pl-x-icu"
# the columns themselves: statements on mapped attributes take twice as long to put together
LISTING = Listing.__table__.c
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Criteria:
    """A search with all that had to be looked up before it can be asked."""

    search: ServiceSearch
    wording: Wording
    # codes of the position's gmina, powiat and voivodeship; empty where it is in none that we know
    around: tuple[str, ...]
    types: tuple[str, ...]
    audiences: tuple[str, ...]
    # codes of the powiats asked for, and of their voivodeships
    powiats: tuple[str, ...]
    type_families: Families
    audience_families: Families
    # what the profile asked for cannot do without
    required: tuple[str, ...] = ()
    # the hours, as they are written, that are open or closed on the occasion asked for; all others are unknown
    open_hours: tuple[str, ...] = ()
    closed_hours: tuple[str, ...] = ()


def prepare(session: Session, search: ServiceSearch, around: Around | None = None) -> Criteria:
    """Look up what the search names: its words, the area of its position, wider and narrower terms.

    What facts ``around`` the position know is not looked up again.
    """
    powiats = {search.powiat} if search.powiat else set()
    if search.subregion:
        powiats |= set(
            session.scalars(select(Powiat.teryt).where(Powiat.nuts3 == search.subregion, Powiat.valid_to.is_(None)))
        )
    known = around.facts.known if around else _look_up
    types, audiences = known("families", partial(families, session, "types", "audiences"))
    profile = search.profile
    opened, closed = _hours(session, search.open_when, around) if search.open_when else ((), ())
    return Criteria(
        search,
        known(("words", search.q), partial(understand_words, session, search.q)),
        _around(session, search.near, around) if search.near else (),
        types=_all_of(types.narrower, search.types),
        audiences=_all_of(audiences.relatives, search.audiences),
        powiats=tuple(sorted({code for powiat in powiats for code in (powiat, powiat[:2])})),
        type_families=types,
        audience_families=audiences,
        required=known(("required", profile), partial(required_features, session, profile)) if profile else (),
        open_hours=opened,
        closed_hours=closed,
    )


def _look_up(_question: Hashable, look_up: Callable[[], Known]) -> Known:
    return look_up()


def _hours(session: Session, when: OpenWhen, around: Around | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return split(around.facts.hours if around else published_hours(session), when)


def _around(session: Session, near: Position, around: Around | None) -> tuple[str, ...]:
    if around:
        return _with_wider(around.gmina) if around.gmina else ()
    area = gmina_at(session, near)
    return _with_wider(area.teryt) if area else ()


def _all_of(relatives: Callable[[str], frozenset[str]], codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(frozenset().union(*map(relatives, codes))))


def conditions(criteria: Criteria) -> list[Condition]:
    """What every listing found fulfils."""
    return [*common_conditions(criteria), *facet_conditions(criteria).values()]


def facet_conditions(criteria: Criteria) -> dict[str, Condition]:
    """The filters that are offered with counts, those that are set."""
    search = criteria.search
    found: dict[str, Condition] = {}
    for facet, column, codes in (
        ("types", LISTING.facility_type, criteria.types),
        ("groups", LISTING.type_group, search.groups),
        ("costs", LISTING.cost_kind, search.costs),
        ("sectors", LISTING.sector, search.sectors),
        ("settings", LISTING.care_setting, search.settings),
    ):
        if codes:
            found[facet] = column.in_(codes)
    for facet, column, codes in (
        ("audiences", LISTING.audiences, criteria.audiences),
        ("languages", LISTING.languages, search.languages),
        ("modes", LISTING.modes, search.modes),
    ):
        if codes:
            found[facet] = overlap(column, codes)
    if search.profile:
        found["profiles"] = access(search.profile) != "no"
    if search.open_when:
        found["hours"] = is_open(criteria.open_hours, criteria.closed_hours) != "closed"
    if search.verified_since:
        found["verified"] = LISTING.verified_on >= search.verified_since
    return found


def common_conditions(criteria: Criteria) -> list[Condition]:
    """The words, and the filters by place."""
    search = criteria.search
    found = _has_words(criteria.wording)
    if search.near:
        found += _is_around(criteria, search.near)
    if search.gmina:
        found.append(or_(LISTING.gmina_teryt == search.gmina, _comes_to(_with_wider(search.gmina))))
    if search.powiat:
        found.append(or_(LISTING.powiat_teryt == search.powiat, _comes_into(criteria.powiats)))
    if search.subregion:
        found.append(or_(LISTING.nuts3 == search.subregion, _comes_into(criteria.powiats)))
    if search.modified_since:
        changed = select(ListingChange.id).where(ListingChange.changed_at >= search.modified_since)
        found.append(LISTING.id.in_(changed))
    if search.bbox:
        found.append(LISTING.point.bool_op("&&")(func.ST_MakeEnvelope(*search.bbox, WGS84)))
    return found


def order(criteria: Criteria) -> list[ColumnElement[Any]]:
    """The total order of what is found."""
    search, wording = criteria.search, criteria.wording
    keys: list[ColumnElement[Any]] = []
    if search.near:
        keys.append(case((is_meant(criteria), 0), else_=1))
    if criteria.around:
        keys.append(block(criteria.around))
    if search.profile:
        keys.append(access_order(search.profile))
    if search.open_when:
        keys.append(case((is_open(criteria.open_hours, criteria.closed_hours) == "open", 0), else_=1))
    if search.near:
        keys += [_tier(criteria.around), func.ST_Distance(LISTING.point_metric, _metric(search.near))]
    elif wording.words:
        phrases = [(_matches(phrase), count) for count, phrase in wording.phrases.items()]
        weights = cast(LANE_WEIGHTS, ARRAY(REAL))
        rank = func.ts_rank(weights, LISTING.search, cast(wording.some, TSQUERY))
        keys += [case(*phrases, else_=0).desc(), rank.desc()]
    else:
        town: ColumnElement[Any] = LISTING.city.collate(POLISH)
        keys += [town.nulls_last(), LISTING.name.collate(POLISH)]
    keys.append(LISTING.id)
    return keys


def is_meant(criteria: Criteria) -> Condition:
    """Whether the vocabulary has the whole question as a name of the listing's type, or nothing was asked in words.

    "opieka nad babcią" is home help; that its words also stand in the description of a nursing home is another matter.
    """
    name = criteria.wording.name
    return _matches(name) if name else true()


def distance_km(criteria: Criteria) -> ColumnElement[Any]:
    """Kilometres to one decimal; NULL where there is no position, or no place that may be measured to."""
    if criteria.search.near is None:
        return cast(null(), Numeric)
    metres = func.ST_Distance(LISTING.point_metric, _metric(criteria.search.near))
    return func.round(cast(metres / 1000, Numeric), 1)


def serves_position(criteria: Criteria) -> ColumnElement[Any]:
    """Whether the area served covers the position; NULL where either is unknown."""
    if not criteria.around:
        return null()
    return case((covers(criteria.around), true()), (has_area(), false()))


def _has_words(wording: Wording) -> list[Condition]:
    if wording.is_empty:
        return []
    if not wording.words:
        return [false()]
    if not wording.is_relaxed:
        return [_matches(wording.every)]
    matched = [case((_matches(word), 1), else_=0) for word in wording.each]
    return [_matches(wording.some), sum(matched[1:], start=matched[0]) >= wording.needed]


def _matches(tsquery: str) -> Condition:
    return LISTING.search.bool_op("@@")(cast(tsquery, TSQUERY))


def _is_around(criteria: Criteria, near: Position) -> list[Condition]:
    found: list[Condition] = []
    is_located = LISTING.point_metric.is_not(None)
    is_covered = covers(criteria.around)
    if criteria.around:
        found.append(or_(is_located, ~has_area(), is_covered))
    if criteria.search.within_km:
        is_near = func.ST_DWithin(LISTING.point_metric, _metric(near), criteria.search.within_km * 1000)
        # from where someone sets out to come to people does not matter
        found.append(or_(is_near, and_(or_(~is_located, comes_to_people()), is_covered)))
    return found


def _tier(around: tuple[str, ...]) -> ColumnElement[int]:
    """How near a listing is that has no distance; 0 for those that have one."""
    gmina, powiat = (*around, None, None)[:2]
    return case(
        (LISTING.point_metric.is_not(None), 0),
        (or_(covers(around), LISTING.gmina_teryt == gmina), 1),
        (LISTING.powiat_teryt == powiat, 2),
        else_=3,
    )


def _metric(position: Position) -> ColumnElement[Any]:
    point = func.ST_SetSRID(func.ST_MakePoint(position.lon, position.lat), WGS84)
    return func.ST_Transform(point, PUWG_1992)


def _with_wider(gmina: str) -> tuple[str, ...]:
    return (gmina, gmina[:4], gmina[:2])


def _comes_to(codes: Iterable[str]) -> Condition:
    return and_(LISTING.location_id.is_(None), covers(codes))


def _comes_into(powiats: Iterable[str]) -> Condition:
    """Whether it has no place and serves any part of these powiats, or their whole voivodeship."""
    code = func.unnest(LISTING.service_area + LISTING.agreed_area).column_valued("code")
    into = select(1).where(func.left(code, 4).in_(tuple(powiats))).exists()
    return and_(LISTING.location_id.is_(None), into)
