"""The first visitor does not wait: connections are opened and dictionaries loaded while the server starts.

Nor does the first after a publication: its facts are read as soon as it is noticed. Old ones are never given out
meanwhile, for what was hidden by it is still among them; who comes while they are read waits for them as before.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from mapapp.directory.listing_facts import current_facts
from mapapp.directory.queries import ServiceSearch, facet_counts, search_services, understand_query, understand_words
from mapapp.web.site import Site

ATTEMPTS = 30
SECONDS_BETWEEN = 2.0
# who comes while the others are held together must not wait for them
LEFT_TO_VISITORS = 2
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
    connections = max(1, site.settings.database_pool - LEFT_TO_VISITORS)
    together = threading.Barrier(connections)
    for _attempt in range(ATTEMPTS):
        try:
            # what all of them need is read by one
            with site.open_session() as session:
                search_services(session, ServiceSearch(limit=1))
            with ThreadPoolExecutor(connections) as pool:
                for done in [pool.submit(_use, site, together) for _connection in range(connections)]:
                    done.result()
            return
        except Exception as error:
            if not site.is_unavailable(error):
                raise
            together = threading.Barrier(connections)
            time.sleep(SECONDS_BETWEEN)


def _use(site: Site, together: threading.Barrier) -> None:
    try:
        with site.open_session() as session:
            understand_query(session, "opieka")
            # each connection reads the dictionary for itself; of searches only one looks a word up
            understand_words(session, "opieka")
            search = ServiceSearch(q="opieka", limit=1)
            search_services(session, search)
            facet_counts(session, search)
            # no connection is given back before each of the others has been taken
            together.wait(timeout=10)
    except threading.BrokenBarrierError:
        return
    except Exception:
        together.abort()
        raise
