"""What each column of the data package holds: its type, and for the fields that HSDS has not, its meaning."""

from typing import Final

INTEGERS: Final = frozenset(
    {
        *("year_incorporated", "minimum_age", "maximum_age", "extension", "interval", "available", "maximum"),
        *("x_places", "x_places_free", "x_waiting_days"),
    }
)
NUMBERS: Final = frozenset({"latitude", "longitude", "amount", "x_amount", "x_budget", "x_measure"})
DATES: Final = frozenset(
    {
        *("valid_from", "valid_to", "dtstart", "assured_date", "x_as_of", "x_places_as_of", "x_source_date"),
        *("x_surveyed_on", "x_legal_act_date", "x_period_from", "x_period_to"),
    }
)
MOMENTS: Final = frozenset({"last_modified", "updated", "x_last_modified"})
BOOLEANS: Final = frozenset({"x_is_sample", "x_is_temporary"})
LISTS: Final = frozenset({"x_subtypes", "x_law_fields", "x_audiences", "x_modes", "x_amenities", "x_teryt"})
OBJECTS: Final = frozenset({"x_labels", "x_profiles"})

MEANINGS: Final = {
    "x_amenities": "What the place has.",
    "x_amount": "The amount of the funding, in PLN.",
    "x_as_of": "The day on which the number held.",
    "x_audiences": "Codes of the vocabulary audiences.",
    "x_bip_url": "Page in the Public Information Bulletin (BIP).",
    "x_branch": "main or branch.",
    "x_budget": "The budget of the programme, in PLN.",
    "x_care_setting": "Code of the vocabulary care_settings: community or institution.",
    "x_code": "The code of the vocabulary.",
    "x_cost_kind": "Code of the vocabulary cost_kinds; unknown is never free.",
    "x_display": "The number as people write it.",
    "x_edoreczenia": "Address for electronic delivery (e-Doręczenia).",
    "x_epuap": "Address on ePUAP.",
    "x_etr_text": "Easy-to-read text.",
    "x_facility_type": "Code of the vocabulary types.",
    "x_feature": "Code of the vocabulary features.",
    "x_floor": "The floor.",
    "x_funding_programme": "The programme that pays.",
    "x_geometry_quality": "How exact the point is: code of the vocabulary geometry_quality.",
    "x_gmina_name": "The gmina where it is given.",
    "x_gmina_teryt": "TERYT code of the gmina, by the point where there is one.",
    "x_is_sample": "true: invented for demonstration, no such place exists.",
    "x_is_temporary": "Whether the place is temporary.",
    "x_kind": "Code of the vocabulary capacity_kinds, such as approved.",
    "x_labels": "The term in Polish, English and Ukrainian.",
    "x_last_modified": "When anything shown of it last changed.",
    "x_law_fields": "Codes of the vocabulary law_fields.",
    "x_legal_act": "The act that founded it.",
    "x_legal_act_date": "The day of that act.",
    "x_legal_basis": "The provision that the service rests on.",
    "x_measure": "The measured value, in the unit of the feature.",
    "x_modes": "Codes of the vocabulary place_modes.",
    "x_module": "The module of a model social centre.",
    "x_nuts3": "NUTS 3 code of the subregion.",
    "x_opening_hours": "OpenStreetMap opening_hours: the truth that schedules are derived from. "
    "A location's are the ordinary ones; those of a service end with its special days.",
    "x_opening_hours_text": "The hours as the source wrote them.",
    "x_payer": "Who pays.",
    "x_period": "The period of the funding.",
    "x_period_from": "First day of the programme.",
    "x_period_to": "Last day of the programme.",
    "x_pjm_url": "Film in Polish Sign Language.",
    "x_places": "Places here; empty where the split of a service's places to its sites is not known.",
    "x_places_as_of": "The day on which the number of places held.",
    "x_places_free": "Free places here on that day.",
    "x_powiat_name": "The powiat where it is given.",
    "x_powiat_teryt": "TERYT code of the powiat.",
    "x_profiles": "Accessibility for each profile: yes, partial, no or unknown.",
    "x_programme": "The programme that pays.",
    "x_referral": "How one gets in: by oneself, by a professional, by a decision.",
    "x_rule": "The rule that the price follows.",
    "x_sector": "Code of the vocabulary sectors.",
    "x_short": "A short description.",
    "x_source": "The register or list that the record is from.",
    "x_source_date": "The date of that register or list.",
    "x_subtypes": "Codes of the vocabulary subtypes.",
    "x_surveyed_on": "The day of the survey.",
    "x_target": "For whom the places are.",
    "x_teryt": "TERYT codes of the area served: gminas, powiats or the voivodeship.",
    "x_timezone": "Times are local, in this zone of the IANA database, summer and winter.",
    "x_type_group": "Code of the vocabulary groups.",
    "x_value": "yes, partial, no or unknown.",
    "x_visibility": "public; area_only: the place is not shown; on_request: nor is who gives it.",
    "x_waiting_days": "Days to wait.",
}
TYPES: Final = {
    **dict.fromkeys(INTEGERS, "integer"),
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(DATES, "date"),
    **dict.fromkeys(MOMENTS, "datetime"),
    **dict.fromkeys(BOOLEANS, "boolean"),
    **dict.fromkeys(LISTS, "array"),
    **dict.fromkeys(OBJECTS, "object"),
}


def field(name: str) -> dict[str, str]:
    """The description of a column, as Table Schema has it."""
    described = {"name": name, "type": TYPES.get(name, "string")}
    if name == "id" or name.endswith("_id"):
        described["format"] = "uuid"
    if name in MOMENTS:
        described["format"] = "any"
    if name in MEANINGS:
        described["description"] = MEANINGS[name]
    return described
