"""The first visitor does not wait: connections are opened and dictionaries loaded while the server starts.

Nor does the first after a publication: its facts are read as soon as it is noticed. Old ones are never given out
meanwhile, for what was hidden by it is still among them; who comes while they are read waits for them as before.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from mapapp.directory.queries import ServiceSearch, facet_counts, search_services, understand_query, understand_words
from mapapp.directory.reading_facts import current_facts
from mapapp.web.site import Site

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ATTEMPTS = 30
SECONDS_BETWEEN = 2.0
# who comes while some are held must not wait for them
PARTS = 2
IS_WARM = "is_warm"
# one small question of each process
SECONDS_BETWEEN_LOOKS = 1.0


def warm_in_background(site: Site) -> threading.Thread:
    """Use the connections of the pool once, as soon as the database is there; gives up after a minute."""
    thread = threading.Thread(target=_warm, args=(site,), name="warming", daemon=True)
    thread.start()
    return thread


def follow_publications(site: Site, stop: threading.Event) -> threading.Thread:
    """Read the facts of each publication before anybody asks, until told to stop."""
    thread = threading.Thread(target=_follow, args=(site, stop), name="following", daemon=True)
    thread.start()
    return thread


def _follow(site: Site, stop: threading.Event) -> None:
    while not stop.wait(SECONDS_BETWEEN_LOOKS):
        try:
            with site.open_session() as session:
                current_facts(session, None)
        except Exception as error:
            # without a database there is nothing to read; it may come back
            if not site.is_unavailable(error):
                raise


def _warm(site: Site) -> None:
    for _attempt in range(ATTEMPTS):
        try:
            # what all of them need is read by one
            with site.open_session() as session:
                search_services(session, ServiceSearch(limit=1))
            for _part in range(PARTS):
                _warm_some(site)
            return
        except Exception as error:
            if not site.is_unavailable(error):
                raise
            time.sleep(SECONDS_BETWEEN)


def _warm_some(site: Site) -> None:
    """Use connections that have not been used yet; the others are free meanwhile."""
    connections = site.settings.database_pool
    with ExitStack() as taken:
        # all at once for a moment: the pool gives what came back last, and would never come to the last of them
        sessions = [taken.enter_context(site.open_session()) for _connection in range(connections)]
        cold = [session for session in sessions if not _about(session).get(IS_WARM)]
        chosen = cold[: -(-connections // PARTS)]
        for session in sessions:
            if session not in chosen:
                session.close()
        with ThreadPoolExecutor(connections) as pool:
            list(pool.map(_use, chosen))


def _about(session: "Session") -> dict[str, bool]:
    """What is noted of the connection for as long as it is open."""
    notes: dict[str, bool] = session.connection().connection.info
    return notes


def _use(session: "Session") -> None:
    understand_query(session, "opieka")
    # each connection reads the dictionary for itself; of searches only one looks a word up
    understand_words(session, "opieka")
    search = ServiceSearch(q="opieka", limit=1)
    search_services(session, search)
    facet_counts(session, search)
    _about(session)[IS_WARM] = True
