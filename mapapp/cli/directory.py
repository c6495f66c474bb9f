"""The directory from the command line."""

import click

from mapapp.database import transaction
from mapapp.directory.listing import refresh_listings
from mapapp.provision import staff_engine
from mapapp.settings import current_settings
from mapapp.text_search import configure_text_search


@click.group()
def directory() -> None:
    """The directory: what is published, and how it is searched."""


@directory.command()
def refresh() -> None:
    """Publish the directory anew: rebuild the listings and the search index.

    Needed after the server gets (or loses) the Polish dictionary; imports do it by themselves.
    """
    with staff_engine(current_settings()) as engine, transaction(engine) as session:
        dictionary = configure_text_search(session.connection())
        count = refresh_listings(session)
    click.echo(f"{count} listings published; Polish dictionary: {dictionary}")
