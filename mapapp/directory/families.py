"""Wider and narrower terms of the stored vocabularies: who asks for one also means others."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from mapapp.directory.tables import Taxonomy, TaxonomyTerm

FOR_EVERYBODY = "all"


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


def families(session: Session, vocabulary: str) -> Families:
    """The families of a vocabulary's terms."""
    wider = aliased(TaxonomyTerm)
    query = (
        select(TaxonomyTerm.code, wider.code.label("wider"))
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .outerjoin(wider, wider.id == TaxonomyTerm.parent_id)
        .where(Taxonomy.code == vocabulary)
    )
    return Families({row.code: row.wider for row in session.execute(query)})
