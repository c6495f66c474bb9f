"""Statutory duties: which tasks a gmina or powiat has, and what is known of how it meets them.

Nothing found is *missing* only where both ways of meeting a task are known: a register of such services, and the
agreements. Else it is *unknown*: an empty directory proves nothing.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args
from uuid import UUID

from mapapp.coverage.areas import AreaRef, Layer
from mapapp.coverage.data import CoverageData
from mapapp.coverage.errors import UnknownCode
from mapapp.coverage.staffing import StaffState, staff_states, staffing
from mapapp.coverage.supply import SuppliedService
from mapapp.directory.agreements import DUTIES, Agreement

DutyArea = Literal["gmina", "powiat"]
Status = Literal[
    "here",  # a service of its own
    "agreement",  # by agreement with another local government
    "contract",  # by somebody under contract
    "entitled",  # no agreement is known, but a service elsewhere says that it serves the area
    "missing",
    "unknown",
]
STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, slots=True)
class Duty:
    """A task by law, whose it is, by which services it is met, and whether somebody has read the article."""

    code: str
    area: DutyArea
    # a code of data/vocabularies/duty_levels.csv
    level: str
    types: tuple[str, ...]
    label_pl: str
    label_en: str
    label_uk: str
    article: str
    is_checked: bool

    def label(self, language: str) -> str:
        """Its name."""
        return str(getattr(self, f"label_{language}"))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the answer rests on: a service's record, or an agreement."""

    name: str
    source: str
    service_id: UUID | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class DutyState:
    """How an area meets a task. ``is_hidden``: such services exist, but where they are must not be told."""

    area: AreaRef
    duty: Duty
    status: Status
    evidence: tuple[Evidence, ...]
    is_obligatory: bool
    has_samples: bool
    is_hidden: bool = False
    # of a task that is met by posts and not by services
    staff: StaffState | None = None


@cache
def duties(path: Path = DUTIES) -> Mapping[str, Duty]:
    """All tasks by code."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return MappingProxyType({row["code"]: _duty(row) for row in csv.DictReader(file)})


def duty_matrix(data: CoverageData, level: DutyArea = "gmina", tasks: tuple[str, ...] = ()) -> tuple[DutyState, ...]:
    """Every area of the level with each of its tasks, by area and in the order of the tasks' file.

    Raises UnknownCode for a task of no such level.
    """
    own = [duty for duty in duties().values() if duty.area == level]
    unknown = [task for task in tasks if task not in {duty.code for duty in own}]
    if unknown:
        raise UnknownCode(f"task of a {level}", unknown[0], [duty.code for duty in own])
    chosen = [duty for duty in own if not tasks or duty.code in tasks]
    columns = [
        tuple(_staffed(data, duty) if duty.code in staffing() else _states(data, level, duty)) for duty in chosen
    ]
    return tuple(column[number] for number in range(len(data.areas.layers[level].refs)) for column in columns)


def _staffed(data: CoverageData, duty: Duty) -> Iterator[DutyState]:
    """One state per gmina of a task that is met by posts."""
    obligatory = data.vocabularies.duty_levels[duty.level].obligatory
    states = staff_states(data.need, staffing()[duty.code])
    for ref, state in zip(data.areas.layers["gmina"].refs, states, strict=True):
        yield DutyState(ref, duty, state.status, (), obligatory, has_samples=False, staff=state)


def _states(data: CoverageData, level: Layer, duty: Duty) -> Iterator[DutyState]:
    """One state per area of the level."""
    services = data.supply.of(duty.types)
    hidden = bool(data.supply.hidden_of(duty.types))
    layer = data.areas.layers[level]
    here: list[list[SuppliedService]] = [[] for _ in layer.refs]
    entitled: list[list[SuppliedService]] = [[] for _ in layer.refs]
    for service in services:
        for area in {own for own in service.areas(data.areas, level) if own is not None}:
            here[area].append(service)
        codes = [code for offer in service.offers for code in offer.service_area]
        for area in set(layer.of_gmina[data.areas.served(codes)].tolist()) if codes else ():
            entitled[area].append(service)
    is_registered = any(not service.is_sample for service in services)
    agreed = [agreement for agreement in data.agreements if agreement.task == duty.code]
    obligatory = data.vocabularies.duty_levels[duty.level].obligatory
    for number, ref in enumerate(layer.refs):
        own_agreements = [agreement for agreement in agreed if agreement.served_teryt == ref.code]
        status, evidence = _status(data, here[number], own_agreements, entitled[number])
        if status == "missing" and (hidden or not is_registered or not agreed):
            status = "unknown"
        samples = any(service.is_sample for service in (*here[number], *entitled[number]))
        yield DutyState(ref, duty, status, evidence, obligatory, samples, hidden)


def _status(
    data: CoverageData, here: list[SuppliedService], agreed: list[Agreement], entitled: list[SuppliedService]
) -> tuple[Status, tuple[Evidence, ...]]:
    if here:
        return "here", tuple(_record(data, service) for service in here)
    if agreed:
        kind: Status = "agreement" if any(each.kind == "agreement" for each in agreed) else "contract"
        return kind, tuple(Evidence(each.provider, each.source, record=each.provider_record) for each in agreed)
    if entitled:
        return "entitled", tuple(_record(data, service) for service in entitled)
    return "missing", ()


def _record(data: CoverageData, service: SuppliedService) -> Evidence:
    offer = service.offers[0]
    return Evidence(offer.name, data.sources.get(offer.source, offer.source), service_id=service.id)


def _duty(row: Mapping[str, str]) -> Duty:
    return Duty(
        code=row["code"],
        area=cast("DutyArea", row["area"]),
        level=row["level"],
        types=tuple(row["types"].split("|")) if row["types"] else (),
        label_pl=row["label_pl"],
        label_en=row["label_en"],
        label_uk=row["label_uk"],
        article=row["article"],
        is_checked=row["checked"] == "yes",
    )
