"""The database that this installation uses: the private cluster or the administrator's own, ready for work."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from mapapp.cluster import Cluster
from mapapp.database import make_staff_engine
from mapapp.settings import Settings


class WrongRegion(ValueError):
    """The database holds another region than the settings ask for."""


def private_cluster(settings: Settings) -> Cluster:
    """The cluster that belongs to this checkout, running or not."""
    return Cluster(settings.var_folder / "cluster")


def database_url(settings: Settings) -> str:
    """Where the data is. A region has a database of its own in the private cluster."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return private_cluster(settings).url(f"mapapp_{settings.region}")


@contextmanager
def running_database(settings: Settings) -> Iterator[str]:
    """The database's URL, with its server running; a private cluster that this call started is stopped after."""
    if settings.database_url is not None:
        yield database_url(settings)
        return
    cluster = private_cluster(settings)
    started = cluster.ensure_started()
    try:
        cluster.ensure_database(f"mapapp_{settings.region}")
        yield database_url(settings)
    finally:
        if started:
            cluster.stop()


@contextmanager
def staff_engine(settings: Settings) -> Iterator[Engine]:
    """An engine for one command; a database that cannot be reached is one clear sentence."""
    with running_database(settings) as url:
        engine = make_staff_engine(url)
        try:
            with engine.connect():
                pass
        except OperationalError as error:
            target = engine.url.render_as_string(hide_password=True)
            raise ConnectionError(f"the database {target} does not answer; is it running and may we enter?") from error
        try:
            yield engine
        finally:
            engine.dispose()
