"""The conditions, order and counts of ``criteria`` and ``search``, on the facts that the process keeps.

The SQL stays the rule: ``tests/directory/test_fact_search.py`` asks both the same. Words are matched and ranked by
PostgreSQL's index; the rows of a page are read from ``listing`` when it is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.dialects.postgresql import BYTEA, aggregate_order_by
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.criteria import LISTING, Criteria, common_conditions, is_meant, order
from mapapp.directory.entitlement import WITHOUT_TRAVEL
from mapapp.directory.listing_facts import Around, ListingFacts, Mask, Rows, UnknownListingError, current_facts
from mapapp.directory.service_search import ServiceSearch

# any place will do where none is asked for
SOMEWHERE = Position(17.0, 51.0)
ACCESS_ORDER = {"yes": 0, "partial": 1}
# as in ``search.FACETS``: the column of each
FACET_COLUMNS = {
    "types": "type",
    "groups": "group",
    "audiences": "audiences",
    "profiles": "profiles",
    "costs": "cost",
    "languages": "languages",
    "modes": "modes",
    "sectors": "sector",
    "settings": "setting",
    "hours": "hours",
    "verified": "verified",
}


@dataclass(frozen=True, slots=True)
class Found:
    """All that fits a search, as rows of the facts."""

    criteria: Criteria
    around: Around
    common: Mask
    # by facet, of those that are set
    chosen: Mapping[str, Mask]
    # where in the order of words or names each row stands; None where distance orders
    places: Rows | None
    # what the whole question names; None where that goes before nothing
    meant: Rows | None

    @property
    def facts(self) -> ListingFacts:
        """What it was found in."""
        return self.around.facts


def find(session: Session, criteria: Criteria, *, is_ordered: bool = True) -> Found | None:
    """What fits; None where PostgreSQL has to be asked. Only what ``is_ordered`` has pages."""
    search = criteria.search
    if search.bbox or search.modified_since:
        return None
    around = current_facts(session, search.near or SOMEWHERE)
    if around is None:
        return None
    facts = around.facts
    try:
        by_words = is_ordered and not search.near
        answer = _answer(session, criteria, facts, by_words=by_words)
        meant = _meant(session, criteria, facts) if is_ordered else None
    except UnknownListingError:
        return None
    common = np.ones(facts.keys.size, bool)
    places = None
    if answer is not None:
        common[:] = criteria.wording.is_empty
        common[answer] = True
        if by_words:
            places = np.zeros(facts.keys.size, np.int32)
            places[answer] = np.arange(answer.size, dtype=np.int32)
    for condition in _by_place(criteria, around):
        common &= condition
    return Found(criteria, around, common, _chosen(criteria, facts), places, meant)


def total(found: Found) -> tuple[int, bool]:
    """How many listings fit, and whether any of them is a sample."""
    mask = fitting(found)
    samples = mask & found.facts.columns["is_sample"].where(bool)
    return int(np.count_nonzero(mask)), bool(samples.any())


def fitting(found: Found) -> Mask:
    """The listings that fit, as a mask of the facts."""
    mask = found.common
    for condition in found.chosen.values():
        mask = mask & condition
    return mask


def page_ids(found: Found) -> list[UUID]:
    """The listings of the page asked for, in the total order; only what can be on it is sorted."""
    return found.facts.ids_of(_page_rows(found))


def facet_values(found: Found) -> Iterable[tuple[str, str, int]]:
    """Rows of facet, value and count, as ``search._counts`` gives them."""
    for facet, name in FACET_COLUMNS.items():
        column, mask = found.facts.columns[name], found.common
        for other, condition in found.chosen.items():
            if other != facet:
                mask = mask & condition
        for value, count in column.counts(mask):
            if facet != "profiles":
                yield facet, value, count
                continue
            for profile, state in value.items():
                if state in ACCESS_ORDER:
                    yield facet, profile, count


def _page_rows(found: Found) -> Rows:
    search = found.criteria.search
    rows = np.flatnonzero(fitting(found))
    coarse, fine = _coarse(found)[rows], _fine(found)[rows]
    end = search.offset + search.limit
    may_be = _first(coarse, fine, end)
    sorted_rows = may_be[np.lexsort((rows[may_be], fine[may_be], coarse[may_be]))]
    return rows[sorted_rows][search.offset : end]


def _answer(session: Session, criteria: Criteria, facts: ListingFacts, *, by_words: bool) -> Rows | None:
    """What has the words; ``by_words`` in the order of words or names. None where that is all, in no order."""
    wording = criteria.wording
    if wording.is_empty and not by_words:
        return None
    plain = replace(criteria, search=ServiceSearch(), around=())
    named = _ids(order(plain) if by_words else [], common_conditions(plain))
    return facts.answered((wording, by_words), lambda: session.scalar(named))


def _meant(session: Session, criteria: Criteria, facts: ListingFacts) -> Rows | None:
    if not criteria.search.near or not criteria.wording.name:
        return None
    named = _ids([], [is_meant(criteria)])
    return facts.answered(("is meant", criteria.wording.name), lambda: session.scalar(named))


def _ids(ordered: Sequence[ColumnElement[Any]], fulfilled: Sequence[ColumnElement[bool]]) -> Select[Any]:
    nothing = literal(b"", BYTEA)
    between = aggregate_order_by(nothing, *ordered) if ordered else nothing
    return select(func.string_agg(func.uuid_send(LISTING.id, type_=BYTEA), between, type_=BYTEA)).where(*fulfilled)


def _chosen(criteria: Criteria, facts: ListingFacts) -> dict[str, Mask]:
    search, columns = criteria.search, facts.columns
    found: dict[str, Mask] = {}
    for facet, codes in (
        ("types", criteria.types),
        ("groups", search.groups),
        ("costs", search.costs),
        ("sectors", search.sectors),
        ("settings", search.settings),
    ):
        if codes:
            found[facet] = columns[FACET_COLUMNS[facet]].where(frozenset(codes).__contains__)
    for facet, codes in (
        ("audiences", criteria.audiences),
        ("languages", search.languages),
        ("modes", search.modes),
    ):
        if codes:
            found[facet] = _overlaps(facts, FACET_COLUMNS[facet], codes)
    if profile := search.profile:
        found["profiles"] = columns["profiles"].where(lambda states: states.get(profile) != "no")
    if search.open_when:
        closed = frozenset(criteria.closed_hours)
        found["hours"] = ~columns["is_closed"].where(bool) & ~columns["hours"].where(closed.__contains__)
    if search.verified_since:
        since = search.verified_since.isoformat()
        found["verified"] = columns["verified"].where(lambda day: day is not None and day >= since)
    return found


def _by_place(criteria: Criteria, around: Around) -> Iterable[Mask]:
    search, facts = criteria.search, around.facts
    columns, is_located = facts.columns, ~np.isnan(facts.x)
    if criteria.around:
        covers = _overlaps(facts, "area", criteria.around)
        yield is_located | ~columns["area"].where(bool) | covers
    if search.within_km:
        is_near = _metres(around) <= search.within_km * 1000
        yield is_near | ((~is_located | _comes_to_people(facts)) & _overlaps(facts, "area", criteria.around))
    without = columns["has_no_place"].where(bool)
    if search.gmina:
        codes = (search.gmina, search.gmina[:4], search.gmina[:2])
        yield columns["gmina"].where(lambda code: code == search.gmina) | (without & _overlaps(facts, "area", codes))
    if search.powiat or search.subregion:
        powiats = frozenset(criteria.powiats)
        comes = without & columns["area"].where(lambda area: any(code[:4] in powiats for code in area.split()))
        if search.powiat:
            yield columns["powiat"].where(lambda code: code == search.powiat) | comes
        if search.subregion:
            yield columns["subregion"].where(lambda code: code == search.subregion) | comes


def _coarse(found: Found) -> NDArray[np.int32]:
    """What goes before distance, words or names, as one number: whether it is meant, block, access, open, tier."""
    criteria, facts = found.criteria, found.facts
    columns, search = facts.columns, criteria.search
    number = np.zeros(facts.keys.size, np.int32)
    if found.meant is not None:
        number[:] = 1
        number[found.meant] = 0
    if criteria.around:
        number = number * 4 + _block(criteria, facts)
    if profile := search.profile:
        states = columns["profiles"]
        orders = [ACCESS_ORDER.get(value.get(profile, ""), 2) for value in states.values]
        number = number * 3 + np.array(orders, np.int32)[states.codes]
    if search.open_when:
        opened = frozenset(criteria.open_hours)
        number = number * 2 + ~columns["hours"].where(opened.__contains__)
    if search.near:
        number = number * 4 + _tier(criteria.around, facts)
    return number


def _block(criteria: Criteria, facts: ListingFacts) -> NDArray[np.int32]:
    has_area = facts.columns["area"].where(bool)
    is_for_others = has_area & ~_overlaps(facts, "area", criteria.around)
    # by ``entitlement.BLOCKS``
    number = np.where(has_area, np.int32(0), np.int32(1))
    number[_comes_to_people(facts)] = 2
    number[is_for_others] = 3
    return number


def _comes_to_people(facts: ListingFacts) -> Mask:
    columns, ways = facts.columns, frozenset(WITHOUT_TRAVEL)
    only_so = columns["modes"].where(lambda modes: bool(modes) and ways.issuperset(modes.split()))
    return only_so | (columns["has_no_place"].where(bool) & columns["is_public"].where(bool))


def _tier(around: tuple[str, ...], facts: ListingFacts) -> NDArray[np.int32]:
    gmina, powiat = (*around, None, None)[:2]
    number = np.full(facts.keys.size, 3, np.int32)
    if around:
        number[facts.columns["powiat"].where(lambda code: code == powiat)] = 2
        number[facts.columns["gmina"].where(lambda code: code == gmina) | _overlaps(facts, "area", around)] = 1
    number[~np.isnan(facts.x)] = 0
    return number


def _fine(found: Found) -> NDArray[np.float64] | Rows:
    if found.places is not None:
        return found.places
    return np.nan_to_num(_metres(found.around), nan=0.0)


def _metres(around: Around) -> NDArray[np.float64]:
    # as PostGIS measures between points
    east, north = around.facts.x - around.x, around.facts.y - around.y
    return np.sqrt(east * east + north * north)


def _overlaps(facts: ListingFacts, name: str, codes: Iterable[str]) -> Mask:
    wanted = frozenset(codes)
    return facts.columns[name].where(lambda text: not wanted.isdisjoint(text.split()))


def _first(coarse: NDArray[np.int32], fine: NDArray[np.float64] | Rows, end: int) -> Rows:
    """The positions among which the first ``end`` are: no more than these need sorting."""
    upto = np.cumsum(np.bincount(coarse)) if coarse.size else np.zeros(1, np.intp)
    if upto[-1] <= end:
        return np.arange(coarse.size)
    last = int(np.searchsorted(upto, end))
    before = int(upto[last - 1]) if last else 0
    boundary = np.flatnonzero(coarse == last)
    bound = np.partition(fine[boundary], end - before - 1)[end - before - 1]
    return np.concatenate((np.flatnonzero(coarse < last), boundary[fine[boundary] <= bound]))
