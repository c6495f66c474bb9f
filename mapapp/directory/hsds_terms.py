"""Vocabularies as HSDS taxonomies, and what they say of a service as attributes."""

from collections.abc import Mapping

from mapapp.directory.hsds_json import Members, json_array, json_object

TAXONOMY: Members = {
    "id": "vocabulary.id",
    "name": "vocabulary.name",
    "description": "vocabulary.description",
    "uri": "vocabulary.uri",
    "version": "vocabulary.taxonomy_version",
    "x_code": "vocabulary.code",
}
TERM_COLUMNS: Members = {
    "id": "term.id",
    "code": "term.code",
    "name": "term.name",
    "description": "coalesce(term.description, term.name)",
    "parent_id": "term.parent_id",
    "taxonomy": "vocabulary.name",
    "language": "term.language",
    "taxonomy_id": "term.taxonomy_id",
    "term_uri": "term.term_uri",
    "x_labels": "to_json(term.labels)",
}
TERM: Members = {**TERM_COLUMNS, "taxonomy_detail": json_object(TAXONOMY)}
TERMS = "(taxonomy_term AS term JOIN taxonomy AS vocabulary ON vocabulary.id = term.taxonomy_id)"

# vocabulary -> the codes of it that a service's listing shows; alias shown
CODES_OF_LISTING: Mapping[str, str] = {
    "types": "ARRAY[shown.facility_type]",
    "audiences": "shown.audiences",
    "place_modes": "shown.modes",
    "care_settings": "ARRAY[shown.care_setting]",
}
# … and those that only the service's own record has; aliases s and telling
CODES_OF_SERVICE: Mapping[str, str] = {
    **CODES_OF_LISTING,
    "subtypes": "CASE WHEN telling.shows_area THEN s.subtypes END",
    "law_fields": "CASE WHEN telling.shows_area THEN s.law_fields END",
}
CODES = ", ".join(f"('{vocabulary}', {codes})" for vocabulary, codes in CODES_OF_SERVICE.items())
SAID_OF_SERVICE = f"""(
    LATERAL (VALUES {CODES}) AS said (code, codes)
    JOIN taxonomy AS vocabulary ON vocabulary.code = said.code
    JOIN taxonomy_term AS term ON term.taxonomy_id = vocabulary.id AND term.code = ANY (said.codes))"""
ATTRIBUTE_COLUMNS: Members = {
    "id": "CAST(md5(concat(s.id, term.id)) AS uuid)",
    "link_id": "s.id",
    "taxonomy_term_id": "term.id",
    "link_type": "vocabulary.code",
    "link_entity": "'service'",
}
ATTRIBUTES = json_array(
    json_object({**ATTRIBUTE_COLUMNS, "label": "term.name", "taxonomy_term": json_object(TERM)}),
    f"FROM {SAID_OF_SERVICE}",
    "vocabulary.code, term.code",
)


def label(vocabulary: str, code: str) -> str:
    """The Polish label of a code; NULL where the vocabulary has none."""
    return f"""(SELECT named.name FROM taxonomy_term AS named JOIN taxonomy AS naming ON naming.id = named.taxonomy_id
        WHERE naming.code = '{vocabulary}' AND named.code = {code})"""
