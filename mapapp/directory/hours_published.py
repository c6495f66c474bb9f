"""Opening hours as they are published: the ordinary ones, then the special days, in one text that ``hours`` reads.

So the badge, the filter, the calendar, the API and every export have the closures without asking anywhere else.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text
from sqlalchemy.orm import Session

from mapapp.directory.visibility import is_shown

# a night of yesterday may still last, and who follows the changes reads why a place was closed
DAYS_KEPT = 7
# what stands in place of ordinary hours that nobody knows
NOT_KNOWN = "24/7 unknown"
_DAY = "to_char({day}, 'YYYY Mon FMDD')"
RULE = f"""concat(
    {_DAY.format(day="special.day")},
    CASE WHEN special.last_day > special.day THEN '-' || {_DAY.format(day="special.last_day")} END,
    ' ', coalesce(special.opening_hours, 'off'), ' "' || special.reason || '"')"""
# what is nearer to the door, and after that what names fewer days, stands later and so holds
ORDER = """num_nonnulls(special.location_id) + 2 * num_nonnulls(special.service_id)
    + 3 * num_nonnulls(special.service_at_location_id), special.last_day - special.day DESC, special.day, special.id"""


def special_rules(owners: str) -> str:
    """The rules of the special days (alias special) of these owners; NULL where there are none."""
    return f"""(
        SELECT string_agg({RULE}, '; ' ORDER BY {ORDER}) FROM schedule_exception AS special
        WHERE ({owners}) AND special.last_day >= current_date - {DAYS_KEPT} AND {is_shown("special")})"""


def with_special_days(ordinary: str, special: str) -> str:
    """Ordinary hours with the rules of special days; NULL where neither is known."""
    return f"""CASE WHEN {special} IS NULL THEN {ordinary}
        ELSE concat_ws('; ', coalesce({ordinary}, '{NOT_KNOWN}'), {special}) END"""


# a place's own: without those that only one of its services has
_OF_PLACE = special_rules("""special.location_id = place.id OR special.organization_id IN (
    SELECT listing.organization_id FROM listing WHERE listing.location_id = place.id)""")
_OF_PLACES = text(f"""
SELECT place.id, {with_special_days("place.opening_hours", "known.rules")} AS opening_hours
FROM location AS place CROSS JOIN LATERAL (SELECT {_OF_PLACE} AS rules) AS known
WHERE place.id = ANY (:ids) AND place.id IN (SELECT location_id FROM listing WHERE location_id = ANY (:ids))
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


def hours_of_places(session: Session, ids: Collection[UUID]) -> Mapping[UUID, str | None]:
    """The hours of these places as a whole, of those that anybody may see."""
    return {row.id: row.opening_hours for row in session.execute(_OF_PLACES, {"ids": list(ids)})}
