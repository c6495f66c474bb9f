"""How exact points are, and keeping the better one. Pure."""

from collections.abc import Sequence
from typing import Final

from mapapp.directory.rows import Row
from mapapp.directory.stored import Stored

PRECISION: Final = ("gmina", "locality", "street", "rooftop", "manual")
"""Codes of ``geometry_quality``, from the weakest; nothing is better than what a person set by hand."""
_ADDRESS: Final = ("address_1", "postal_code", "city")


def is_better(quality: str, than: str | None) -> bool:
    """Whether a point of ``quality`` is better than what is there; None: nothing is there."""
    return than is None or PRECISION.index(quality) > PRECISION.index(than)


def with_better_points(rows: Sequence[Row], stored: Stored) -> tuple[Row, ...]:
    """``rows``, whose locations keep a better stored point while address and gmina stay the same.

    A register that knows the locality only must not take away what a geocoder or a person found since.
    """
    addresses = {row.owner: row for row in rows if row.table == "address"}
    return tuple(_kept(row, addresses.get(row.id), stored) if row.table == "location" else row for row in rows)


def _kept(row: Row, address: Row | None, stored: Stored) -> Row:
    before = stored.like(row)
    if before is None or before.values["point"] is None or before.values["geometry_quality"] not in PRECISION:
        return row
    quality = row.values["geometry_quality"] if row.values["point"] else None
    if row.values["point"] and quality not in PRECISION:
        return row
    same_place = before.values["declared_gmina_teryt"] == row.values["declared_gmina_teryt"]
    if not same_place or not _is_same(address, stored.details_of.get(row.id, ())):
        return row
    if not is_better(before.values["geometry_quality"], quality):
        return row
    return Row(
        row.table, row.id, {**row.values, **{name: before.values[name] for name in ("point", "geometry_quality")}}
    )


def _is_same(address: Row | None, details: Sequence[Row]) -> bool:
    there = [row for row in details if row.table == "address"]
    if address is None:
        return not there
    return any(all(row.values[name] == address.values[name] for name in _ADDRESS) for row in there)
