"""The directory's tables, named after Open Referral HSDS 3.1; own fields carry ``x_`` only where HSDS goes out."""

from mapapp.directory.tables.agreement import ServiceAgreement
from mapapp.directory.tables.audit import Metadata, SourceRegister
from mapapp.directory.tables.details import (
    Accessibility,
    Address,
    Contact,
    CostOption,
    Funding,
    Language,
    Phone,
    RequiredDocument,
    Schedule,
    ScheduleException,
    ServiceArea,
    ServiceCapacity,
    Unit,
    Url,
)
from mapapp.directory.tables.edit import ManualEdit
from mapapp.directory.tables.journal import ChangeJournal
from mapapp.directory.tables.kept import ListingCell, ListingExport, ListingFeature, ListingSummary
from mapapp.directory.tables.layout import KeptLayout
from mapapp.directory.tables.listing import Listing, SearchWord
from mapapp.directory.tables.location import Location, ServiceAtLocation
from mapapp.directory.tables.merging import DuplicatePair, RecordAlias, RecordMerge
from mapapp.directory.tables.organization import Organization, OrganizationIdentifier, Program
from mapapp.directory.tables.published import ListingChange
from mapapp.directory.tables.service import Service
from mapapp.directory.tables.suggestion import Suggestion
from mapapp.directory.tables.taxonomy import Attribute, Taxonomy, TaxonomyTerm
from mapapp.directory.tables.unmet import UnmetSearch

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "ChangeJournal",
    "Contact",
    "CostOption",
    "DuplicatePair",
    "Funding",
    "KeptLayout",
    "Language",
    "Listing",
    "ListingCell",
    "ListingChange",
    "ListingExport",
    "ListingFeature",
    "ListingSummary",
    "Location",
    "ManualEdit",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "RecordAlias",
    "RecordMerge",
    "RequiredDocument",
    "Schedule",
    "ScheduleException",
    "SearchWord",
    "Service",
    "ServiceAgreement",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "SourceRegister",
    "Suggestion",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "UnmetSearch",
    "Url",
]
