"""Ranked matches: of units that come in among those that are stored, and of stored units among each other."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

from mapapp.directory.matching.blocking import MOST_IN_BLOCK, blocks_of, candidate_pairs, shared_contacts
from mapapp.directory.matching.prepared import Prepared, prepare
from mapapp.directory.matching.scoring import Match, compare_prepared
from mapapp.directory.matching.unit import Unit


def match_candidates(incoming: Iterable[Unit], stored: Iterable[Unit]) -> dict[Hashable, tuple[Match, ...]]:
    """For each incoming unit's key its sure and doubtful matches among ``stored``, the best first.

    ``match.one`` is the incoming unit, ``match.other`` the stored one. A unit without a match has an empty tuple.
    """
    new, there = [prepare(each) for each in incoming], [prepare(each) for each in stored]
    contacts = shared_contacts(there) | shared_contacts(new)
    blocks = _by_block(there)
    return {each.unit.key: _ranked(each, _near(each, there, blocks), contacts) for each in new}


def find_duplicates(units: Iterable[Unit]) -> tuple[Match, ...]:
    """The pairs among ``units`` that are surely or doubtfully one, the best first."""
    prepared = [prepare(each) for each in units]
    contacts = shared_contacts(prepared)
    compared = (compare_prepared(prepared[low], prepared[high], contacts) for low, high in candidate_pairs(prepared))
    return _sorted(each for each in compared if each.verdict != "different")


def _by_block(units: Sequence[Prepared]) -> Mapping[Hashable, list[int]]:
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, unit in enumerate(units):
        for block in set(blocks_of(unit)):
            blocks[block].append(index)
    return blocks


def _near(unit: Prepared, stored: Sequence[Prepared], blocks: Mapping[Hashable, list[int]]) -> list[Prepared]:
    sizes = ((block, blocks.get(block, ())) for block in set(blocks_of(unit)))
    found = {index for _, members in sizes if len(members) <= MOST_IN_BLOCK for index in members}
    return [stored[index] for index in sorted(found)]


def _ranked(unit: Prepared, near: Iterable[Prepared], contacts: frozenset[str]) -> tuple[Match, ...]:
    compared = (compare_prepared(unit, each, contacts) for each in near)
    return _sorted(each for each in compared if each.verdict != "different")


def _sorted(matches: Iterable[Match]) -> tuple[Match, ...]:
    order = {"sure": 0, "doubtful": 1, "different": 2}
    return tuple(
        sorted(matches, key=lambda each: (order[each.verdict], -each.bits, str(each.one.key), str(each.other.key)))
    )
