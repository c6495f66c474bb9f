"""The conditions, order and counts of ``criteria`` and ``search``, on the facts that the process keeps.

The SQL stays the rule: ``tests/directory/test_fact_search.py`` asks both the same. Words are matched and ranked by
PostgreSQL's index; the rows of a page are read from ``listing`` when it is made.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from mapapp.directory.criteria import Criteria
from mapapp.directory.entitlement import BLOCKS, COMES_TO_YOU, FOR_OTHERS, FOR_YOU, NOT_KNOWN, WITHOUT_TRAVEL
from mapapp.directory.listing_facts import Around, ListingFacts, Mask, Part, Rows, UnknownListingError, has_area
from mapapp.directory.word_search import has_words, meant_by_words

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
    """All that fits a search."""

    criteria: Criteria
    around: Around
    # what has the words and is where it was asked for
    common: Part
    # of these, by facet that is set, those that fit it
    chosen: Mapping[str, Mask]
    # of these, those that fit all
    fitting: Part
    # where in the order of words or names each row of the facts stands; None where distance orders
    places: Rows | None
    # the rows of the facts that the whole question names; None where it names none
    meant: Mask | None

    @property
    def facts(self) -> ListingFacts:
        """What it was found in."""
        return self.around.facts


def find(session: Session, criteria: Criteria, around: Around | None, *, is_ordered: bool = True) -> Found | None:
    """What fits; None where PostgreSQL has to be asked. Only what ``is_ordered`` has pages."""
    search = criteria.search
    if around is None or search.bbox or search.modified_since:
        return None
    facts = around.facts
    try:
        by_words = is_ordered and not search.near
        answer = has_words(session, criteria, facts, by_words=by_words)
        meant = meant_by_words(session, criteria, answer, facts) if is_ordered else None
    except UnknownListingError:
        return None
    places = None
    common = facts.whole
    if answer is not None:
        if not criteria.wording.is_empty:
            common = Part(facts, answer.rows.astype(np.intp))
        if by_words:
            places = np.zeros(facts.keys.size, np.int32)
            places[answer.rows] = answer.places
    for condition in _by_place(criteria, around):
        common = common.that(condition(common))
    chosen = _chosen(criteria, common)
    return Found(criteria, around, common, chosen, common.that(_all(common, chosen)), places, meant)


def total(found: Found) -> tuple[int, bool]:
    """How many listings fit, and whether any of them is a sample."""
    return found.fitting.rows.size, any(is_sample for is_sample, _count in found.fitting.counts("is_sample"))


def page_rows(found: Found) -> Rows:
    """The listings of the page asked for, in the total order; only what can be on it is sorted."""
    search, part = found.criteria.search, found.fitting
    coarse, fine = _coarse(found, part), _fine(found, part)
    end = search.offset + search.limit
    may_be = _first(coarse, fine, end)
    in_order = may_be[np.lexsort((part.rows[may_be], fine[may_be], coarse[may_be]))]
    return part.rows[in_order][search.offset : end]


def facet_values(found: Found) -> Iterable[tuple[str, str, int]]:
    """Rows of facet, value and count, as ``search._counts`` gives them."""
    for facet, name in FACET_COLUMNS.items():
        part = found.fitting
        if facet in found.chosen:
            others = {other: fit for other, fit in found.chosen.items() if other != facet}
            part = found.common.that(_all(found.common, others))
        for value, count in part.counts(name):
            if facet != "profiles":
                yield facet, value, count
                continue
            for profile, state in value.items():
                if state in ACCESS_ORDER:
                    yield facet, profile, count


def _all(part: Part, fits: Mapping[str, Mask]) -> Mask:
    mask = np.ones(part.rows.size, bool)
    for fit in fits.values():
        mask &= fit
    return mask


def _chosen(criteria: Criteria, part: Part) -> dict[str, Mask]:
    search = criteria.search
    found: dict[str, Mask] = {}
    for facet, codes in (
        ("types", criteria.types),
        ("groups", search.groups),
        ("costs", search.costs),
        ("sectors", search.sectors),
        ("settings", search.settings),
    ):
        if codes:
            found[facet] = part.where(FACET_COLUMNS[facet], frozenset(codes).__contains__)
    for facet, codes in (
        ("audiences", criteria.audiences),
        ("languages", search.languages),
        ("modes", search.modes),
    ):
        if codes:
            found[facet] = part.overlap(FACET_COLUMNS[facet], codes)
    if profile := search.profile:
        found["profiles"] = part.where("profiles", lambda states: states.get(profile) != "no")
    if search.open_when:
        closed = frozenset(criteria.closed_hours)
        found["hours"] = ~part.where("is_closed", bool) & ~part.where("hours", closed.__contains__)
    if search.verified_since:
        since = search.verified_since.isoformat()
        found["verified"] = part.where("verified", lambda day: day is not None and day >= since)
    return found


def _by_place(criteria: Criteria, around: Around) -> Iterable[Callable[[Part], Mask]]:
    """What each of the listings fulfils, to be asked of those that fulfil what came before."""
    search = criteria.search
    if criteria.around:
        yield lambda part: _is_located(part) | ~part.where("area", has_area) | part.overlap("area", criteria.around)
    if (within := search.within_km) is not None:
        yield (
            lambda part: (
                (metres(around, part) <= within * 1000)
                | ((~_is_located(part) | _comes_to_people(part)) & part.overlap("area", criteria.around))
            )
        )
    if gmina := search.gmina:
        codes = (gmina, gmina[:4], gmina[:2])
        yield (
            lambda part: (
                part.where("gmina", lambda code: code == gmina)
                | (part.where("has_no_place", bool) & part.overlap("area", codes))
            )
        )
    for name, code in (("powiat", search.powiat), ("subregion", search.subregion)):
        if code:
            yield partial(_is_in, name, code, frozenset(criteria.powiats))


def _is_in(name: str, code: str, powiats: frozenset[str], part: Part) -> Mask:
    """Whether it is in this powiat or subregion, or has no place and comes into it."""
    comes = part.where("area", lambda area: any(each[:4] in powiats for each in area.split()))
    return part.where(name, lambda each: each == code) | (part.where("has_no_place", bool) & comes)


def _is_located(part: Part) -> Mask:
    return ~np.isnan(part.facts.x.take(part.rows))


def _coarse(found: Found, part: Part) -> NDArray[np.int32]:
    """What goes before distance, words or names, as one number: whether it is meant, block, access, open, tier."""
    criteria, search = found.criteria, found.criteria.search
    number = np.zeros(part.rows.size, np.int32)
    if search.near and found.meant is not None:
        number += ~found.meant.take(part.rows)
    if criteria.around:
        number = number * 4 + block_numbers(part, criteria.around)
    if profile := search.profile:
        states = part.facts.columns["profiles"].values
        orders = [ACCESS_ORDER.get(each.get(profile, ""), 2) for each in states]
        number = number * 3 + np.array(orders, np.int32).take(part.codes("profiles"))
    if search.open_when:
        opened = frozenset(criteria.open_hours)
        number = number * 2 + ~part.where("hours", opened.__contains__)
    if search.near:
        number = number * 4 + _tier(criteria.around, part)
    return number


def block_numbers(part: Part, around: tuple[str, ...]) -> NDArray[np.int32]:
    """By ``entitlement.BLOCKS``, for the people of ``around``."""
    areas, wanted = part.facts.columns["area"], frozenset(around)

    def block(area: str, codes: frozenset[str]) -> int:
        if not wanted.isdisjoint(codes):
            return BLOCKS.index(FOR_YOU)
        return BLOCKS.index(FOR_OTHERS if has_area(area) else NOT_KNOWN)

    number = np.fromiter(map(block, areas.values, areas.sets), np.int32, len(areas.values)).take(part.codes("area"))
    number[_comes_to_people(part) & (number != BLOCKS.index(FOR_OTHERS))] = BLOCKS.index(COMES_TO_YOU)
    return number


def _comes_to_people(part: Part) -> Mask:
    ways = frozenset(WITHOUT_TRAVEL)
    only_so = part.where("modes", lambda modes: bool(modes) and ways.issuperset(modes.split()))
    return only_so | (part.where("has_no_place", bool) & part.where("is_public", bool))


def _tier(around: tuple[str, ...], part: Part) -> NDArray[np.int32]:
    gmina, powiat = (*around, None, None)[:2]
    number = np.full(part.rows.size, 3, np.int32)
    if around:
        number[part.where("powiat", lambda code: code == powiat)] = 2
        number[part.where("gmina", lambda code: code == gmina) | part.overlap("area", around)] = 1
    number[_is_located(part)] = 0
    return number


def _fine(found: Found, part: Part) -> NDArray[np.float64] | Rows:
    if found.places is not None:
        return found.places.take(part.rows)
    return np.nan_to_num(metres(found.around, part), nan=0.0)


def metres(around: Around, part: Part) -> NDArray[np.float64]:
    """How far each is from the position asked for; nan without a place."""
    # as PostGIS measures between points
    east, north = part.facts.x.take(part.rows) - around.x, part.facts.y.take(part.rows) - around.y
    return np.sqrt(east * east + north * north)


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
