"""JSON that PostgreSQL makes, put together from small pieces: a record is a mapping of member to SQL expression.

The same mapping gives a member of a document and a column of a table in the data package; so every value that is not a
plain text, number or date is JSON already. What is NULL is left out of a document.
"""

from collections.abc import Mapping

Members = Mapping[str, str]

MOST_ARGUMENTS = 100
"""What a function of PostgreSQL takes."""

# characters of RFC 3986; what has others is no address that a strict client takes
WEB_ADDRESS = r"^https?://[A-Za-z0-9._~:/?#@!$&''()*+,;=%[\]-]+$"


def json_object(members: Members) -> str:
    """One object."""
    if len(members) > MOST_ARGUMENTS // 2:
        return f"(SELECT row_to_json(item) FROM (SELECT {columns(members)}) AS item)"
    pairs = ", ".join(f"'{name}', {value}" for name, value in members.items())
    return f"json_build_object({pairs})"


def json_array(item: str, source: str, order: str) -> str:
    """The array of ``item`` for every row of ``source`` (FROM …), in a total order."""
    return f"(SELECT coalesce(json_agg({item} ORDER BY {order}), '[]') {source})"


def columns(members: Members) -> str:
    """The same members as columns of a table."""
    return ", ".join(f'{value} AS "{name}"' for name, value in members.items())


def moment(timestamp: str) -> str:
    """A moment as RFC 3339 writes it, in UTC, to the microsecond."""
    return f"""to_char({timestamp} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def web_address(value: str) -> str:
    """The address where it is one that RFC 3986 allows, else NULL."""
    return f"CASE WHEN {value} ~ '{WEB_ADDRESS}' THEN {value} END"
