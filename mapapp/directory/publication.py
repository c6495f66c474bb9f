"""The statement that publishes: from the directory's tables to flat, searchable rows, through the visibility predicate.

Lanes of the search vector: A the service's name and the type's; B the type's synonyms and names in other languages,
former and alternate names; C organization, town, gmina, audiences; D description. Every name and synonym of a type
stands between two MARKs, so that a query can ask for exactly that phrase.
"""

from mapapp.directory.hours_published import special_rules, with_special_days
from mapapp.directory.visibility import (
    as_level_of_service,
    is_listed,
    is_shown,
    only_where,
    shows_area,
    shows_place,
    strictest,
    tells,
)

# A word that nobody types; it stands before and after each phrase of the vocabulary.
MARK = "qzq"
# Approved or funded places are supply; the occupied and the waiting are not.
SUPPLY = "'approved', 'funded'"
COUNTED_AS_PLACES = "'places', 'beds'"

# Parameter stop_words: words that carry no need, left out of phrases here as in queries.
VOCABULARY = f"""
term AS MATERIALIZED (
    SELECT term.id, vocabulary.code AS vocabulary, term.code, coalesce(term.labels ->> 'pl', term.name) AS label,
        term.labels, term.synonyms, term.details
    FROM taxonomy_term AS term
    JOIN taxonomy AS vocabulary ON vocabulary.id = term.taxonomy_id
    WHERE vocabulary.code IN ('types', 'audiences', 'profiles')
), phrase AS (
    SELECT id, 'A'::"char" AS weight, regexp_split_to_table(label, '[(),]') AS words FROM term
    UNION ALL
    SELECT id, 'B', value FROM term CROSS JOIN jsonb_each_text(labels - 'pl')
    UNION ALL
    SELECT id, 'B', jsonb_array_elements_text(value) FROM term CROSS JOIN jsonb_each(synonyms)
), content AS MATERIALIZED (
    SELECT id, weight, array_to_string(ARRAY(
        SELECT word
        FROM regexp_split_to_table(public.folded(phrase.words), '[^[:alnum:]]+') WITH ORDINALITY AS each (word, place)
        WHERE word <> '' AND word <> ALL (:stop_words) ORDER BY place), ' ') AS words
    FROM phrase
), lane AS MATERIALIZED (
    SELECT id, weight, '{MARK} ' || string_agg(words, ' {MARK} ') || ' {MARK}' AS text
    FROM content WHERE words <> '' GROUP BY id, weight
), type AS MATERIALIZED (
    SELECT term.code, term.label, term.details, named.text AS names, other.text AS synonyms
    FROM term
    LEFT JOIN lane AS named ON named.id = term.id AND named.weight = 'A'
    LEFT JOIN lane AS other ON other.id = term.id AND other.weight = 'B'
    WHERE term.vocabulary = 'types'
)"""

LEVEL = strictest("s.visibility", "o.visibility", "l.visibility", "a.visibility", as_level_of_service("door.level"))

# Parameters everything, service_ids: what to publish anew.
OFFER = f"""
offer AS MATERIALIZED (
    SELECT coalesce(a.id, s.id) AS id, s.id AS service_id, a.id AS service_at_location_id, l.id AS location_id,
        o.id AS organization_id, {LEVEL} AS level, a.capacity_share,
        count(*) OVER (PARTITION BY s.id) AS branches, door.words AS address_words,
        coalesce(l.computed_gmina_teryt, l.declared_gmina_teryt) AS gmina_teryt, coalesce(area.teryt, '{{}}') AS area
    FROM service AS s
    JOIN organization AS o ON o.id = s.organization_id
    LEFT JOIN service_at_location AS a ON a.service_id = s.id
    LEFT JOIN location AS l ON l.id = a.location_id
    LEFT JOIN LATERAL (
        SELECT max(visibility) AS level,
            string_agg(concat_ws(' ', address_1, address_2, postal_code, city), ' ') AS words
        FROM address WHERE location_id = l.id
    ) AS door ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT code) AS teryt FROM service_area AS area CROSS JOIN unnest(area.teryt) AS code
        WHERE {is_shown("area")} AND (area.service_id = s.id OR area.service_at_location_id = a.id)
    ) AS area ON true
    WHERE s.status IN ('active', 'temporarily closed')
        AND (l.valid_from IS NULL OR l.valid_from <= current_date)
        AND (l.valid_to IS NULL OR l.valid_to >= current_date)
        AND (:everything OR s.id = ANY (:service_ids))
), seen AS MATERIALIZED (
    SELECT offer.*, {shows_area("level")} AS area_shown, {shows_place("level")} AS place_shown,
        CASE WHEN level = 'area_only' THEN offer.address_words
             WHEN level > 'area_only' THEN concat_ws(' ', offer.address_words, g.name, p.name, served.names)
        END AS hidden_words,
        g.name AS gmina_name, p.teryt AS powiat_teryt, p.name AS powiat_name, g.nuts3
    FROM offer
    LEFT JOIN gmina AS g ON g.teryt = offer.gmina_teryt AND g.valid_to IS NULL
    LEFT JOIN powiat AS p ON p.teryt = g.powiat_teryt AND p.valid_to IS NULL
    LEFT JOIN LATERAL (
        SELECT string_agg(unit.name, ' ') AS names
        FROM (SELECT teryt, name FROM gmina UNION ALL SELECT teryt, name FROM powiat) AS unit
        WHERE offer.level > 'area_only' AND unit.teryt = ANY (offer.area)
    ) AS served ON true
    WHERE {is_listed("level")}
)"""

# Yes: every required feature is there. Partial: some are there, others missing or not surveyed. No: nothing is known
# but that something is missing. What nobody surveyed is unknown, never fine.
PROFILES = """
    SELECT jsonb_object_agg(profile.code, CASE
        WHEN found.all_there THEN 'yes' WHEN found.something_there THEN 'partial'
        WHEN found.something_missing THEN 'no' ELSE 'unknown' END) AS states
    FROM term AS profile
    CROSS JOIN LATERAL (
        SELECT bool_and(value = 'yes') AS all_there, bool_or(value IN ('yes', 'partial')) AS something_there,
            bool_or(value = 'no') AS something_missing
        FROM jsonb_array_elements_text(profile.details -> 'required_features') AS required (feature)
        CROSS JOIN LATERAL (SELECT coalesce(access.features ->> required.feature, 'unknown') AS value) AS surveyed
    ) AS found
    WHERE profile.vocabulary = 'profiles'"""

CAPACITY = f"""
    SELECT (array_agg(maximum ORDER BY as_of DESC, kind) FILTER (WHERE maximum IS NOT NULL))[1] AS places,
        (array_agg(available ORDER BY as_of DESC, kind) FILTER (WHERE available IS NOT NULL))[1] AS free,
        coalesce(max(as_of) FILTER (WHERE available IS NOT NULL), max(as_of)) AS as_of
    FROM service_capacity AS capacity
    JOIN unit ON unit.id = capacity.unit_id AND unit.name IN ({COUNTED_AS_PLACES})
    WHERE capacity.service_id = s.id AND capacity.kind IN ({SUPPLY}) AND {is_shown("capacity")}
        AND capacity.target IS NULL"""  # with a target (women, men) it is a part of the row without one

SPECIAL_DAYS = special_rules("""special.organization_id = o.id OR special.service_id = s.id
    OR special.location_id = l.id OR special.service_at_location_id = seen.service_at_location_id""")

DETAILS = f"""
    LEFT JOIN LATERAL (
        SELECT address_1, address_2, postal_code, city FROM address
        WHERE location_id = seen.location_id AND address_type = 'physical' AND {is_shown("address")}
        ORDER BY created_at, id LIMIT 1
    ) AS address ON seen.place_shown
    LEFT JOIN LATERAL (
        SELECT number, display FROM phone
        WHERE {is_shown("phone")} AND (service_id = s.id OR organization_id = o.id OR seen.place_shown
            AND (service_at_location_id = seen.service_at_location_id OR location_id = seen.location_id))
        ORDER BY service_at_location_id, service_id, location_id, organization_id, position, id LIMIT 1
    ) AS phone ON true
    LEFT JOIN LATERAL (
        SELECT jsonb_object_agg(feature, value ORDER BY surveyed_on NULLS FIRST, id) AS features FROM accessibility
        WHERE location_id = seen.location_id AND value <> 'unknown' AND {is_shown("accessibility")}
    ) AS access ON seen.area_shown
    LEFT JOIN LATERAL (SELECT {SPECIAL_DAYS} AS rules) AS special ON seen.place_shown
    LEFT JOIN LATERAL ({PROFILES}) AS profile ON true
    LEFT JOIN LATERAL ({CAPACITY}) AS capacity ON seen.area_shown
    LEFT JOIN LATERAL (
        SELECT CASE count(DISTINCT cost_kind) WHEN 0 THEN NULL WHEN 1 THEN min(cost_kind) ELSE 'partly_paid' END AS kind
        FROM cost_option AS cost
        WHERE cost.service_id = s.id AND {is_shown("cost")} AND coalesce(valid_from <= current_date, true)
            AND coalesce(valid_to >= current_date, true)
    ) AS cost ON seen.area_shown
    LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT code ORDER BY code) AS codes FROM language
        WHERE {is_shown("language")} AND (service_id = s.id OR organization_id = o.id OR seen.place_shown
            AND (service_at_location_id = seen.service_at_location_id OR location_id = seen.location_id))
    ) AS language ON seen.area_shown"""


def _unless_it_tells(text: str) -> str:
    return only_where(f"seen.hidden_words IS NULL OR NOT {tells(text, 'seen.hidden_words')}", text)


def _area(value: str) -> str:
    return only_where("seen.area_shown", value)


def _place(value: str) -> str:
    return only_where("seen.place_shown", value)


TYPE_NAME = "coalesce(type.label, s.facility_type)"
TARGET_AUDIENCES = """coalesce(
    nullif(ARRAY(SELECT jsonb_array_elements_text(type.details -> 'target_audiences')), '{}'), '{all}')"""

# column of the read model -> where it comes from
SHOWN = {
    "id": "seen.id",
    "service_id": "s.id",
    "location_id": _place("l.id"),
    # it would lead to the organization's other services, and so to the gmina
    "organization_id": _area("o.id"),
    "visibility": "seen.level",
    "is_sample": "s.is_sample",
    "facility_type": "s.facility_type",
    "type_group": "coalesce(type.details ->> 'group', 'other')",
    "centre_kind": "type.details ->> 'centre_kind'",
    "name": f"coalesce({_unless_it_tells('s.name')}, {TYPE_NAME})",
    "organization_name": _area(f"coalesce({_unless_it_tells('o.name')}, {TYPE_NAME})"),
    "sector": _area("o.sector"),
    "street": "nullif(concat_ws(', ', address.address_1, address.address_2), '')",
    "postal_code": "address.postal_code",
    "city": "address.city",
    "phone": "phone.number",
    "phone_display": "phone.display",
    "email": _area("coalesce(s.email, o.email)"),
    "website": _area("coalesce(s.url, o.website)"),
    "opening_hours": _place(with_special_days("coalesce(s.opening_hours, l.opening_hours)", "special.rules")),
    "point": _place("l.point"),
    "geometry_quality": _place("l.geometry_quality"),
    "gmina_teryt": _area("seen.gmina_teryt"),
    "gmina_name": _area("seen.gmina_name"),
    "powiat_teryt": _area("seen.powiat_teryt"),
    "powiat_name": _area("seen.powiat_name"),
    "nuts3": _area("seen.nuts3"),
    "service_area": f"coalesce({_area('seen.area')}, '{{}}')",
    "audiences": f"CASE WHEN s.audiences <> '{{}}' THEN s.audiences ELSE {TARGET_AUDIENCES} END",
    "minimum_age": "s.minimum_age",
    "maximum_age": "s.maximum_age",
    "modes": f"coalesce({_area('s.modes')}, '{{}}')",
    "care_setting": "coalesce(s.care_setting, type.details ->> 'care_setting')",
    "cost_kind": "coalesce(cost.kind, 'unknown')",
    "languages": "coalesce(language.codes, '{}')",
    "accessibility": "coalesce(access.features, '{}')",
    "profiles": "coalesce(profile.states, '{}')",
    # a service's places are split to its branches only where the split is known: else they would count twice
    "places": "CASE WHEN seen.branches > 1 THEN seen.capacity_share ELSE capacity.places END",
    "places_free": "CASE WHEN seen.branches = 1 THEN capacity.free END",
    "places_as_of": "CASE WHEN seen.branches = 1 THEN capacity.as_of END",
    "status": "s.status",
    "alert": _place("s.alert"),
    "verified_on": "s.assured_date",
    "source": "s.source",
    "source_date": "s.source_date",
    "last_modified": "greatest(s.last_modified, o.last_modified, l.last_modified)",
}

# what is searched besides the name, by lane
OTHER_NAMES = (
    "concat_ws(' · ', "
    + ", ".join(
        _area(_unless_it_tells(text))
        for text in ("s.alternate_name", "o.alternate_name", "former.name", "former.alternate_name")
    )
    + ")"
)
SURROUNDINGS = f"""concat_ws(' · ', {_area(_unless_it_tells("o.name"))}, address.city, {_area("seen.gmina_name")})"""
DESCRIPTION = _place("s.description")
AUDIENCES = """(
    SELECT string_agg(label, ' · ' ORDER BY code) FROM term
    WHERE vocabulary = 'audiences' AND code = ANY (offered.audiences))"""
COLUMNS = ", ".join(SHOWN)
LANES = {
    "type_names": "A",
    "name": "A",
    "type_synonyms": "B",
    "other_names": "B",
    "surroundings": "C",
    "audience_names": "C",
    "description": "D",
}
WORDS = """ARRAY_TO_STRING(ARRAY(
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', public.folded(
        concat_ws(' · ', name, other_names, surroundings, shown.description))))) AS word
    WHERE word ~ '^[[:alpha:]]{3,40}$'), ' ')"""

WEIGHTED = " || ".join(f"setweight(coalesce({lane}_text.search, ''), '{weight}')" for lane, weight in LANES.items())

# Equal to public.search_vector of each text, but a word is looked up in the dictionary once, not wherever it stands.
TEXTS = f"""
word AS MATERIALIZED (
    SELECT text, each.lexeme AS word, each.positions
    FROM ({" UNION ".join(f"SELECT {lane} AS text FROM shown" for lane in LANES)}) AS said
    CROSS JOIN unnest(to_tsvector('simple', regexp_replace(text, '[^[:alnum:]]+', ' ', 'g'))) AS each
), form AS MATERIALIZED (
    SELECT word, unnest(public.search_terms(word)) AS form FROM (SELECT DISTINCT word FROM word) AS known
), text AS MATERIALIZED (
    SELECT text, CAST(string_agg(concat('''', form, ''':', array_to_string(positions, ',')), ' ') AS tsvector) AS search
    FROM word JOIN form USING (word)
    GROUP BY text
)"""

# Neighbours lie in the table beside each other: a box on the map then reads a fifth of the pages.
PUBLISH = f"""
INSERT INTO listing ({COLUMNS}, search, words)
WITH {VOCABULARY}, {OFFER}, offered AS MATERIALIZED (
    SELECT {", ".join(f"{value} AS {column}" for column, value in SHOWN.items())},
        {OTHER_NAMES} AS other_names, {SURROUNDINGS} AS surroundings, {DESCRIPTION} AS description,
        type.names AS type_names, type.synonyms AS type_synonyms
    FROM seen
    JOIN service AS s ON s.id = seen.service_id
    JOIN organization AS o ON o.id = s.organization_id
    LEFT JOIN organization AS former ON former.id = o.predecessor_id AND {is_shown("former")}
    LEFT JOIN location AS l ON l.id = seen.location_id
    LEFT JOIN type ON type.code = s.facility_type
    {DETAILS}
), shown AS MATERIALIZED (
    SELECT offered.*, {AUDIENCES} AS audience_names FROM offered
), {TEXTS}
SELECT item.*
FROM (
    SELECT {", ".join(f"shown.{column}" for column in SHOWN)},
        {WEIGHTED} AS search,
        {WORDS} AS words
    FROM shown
    {" ".join(f"LEFT JOIN text AS {lane}_text ON {lane}_text.text = shown.{lane}" for lane in LANES)}
) AS item
ORDER BY item.point, item.id
RETURNING id
"""
