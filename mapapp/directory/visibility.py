"""Who may see what: the one predicate of the four levels, as fragments of SQL.

The published read model (``listing``) is written through these fragments, and searches, maps, exports and detail pages
start from it. The effective level of a service at a place is the strictest of its organization, its service, its
location, of both together, and of the location's addresses (a hidden address hides the place, never the service:
there ``internal`` counts as ``on_request``).

==================================================================  ======  =========  ==========  ========
what is shown                                                       public  area_only  on_request  internal
==================================================================  ======  =========  ==========  ========
type, name*, audiences, ages, status, date of verification,         yes     yes        yes         no
source, a phone of the service or the organization
organization*, former and other names*, e-mail, web page, price     yes     yes        no          no
class, languages, capacity, area served, accessibility
gmina, powiat, subregion                                            yes     yes        no          no
location and its id, address, town, point, hours, its own phones,   yes     no         no          no
free text (description, alert, how to apply, what it costs)
------------------------------------------------------------------  ------  ---------  ----------  --------
matches a gmina, a powiat, a subregion                              yes     yes        no          no
matches a box on the map or a radius, has a distance                yes     no         no          no
==================================================================  ======  =========  ==========  ========

``*`` Only where it has no word of what is hidden: of the address and the town, and at ``on_request`` of the gmina and
the powiat too; else the type's name stands there, or nothing. Free text may tell a place in more ways than can be
checked. Details (phones, addresses, costs, languages, accessibility, capacity) have a level of their own: only public
ones are shown. Opening hours go with the place: a door that nobody may know has none. What an e-mail or web address of
the organization tells is for staff to judge.
"""

# Shorter words ("ul", "w", "na") tell no place.
SHORTEST_TELLING_WORD = 3


def strictest(*levels: str) -> str:
    """The level that holds where several records meet; NULL (no such record) is no restriction."""
    return f"greatest({', '.join(levels)})"


def as_level_of_service(address_level: str) -> str:
    """What an address's level means for the service there; NULL where there is no address."""
    return f"least({address_level}, CASE WHEN {address_level} IS NOT NULL THEN 'on_request'::visibility END)"


def is_listed(level: str) -> str:
    """Whether anything at all is shown."""
    return f"{level} < 'internal'"


def shows_area(level: str) -> str:
    """Whether the gmina, and who gives the service, may be known."""
    return f"{level} <= 'area_only'"


def shows_place(level: str) -> str:
    """Whether the address and the point may be known."""
    return f"{level} = 'public'"


def is_shown(detail: str) -> str:
    """Whether a detail (a phone, a cost) of a shown record is shown itself."""
    return f"{detail}.visibility = 'public'"


def only_where(condition: str, value: str) -> str:
    """``value``, or NULL where it must not be seen."""
    return f"CASE WHEN {condition} THEN {value} END"


def tells(text: str, hidden: str) -> str:
    """Whether ``text`` has a word of ``hidden`` in any grammatical form; never where one of them is NULL."""
    return f"""EXISTS (
        SELECT FROM unnest(public.search_terms({hidden})) AS secret
        WHERE length(secret) >= {SHORTEST_TELLING_WORD} AND secret = ANY (public.search_terms({text})))"""
