"""What of a record goes out as HSDS: the published rows (``listing``) decide, as everywhere.

A service is shown as the most open of its listings shows it (``shown``). A location, and the link of a service to it,
exist only where the place is public: an id is a link, and the id of a link is made of the ids that it links.

Free text may tell a place in more ways than can be checked. So that of a service stands only where each of its places
is public, and that of an organization only where each of its services is: else "we also run the shelter in …" would
tell it from next door. The same holds for what leads to the organization's entry in another register (NIP, REGON, KRS).
"""

from mapapp.directory.visibility import as_level_of_service, shows_area, shows_place, strictest

# keeps the planner from putting a condition in each of the places that ask for it, where it would be asked each time
ONCE = "OFFSET 0"

# alias s, a service: the most open of its listings, and whether free text of it may be read
SHOWN_SERVICE = """
    JOIN LATERAL (
        SELECT * FROM listing WHERE service_id = s.id ORDER BY visibility, name, id LIMIT 1
    ) AS shown ON true"""


def hides_a_place(service_id: str) -> str:
    """Whether a service has a place, past or present, that must not be known."""
    level = strictest("given.visibility", "place.visibility", as_level_of_service("door.level"))
    return f"""EXISTS (
        SELECT FROM service_at_location AS given
        JOIN location AS place ON place.id = given.location_id
        LEFT JOIN LATERAL (SELECT max(visibility) AS level FROM address WHERE location_id = place.id) AS door ON true
        WHERE given.service_id = {service_id} AND NOT {shows_place(level)})"""


def hides_a_service(organization_id: str) -> str:
    """Whether an organization has a service, whatever its status, of which anything must not be known."""
    return f"""EXISTS (
        SELECT FROM service AS other
        WHERE other.organization_id = {organization_id}
            AND (NOT {shows_place("other.visibility")} OR {hides_a_place("other.id")}))"""


# alias o, an organization: its name as the strictest of its listings shows it, and whether free text may be read
SHOWN_ORGANIZATION = f"""
    JOIN LATERAL (
        SELECT (array_agg(each.organization_name ORDER BY each.visibility DESC, each.organization_name))[1] AS name,
            max(each.last_modified) AS last_modified
        FROM service AS offered
        JOIN listing AS each ON each.service_id = offered.id AND each.organization_id = o.id
        WHERE offered.organization_id = o.id
        HAVING count(*) > 0
    ) AS known ON true
    JOIN LATERAL (
        SELECT {shows_place("o.visibility")} AND NOT {hides_a_service("o.id")} AS is_open {ONCE}
    ) AS provider ON true"""

SERVICE_IS_OPEN = f"""
    JOIN LATERAL (
        SELECT {shows_place("shown.visibility")} AND NOT {hides_a_place("s.id")} AS is_open,
            {shows_area("shown.visibility")} AS shows_area {ONCE}
    ) AS telling ON true"""

# the organization's telephone leads to the organization wherever that stands beside it
ORGANIZATION_IS_SHOWN = """EXISTS (
    SELECT FROM service AS sibling
    JOIN listing AS each ON each.service_id = sibling.id AND each.organization_id IS NOT NULL
    WHERE sibling.organization_id = s.organization_id)"""


def is_shown_place(location_id: str) -> str:
    """Whether a location is published."""
    return f"EXISTS (SELECT FROM listing AS there WHERE there.location_id = {location_id})"
