"""Searches of the published directory."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.answers import SearchHit, SearchResult
from mapapp.directory.criteria import (
    LISTING,
    Criteria,
    common_conditions,
    conditions,
    distance_km,
    facet_conditions,
    is_meant,
    order,
    prepare,
    serves_position,
)
from mapapp.directory.entitlement import entitlement
from mapapp.directory.fact_search import Found, facet_values, find, page_rows, total
from mapapp.directory.families import Families
from mapapp.directory.open_when import CLOSED_FOR_A_TIME
from mapapp.directory.page_hits import SHOWN, page_hits
from mapapp.directory.reading_facts import current_facts
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.tables import Listing
from mapapp.directory.told import told

FACETS = (
    *("types", "groups", "audiences", "profiles", "costs", "languages", "modes", "sectors", "settings"),
    *("hours", "verified"),
)
# several of these may stand in one listing: they are counted by combination, separated by a space
COMBINED = ("audiences", "modes", "languages")


def search_services(session: Session, search: ServiceSearch) -> SearchResult:
    """A page of the listings that fit, in a total order; ``total`` counts them all."""
    return _found(session, *_find(session, search))


def count_services(session: Session, search: ServiceSearch) -> int:
    """How many listings fit."""
    criteria, found = _find(session, search)
    count, _has_samples = total(found) if found else session.execute(summary(criteria)).one()
    return int(count)


def search_with_facets(session: Session, search: ServiceSearch) -> tuple[SearchResult, Mapping[str, Mapping[str, int]]]:
    """Both answers of a page, for the price of understanding the question once."""
    criteria, found = _find(session, search)
    return _found(session, criteria, found), _facets(session, criteria, found)


def _find(session: Session, search: ServiceSearch) -> tuple[Criteria, Found | None]:
    """What was asked, and what fits where the kept facts can tell."""
    around = current_facts(session, search.near)
    criteria = prepare(session, search, around)
    return criteria, find(session, criteria, around)


def _found(session: Session, criteria: Criteria, found: Found | None) -> SearchResult:
    if found:
        count, has_samples = total(found)
        hits = page_hits(session, found, page_rows(found))
    else:
        count, has_samples, hits = _asked(session, criteria)
    wording = criteria.wording
    return SearchResult(
        hits=hits,
        total=count,
        has_samples=has_samples,
        corrected=wording.corrected,
        ignored=wording.ignored,
        is_relaxed=wording.is_relaxed,
    )


def _asked(session: Session, criteria: Criteria) -> tuple[int, bool, tuple[SearchHit, ...]]:
    """The same from PostgreSQL alone: how many fit, whether any is a sample, and the hits of the page."""
    position = (func.ST_X(LISTING.point).label("lon"), func.ST_Y(LISTING.point).label("lat"))
    chosen = _chosen(criteria).cte("chosen")
    more = (*position, is_meant(criteria).label("is_meant"), chosen.c.total, chosen.c.has_samples)
    rows = [dict(row) for row in session.execute(_page_of(chosen, criteria, *more)).mappings()]
    count, has_samples = 0, False
    for row in rows:
        count, has_samples = row.pop("total"), row.pop("has_samples")
    if not rows and criteria.search.offset:  # behind the last page the rows cannot tell
        count, has_samples = session.execute(summary(criteria)).one()
    return count, has_samples, tuple(map(_hit, rows))


def summary(criteria: Criteria) -> Select[int, bool]:
    """How many listings fit, and whether any of them is a sample."""
    has_samples = func.coalesce(func.bool_or(LISTING.is_sample), False)
    return select(func.count(), has_samples).select_from(Listing.__table__).where(*conditions(criteria))


def page(criteria: Criteria, *more: Any) -> Select[Any]:
    """The page of listings asked for, with ``more`` columns."""
    return _page_of(_chosen(criteria).cte("chosen"), criteria, *more)


def _chosen(criteria: Criteria) -> Select[Any]:
    """The ids of a page, with what there is to say of the whole.

    Only ids and what they are sorted by pass through the sorting of all that fit; the rest is read of the page alone.
    """
    search = criteria.search
    whole = (func.count().over().label("total"), func.bool_or(LISTING.is_sample).over().label("has_samples"))
    fitting = select(LISTING.id, *whole).where(*conditions(criteria)).order_by(*order(criteria))
    return fitting.limit(search.limit).offset(search.offset)


def _page_of(chosen: CTE, criteria: Criteria, *more: Any) -> Select[Any]:
    shown = _shown(criteria, *more)
    return shown.join_from(chosen, Listing.__table__, chosen.c.id == LISTING.id).order_by(*order(criteria))


def _shown(criteria: Criteria, *more: Any) -> Select[Any]:
    """What is told of a listing, with ``more`` columns."""
    distance = distance_km(criteria).label("distance_km")
    serves = serves_position(criteria).label("serves_position")
    of_asker = [entitlement(criteria.around).label("entitlement")]
    of_asker += [column.label(name) for name, column in told(criteria).items()]
    return select(*SHOWN, *more, distance, serves, *of_asker)


def facet_counts(session: Session, search: ServiceSearch) -> Mapping[str, Mapping[str, int]]:
    """How many listings each value of a filter finds under all the other filters, by the names of FACETS.

    ``profiles`` counts the places confirmed or partly accessible; the filter also shows those nobody surveyed.
    ``hours`` counts by the text of the hours of what is not closed for a time: ``open_when`` tells which of them are
    open, and when. ``verified`` counts by day, ``modes`` by combination.
    """
    return _facets(session, *_find(session, search))


def _facets(session: Session, criteria: Criteria, found: Found | None) -> Mapping[str, Mapping[str, int]]:
    counted: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    rows: Iterable[Any] = facet_values(found) if found else session.execute(_counts(criteria))
    for facet, value, count in rows:
        if value:
            counted[facet][value] += int(count)
    return counted | {
        "types": _with_wider(criteria.type_families, counted["types"]),
        "audiences": _by_audience(criteria.audience_families, counted["audiences"]),
        "languages": _of_combinations(counted["languages"]),
    }


def _of_combinations(combinations: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for codes, count in combinations.items():
        found.update(dict.fromkeys(codes.split(), count))
    return found


def _with_wider(types: Families, counted: Counter[str]) -> Counter[str]:
    """A type also finds the types below it."""
    found = Counter(counted)
    for code, count in counted.items():
        if wider := types.wider.get(code):
            found[wider] += count
    return found


def _by_audience(audiences: Families, combinations: Counter[str]) -> Counter[str]:
    """A service for several audiences is found for each of them, and for their relatives."""
    served = [(frozenset(codes.split()), count) for codes, count in combinations.items()]
    relatives = {code: audiences.relatives(code) for code in audiences.wider}
    return Counter({code: sum(count for codes, count in served if codes & meant) for code, meant in relatives.items()})


def _counts(criteria: Criteria) -> CompoundSelect[str, str, int]:
    """Rows of facet, value and count. The listings are read once, into combinations of all values with their number."""
    chosen = facet_conditions(criteria)
    columns = {
        "types": LISTING.facility_type,
        "groups": LISTING.type_group,
        "costs": LISTING.cost_kind,
        "sectors": LISTING.sector,
        "settings": LISTING.care_setting,
        "hours": case((LISTING.status != CLOSED_FOR_A_TIME, LISTING.opening_hours)),
        "verified": LISTING.verified_on,
        "profiles": LISTING.profiles,
        **{facet: LISTING[facet] for facet in COMBINED},
    }
    named = [column.label(facet) for facet, column in columns.items()]
    flags = [condition.label(f"fits_{facet}") for facet, condition in chosen.items()]
    row = select(*named, *flags).where(*common_conditions(criteria)).subquery("row")
    found = select(*row.c, func.count().label("number")).group_by(*row.c).cte("found")
    access = func.jsonb_each_text(found.c.profiles).table_valued("key", "value").lateral("access")
    values: dict[str, ColumnElement[Any]] = {facet: found.c[facet] for facet in FACETS}
    values |= {"profiles": access.c.key, "verified": cast(values["verified"], Text)}
    values |= {facet: func.array_to_string(values[facet], " ") for facet in COMBINED}
    counts = []
    for facet, value in values.items():
        others = [found.c[f"fits_{other}"] for other in chosen if other != facet]
        counted = select(literal(facet), value.label("counted"), func.sum(found.c.number))
        query = counted.where(*others).group_by("counted")
        if facet == "profiles":
            query = query.select_from(found.join(access, access.c.value.in_(("yes", "partial"))))
        counts.append(query)
    return union_all(*counts)


def _hit(row: dict[str, Any]) -> SearchHit:
    lon, lat, distance = row.pop("lon"), row.pop("lat"), row.pop("distance_km")
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return SearchHit(
        **row | lists,
        position=None if lon is None else Position(lon, lat),
        distance_km=None if distance is None else float(distance),
    )
