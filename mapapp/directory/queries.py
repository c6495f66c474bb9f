"""Every question to the directory, one public function each."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapapp.directory.answers import (
    AccessibilityFact,
    CapacityFact,
    DirectoryFacts,
    PhoneNumber,
    PlaceDetails,
    SearchHit,
    SearchResult,
    ServiceDetails,
    Source,
    SpecialDays,
    UnderstoodQuery,
)
from mapapp.directory.details import place_details, service_details
from mapapp.directory.documents import services_geojson, services_json
from mapapp.directory.map_signs import map_signs
from mapapp.directory.merged_records import survivor_of
from mapapp.directory.search import count_services, facet_counts, search_services, search_with_facets
from mapapp.directory.service_search import ServiceSearch
from mapapp.directory.shown_special_days import reasons_in_words
from mapapp.directory.summary import directory_summary
from mapapp.directory.tables import SourceRegister
from mapapp.directory.what_and_where import understand_query
from mapapp.directory.wording import understand_words

__all__ = [
    "AccessibilityFact",
    "CapacityFact",
    "DirectoryFacts",
    "PhoneNumber",
    "PlaceDetails",
    "SearchHit",
    "SearchResult",
    "ServiceDetails",
    "ServiceSearch",
    "Source",
    "SpecialDays",
    "UnderstoodQuery",
    "count_services",
    "directory_facts",
    "facet_counts",
    "map_signs",
    "place_details",
    "search_services",
    "search_with_facets",
    "service_details",
    "services_geojson",
    "services_json",
    "survivor_of",
    "understand_query",
    "understand_words",
]


def directory_facts(session: Session) -> DirectoryFacts:
    """What is published as a whole, and the registers it comes from."""
    whole = directory_summary(session)
    registers = session.scalars(
        select(SourceRegister)
        .where(SourceRegister.code.in_(whole.sources))
        .order_by(SourceRegister.title, SourceRegister.code)
    )
    state = [whole.newest_writer, whole.newest]
    return DirectoryFacts(
        listings=whole.listings,
        has_samples=whole.has_samples,
        sources=tuple(
            Source(
                each.code, each.title, each.publisher, each.url, each.licence, each.is_sample, each.last_content_date
            )
            for each in registers
        ),
        reasons=reasons_in_words(session),
        release=hashlib.sha256(repr((whole.listings, state)).encode()).hexdigest()[:16],
    )
