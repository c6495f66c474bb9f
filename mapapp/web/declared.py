"""Checks that also say what they let through, so that the document of the API is made from the checks themselves."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import AfterValidator, BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema

VOCABULARY = "x-vocabulary"  # of which the document lists the codes
JsonSchema = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """A check with its JSON Schema: in place of the type's own, or added to it."""

    check: AfterValidator | BeforeValidator
    schema: JsonSchema = field(hash=False)
    is_whole: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """How pydantic checks a value."""
        return self.check.__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchema:
        """What pydantic says of it."""
        return dict(self.schema) if self.is_whole else {**handler(core), **self.schema}


def declared(check: AfterValidator | BeforeValidator, **schema: Any) -> Declared:
    """The check, adding to what its type says."""
    return Declared(check, schema)


def declared_whole(check: AfterValidator | BeforeValidator, **schema: Any) -> Declared:
    """The check of a type that has no JSON form of its own."""
    return Declared(check, schema, is_whole=True)
