"""The vocabularies in the database, for queries that need labels and for whoever reads the tables."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from mapapp.directory.identity import term_id
from mapapp.directory.tables import Taxonomy, TaxonomyTerm
from mapapp.directory.terms import Term
from mapapp.directory.vocabulary import Vocabularies

_LANGUAGES = ("pl", "en", "uk")


def save_vocabularies(session: Session, vocabularies: Vocabularies) -> None:
    """Make the stored vocabularies equal to ``vocabularies``; terms that are gone from the files are removed."""
    names = [each.name for each in fields(vocabularies)]
    kept = [term_id(name) for name in names]
    session.execute(delete(Taxonomy).where(Taxonomy.id.not_in(kept)))
    _upsert(session, Taxonomy, [_taxonomy(name) for name in names])
    terms = [row for name in names for row in _terms(name, getattr(vocabularies, name).values())]
    # a parent may stand after its child in the file: first every term without, then with its parent
    _upsert(session, TaxonomyTerm, [row for row in terms if row["parent_id"] is None])
    _upsert(session, TaxonomyTerm, [row for row in terms if row["parent_id"] is not None])
    session.execute(delete(TaxonomyTerm).where(TaxonomyTerm.id.not_in([row["id"] for row in terms])))


def _taxonomy(name: str) -> dict[str, Any]:
    title = name.replace("_", " ").capitalize()
    return {"id": term_id(name), "code": name, "name": title, "description": f"{title} of the directory"}


def _terms(vocabulary: str, terms: Any) -> Iterator[dict[str, Any]]:
    for term in terms:
        parent = getattr(term, "parent", None)
        yield {
            "id": term_id(vocabulary, term.code),
            "taxonomy_id": term_id(vocabulary),
            "code": term.code,
            "name": term.label("pl"),
            "description": term.plain("pl"),
            "parent_id": term_id(vocabulary, parent) if parent else None,
            "labels": {language: term.label(language) for language in _LANGUAGES},
            "synonyms": {language: list(term.synonyms(language)) for language in _LANGUAGES},
            "details": _details(term),
        }


def _details(term: Term) -> dict[str, Any]:
    return term.model_dump(mode="json", exclude=set(Term.model_fields) | {"parent"})


def _upsert(session: Session, table: type[Taxonomy | TaxonomyTerm], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement: Insert = insert(table).values(rows)
    columns = [name for name in rows[0] if name not in {"id", "taxonomy_id", "code"}]
    new = {name: statement.excluded[name] for name in columns}
    differs: list[ColumnElement[bool]] = [getattr(table, name).is_distinct_from(new[name]) for name in columns]
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["id"],
            set_=new | {"version": table.version + 1, "last_modified": func.now()},
            where=or_(*differs),
        )
    )
