"""Units that a register numbers otherwise than before: found by identifiers, name and address among its other units."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ARRAY, RowMapping, Text, bindparam, text
from sqlalchemy.orm import Session

from geo.crs import Position
from mapapp.directory.matching.candidates import match_candidates
from mapapp.directory.matching.scoring import Match
from mapapp.directory.matching.unit import PRECISE, Unit, unit_of
from mapapp.directory.merged_records import survivors_by_number
from mapapp.directory.records import FacilityRecord

Number = tuple[str, str]  # a register and the number there


@dataclass(frozen=True, slots=True)
class Renumbered:
    """The number under which a unit is stored; ``score`` is the probability that it is the same unit."""

    earlier: str
    is_sure: bool
    score: float


def renumbered(session: Session, facilities: Sequence[FacilityRecord]) -> dict[Number, Renumbered]:
    """For facilities whose number is not stored: which stored unit that no facility names is likely the same.

    A stored unit is given to one facility only, the most likely one. Where two would surely be it, none is sure.
    """
    numbers = {(each.source, each.source_id) for each in facilities}
    others = [each for each in _stored(session, {source for source, _ in numbers}) if each.key not in numbers]
    if not others:
        return {}
    known = _known(session, numbers)
    new = [unit_of(each) for each in facilities if (each.source, each.source_id) not in known]
    # other numbers of one register are other units, mostly; these here it lists once
    found = match_candidates(new, others)
    return _one_to_one(match for matches in found.values() for match in matches if _of_one_register(match))


def _of_one_register(match: Match) -> bool:
    return _number(match.one.key)[0] == _number(match.other.key)[0]


def _one_to_one(matches: Iterable[Match]) -> dict[Number, Renumbered]:
    likely = sorted(matches, key=lambda each: (-each.bits, str(each.one.key), str(each.other.key)))
    sure = [each for each in likely if each.verdict == "sure"]
    rivals = Counter(key for each in sure for key in (("one", each.one.key), ("other", each.other.key)))
    found: dict[Number, Renumbered] = {}
    taken: set[Hashable] = set()
    for each in likely:
        number = _number(each.one.key)
        if number in found or each.other.key in taken:
            continue
        alone = rivals["one", each.one.key] == 1 and rivals["other", each.other.key] == 1
        found[number] = Renumbered(_number(each.other.key)[1], each.verdict == "sure" and alone, round(each.score, 3))
        taken.add(each.other.key)
    return found


def _number(key: Hashable) -> Number:
    return cast("Number", key)  # so they are keyed here


def _known(session: Session, numbers: Collection[Number]) -> set[Number]:
    query = text("SELECT source, source_id FROM organization WHERE source || ' ' || source_id = ANY (:numbers)")
    wanted = sorted(f"{source} {number}" for source, number in numbers)
    found = session.execute(query.bindparams(bindparam("numbers", type_=ARRAY(Text))), {"numbers": wanted})
    stored = {(row.source, row.source_id) for row in found}
    # a number that was merged into another record is not a new one
    merged = survivors_by_number(session, {source for source, _ in numbers})
    return stored | {(source, number) for table, source, number in merged if table == "organization"}


def _stored(session: Session, sources: Iterable[str]) -> list[Unit]:
    """Units of ``sources`` that still give a service, with what tells them apart."""
    query = text("""
        SELECT giver.source, giver.source_id, giver.name, giver.alternate_name, giver.email, given.types,
            address.address_1, address.postal_code, address.city, place.declared_gmina_teryt, place.geometry_quality,
            ST_X(place.point) AS lon, ST_Y(place.point) AS lat,
            ARRAY(SELECT number FROM phone WHERE organization_id = giver.id ORDER BY 1) AS phones,
            ARRAY(SELECT identifier_scheme || ' ' || identifier FROM organization_identifier
                  WHERE organization_id = giver.id AND identifier_scheme IS NOT NULL ORDER BY 1) AS identifiers
        FROM organization AS giver
        CROSS JOIN LATERAL (
            SELECT array_agg(DISTINCT facility_type) AS types FROM service
            WHERE organization_id = giver.id AND status <> 'defunct'
        ) AS given
        LEFT JOIN location AS place ON (place.source, place.source_id) = (giver.source, giver.source_id)
        LEFT JOIN LATERAL (
            SELECT address_1, postal_code, city FROM address WHERE location_id = place.id ORDER BY id LIMIT 1
        ) AS address ON true
        WHERE giver.source = ANY (:sources) AND NOT giver.is_sample AND given.types IS NOT NULL
        ORDER BY giver.source, giver.source_id
    """).bindparams(bindparam("sources", type_=ARRAY(Text)))
    return [_unit(row) for row in session.execute(query, {"sources": sorted(sources)}).mappings()]


def _unit(row: RowMapping) -> Unit:
    return Unit(
        key=(row["source"], row["source_id"]),
        name=row["name"],
        alternate_names=(row["alternate_name"],) if row["alternate_name"] else (),
        types=frozenset(row["types"]),
        address=row["address_1"] or "",
        postal_code=row["postal_code"] or "",
        town=row["city"] or "",
        gmina_teryt=row["declared_gmina_teryt"] or "",
        position=None if row["lon"] is None else Position(row["lon"], row["lat"]),
        is_precise=row["geometry_quality"] in PRECISE,
        phones=frozenset(row["phones"]),
        email=row["email"] or "",
        identifiers=frozenset((scheme, number) for scheme, _, number in (x.partition(" ") for x in row["identifiers"])),
    )
