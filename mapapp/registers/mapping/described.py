"""A mapping: what each column of a list means, and what holds for all its rows; as TOML for a person to edit."""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from typing import Final

from mapapp.registers.mapping.contents import plain_words
from mapapp.registers.mapping.fields import LABELS, SYNONYMS
from mapapp.registers.mapping.matching import THRESHOLD, ColumnMatch
from mapapp.registers.problems import UnreadableFileError, nearest_of

CONSTANTS: Final = frozenset({"type", "gmina", "powiat", "voivodeship", "operator", "town", "visibility"})
LEVELS: Final = ("public", "area_only", "on_request", "internal")
"""Levels of visibility, the strictest last."""
_SOURCE: Final = re.compile(r"lista_[a-z0-9_-]{1,60}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{1,40}")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a list is read.

    ``name`` is by what it is kept, ``source`` the code of the register that its records are of, whatever the name.
    ``day`` is of what day the list is, None where nobody said.
    """

    name: str
    source: str
    title: str
    publisher: str
    columns: tuple[ColumnMatch, ...]
    day: date | None = None
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The same for files with the same headings, in whatever order."""
        return fingerprint([each.heading for each in self.columns])

    @property
    def used(self) -> dict[str, str]:
        """Heading by field."""
        return {each.field: each.heading for each in self.columns if each.is_used}


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of some columns and of all rows: field by heading (empty: leave it out), and constants."""

    fields: Mapping[str, str]
    constants: Mapping[str, str]

    def applied(self, mapping: ColumnMapping) -> ColumnMapping:
        """``mapping`` with these columns and constants; a heading that the file lacks counts for nothing."""
        columns = tuple(
            replace(each, field=self.fields[each.heading], confidence=1.0) if each.heading in self.fields else each
            for each in mapping.columns
        )
        constants = {key: value for key, value in {**mapping.constants, **self.constants}.items() if value}
        return replace(mapping, columns=columns, constants=constants)


def fingerprint(headings: Sequence[str]) -> str:
    """A hash of the headings' words."""
    words = sorted(plain_words(each) for each in headings if each.strip())
    return sha256("\n".join(words).encode()).hexdigest()


def written(mapping: ColumnMapping) -> str:
    """The mapping as TOML with what a person needs to correct it."""
    lines = [
        "# Co znaczą kolumny pliku. Popraw „field” tam, gdzie jest błędne; puste znaczy: pomiń tę kolumnę.",
        f"# Kolumny o „confidence” poniżej {THRESHOLD} są pomijane; po sprawdzeniu wpisz 1.0.",
        f"# Pola: {', '.join(f'{code} ({label})' for code, label in LABELS.items() if code)}.",
        f"name = {_quoted(mapping.name)}",
        "# Kod źródła: jednostki następnego pliku są tymi samymi tylko przy tym samym kodzie.",
        f"source = {_quoted(mapping.source)}",
        f"title = {_quoted(mapping.title)}",
        f"publisher = {_quoted(mapping.publisher)}",
        f"day = {mapping.day.isoformat()}" if mapping.day else "# day = 2026-01-31  # z jakiego dnia jest lista",
        "",
        '# To samo dla wszystkich wierszy, na przykład type = "dps".',
        "[constants]",
        *(f"{key} = {_quoted(value)}" for key, value in mapping.constants.items()),
    ]
    for column in mapping.columns:
        sample = ", ".join(map(_quoted, column.sample))
        lines += ["", "[[column]]", f"heading = {_quoted(column.heading)}", f"field = {_quoted(column.field)}"]
        lines += [f"confidence = {column.confidence:.2f}", f"sample = [{sample}]"]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # a JSON string is a basic string of TOML, but for DEL
    return json.dumps(text.replace("\x7f", " "), ensure_ascii=False)


def parsed(text: str) -> ColumnMapping:
    """The mapping in ``text``. Raises UnreadableFileError, naming what is wrong."""
    try:
        document = tomllib.loads(text)
        columns = tuple(
            ColumnMatch(
                str(c["heading"]), str(c["field"]), float(c["confidence"]), tuple(map(str, c.get("sample", ())))
            )
            for c in document["column"]
        )
        mapping = ColumnMapping(
            name=str(document["name"]),
            source=str(document["source"]),
            title=str(document["title"]),
            publisher=str(document["publisher"]),
            columns=columns,
            day=document.get("day"),
            constants={str(key): str(value) for key, value in document.get("constants", {}).items()},
        )
    except (tomllib.TOMLDecodeError, TypeError, ValueError, AttributeError) as error:
        raise UnreadableFileError(f"opis układu nie jest poprawny: {error}") from error
    except KeyError as error:
        raise UnreadableFileError(f"w opisie układu brakuje pola {error}") from error
    _refuse_wrong(mapping)
    return mapping


def _refuse_wrong(mapping: ColumnMapping) -> None:
    if not _NAME.fullmatch(mapping.name):
        raise UnreadableFileError(
            f"name „{mapping.name}”: oczekiwano małych liter, cyfr, „-” i „_”, na przykład dps_slask"
        )
    if not _SOURCE.fullmatch(mapping.source):
        raise UnreadableFileError(
            f"source „{mapping.source}”: oczekiwano „lista_” i małych liter, na przykład lista_dps"
        )
    level = mapping.constants.get("visibility", "public")
    if level not in LEVELS:
        raise UnreadableFileError(f"visibility „{level}”: oczekiwano: {', '.join(LEVELS)}")
    if mapping.day is not None and type(mapping.day) is not date:
        raise UnreadableFileError(f"day „{mapping.day}”: oczekiwano daty, na przykład 2026-01-31")
    refuse_wrong_columns(mapping)


def refuse_wrong_columns(mapping: ColumnMapping) -> None:
    """Raise UnreadableFileError, naming what is wrong, where the columns do not make facilities."""
    for kind, given, known in (
        ("field", {each.field for each in mapping.columns}, SYNONYMS.keys()),
        ("constants", set(mapping.constants), CONSTANTS),
    ):
        for wrong in sorted(given - set(known)):
            hint = nearest_of(wrong, known)
            message = f"{kind} „{wrong}”: nie ma takiego pola" + (f"; najbliższe: {hint}" if hint else "")
            raise UnreadableFileError(message)
    used = [each.field for each in mapping.columns if each.is_used]
    if twice := sorted({each for each in used if used.count(each) > 1}):
        raise UnreadableFileError(f"field „{twice[0]}” mają dwie kolumny; zostaw jedną")
    if not {"name", "name_address", "town", "address"} & set(used):
        raise UnreadableFileError('żadna kolumna nie jest nazwą ani adresem (field = "name", confidence = 1.0)')
    if "type" not in used and "type" not in mapping.constants:
        raise UnreadableFileError(
            'nie wiadomo, jakiego rodzaju są placówki; wpisz w [constants] na przykład type = "dps"'
        )
