"""The records of the vocabularies: a class per file of data/vocabularies, whose README explains each column.

Every term has a code, labels in three languages, a plain sentence and synonyms. A cell that holds a list
separates its items by ``|``. A column marked ``Refers`` names codes of another vocabulary; the loader checks
that they exist.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    model_validator,
)

FALLBACK_LANGUAGE = "pl"


@dataclass(frozen=True, slots=True)
class Refers:
    """Marks a column that names codes of another vocabulary; an empty ``to`` means its own."""

    to: str = ""


def _items(cell: object) -> object:
    return tuple(item.strip() for item in cell.split("|")) if isinstance(cell, str) and cell else cell or ()


def _none_if_empty(cell: object) -> object:
    return None if cell == "" else cell


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]*$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Items = Annotated[tuple[Text, ...], BeforeValidator(_items)]
Number = Annotated[int | None, BeforeValidator(_none_if_empty)]
OptionalText = Annotated[str | None, BeforeValidator(_none_if_empty)]
OptionalDay = Annotated[date | None, BeforeValidator(_none_if_empty)]


class Term(BaseModel):
    """A word of a vocabulary, with what residents call it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    code: Code
    label_pl: Text
    label_en: Text
    label_uk: Text
    plain_pl: Text
    plain_en: str = ""
    plain_uk: str = ""
    synonyms_pl: Items = ()
    synonyms_en: Items = ()
    synonyms_uk: Items = ()

    def label(self, language: str) -> str:
        """The name in ``language``, in Polish where there is none."""
        return self._text("label", language)

    def plain(self, language: str) -> str:
        """One plain sentence in ``language``, in Polish where there is none."""
        return self._text("plain", language)

    def synonyms(self, language: str) -> tuple[str, ...]:
        """Other names people use in ``language``; empty where none are known."""
        return tuple(getattr(self, f"synonyms_{language}", ()))

    def _text(self, kind: str, language: str) -> str:
        return str(getattr(self, f"{kind}_{language}", "") or getattr(self, f"{kind}_{FALLBACK_LANGUAGE}"))

    @model_validator(mode="after")
    def _synonyms_differ(self) -> Self:
        for language in ("pl", "en", "uk"):
            words = [word.casefold() for word in self.synonyms(language)]
            repeated = sorted({word for word in words if words.count(word) > 1})
            if repeated:
                raise ValueError(f"synonyms_{language} repeats {', '.join(repeated)}")
        return self


class AgedTerm(Term):
    """A term that holds for an age range, both ends included; None where it has no end."""

    age_min: Number = None
    age_max: Number = None

    @model_validator(mode="after")
    def _ages_in_order(self) -> Self:
        if self.age_min is not None and self.age_max is not None and self.age_min > self.age_max:
            raise ValueError(f"age_min {self.age_min} is above age_max {self.age_max}")
        return self


class ServiceType(AgedTerm):
    """A kind of service or facility (DOMAIN §1.2)."""

    parent: Annotated[OptionalText, Refers()] = None
    plural_pl: Text
    plain_en: Text
    plain_uk: Text
    group: Annotated[Code, Refers("groups")]
    centre_kind: Annotated[OptionalText, Refers("centre_kinds")] = None
    target_audiences: Annotated[Items, Refers("audiences")]
    care_setting: Annotated[Code, Refers("care_settings")]
    mode: Annotated[Items, Refers("place_modes")]
    duty: Annotated[Items, Refers("duty_levels")]
    duty_legal_source: Text
    duty_checked: bool
    unit: Annotated[Code, Refers("units")]
    indicator_per: Number
    indicator_base: Annotated[Code, Refers("population_groups")]
    default_visibility: Annotated[Code, Refers("visibility_levels")]
    law_fields: Annotated[Items, Refers("law_fields")]
    icon: Code
    marker_group: Annotated[Code, Refers("marker_groups")]

    @model_validator(mode="after")
    def _cus_names_the_statutory_centre_only(self) -> Self:
        # The partnership's naming rule: a CS is never called CUS; the word may only find it as a synonym.
        if self.centre_kind not in (None, "cus_statutory"):
            for name in (self.label_pl, self.plural_pl, self.label_en, self.label_uk):
                if "CUS" in name or "usług społecznych" in name.lower():
                    raise ValueError(f"{name!r} names a statutory CUS, but centre_kind is {self.centre_kind}")
        return self


class ServiceSubtype(Term):
    """A legal variety of a service type, as the public registers name it by number or letter."""

    type: Annotated[Code, Refers("types")]
    register_code: Text
    register_names: Items
    target_audiences: Annotated[Items, Refers("audiences")]
    legal_source: Text


class TypeGroup(Term):
    """A filter of the search page: types a resident would look for together."""

    icon: Code
    colour_token: Code


class MarkerGroup(Term):
    """The shape of a map marker, so that colour is never the only sign (WCAG 1.4.1)."""

    shape: Code


class Audience(AgedTerm):
    """Whom a service is for; an exclusive one stands alone and matches everyone."""

    parent: Annotated[OptionalText, Refers()] = None
    exclusive: bool
    di_publics: Items


class Feature(Term):
    """Something about a place that lets a person in, or keeps them out."""

    group: Annotated[Code, Refers("feature_groups")]
    art6_point: OptionalText
    values: Annotated[Items, Refers("feature_values")]
    measure_unit: OptionalText
    osm_tag: OptionalText
    a11yjson_path: OptionalText


class AccessProfile(Term):
    """What a person needs of a place: no use without the required features, easier with the helpful ones."""

    required_features: Annotated[Items, Refers("features")]
    helpful_features: Annotated[Items, Refers("features")]


class LawField(Term):
    """One of the fourteen fields of social services of the CUS Act, art. 2."""

    number: int


class DutyLevel(Term):
    """Whose task it is by law to provide a service, and whether it must."""

    responsible: Literal["gmina", "powiat", "voivodeship", "state", "none"]
    obligatory: bool


class VisibilityLevel(Term):
    """What of a record may leave the house."""

    shows_position: bool
    shows_area: bool
    is_listed: bool


class CapacityKind(Term):
    """What a dated number of places counts."""

    counts: Literal["supply", "use", "queue"]


class Language(Term):
    """A language, spoken or signed, in which a service can be had."""

    bcp47: Text
    name_in_itself: Text
    is_signed: bool


class Unit(Term):
    """What capacity is counted in, with the forms that numbers need in Polish and Ukrainian."""

    pl_one: Text
    pl_few: Text
    pl_many: Text
    uk_one: Text
    uk_few: Text
    uk_many: Text


class CrisisNumber(Term):
    """A telephone number to show where someone may be in danger."""

    number: Text
    tel: Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,12}$")]
    operator: Text
    audiences: Annotated[Items, Refers("audiences")]
    opening_hours: OptionalText
    free_of_charge: bool
    source: Text
    checked: bool
    checked_on: OptionalDay


class LifeSituation(Term):
    """What a person would say of themselves, and the kinds of help that answer it."""

    icon: Code
    # the likeliest help first
    types: Annotated[Items, Refers("types")]
    # whom the first question offers
    for_whom: Annotated[Items, Refers("audiences")]
    crisis_numbers: Annotated[Items, Refers("crisis_numbers")] = ()
    # the numbers stand before everything else
    is_urgent: bool

    @model_validator(mode="after")
    def _urgent_has_numbers(self) -> Self:
        if self.is_urgent and not self.crisis_numbers:
            raise ValueError(f"{self.code} is urgent, but names no crisis number")
        return self
