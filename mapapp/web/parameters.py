"""Query strings, checked once: a frozen typed question, or every parameter at fault with what was expected.

Only ``parse`` turns a failed check into ParametersError; any other pydantic error is a bug.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from werkzeug.datastructures import MultiDict

from geo.crs import Position
from mapapp.directory.terms import Term
from mapapp.directory.vocabulary import Vocabularies
from mapapp.web.declared import VOCABULARY, Declared, declared, declared_whole
from mapapp.web.i18n import LANGUAGES
from mapapp.web.i18n import gettext as _
from mapapp.web.i18n import lazy_gettext as _l
from mapapp.web.problems import ParameterError, ParametersError
from mapapp.web.site import current_site

LONGEST_TEXT: Final = 200
MOST_VALUES: Final = 50
# Poland with a little room: west, south, east, north
POLAND: Final = (14.0, 48.9, 24.3, 55.0)
# ASCII digits only, in any way that a program writes a double
NUMBER: Final = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,20})?(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
WHOLE: Final = re.compile(r"[0-9]{1,7}")
# for the document: no control character but those that count as blanks
TYPED: Final = r"^[^\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]*$"

# the word of the check -> what to tell the person; {…} is filled from the error's context
EXPECTED: Final = {
    "extra_forbidden": _l("this parameter is not known here"),
    "text": _l("the text has a character that cannot be typed"),
    "length": _l("the text is too long; at most %(longest)s characters"),
    "number": _l("a number was expected, for example 2.5"),
    "whole": _l("a whole number was expected"),
    "range": _l("a number from %(least)s to %(most)s was expected"),
    "position": _l("two numbers were expected, longitude and latitude, for example 17.03,51.11"),
    "abroad": _l("the position is outside Poland; longitude comes first, for example 17.03,51.11"),
    "bbox": _l("four numbers were expected: west, south, east, north, with west < east and south < north"),
    "code": _l("“%(value)s” is not known; expected one of: %(codes)s"),
    "pattern": _l("a code such as %(example)s was expected"),
    "place": _l("no place is called “%(value)s”; expected a town, a village or a postal code"),
    "repeated": _l("this parameter may stand only once"),
    "many": _l("at most %(most)s values were expected"),
    "choice": _l("expected one of: %(codes)s"),
    "apart": _l("this parameter cannot stand together with “%(other)s”"),
    "cursor": _l("a cursor of an answer to the same question was expected, or “start”"),
}


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT:
        raise PydanticCustomError("length", "length", {"longest": LONGEST_TEXT})
    words = " ".join(value.split())
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in words):
        raise PydanticCustomError("text", "text")
    return unicodedata.normalize("NFC", words)


def number(value: str) -> float:
    """A number as addresses write it."""
    if not NUMBER.fullmatch(value):
        raise PydanticCustomError("number", "number")
    return float(value)


def between(least: float, most: float) -> Declared:
    """The check that a number lies within bounds."""

    def check(value: float) -> float:
        if not (math.isfinite(value) and least <= value <= most):
            raise PydanticCustomError("range", "range", {"least": least, "most": most})
        return value

    return declared(AfterValidator(check), minimum=least, maximum=most)


def _whole(value: object) -> object:
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise PydanticCustomError("whole", "whole")
    return int(value) if isinstance(value, str) else value


def _numbers(value: str, count: int, kind: str) -> list[float]:
    parts = value.replace(" ", "").split(",")
    if len(parts) != count or not all(NUMBER.fullmatch(part) for part in parts):
        raise PydanticCustomError(kind, kind)
    return [float(part) for part in parts]


def _position(value: object) -> object:
    if not isinstance(value, str):
        return value
    lon, lat = _numbers(value, 2, "position")
    west, south, east, north = POLAND
    if not (west <= lon <= east and south <= lat <= north):
        raise PydanticCustomError("abroad", "abroad")
    return Position(lon, lat)


def _bbox(value: object) -> object:
    if not isinstance(value, str):
        return value
    west, south, east, north = _numbers(value, 4, "bbox")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise PydanticCustomError("bbox", "bbox")
    return west, south, east, north


def pattern(expression: str, example: str) -> Declared:
    """The check that a text is written so."""

    def check(value: str) -> str:
        if not re.fullmatch(expression, value):
            raise PydanticCustomError("pattern", "pattern", {"example": example})
        return value

    return declared(AfterValidator(check), pattern=f"^{expression}$", examples=[example])


def code_of(vocabulary: str) -> Declared:
    """The check that a code is one of a vocabulary."""

    def check(value: str, info: ValidationInfo) -> str:
        known: Mapping[str, Term] = getattr(info.context, vocabulary)
        if value not in known:
            codes = ", ".join(known)
            raise PydanticCustomError("code", "code", {"value": value[:40], "codes": codes})
        return value

    return declared(AfterValidator(check), **{VOCABULARY: vocabulary})


def _of_numbers(*ranges: tuple[float, float]) -> dict[str, Any]:
    items = [{"type": "number", "minimum": least, "maximum": most} for least, most in ranges]
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items), "maxItems": len(items)}


LONGITUDE: Final = (-180.0, 180.0)
LATITUDE: Final = (-90.0, 90.0)
Text = Annotated[str, declared(AfterValidator(_text), maxLength=LONGEST_TEXT, pattern=TYPED)]
Whole = Annotated[int, BeforeValidator(_whole)]
Near = Annotated[
    Position,
    declared_whole(BeforeValidator(_position), **_of_numbers(POLAND[::2], POLAND[1::2]), examples=[[17.03, 51.11]]),
]
Box = Annotated[
    tuple[float, float, float, float],
    declared_whole(
        BeforeValidator(_bbox),
        **_of_numbers(LONGITUDE, LATITUDE, LONGITUDE, LATITUDE),
        examples=[[16.9, 51.0, 17.2, 51.2]],
    ),
]


def one_of(codes: Iterable[str]) -> AfterValidator:
    """A check that a value is one of these codes."""
    known = tuple(codes)

    def check(value: str) -> str:
        if value not in known:
            raise PydanticCustomError("code", "code", {"value": value[:40], "codes": ", ".join(known)})
        return value

    return AfterValidator(check)


def choice_of(*codes: str) -> Declared:
    """The check that a value is one of these, which the document lists."""
    return declared(one_of(codes), enum=list(codes))


def codes_of(vocabulary: str) -> Any:
    """A list of codes of a vocabulary, each once."""
    return Annotated[
        tuple[Annotated[str, code_of(vocabulary)], ...], AfterValidator(lambda codes: tuple(dict.fromkeys(codes)))
    ]


class Question(BaseModel):
    """What every address understands."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    lang: Literal["pl", "en", "uk"] = "pl"


Asked = TypeVar("Asked", bound=Question)


def parse(model: type[Asked], arguments: MultiDict[str, str], vocabularies: Vocabularies | None = None) -> Asked:
    """The question that a query string asks. Raises ParametersError.

    An empty value is the same as none: forms send every field.
    """
    vocabularies = vocabularies or current_site().vocabularies
    lists = {name: [value for value in values if value] for name, values in arguments.lists()}
    single = {name for name in lists if not _is_list(model, name)}
    errors = [_error(name, "repeated") for name in sorted(single) if len(lists[name]) > 1]
    errors += [_error(name, "many", most=MOST_VALUES) for name in lists if len(lists[name]) > MOST_VALUES]
    if errors:
        raise ParametersError(errors)
    given = {name: values[0] if name in single else values for name, values in lists.items() if values}
    # an unknown name is refused even where its value is empty
    given |= {name: "" for name in lists if name not in model.model_fields}
    try:
        return model.model_validate(given, context=vocabularies)
    except ValidationError as error:
        raise ParametersError(list(_explain(error.errors(include_url=False)))) from None


def parse_error(name: str, kind: str, **context: Any) -> ParametersError:
    """A parameter at fault only together with another."""
    return ParametersError([_error(name, kind, **context)])


def in_words(position: Position) -> str:
    """A position as a parameter says it, to about a metre."""
    return f"{position.lon:.5f},{position.lat:.5f}"


def arguments_of(question: Question) -> dict[str, str | list[str]]:
    """The query string that asks this question: only what differs from the default."""
    arguments: dict[str, str | list[str]] = {}
    for name, value in question:
        if value == type(question).model_fields[name].default:
            continue
        if isinstance(value, Position):
            arguments[name] = in_words(value)
        elif isinstance(value, datetime):
            arguments[name] = value.isoformat().replace("+00:00", "Z")
        elif isinstance(value, tuple) and not _is_list(type(question), name):
            arguments[name] = ",".join(f"{number:.15g}" for number in value)
        elif isinstance(value, tuple):
            arguments[name] = [str(item) for item in value]
        else:
            arguments[name] = f"{value:g}" if isinstance(value, float) else str(value)
    return arguments


def _is_list(model: type[Question], name: str) -> bool:
    known = model.model_fields.get(name)
    return known is not None and known.default == ()


def _explain(details: Iterable[ErrorDetails]) -> Iterable[ParameterError]:
    for detail in details:
        # a name may itself be hostile
        name = "".join(character for character in str(detail["loc"][0])[:40] if character.isprintable())
        if detail["type"] == "literal_error":
            codes = ", ".join(LANGUAGES) if name == "lang" else "json, geojson"
            yield _error(name, "choice", codes=codes)
        else:
            yield _error(name, detail["type"], **detail.get("ctx", {}))


def _error(name: str, kind: str, **context: Any) -> ParameterError:
    message = str(EXPECTED[kind]) if kind in EXPECTED else _("this value cannot be understood")
    return ParameterError(name, message % context if context else message)
