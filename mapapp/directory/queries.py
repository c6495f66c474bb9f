"""Every question to the directory, one public function each."""

import hashlib

from sqlalchemy import BigInteger, Text, cast, func, literal_column, select
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
    ServiceSearch,
    Source,
    UnderstoodQuery,
)
from mapapp.directory.details import place_details, service_details
from mapapp.directory.documents import services_geojson, services_json
from mapapp.directory.merged_records import survivor_of
from mapapp.directory.search import facet_counts, search_services, search_with_facets
from mapapp.directory.tables import Listing, SourceRegister
from mapapp.directory.what_and_where import understand_query

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
    "UnderstoodQuery",
    "directory_facts",
    "facet_counts",
    "place_details",
    "search_services",
    "search_with_facets",
    "service_details",
    "services_geojson",
    "services_json",
    "survivor_of",
    "understand_query",
]


def directory_facts(session: Session) -> DirectoryFacts:
    """What is published as a whole, and the registers it comes from."""
    # every publication writes its rows in a transaction of its own; the newest tells of any change but a removal
    newest = func.max(cast(cast(literal_column("listing.xmin"), Text), BigInteger))
    listings, has_samples, *state = session.execute(
        select(
            func.count(), func.coalesce(func.bool_or(Listing.is_sample), False), newest, func.max(Listing.last_modified)
        ).select_from(Listing)
    ).one()
    shown = select(Listing.source).distinct()
    registers = session.scalars(
        select(SourceRegister).where(SourceRegister.code.in_(shown)).order_by(SourceRegister.title, SourceRegister.code)
    )
    return DirectoryFacts(
        listings=listings,
        has_samples=has_samples,
        sources=tuple(
            Source(
                each.code, each.title, each.publisher, each.url, each.licence, each.is_sample, each.last_content_date
            )
            for each in registers
        ),
        release=hashlib.sha256(repr((listings, state)).encode()).hexdigest()[:16],
    )
