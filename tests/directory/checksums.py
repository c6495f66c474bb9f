"""What two states of the directory are compared by."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapapp.directory.journal import journaled_tables


def checksums(session: Session) -> dict[str, str]:
    """One sum per table, over every column of every row."""
    names = [*(table.name for table in journaled_tables()), "listing", "search_word", "taxonomy_term"]
    query = (
        "SELECT md5(coalesce(string_agg(t, '' ORDER BY t), '')) FROM (SELECT hstore(x)::text AS t FROM {} AS x) AS a"
    )
    return {name: session.scalars(text(query.format(name))).one() for name in names}
