"""Places of a kind that a service has, as one field: the newest number stands, those before it are history. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from mapapp.directory.identity import detail_id
from mapapp.directory.rows import Row, unit_id

# before the code of a kind
PLACES: Final = "places."
# of all other kinds people are counted: who uses a place or waits for one
_IN_PLACES: Final = frozenset({"approved", "funded"})
_FACTS: Final = ("as_of", "maximum", "available")
_WRITTEN: Final = re.compile(r"(\d{1,6})?(?:\s*,\s*(\d{1,6}))?(?:\s*@\s*(\d{4}-\d\d-\d\d))?")
EXPECTED: Final = "expected ALL, ALL,FREE or ,FREE and @DAY where it is not today, for example 40,2@2026-05-15"


def unit_of(field: str) -> str:
    """The unit in which a person's number of a kind is."""
    return "places" if field.removeprefix(PLACES) in _IN_PLACES else "people"


def read_places(text: str, today: date) -> dict[str, Any] | None:
    """What ``text`` says of the places of a kind; None where it is empty. Raises ValueError."""
    if not text.strip():
        return None
    found = _WRITTEN.fullmatch(text.strip())
    if not found or found[1] is found[2] is None:
        raise ValueError(EXPECTED)
    maximum, available = (int(each) if each else None for each in found.groups()[:2])
    day = date.fromisoformat(found[3]) if found[3] else today
    if maximum is not None and available is not None and available > maximum:
        raise ValueError(f"expected no more free places than all {maximum}")
    if day > today:
        raise ValueError(f"expected a day until today, {today}")
    return {"as_of": day.isoformat(), "maximum": maximum, "available": available}


def newest_places(rows: Iterable[Row], service: UUID, field: str) -> dict[str, Any] | None:
    """What the rows of a service say last of the places of a kind."""
    its = [row.values for row in rows if _is_of(row, service, field)]
    newest = max(its, key=lambda values: (values["as_of"], str(values["unit_id"])), default=None)
    return None if newest is None else {"as_of": newest["as_of"].isoformat()} | {n: newest[n] for n in _FACTS[1:]}


def with_places(rows: Sequence[Row], service: UUID, field: str, value: Mapping[str, Any] | None) -> tuple[Row, ...]:
    """``rows`` in which ``value`` is what is known last; None changes nothing."""
    if value is None:
        return tuple(rows)
    day = date.fromisoformat(value["as_of"])
    others = [row for row in rows if not (_is_of(row, service, field) and row.values["as_of"] >= day)]
    of = next((row.values.get("source") for row in rows if row.id == service), None)
    kind = field.removeprefix(PLACES)
    told = dict.fromkeys(("target", "waiting_days", "description")) | {"kind": kind, "as_of": day, "source": of}
    told |= {name: value[name] for name in _FACTS[1:]} | {"unit_id": unit_id(unit_of(field)), "service_id": service}
    return (*others, Row("service_capacity", places_id(service, field, value), told))


def places_id(service: UUID, field: str, value: Mapping[str, Any]) -> UUID:
    """The id of the row that says ``value``."""
    return detail_id("service_capacity", service, field.removeprefix(PLACES), unit_of(field), value["as_of"])


def places_of(rows: Iterable[Row], service: UUID) -> list[str]:
    """The fields of the kinds that something is known of."""
    kinds: Collection[str] = {
        row.values["kind"] for row in rows if _is_of(row, service, f"{PLACES}{row.values.get('kind')}")
    }
    return sorted(f"{PLACES}{kind}" for kind in kinds)


def _is_of(row: Row, service: UUID, field: str) -> bool:
    is_its = row.table == "service_capacity" and row.owner == service
    return is_its and row.values["kind"] == field.removeprefix(PLACES) and row.values["target"] is None
