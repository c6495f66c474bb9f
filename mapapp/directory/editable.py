"""Which fields a person may write, how they are written as text, and which codes they may hold."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from geo.crs import Position, in_poland
from geo.errors import OutsideExtent
from mapapp import polish_time
from mapapp.directory import hours
from mapapp.directory.capacity_fields import PLACES, read_places
from mapapp.directory.fields import ACCESS, ADDRESS_FIELDS, COSTS, PHONES
from mapapp.directory.records import CostRecord, LocationRecord, OrganizationRecord, PhoneRecord, ServiceRecord
from mapapp.directory.vocabulary import Vocabularies

Read = Callable[[str], Any]
BETWEEN_ITEMS: Final = "|"
WITHIN_AN_ITEM: Final = "~"


class WrongFieldError(ValueError):
    """A field that nobody may write so: ``field``, ``value`` and what was expected."""

    def __init__(self, field: str, value: str, expected: str) -> None:
        self.field, self.value, self.expected = field, value, expected
        super().__init__(f"{field} is {value!r}: {expected}")


@dataclass(frozen=True, slots=True)
class Editable:
    """A field; ``name`` is what its record class calls it, ``vocabulary`` where its codes are."""

    read: Read
    name: str | None = None
    vocabulary: str | None = None


def _text(value: str) -> str | None:
    return value.strip() or None


def _items(value: str) -> list[str]:
    return [each.strip() for each in value.split(BETWEEN_ITEMS) if each.strip()]


def _phones(value: str) -> list[dict[str, Any]]:
    return [PhoneRecord.parse(each).model_dump() for each in _items(value)]


def _costs(value: str) -> list[dict[str, Any]]:
    parts = (each.partition(WITHIN_AN_ITEM) for each in _items(value))
    return [
        CostRecord(cost_kind=kind.strip(), amount_description=amount.strip() or None).model_dump()
        for kind, _, amount in parts
    ]


def _position(value: str) -> Position | None:
    if not value.strip():
        return None
    numbers = [float(each) for each in value.split(",")]
    if len(numbers) != len(Position._fields):
        raise ValueError("expected longitude,latitude in degrees, for example 17.0385,51.1079")
    return in_poland(Position(*numbers))


def _hours(value: str) -> str | None:
    return hours.validate(value) if value.strip() else None


_ANY: Final = Editable(_text)
_LEVEL: Final = Editable(_text, vocabulary="visibility_levels")
ORGANIZATION: Final[Mapping[str, Editable]] = {
    "name": Editable(_text, "organization_name"),
    "alternate_name": _ANY,
    "sector": Editable(_text, vocabulary="sectors"),
    "email": _ANY,
    "website": _ANY,
    PHONES: Editable(_phones),
    "epuap": _ANY,
    "edoreczenia": _ANY,
    "visibility": _LEVEL,
}
LOCATION: Final[Mapping[str, Editable]] = {
    "name": _ANY,
    **dict.fromkeys(sorted(ADDRESS_FIELDS), _ANY),
    "point": Editable(_position, "position"),
    "declared_gmina_teryt": _ANY,
    "transportation": _ANY,
    "floor": _ANY,
    "opening_hours": Editable(_hours),
    "visibility": _LEVEL,
}
SERVICE: Final[Mapping[str, Editable]] = {
    **dict.fromkeys(("name", "alternate_name", "description", "minimum_age", "maximum_age", "alert"), _ANY),
    **dict.fromkeys(("application_process", "eligibility_description", "legal_basis", "assured_date", "status"), _ANY),
    "facility_type": Editable(_text, vocabulary="types"),
    "subtypes": Editable(_items, vocabulary="subtypes"),
    "audiences": Editable(_items, vocabulary="audiences"),
    "care_setting": Editable(_text, vocabulary="care_settings"),
    "law_fields": Editable(_items, vocabulary="law_fields"),
    COSTS: Editable(_costs, vocabulary="cost_kinds"),
    "opening_hours": Editable(_hours),
    "visibility": _LEVEL,
}
EDITABLE: Final[Mapping[str, Mapping[str, Editable]]] = {
    "organization": ORGANIZATION,
    "location": LOCATION,
    "service": SERVICE,
}
# each code of a vocabulary is a field of its own
_BY_CODE: Final[Mapping[str, Sequence[str]]] = {"location": [f"{ACCESS}FEATURE"], "service": [f"{PLACES}KIND"]}
_RECORDS: Final[Mapping[str, type[BaseModel]]] = {
    "organization": OrganizationRecord,
    "location": LocationRecord,
    "service": ServiceRecord,
}


def read_field(table: str, field: str, text: str, vocabularies: Vocabularies) -> Any:
    """What ``text`` says of ``field``; empty text is no value. Raises WrongFieldError."""
    if table == "location" and field.startswith(ACCESS):
        return _feature(field, text, vocabularies)
    if table == "service" and field.startswith(PLACES):
        return _places(field, text, vocabularies)
    editable = EDITABLE[table].get(field)
    if editable is None:
        known = [*EDITABLE[table], *_BY_CODE.get(table, ())]
        raise WrongFieldError(field, text, f"expected a field of {table}: {', '.join(known)}")
    try:
        value = editable.read(text)
    except (ValueError, OutsideExtent) as error:
        raise WrongFieldError(field, text, str(error)) from error
    if editable.vocabulary and value:
        codes = getattr(vocabularies, editable.vocabulary)
        for each in value if isinstance(value, list) else [value]:
            code = each["cost_kind"] if field == COSTS else each
            if code not in codes:
                expected = f"expected a code of the vocabulary {editable.vocabulary}{_nearest(code, codes)}"
                raise WrongFieldError(field, text, expected)
    return value


def _feature(field: str, text: str, vocabularies: Vocabularies) -> str | None:
    """What is said of one feature of a place; None where nothing is any more."""
    feature, value = field.removeprefix(ACCESS), text.strip()
    if feature not in vocabularies.features:
        hint = _nearest(feature, vocabularies.features)
        raise WrongFieldError(field, text, f"expected a code of the vocabulary accessibility_features{hint}")
    if value and value not in vocabularies.feature_values:
        raise WrongFieldError(field, text, f"expected one of {', '.join(vocabularies.feature_values)}")
    return value or None


def _places(field: str, text: str, vocabularies: Vocabularies) -> dict[str, Any] | None:
    """What is said of the places of one kind; None where a person takes his number back."""
    kind = field.removeprefix(PLACES)
    if kind not in vocabularies.capacity_kinds:
        hint = _nearest(kind, vocabularies.capacity_kinds)
        raise WrongFieldError(field, text, f"expected a code of the vocabulary capacity_kinds{hint}")
    try:
        return read_places(text, polish_time.today())
    except ValueError as error:
        raise WrongFieldError(field, text, str(error)) from error


def _nearest(code: str, codes: Collection[str]) -> str:
    near = next(iter(get_close_matches(code, sorted(codes), n=1, cutoff=0.5)), "")
    return f"; the nearest is {near}" if near else ""


def checked(table: str, record: Mapping[str, Any], written: Mapping[str, str]) -> dict[str, Any]:
    """The fields ``written`` of a whole ``record``, as its class cleans them. Raises WrongFieldError."""
    names = {field: editable.name or field for field, editable in EDITABLE[table].items()}
    features = {field: value for field, value in record.items() if field.startswith((ACCESS, PLACES))}
    given = {
        names.get(field, field): value
        for field, value in record.items()
        if field not in ADDRESS_FIELDS and field not in features
    }
    if table == "location" and record.get("city"):
        parts = {field: record.get(field) for field in sorted(ADDRESS_FIELDS)}
        given["address"] = parts | {"state_province": record.get("state_province")}
    given.pop("state_province", None)
    try:
        found = _RECORDS[table].model_validate(given | ({"key": "x"} if table == "service" else {}))
    except ValidationError as error:
        raise _wrong(error, names, written) from error
    address = getattr(found, "address", None)
    own = {
        field: getattr(address if field in ADDRESS_FIELDS else found, names[field]) if field in names else None
        for field in written
        if field not in features
    }
    return own | features


def _wrong(error: ValidationError, names: Mapping[str, str], written: Mapping[str, str]) -> WrongFieldError:
    """The first error by the field's own name; one of several fields together by all that were written."""
    first = error.errors()[0]
    by_name = {name: field for field, name in names.items()}
    places = [by_name.get(str(part), str(part)) for part in first["loc"] if part != "address"]
    if not places:
        return WrongFieldError(", ".join(written), ", ".join(written.values()), first["msg"])
    return WrongFieldError(places[0], written.get(places[0], ""), first["msg"])
