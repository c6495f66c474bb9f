"""Agreements as they open services: whose people may use a place besides those whom it serves by itself.

An agreement tells the provider in words. Which services these are follows from the number of their record in their
register, from the gmina or powiat whose services they are, or from both; where it has neither, it opens none. What is
opened is kept with each listing: residents and planners read the same.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam, select, text
from sqlalchemy.orm import Session

from mapapp import polish_time
from mapapp.directory.tables import ServiceAgreement
from mapapp.directory.visibility import shows_area
from mapapp.settings import ROOT
from mapapp.territory.planning import planned_gminas
from mapapp.territory.within import GminasWithin

DUTIES = ROOT / "data" / "coverage" / "duties.csv"
POWIAT_DIGITS = 4
# the number of a service's facility in its register
RECORD = "regexp_replace(service.source_id, '#[^#]*$', '')"
# what is not shown below the region's level is opened to nobody: it would tell where it is
OPENABLE = text(f"""
    SELECT listing.id, listing.facility_type, listing.service_area, listing.gmina_teryt, {RECORD} AS record
    FROM listing JOIN service ON service.id = listing.service_id
    WHERE listing.facility_type = ANY (:types) AND {shows_area("listing.visibility")}
    ORDER BY listing.id
""").bindparams(bindparam("types", type_=ARRAY(Text)))
IDS = bindparam("ids", type_=ARRAY(Uuid))
END = text("UPDATE listing SET agreed_area = '{}' WHERE agreed_area <> '{}' AND id <> ALL (:ids)").bindparams(IDS)
KEEP = text("""
    UPDATE listing SET agreed_area = string_to_array(opened.area, ' ')
    FROM unnest(:ids, :areas) AS opened (id, area)
    WHERE opened.id = listing.id AND listing.agreed_area <> string_to_array(opened.area, ' ')
""").bindparams(IDS, bindparam("areas", type_=ARRAY(Text)))


class Openable(Protocol):
    """What of a published service decides whether an agreement opens it."""

    @property
    def id(self) -> UUID:
        """Of the listing."""

    @property
    def facility_type(self) -> str:
        """Code of its type."""

    @property
    def service_area(self) -> Sequence[str]:
        """Codes of the areas that it serves by itself."""

    @property
    def gmina_teryt(self) -> str | None:
        """The gmina in which it stands."""

    @property
    def record(self) -> str | None:
        """The number of its facility in its register."""


AnyOffer = TypeVar("AnyOffer", bound=Openable)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Somebody provides a task for a gmina or powiat: by agreement of local governments, or by contract.

    ``provider_record``: its number in its register; ``provider_teryt``: the gmina or powiat whose services they are.
    """

    served_teryt: str
    task: str
    kind: str
    provider: str
    provider_record: str | None
    source: str
    provider_teryt: str | None = None


def agreements(session: Session, day: date) -> tuple[Agreement, ...]:
    """The agreements that hold on a day."""
    table = ServiceAgreement
    holds = (table.valid_from <= day) & (table.valid_to.is_(None) | (table.valid_to >= day))
    rows = session.scalars(
        select(table).where(holds).order_by(table.served_teryt, table.task, table.provider, table.id)
    )
    return tuple(
        Agreement(
            each.served_teryt,
            each.task,
            each.kind,
            each.provider,
            each.provider_record,
            each.source,
            each.provider_teryt,
        )
        for each in rows
    )


@cache
def task_types(path: Path = DUTIES) -> Mapping[str, frozenset[str]]:
    """By task of local governments, the types of services that meet it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["code"]: frozenset(row["types"].split("|")) for row in csv.DictReader(file)}


def opened_areas(
    agreements: Sequence[Agreement], offers: Iterable[Openable], within: GminasWithin
) -> dict[UUID, tuple[str, ...]]:
    """By id, the codes of the areas that agreements open an offer to; only offers that one opens."""
    found: dict[UUID, set[str]] = {}
    every = tuple(offers)
    for agreement in agreements:
        for offer in opened(agreement, every, within):
            found.setdefault(offer.id, set()).add(agreement.served_teryt)
    return {offer: tuple(sorted(codes)) for offer, codes in found.items()}


def opened(agreement: Agreement, offers: Iterable[AnyOffer], within: GminasWithin) -> Iterator[AnyOffer]:
    """The offers that an agreement opens to the people of the served area."""
    place, record = agreement.provider_teryt, agreement.provider_record
    if place is None and record is None:
        return
    types = task_types().get(agreement.task, frozenset())
    units = within.powiats if place is not None and len(place) == POWIAT_DIGITS else within.gminas
    for offer in offers:
        if (
            offer.facility_type in types
            and record in (None, offer.record)
            and place in (None, within.counted_in(offer.service_area, offer.gmina_teryt, units))
        ):
            yield offer


def keep_agreements(session: Session, day: date | None = None) -> None:
    """Write into the listings whom the agreements that hold today open them to."""
    holding = agreements(session, day or polish_time.today())
    areas: dict[UUID, tuple[str, ...]] = {}
    if holding:
        types = sorted(frozenset().union(*(task_types().get(each.task, frozenset()) for each in holding)))
        offers: Sequence[Any] = session.execute(OPENABLE, {"types": types}).all()
        areas = opened_areas(holding, offers, GminasWithin(planned_gminas(session)))
    ids = list(areas)
    session.execute(END, {"ids": ids})
    session.execute(KEEP, {"ids": ids, "areas": [" ".join(codes) for codes in areas.values()]})
