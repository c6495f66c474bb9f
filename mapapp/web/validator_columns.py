"""What the columns of a file of an unknown layout were taken for, to be corrected by a person or a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from mapapp.registers.field_words import field_word
from mapapp.registers.mapping.described import Correction
from mapapp.registers.mapping.fields import SYNONYMS
from mapapp.registers.uploads import CheckedUpload
from mapapp.web.i18n import current_language, label
from mapapp.web.site import current_site
from mapapp.web.validator_page import checked_document

MOST_COLUMNS: Final = 100
_SHOWN: Final = 60
Words = Annotated[str, Field(max_length=500)]


class MappingQuestion(BaseModel):
    """The parameter ``mapping``: fields by heading, and what holds for all rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    columns: Annotated[dict[Words, Words], Field(max_length=500)] = {}
    constants: Annotated[dict[Words, Words], Field(max_length=20)] = {}

    @property
    def correction(self) -> Correction:
        """What it says."""
        return Correction(self.columns, self.constants)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column: what is chosen for it, and how sure the guess was; ``perhaps`` is an unsure guess in words."""

    heading: str
    sample: str
    field: str
    percent: int
    perhaps: str


@dataclass(frozen=True, slots=True)
class ColumnsPage:
    """The form of the columns; ``left`` columns are not shown."""

    rows: tuple[ColumnRow, ...]
    left: int
    fields: Mapping[str, str]
    types: tuple[tuple[str, str], ...]
    type_of_all: str
    problem: str


def columns_page(upload: CheckedUpload) -> ColumnsPage:
    """The columns of a checked file whose layout is not known."""
    assert upload.mapping  # noqa: S101 - the page asks only then
    types = ((each.code, label(each)) for each in current_site().vocabularies.types.values())
    columns = upload.mapping.columns
    return ColumnsPage(
        rows=tuple(
            ColumnRow(
                heading=each.heading,
                sample=_short("; ".join(each.sample)),
                field=each.field if each.is_used else "",
                percent=round(each.confidence * 100),
                perhaps=field_word(each.field, current_language()) if each.field and not each.is_used else "",
            )
            for each in columns[:MOST_COLUMNS]
        ),
        left=max(0, len(columns) - MOST_COLUMNS),
        fields={code: field_word(code, current_language()) for code in SYNONYMS if code},
        types=tuple(sorted(types, key=lambda each: each[1].casefold())),
        type_of_all=upload.mapping.constants.get("type", ""),
        problem=as_sentence(upload.problem) if upload.problem else "",
    )


def upload_document(upload: CheckedUpload) -> dict[str, Any]:
    """A checked file for programs; ``mapping`` is null where the layout is known."""
    mapping = upload.mapping and {
        "columns": [
            {
                "heading": each.heading,
                "field": each.field,
                "confidence": each.confidence,
                "is_used": each.is_used,
                "sample": list(each.sample),
            }
            for each in upload.mapping.columns
        ],
        "constants": dict(upload.mapping.constants),
    }
    checked = checked_document(upload.checked) if upload.checked else {}
    return {**checked, "mapping": mapping, "problem": upload.problem or None}


def as_sentence(words: str) -> str:
    """A message as a sentence of its own."""
    return f"{words[:1].upper()}{words[1:]}."


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
