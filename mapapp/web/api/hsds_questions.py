"""Query strings of the HSDS API, checked once. Names and meanings are those of the specification's openapi.json."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError

from mapapp.directory.hsds_criteria import HsdsSearch, TermSearch
from mapapp.web.declared import Declared, declared
from mapapp.web.moments import Moment
from mapapp.web.parameters import Question, Text, Whole

# records of one page; with everything about them
MOST: Final = 1_000
MOST_FULL: Final = 200
PAGE_SIZE: Final = 100
# the specification: "aim to return all services within one page"
ALL_AT_ONCE: Final = 200_000
FARTHEST_M: Final = 1_000_000
LAST_PAGE: Final = 100_000
UUID_FORM: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
POSTCODE: Final = r"[0-9]{2}-?[0-9]{3}"


def _bad(kind: str, **context: Any) -> PydanticCustomError:
    # the kind is also the message; people read the one of ``parameters.EXPECTED``
    return PydanticCustomError(kind, kind, context)


def _choice(*codes: str) -> Declared:
    def check(value: object) -> object:
        if isinstance(value, str) and value not in codes:
            raise _bad("choice", codes=", ".join(codes))
        return value

    return declared(BeforeValidator(check), enum=list(codes))


def _flag(value: object) -> object:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise _bad("choice", codes="true, false")
    return value == "true" if isinstance(value, str) else value


def _uuid(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not UUID_FORM.fullmatch(value):
        raise _bad("pattern", example="3f7b145d-84af-42d7-8fae-eaca714b02b2")
    return UUID(value)


def _between(least: int, most: int) -> Declared:
    def check(value: int) -> int:
        if not least <= value <= most:
            raise _bad("range", least=least, most=most)
        return value

    return declared(AfterValidator(check), minimum=least, maximum=most)


def _postcode(value: str) -> str:
    if not re.fullmatch(POSTCODE, value):
        raise _bad("pattern", example="50-001")
    return f"{value[:2]}-{value[-3:]}"


Format = Annotated[str, _choice("json", "ndjson")]
Flag = Annotated[bool, BeforeValidator(_flag)]
Id = Annotated[UUID, BeforeValidator(_uuid)]
Postcode = Annotated[str, declared(AfterValidator(_postcode), pattern=f"^{POSTCODE}$", examples=["50-001"])]


class RootQuestion(Question):
    """The root, and a record alone."""


class OrganizationQuestion(Question):
    """An organization alone."""

    full_service: Flag = False


class ListQuestion(Question):
    """A page, or a stream of everything."""

    search: Text = ""
    page: Annotated[Whole, _between(1, LAST_PAGE)] = 1
    per_page: Annotated[Whole, _between(1, MOST)] | None = None
    format: Format = "json"


class ServicesQuestion(ListQuestion):
    """Services."""

    taxonomy_term_id: Id | None = None
    taxonomy_id: Id | None = None
    organization_id: Id | None = None
    modified_after: Moment | None = None
    minimal: Flag = False
    full: Flag = False


class OrganizationsQuestion(ListQuestion):
    """Organizations."""

    taxonomy_term_id: Id | None = None
    taxonomy_id: Id | None = None
    full: Flag = False
    full_service: Flag = False


class PlacesQuestion(ListQuestion):
    """Services at locations."""

    taxonomy_term_id: Id | None = None
    taxonomy_id: Id | None = None
    organization_id: Id | None = None
    modified_after: Moment | None = None
    full: Flag = False
    postcode: Postcode | None = None
    proximity: Annotated[Whole, _between(1, FARTHEST_M)] | None = None


class TermsQuestion(ListQuestion):
    """Terms of vocabularies."""

    taxonomy_id: Id | None = None
    parent_id: Id | None = None
    top_only: Flag = False


def records_sought(question: ListQuestion) -> HsdsSearch:
    """What the question looks for in the directory."""
    asked = question.model_dump()
    names = ("search", "taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "postcode")
    return HsdsSearch(**{name: asked[name] for name in names if name in asked}, within_m=asked.get("proximity"))


def terms_sought(question: ListQuestion) -> TermSearch:
    """What the question looks for in the vocabularies."""
    asked = question.model_dump()
    return TermSearch(
        question.search, asked.get("taxonomy_id"), asked.get("parent_id"), bool(asked.get("top_only", False))
    )
