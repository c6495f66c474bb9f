"""Wider and narrower terms of the stored vocabularies: who asks for one also means others."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

FOR_EVERYBODY = "all"
QUERY = text("""
    SELECT taxonomy.code, term.code, wider.code
    FROM taxonomy
    JOIN taxonomy_term AS term ON term.taxonomy_id = taxonomy.id
    LEFT JOIN taxonomy_term AS wider ON wider.id = term.parent_id
    WHERE taxonomy.code = ANY (:vocabularies)
""")


@dataclass(frozen=True, slots=True)
class Families:
    """The terms of one vocabulary, each with its wider term."""

    wider: Mapping[str, str | None]

    def narrower(self, code: str) -> frozenset[str]:
        """The term and those below it."""
        return frozenset({code} | {each for each, parent in self.wider.items() if parent == code})

    def relatives(self, code: str) -> frozenset[str]:
        """Of audiences: a service for any of these is one for ``code`` too: the narrower, the wider, and everybody."""
        wider = self.wider.get(code)
        return self.narrower(code) | {FOR_EVERYBODY} | ({wider} if wider else set())


def families(session: Session, *vocabularies: str) -> tuple[Families, ...]:
    """The families of the vocabularies' terms, in the order asked for."""
    found: dict[str, dict[str, str | None]] = {vocabulary: {} for vocabulary in vocabularies}
    for vocabulary, code, wider in session.execute(QUERY, {"vocabularies": list(vocabularies)}):
        found[vocabulary][code] = wider
    return tuple(Families(wider) for wider in found.values())
