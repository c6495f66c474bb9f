"""Vocabularies as the database knows them; their files in data/vocabularies are the source."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapapp.directory.tables.record import Record


class Taxonomy(Record):
    """One vocabulary, such as service types."""

    __tablename__ = "taxonomy"

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    uri: Mapped[str | None]
    taxonomy_version: Mapped[str | None]


class TaxonomyTerm(Record):
    """One term: labels and synonyms by language in ``labels`` and ``synonyms``; all else in ``details``."""

    __tablename__ = "taxonomy_term"
    __table_args__ = (UniqueConstraint("taxonomy_id", "code"),)

    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    language: Mapped[str] = mapped_column(server_default="pl")
    term_uri: Mapped[str | None]
    labels: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    synonyms: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class Attribute(Record):
    """A term said of a record (HSDS attribute)."""

    __tablename__ = "attribute"
    __table_args__ = (UniqueConstraint("link_entity", "link_id", "taxonomy_term_id", "link_type"),)

    link_entity: Mapped[str]
    link_id: Mapped[UUID] = mapped_column(index=True)
    taxonomy_term_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"))
    link_type: Mapped[str | None]
    value: Mapped[str | None]
