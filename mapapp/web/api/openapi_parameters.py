"""The parameters of an address, as OpenAPI: made from the very question that it parses."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mapapp.directory.vocabulary import Vocabularies
from mapapp.web.declared import VOCABULARY
from mapapp.web.parameters import MOST_VALUES, Question

Schema = dict[str, Any]

# a parameter without words here is a mistake that shows at once: no document is made
WORDS: Final[Mapping[str, str]] = {
    "lang": "Language of messages and titles.",
    "q": "What is needed, in everyday or official words; a place may stand among them.",
    "place": "A town, a village or a postal code; an unknown one answers 400.",
    "near": "Longitude and latitude in Poland; the nearest come first.",
    "within_km": "At most so far from `near` or `place`, in a straight line.",
    "type": "Types of service; may be repeated.",
    "group": "Groups of types; may be repeated.",
    "audience": "For whom; may be repeated.",
    "profile": "Ordered by how accessible the place is for these needs.",
    "situation": "A life situation: the same as all its types; `type` narrows it.",
    "open": "Open `now`, `at` the moment `open_at`, or on an `evening` or the `weekend` of the next seven days; "
    "what is closed is left out, what is surely open goes first.",
    "open_at": "The moment for `open` (ISO 8601); without an offset: local time.",
    "cost": "What one pays; may be repeated.",
    "language": "Languages in which one can be helped; may be repeated.",
    "mode": "How help is given; may be repeated.",
    "sector": "Who runs it; may be repeated.",
    "care": "In the community, or in a residential institution; may be repeated.",
    "verified": "Only what a person confirmed within a year.",
    "gmina": "TERYT code of the gmina, seven digits.",
    "powiat": "TERYT code of the powiat, four digits.",
    "subregion": "NUTS 3 code of the subregion.",
    "format": "Representation of the answer.",
    "bbox": "West, south, east, north; west < east and south < north, or the answer is 400.",
    "zoom": "Zoom of the map (Web Mercator, tiles of 256 pixels): how large the groups are.",
    "limit": "How many at most.",
    "offset": "How many to skip.",
    "modified_since": "Only what changed in public since then (ISO 8601); without an offset: local time.",
    "cursor": "`start` for everything, then what each answer gives: the changes since; not beside a search in words.",
    "variant": "`excel` writes CSV for a Polish spreadsheet; other formats have no variant.",
    "search": "Words to look for.",
    "page": "Number of the page, from 1.",
    "per_page": "Records on a page; with `full` at most 200.",
    "taxonomy_term_id": "Only with this term.",
    "taxonomy_id": "Only with a term of this taxonomy.",
    "organization_id": "Only of this organization.",
    "modified_after": "Only what changed after this date or moment (ISO 8601); without an offset: local time.",
    "minimal": "Only `id` and `modified_date`.",
    "full": "Every record with everything about it.",
    "full_service": "Everything about the services of an organization.",
    "postcode": "Postal code, the centre of `proximity`.",
    "proximity": "At most so many metres from the middle of `postcode`, which has to be given.",
    "parent_id": "Only children of this term.",
    "top_only": "Only terms without a parent.",
}


def parameters(question: type[Question], vocabularies: Vocabularies) -> Iterator[Schema]:
    """Every parameter that the question knows, in its order; the shared ones last."""
    properties = dict(question.model_json_schema()["properties"])
    shared = {name: properties.pop(name) for name in Question.model_fields}
    for name, declared in {**properties, **shared}.items():
        yield _parameter(name, _plain(declared, vocabularies))


def _parameter(name: str, schema: Schema) -> Schema:
    examples = schema.pop("examples", None)
    parameter = {
        "name": name,
        "in": "query",
        "required": False,
        "allowEmptyValue": True,  # the same as none: forms send every field
        "description": WORDS[name],
        "schema": schema,
    }
    if schema.get("type") == "array":
        # numbers of one position are one value; of codes, each is a parameter
        parameter |= {"style": "form", "explode": "prefixItems" not in schema}
    return parameter | ({"example": examples[0]} if examples else {})


def _plain(declared: Schema, vocabularies: Vocabularies) -> Schema:
    """The schema of a value that is given: without null, with the codes of its vocabulary."""
    given = declared["anyOf"][0] if "anyOf" in declared else declared
    schema = {name: value for name, value in given.items() if name != "title"}
    default = declared.get("default")
    schema.pop("default", None)
    if default not in (None, "", []):
        schema["default"] = default
    if VOCABULARY in schema:
        schema["enum"] = list(getattr(vocabularies, schema.pop(VOCABULARY)))
    if isinstance(schema.get("items"), dict):
        schema |= {"items": _plain(schema["items"], vocabularies), "maxItems": MOST_VALUES}
    return schema
