"""One field of a record among its rows: a column, a part of its address, a detail such as its telephones. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from mapapp.directory import special_rows
from mapapp.directory.identity import detail_id
from mapapp.directory.rows import Row

ADDRESS_FIELDS: Final = frozenset({"address_1", "postal_code", "city", "region"})
PHONES: Final = "phones"
# before the code of a feature: each is a field of its own, so that a register may tell of others
ACCESS: Final = "access."
_FEATURE_FACTS: Final = ("measure", "description", "surveyed_on", "source")
_PHONE_FACTS: Final = ("number", "display", "extension", "description")


def value_of(rows: Sequence[Row], record: UUID, field: str) -> Any:
    """What ``field`` of ``record`` is, as JSON can hold it; None too where there is no such row."""
    if field == PHONES:
        phones = sorted(_details(rows, record, "phone"), key=lambda row: row.values["position"])
        return [{fact: row.values.get(fact) for fact in _PHONE_FACTS} for row in phones]
    if field in ADDRESS_FIELDS:
        return next((row.values.get(field) for row in _details(rows, record, "address")), None)
    if field.startswith(ACCESS):
        return next((row.values["value"] for row in rows if _is_feature(row, record, field)), None)
    if field == special_rows.FIELD:
        return special_rows.facts_of(rows, record)
    return plain(next((row.values.get(field) for row in rows if row.id == record), None))


def with_value(rows: Sequence[Row], record: UUID, field: str, value: Any) -> tuple[Row, ...]:
    """``rows`` in which ``field`` of ``record`` is ``value``. A part of an address that is not there stays away."""
    if field == PHONES:
        others = [row for row in rows if not (row.table == "phone" and row.values.get("organization_id") == record)]
        return (*others, *(_phone(record, order, facts) for order, facts in enumerate(value)))
    if field in ADDRESS_FIELDS:
        return tuple(_set(row, field, value) if _is_address_of(row, record) else row for row in rows)
    if field.startswith(ACCESS):
        others = [row for row in rows if not _is_feature(row, record, field)]
        return (*others, *([_feature(record, field, value)] if value else []))
    if field == special_rows.FIELD:
        table = next(row.table for row in rows if row.id == record)
        return special_rows.with_facts(rows, table, record, value)
    return tuple(_set(row, field, value) if row.id == record else row for row in rows)


def features_of(rows: Sequence[Row], record: UUID) -> list[str]:
    """The fields of the features that something is known of."""
    return sorted(f"{ACCESS}{row.values['feature']}" for row in _details(rows, record, "accessibility"))


def plain(value: Any) -> Any:
    """``value`` as JSON gives it back, so that two can be compared."""
    return json.loads(json.dumps(value, default=str))


def _details(rows: Sequence[Row], record: UUID, table: str) -> list[Row]:
    return [row for row in rows if row.table == table and row.owner == record]


def _is_address_of(row: Row, record: UUID) -> bool:
    return row.table == "address" and row.owner == record


def _is_feature(row: Row, record: UUID, field: str) -> bool:
    is_known = row.table == "accessibility" and row.owner == record
    return is_known and row.values["feature"] == field.removeprefix(ACCESS)


def _feature(owner: UUID, field: str, value: str) -> Row:
    feature = field.removeprefix(ACCESS)
    # what the register measured or described was of its own value
    values = dict.fromkeys(_FEATURE_FACTS) | {"feature": feature, "value": value, "location_id": owner}
    return Row("accessibility", detail_id("accessibility", owner, feature), values)


def _set(row: Row, field: str, value: Any) -> Row:
    return Row(row.table, row.id, {**row.values, field: value})


def _phone(owner: UUID, order: int, facts: Mapping[str, Any]) -> Row:
    values = {fact: facts.get(fact) for fact in _PHONE_FACTS}
    return Row("phone", detail_id("phone", owner, order), values | {"position": order, "organization_id": owner})
