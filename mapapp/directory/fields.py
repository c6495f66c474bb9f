"""One field of a record among its rows: a column, a part of its address, a detail such as its telephones. Pure."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from mapapp.directory import special_rows
from mapapp.directory.capacity_fields import PLACES, newest_places, places_of, with_places
from mapapp.directory.identity import detail_id
from mapapp.directory.rows import Row

ADDRESS_FIELDS: Final = frozenset({"address_1", "postal_code", "city", "region"})
PHONES: Final = "phones"
COSTS: Final = "costs"
# before the code of a feature: each is a field of its own, so that a register may tell of others
ACCESS: Final = "access."
_FEATURE_FACTS: Final = ("measure", "description", "surveyed_on", "source")
_COST_FACTS: Final = ("cost_kind", "amount_description")
_PHONE_FACTS: Final = ("number", "display", "extension", "description")


def value_of(rows: Sequence[Row], record: UUID, field: str) -> Any:
    """What ``field`` of ``record`` is, as JSON can hold it; None too where there is no such row."""
    way = _way(field)
    return way.read(rows, record, field) if way else plain(_column(rows, record, field))


def with_value(rows: Sequence[Row], record: UUID, field: str, value: Any) -> tuple[Row, ...]:
    """``rows`` in which ``field`` of ``record`` is ``value``. A part of an address that is not there stays away."""
    if way := _way(field):
        return way.write(rows, record, field, value)
    return tuple(_set(row, field, value) if row.id == record else row for row in rows)


def known_fields(rows: Sequence[Row], record: UUID) -> list[str]:
    """The fields of the features and of the kinds of places that something is known of."""
    features = (f"{ACCESS}{row.values['feature']}" for row in _details(rows, record, "accessibility"))
    return [*sorted(features), *places_of(rows, record)]


def costs_in_order(rows: Sequence[Row], service: UUID) -> list[Row]:
    """What a service costs, in the order in which it was given: the ids tell it."""
    costs = sorted(_details(rows, service, "cost_option"), key=lambda row: row.id)
    order = {detail_id("cost_option", service, number): number for number in range(len(costs))}
    return sorted(costs, key=lambda row: order.get(row.id, len(order)))


def plain(value: Any) -> Any:
    """``value`` as JSON gives it back, so that two can be compared."""
    return json.loads(json.dumps(value, default=str))


def _column(rows: Sequence[Row], record: UUID, field: str) -> Any:
    return next((row.values.get(field) for row in rows if row.id == record), None)


def _set(row: Row, field: str, value: Any) -> Row:
    return Row(row.table, row.id, {**row.values, field: value})


def _details(rows: Sequence[Row], record: UUID, table: str) -> list[Row]:
    return [row for row in rows if row.table == table and row.owner == record]


def _but(rows: Sequence[Row], record: UUID, table: str) -> list[Row]:
    return [row for row in rows if not (row.table == table and row.owner == record)]


def _phones(rows: Sequence[Row], record: UUID, _: str) -> list[dict[str, Any]]:
    phones = sorted(_details(rows, record, "phone"), key=lambda row: row.values["position"])
    return [{fact: row.values.get(fact) for fact in _PHONE_FACTS} for row in phones]


def _with_phones(rows: Sequence[Row], record: UUID, _: str, value: Any) -> tuple[Row, ...]:
    return (*_but(rows, record, "phone"), *(_phone(record, order, facts) for order, facts in enumerate(value)))


def _phone(owner: UUID, order: int, facts: Mapping[str, Any]) -> Row:
    values = {fact: facts.get(fact) for fact in _PHONE_FACTS}
    return Row("phone", detail_id("phone", owner, order), values | {"position": order, "organization_id": owner})


def _costs(rows: Sequence[Row], record: UUID, _: str) -> list[dict[str, Any]]:
    return [{fact: row.values.get(fact) for fact in _COST_FACTS} for row in costs_in_order(rows, record)]


def _with_costs(rows: Sequence[Row], record: UUID, _: str, value: Any) -> tuple[Row, ...]:
    return (*_but(rows, record, "cost_option"), *(_cost(record, order, facts) for order, facts in enumerate(value)))


def _cost(owner: UUID, order: int, facts: Mapping[str, Any]) -> Row:
    values = {fact: facts.get(fact) for fact in _COST_FACTS}
    return Row("cost_option", detail_id("cost_option", owner, order), values | {"service_id": owner})


def _special_days(rows: Sequence[Row], record: UUID, _: str) -> list[dict[str, Any]]:
    return special_rows.facts_of(rows, record)


def _with_special_days(rows: Sequence[Row], record: UUID, _: str, value: Any) -> tuple[Row, ...]:
    table = next(row.table for row in rows if row.id == record)
    return special_rows.with_facts(rows, table, record, value)


def _in_address(rows: Sequence[Row], record: UUID, field: str) -> Any:
    return next((row.values.get(field) for row in _details(rows, record, "address")), None)


def _with_address(rows: Sequence[Row], record: UUID, field: str, value: Any) -> tuple[Row, ...]:
    its = {row.id for row in _details(rows, record, "address")}
    return tuple(_set(row, field, value) if row.id in its else row for row in rows)


def _feature(rows: Sequence[Row], record: UUID, field: str) -> Any:
    return next((row.values["value"] for row in rows if _is_feature(row, record, field)), None)


def _with_feature(rows: Sequence[Row], record: UUID, field: str, value: Any) -> tuple[Row, ...]:
    others = tuple(row for row in rows if not _is_feature(row, record, field))
    feature = field.removeprefix(ACCESS)
    # what the register measured or described was of its own value
    values = dict.fromkeys(_FEATURE_FACTS) | {"feature": feature, "value": value, "location_id": record}
    return (*others, Row("accessibility", detail_id("accessibility", record, feature), values)) if value else others


def _is_feature(row: Row, record: UUID, field: str) -> bool:
    is_known = row.table == "accessibility" and row.owner == record
    return is_known and row.values["feature"] == field.removeprefix(ACCESS)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a field that is no column is read from rows and written into them."""

    read: Callable[[Sequence[Row], UUID, str], Any]
    write: Callable[[Sequence[Row], UUID, str, Any], tuple[Row, ...]]


_WAYS: Final[Mapping[str, _Way]] = {
    PHONES: _Way(_phones, _with_phones),
    COSTS: _Way(_costs, _with_costs),
    special_rows.FIELD: _Way(_special_days, _with_special_days),
    **dict.fromkeys(ADDRESS_FIELDS, _Way(_in_address, _with_address)),
}
_WAYS_BY_PREFIX: Final[Mapping[str, _Way]] = {
    ACCESS: _Way(_feature, _with_feature),
    PLACES: _Way(newest_places, with_places),
}


def _way(field: str) -> _Way | None:
    found = (way for prefix, way in _WAYS_BY_PREFIX.items() if field.startswith(prefix))
    return _WAYS.get(field) or next(found, None)
