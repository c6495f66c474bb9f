"""Locations and services at locations, as HSDS has them. Only places that anyone may know have an entry."""

from mapapp.directory.hsds_details import (
    ACCESSIBILITY,
    ADDRESS,
    SCHEDULE,
    contacts_of,
    language,
    of_owner,
    phone,
    service_area,
)
from mapapp.directory.hsds_json import Members, json_array, json_object, web_address

# every service here is as public as the place: no text of the place can tell of one that is not
NOBODY_HIDES_HERE = """NOT EXISTS (
    SELECT FROM service_at_location AS given JOIN service AS hidden ON hidden.id = given.service_id
    JOIN organization AS whose ON whose.id = hidden.organization_id
    WHERE given.location_id = l.id AND greatest(given.visibility, hidden.visibility, whose.visibility) > 'public')"""
LOCATION: Members = {
    "id": "l.id",
    "location_type": "l.location_type",
    "url": web_address("l.url"),
    "name": "l.name",
    "alternate_name": "l.alternate_name",
    "description": f"CASE WHEN {NOBODY_HIDES_HERE} THEN l.description END",
    "transportation": "l.transportation",
    "latitude": "round(CAST(ST_Y(l.point) AS numeric), 6)",
    "longitude": "round(CAST(ST_X(l.point) AS numeric), 6)",
    "x_geometry_quality": "l.geometry_quality",
    "x_gmina_teryt": "coalesce(l.computed_gmina_teryt, l.declared_gmina_teryt)",
    "x_floor": "l.floor",
    "x_amenities": "to_json(l.amenities)",
    "x_opening_hours": "l.opening_hours",
    "x_opening_hours_text": "l.opening_hours_text",
    "x_is_temporary": "to_json(l.is_temporary)",
    "x_is_sample": "to_json(l.is_sample)",
    "x_source": "l.source",
    "x_source_date": "l.source_date",
}
FULL_LOCATION: Members = {
    **LOCATION,
    "languages": of_owner(language("true"), "language", "location", "l.id"),
    "addresses": of_owner(ADDRESS, "address", "location", "l.id"),
    "contacts": contacts_of("location", "l.id"),
    "accessibility": of_owner(ACCESSIBILITY, "accessibility", "location", "l.id"),
    "phones": of_owner(phone("true"), "phone", "location", "l.id"),
    "schedules": of_owner(SCHEDULE, "schedule", "location", "l.id"),
}

# alias place: the published row of a service (alias s elsewhere) at a location
PLACES = """(
    listing AS place
    JOIN service_at_location AS a ON a.id = place.id
    JOIN location AS l ON l.id = place.location_id)"""
LINK: Members = {
    "id": "a.id",
    "service_id": "a.service_id",
    "location_id": "a.location_id",
    "description": f"CASE WHEN {NOBODY_HIDES_HERE} THEN a.description END",
    "x_branch": "a.branch",
    "x_opening_hours": "place.opening_hours",
    "x_places": "place.places",
    "x_places_free": "place.places_free",
    "x_places_as_of": "place.places_as_of",
    "x_profiles": "to_json(place.profiles)",
    "x_gmina_name": "place.gmina_name",
    "x_powiat_teryt": "place.powiat_teryt",
    "x_powiat_name": "place.powiat_name",
    "x_nuts3": "place.nuts3",
    "x_is_sample": "to_json(place.is_sample)",
}


def full_link(*, with_extent: bool = False) -> Members:
    """A service at a location with everything about the place."""
    area = service_area("true", with_extent=with_extent)
    return {
        **LINK,
        "service_areas": of_owner(area, "service_area", "service_at_location", "a.id"),
        "contacts": contacts_of("service_at_location", "a.id"),
        "phones": of_owner(phone("true"), "phone", "service_at_location", "a.id"),
        "schedules": of_owner(SCHEDULE, "schedule", "service_at_location", "a.id"),
        "location": json_object(FULL_LOCATION),
    }


def places_of(service_id: str, *, with_extent: bool = False) -> str:
    """The array of a service's places."""
    return json_array(
        json_object(full_link(with_extent=with_extent)), f"FROM {PLACES} WHERE place.service_id = {service_id}", "a.id"
    )


def locations_of(organization_id: str) -> str:
    """The array of the places where an organization gives services."""
    there = f"""SELECT place.location_id FROM service AS offered JOIN listing AS place ON place.service_id = offered.id
        WHERE offered.organization_id = {organization_id} AND place.organization_id = {organization_id}"""
    return json_array(json_object(FULL_LOCATION), f"FROM location AS l WHERE l.id IN ({there})", "l.id")
