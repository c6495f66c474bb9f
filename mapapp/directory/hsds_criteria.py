"""What a question in the words of HSDS means on the published read model: the ids that it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import Session

from geo.crs import PUWG_1992
from mapapp.directory.criteria import common_conditions, prepare
from mapapp.directory.entitlement import covers, has_area
from mapapp.directory.service_search import ServiceSearch, refuse_long_text
from mapapp.directory.tables import Listing, Service, Taxonomy, TaxonomyTerm
from mapapp.territory.tables import Place

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class HsdsSearch:
    """What to look for. Every filter narrows.

    ``postcode`` leaves out what is known not to serve it; ``within_m`` measures from the middle of the postcode.
    """

    search: str = ""
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    organization_id: UUID | None = None
    modified_after: datetime | None = None
    postcode: str | None = None
    within_m: int | None = None


@dataclass(frozen=True, slots=True)
class TermSearch:
    """Which terms, or vocabularies, to look for. ``is_top``: only those that are nobody's child."""

    search: str = ""
    taxonomy_id: UUID | None = None
    parent_id: UUID | None = None
    is_top: bool = False


@dataclass(frozen=True)
class Found:
    """Which records fulfil the question: a query of their ids, in no order, and one of their number."""

    ids: Select[Any]
    count: Select[Any]


def services_found(session: Session, search: HsdsSearch) -> Found:
    """Services with a listing that fulfils everything."""
    return _found(Listing.service_id, _conditions(session, search))


def organizations_found(session: Session, search: HsdsSearch) -> Found:
    """Organizations that may be named beside such a listing."""
    return _found(Listing.organization_id, [*_conditions(session, search), Listing.organization_id.is_not(None)])


def places_found(session: Session, search: HsdsSearch) -> Found:
    """Services at locations that anyone may know."""
    return _found(Listing.id, [*_conditions(session, search), Listing.location_id.is_not(None)])


def taxonomies_found(search: TermSearch) -> Found:
    """Vocabularies."""
    words = func.concat_ws(" ", Taxonomy.code, Taxonomy.name, Taxonomy.description)
    return _found(Taxonomy.id, [_says(words, search.search)])


def terms_found(search: TermSearch) -> Found:
    """Terms of vocabularies."""
    words = func.concat_ws(" ", TaxonomyTerm.code, TaxonomyTerm.labels, TaxonomyTerm.synonyms, TaxonomyTerm.description)
    conditions = [_says(words, search.search)]
    if search.taxonomy_id:
        conditions.append(TaxonomyTerm.taxonomy_id == search.taxonomy_id)
    if search.parent_id:
        conditions.append(TaxonomyTerm.parent_id == search.parent_id)
    if search.is_top:
        conditions.append(TaxonomyTerm.parent_id.is_(None))
    return _found(TaxonomyTerm.id, conditions)


def _found(column: Any, conditions: list[Condition]) -> Found:
    ids = select(column.label("id")).where(*conditions).group_by(column)
    return Found(ids, select(func.count()).select_from(ids.subquery()))


def _says(words: ColumnElement[Any], typed: str) -> Condition:
    if not typed:
        return true()
    refuse_long_text(typed)
    return func.strpos(func.public.folded(words), func.public.folded(typed)) > 0


def _conditions(session: Session, search: HsdsSearch) -> list[Condition]:
    found: list[Condition] = []
    if search.search:
        found += common_conditions(prepare(session, ServiceSearch(q=search.search)))
    if search.organization_id:
        found.append(Listing.organization_id == search.organization_id)
    if search.modified_after:
        found.append(Listing.last_modified >= search.modified_after)
    if search.taxonomy_term_id:
        found.append(_has_term(session, search.taxonomy_term_id))
    if search.taxonomy_id:
        vocabulary = session.scalar(select(Taxonomy.code).where(Taxonomy.id == search.taxonomy_id))
        found.append(HAS_ANY.get(vocabulary or "", false()))
    if search.postcode:
        found += _around(session, search.postcode, search.within_m)
    return found


def _of_record(codes: Any) -> Condition:
    """A condition on what only the service's own record says, where that is shown."""
    return Listing.organization_id.is_not(None) & Listing.service_id.in_(select(Service.id).where(codes))


# vocabulary -> how a listing has a code of it: the same that ``hsds_terms`` says as attributes
HAS_CODE: Mapping[str, Callable[[str], Condition]] = {
    "types": lambda code: Listing.facility_type == code,
    "audiences": lambda code: Listing.audiences.contains([code]),
    "place_modes": lambda code: Listing.modes.contains([code]),
    "care_settings": lambda code: Listing.care_setting == code,
    "subtypes": lambda code: _of_record(Service.subtypes.contains([code])),
    "law_fields": lambda code: _of_record(Service.law_fields.contains([code])),
}
HAS_ANY: Mapping[str, Condition] = {
    "types": true(),
    "audiences": func.cardinality(Listing.audiences) > 0,
    "place_modes": func.cardinality(Listing.modes) > 0,
    "care_settings": Listing.care_setting.is_not(None),
    "subtypes": _of_record(func.cardinality(Service.subtypes) > 0),
    "law_fields": _of_record(func.cardinality(Service.law_fields) > 0),
}


def _has_term(session: Session, term_id: UUID) -> Condition:
    query = select(Taxonomy.code, TaxonomyTerm.code).join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
    vocabulary, code = session.execute(query.where(TaxonomyTerm.id == term_id)).one_or_none() or ("", "")
    has_code = HAS_CODE.get(vocabulary)
    return has_code(code) if has_code else false()


def _around(session: Session, postcode: str, within_m: int | None) -> list[Condition]:
    """What may serve the postcode; nothing where no place of the region has it."""
    at = Place.postal_code == postcode
    gminas = session.scalars(select(Place.gmina_teryt).where(at).distinct()).all()
    if not gminas:
        return [false()]
    wider = {code for gmina in gminas for code in (gmina, gmina[:4], gmina[:2])}
    found = [or_(~has_area(), covers(sorted(wider)))]
    if within_m is not None:
        middle = select(func.ST_Centroid(func.ST_Collect(Place.position))).where(at).scalar_subquery()
        found.append(func.ST_DWithin(Listing.point_metric, func.ST_Transform(middle, PUWG_1992), within_m))
    return found
