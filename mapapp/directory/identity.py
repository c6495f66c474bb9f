"""The ids of records: the same number of the same register gives the same id, in every installation."""

from uuid import UUID, uuid5

_NAMESPACE = UUID("6f0b3c1e-6d0a-5b57-9a55-3b1f4c9d2e10")
# cannot stand in a register's number, so that ("a", "b c") and ("a b", "c") differ
_BETWEEN = "\x1f"


def record_id(table: str, source: str, source_id: str, key: str = "") -> UUID:
    """The id of an organization, a location or (with its ``key``) a service that a register numbers ``source_id``."""
    return uuid5(_NAMESPACE, _BETWEEN.join((table, source, source_id, key)))


def detail_id(table: str, owner: UUID, *distinguishing: object) -> UUID:
    """The id of a detail (a phone, an address, a capacity) of the record ``owner``."""
    return uuid5(owner, _BETWEEN.join((table, *map(str, distinguishing))))


def term_id(vocabulary: str, code: str = "") -> UUID:
    """The id of a vocabulary, or of one of its terms."""
    return uuid5(_NAMESPACE, _BETWEEN.join(("term", vocabulary, code)))
