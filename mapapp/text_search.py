"""Polish full text: words reduced to their dictionary form with the best dictionary that the server has.

Every search and every index of it goes through two SQL functions:

* ``public.search_vector(text) → tsvector``, folded lexemes with positions;
* ``public.search_terms(text) → text[]``, the folded lexemes of one word: alternatives, sorted.

Both are immutable, take any text, and read a word as a run of letters and digits: "CUS/OPS" is two words.
"""

from typing import Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

Mode = Literal["hunspell_folded", "hunspell", "simple"]

# ASCII and Latin-1 marks, general punctuation. By number: what counts as a letter depends on the server's locale.
MARKS = r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u2010-\u206f]+"
WORDS = f"regexp_replace($1, E'{MARKS}', ' ', 'g')".replace("\\", "\\\\")
FOLDED_WORDS = f"public.folded({WORDS})"
CONFIGURATION = "public.mapapp_search"
# hword and its parts never occur, a hyphen being a mark
TOKENS = "asciiword, word"
# dictionary, its files in the server's tsearch_data, what is read, and the vector made of it
DICTIONARIES: dict[Mode, tuple[str, str]] = {
    "hunspell_folded": ("public.pl_folded", "pl_folded"),
    "hunspell": ("public.pl_hunspell", "pl_pl"),
}
VECTORS: dict[Mode, str] = {
    "hunspell_folded": f"to_tsvector('{CONFIGURATION}', {FOLDED_WORDS})",
    # an unfolded dictionary knows no word typed without its diacritics: such words count as they stand, in the
    # same positions
    "hunspell": f"""(public.folded(to_tsvector('{CONFIGURATION}', lower({WORDS}))::text) || ' '
        || to_tsvector('simple', {FOLDED_WORDS})::text)::tsvector""",
    "simple": f"to_tsvector('simple', {FOLDED_WORDS})",
}
FUNCTION = "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE"
# two programs that start at once shall not create the same objects
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('mapapp.text_search'))")
CURRENT_VECTOR = text("SELECT prosrc FROM pg_proc WHERE oid = to_regprocedure('public.search_vector(text)')")
HAS_DICTIONARY = text(
    "SELECT EXISTS (SELECT FROM pg_ts_dict WHERE dictnamespace = 'public'::regnamespace AND dictname = :name)"
)
HAS_CONFIGURATION = text(
    "SELECT EXISTS (SELECT FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace AND cfgname = :name)"
)


def configure_text_search(connection: Connection) -> Mode:
    """Create or adjust the dictionary, the configuration and the two functions; what they now rest on.

    Does nothing where all is as it should be. Where the mode changes, indexes made before must be made anew.
    """
    connection.execute(LOCK)
    mode = _best_mode(connection)
    body = f"SELECT {VECTORS[mode]}"
    if connection.scalar(CURRENT_VECTOR) == body:
        return mode
    if mode in DICTIONARIES:
        _configure(connection, DICTIONARIES[mode][0])
    for statement in (
        f"CREATE OR REPLACE FUNCTION public.search_vector(text) RETURNS tsvector {FUNCTION} AS $_${body}$_$",
        f"""CREATE OR REPLACE FUNCTION public.search_terms(text) RETURNS text[] {FUNCTION}
            AS $_$SELECT tsvector_to_array(public.search_vector($1))$_$""",
    ):
        connection.exec_driver_sql(statement)
    return mode


def _best_mode(connection: Connection) -> Mode:
    for mode, (name, files) in DICTIONARIES.items():
        if _is_usable(connection, name, files):
            return mode
    return "simple"


def _is_usable(connection: Connection, name: str, files: str) -> bool:
    """Whether the dictionary is there or can be made; one whose files are gone, as after a move, is not."""
    try:
        with connection.begin_nested():
            if not connection.scalar(HAS_DICTIONARY, {"name": name.removeprefix("public.")}):
                connection.exec_driver_sql(
                    f"CREATE TEXT SEARCH DICTIONARY {name} (TEMPLATE = ispell, DictFile = {files}, AffFile = {files})"
                )
            connection.exec_driver_sql(f"SELECT ts_lexize('{name}', 'dom')")
    except DBAPIError:
        return False
    return True


def _configure(connection: Connection, dictionary: str) -> None:
    if not connection.scalar(HAS_CONFIGURATION, {"name": CONFIGURATION.removeprefix("public.")}):
        connection.exec_driver_sql(f"CREATE TEXT SEARCH CONFIGURATION {CONFIGURATION} (COPY = pg_catalog.simple)")
    connection.exec_driver_sql(
        f"ALTER TEXT SEARCH CONFIGURATION {CONFIGURATION} "
        f"ALTER MAPPING FOR {TOKENS} WITH {dictionary}, pg_catalog.simple"
    )
